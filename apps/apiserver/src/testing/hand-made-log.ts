import type { FleetEvent, KubernetesObject } from '@everynode/core';
import { InMemoryEventLog } from '@everynode/event-log';

/** A log that a test writes by hand, one record at a time, as a leader would. */
export class HandMadeLog {
  readonly log: InMemoryEventLog;
  private sequence = 0;

  constructor(log: InMemoryEventLog = new InMemoryEventLog()) {
    this.log = log;
  }

  /** Sequence of the last record. */
  get last(): number {
    return this.sequence;
  }

  /** Appends one record with these events; resolves with its sequence. */
  async append(...events: readonly FleetEvent[]): Promise<number> {
    const outcome = await this.log.append({
      expectedLastSequence: this.sequence,
      epoch: 1,
      messageId: `hand-made-${this.sequence + 1}`,
      subject: 'everynode.v1.evt.test.-.test',
      types: [...new Set(events.map(({ type }) => type))],
      payload: JSON.stringify({ at: Date.parse('2026-01-01T00:00:00Z') + this.sequence, events }),
    });
    if (outcome.outcome !== 'accepted') throw new Error(`append ${outcome.outcome}`);
    this.sequence = outcome.sequence;
    return this.sequence;
  }
}

export const created = (resource: string, object: KubernetesObject): FleetEvent => ({ type: 'object.created.v1', resource, object, by: 'test' });
export const updated = (resource: string, object: KubernetesObject): FleetEvent => ({ type: 'object.updated.v1', resource, object, by: 'test' });
export const deleted = (resource: string, { metadata }: KubernetesObject): FleetEvent => ({
  type: 'object.deleted.v1',
  resource,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  uid: metadata.uid,
  by: 'test',
});

export const configMap = (name: string, labels: Readonly<Record<string, string>> = {}, namespace = 'default'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, uid: `uid-${namespace}-${name}`, labels, creationTimestamp: '2026-01-01T00:00:00Z' },
  data: { a: 'b' },
});

export const pod = (name: string, node = 'n1', namespace = 'default'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, uid: `uid-${namespace}-${name}`, labels: { app: 'web' }, creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { nodeName: node, containers: [{ name: 'c', image: 'nginx' }] },
  status: { phase: 'Running' },
});
