import { parseApiWrite, SUBJECT_PATTERNS } from '@everynode/contracts';
import { keyOf, objectsOf, type ApiWrite, type FleetEvent, type KubernetesObject, type WriteAnswer } from '@everynode/core';
import { InMemoryMessageBus, type BusMessage, type InMemoryMessageHub } from '@everynode/event-log';
import { badRequestStatus, notFoundStatus, success } from '@everynode/kubernetes-api';
import type { FleetFollower } from '../fleet/fleet-follower.ts';
import { created, deleted, updated, type HandMadeLog } from './hand-made-log.ts';

/** A leader that carries writes out without looking at them closely; it keeps what it was sent, and can be made to be silent. */
export class FakeLeader {
  readonly writes: ApiWrite[] = [];
  readonly refused: string[] = [];
  /** Requests that it hears but does not answer. */
  silent = 0;
  /** Warnings of each answer. */
  warnings: readonly string[] = [];
  private readonly hand: HandMadeLog;
  private readonly answers = new Map<string, WriteAnswer>();
  private readonly state: () => FleetFollower['state'];

  constructor(hub: InMemoryMessageHub, hand: HandMadeLog, state: () => FleetFollower['state']) {
    this.hand = hand;
    this.state = state;
    new InMemoryMessageBus(hub).subscribe(SUBJECT_PATTERNS.requests, (message) => void this.take(message));
  }

  private async take({ payload, reply }: BusMessage): Promise<void> {
    const parsed = parseApiWrite(payload);
    if (!parsed.ok) {
      this.refused.push(parsed.reason);
      reply?.(JSON.stringify({ refused: parsed.reason }));
      return;
    }
    const write = parsed.value;
    this.writes.push(write);
    const answer = this.answers.get(write.id) ?? (await this.decide(write));
    this.answers.set(write.id, answer);
    if (this.silent > 0) this.silent -= 1;
    else reply?.(JSON.stringify({ epoch: 1, ...answer }));
  }

  private async decide(write: ApiWrite): Promise<WriteAnswer> {
    const existing = write.name === undefined ? undefined : objectsOf(this.state(), write.resource).get(keyOf(write.namespace, write.name));
    const { warnings } = this;
    const refuse = (code: number, body: unknown): WriteAnswer => ({ code, body, warnings, sequence: 0 });
    if (write.verb === 'create') {
      const body = write.body as KubernetesObject | undefined;
      if (body?.metadata?.name === undefined) return refuse(400, badRequestStatus('metadata.name: Required value'));
      const object = { ...body, metadata: { ...body.metadata, ...(write.namespace === undefined ? {} : { namespace: write.namespace }), uid: `uid-${body.metadata.name}` } };
      return this.store(write, created(write.resource, object), object, 201);
    }
    if (existing === undefined) return refuse(404, notFoundStatus({ group: write.group, kind: write.resource }, write.name ?? ''));
    if (write.verb === 'delete') return this.store(write, deleted(write.resource, existing), success(), 200);
    const object = { ...existing, ...(write.body as object), metadata: { ...existing.metadata, ...(write.body as { metadata?: object }).metadata } } as KubernetesObject;
    return this.store(write, updated(write.resource, object), object, 200);
  }

  private async store(write: ApiWrite, event: FleetEvent, body: object, code: number): Promise<WriteAnswer> {
    if (write.dryRun) return { code, body, warnings: this.warnings, sequence: 0 };
    const sequence = await this.hand.append(event);
    const metadata = 'metadata' in body && !('status' in body) ? { metadata: { ...(body.metadata as object), resourceVersion: String(sequence) } } : {};
    return { code, body: { ...body, ...metadata }, warnings: this.warnings, sequence };
  }
}
