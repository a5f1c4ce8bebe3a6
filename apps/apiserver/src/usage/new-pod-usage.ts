import { setTimeout as pause } from 'node:timers/promises';
import { podsOf, type Pod } from '@everynode/core';
import type { UsageBook } from '@everynode/read-models';
import type { FleetView } from '../fleet/fleet-view.ts';

/** What runs for longer was in a regular report, or its agent does not report. */
const NEW_MS = 20_000;
/** Agents answer within a second, and not more often. */
const WAIT_MS = 1_500;
const LOOK_EVERY_MS = 50;

export interface NewPodUsageParts {
  readonly book: UsageBook;
  readonly view: FleetView;
  readonly clock: () => number;
  /** Asks all agents to say now what is used. */
  readonly ask: () => void;
}

/** Agents report every quarter of a minute; whoever has just started a Pod need not wait so long to see what it uses. */
export class NewPodUsage {
  private readonly parts: NewPodUsageParts;

  constructor(parts: NewPodUsageParts) {
    this.parts = parts;
  }

  /** Resolves when every new Pod (of the namespace, if one is named) is in the book, or after a second and a half. */
  async wait(namespace: string | undefined): Promise<void> {
    if (!this.isLacking(namespace)) return;
    this.parts.ask();
    for (let waited = 0; waited < WAIT_MS && this.isLacking(namespace); waited += LOOK_EVERY_MS) await pause(LOOK_EVERY_MS);
  }

  private isLacking(namespace: string | undefined): boolean {
    const now = this.parts.clock();
    for (const pod of podsOf(this.parts.view.state).values()) {
      if ((namespace === undefined || pod.metadata.namespace === namespace) && this.isNewAndUnknown(pod, now)) return true;
    }
    return false;
  }

  private isNewAndUnknown({ metadata, status }: Pod, now: number): boolean {
    const startTime = status?.['startTime'];
    const startedAt = Date.parse(typeof startTime === 'string' ? startTime : '');
    if (status?.phase !== 'Running' || metadata.deletionTimestamp !== undefined || !(now - startedAt < NEW_MS)) return false;
    return this.parts.book.pod(metadata.namespace ?? '', metadata.name, now)?.uid !== metadata.uid;
  }
}
