import { setTimeout as sleep } from 'node:timers/promises';
import { requestSubject } from '@everynode/contracts';
import type { ApiWrite, WriteAnswer } from '@everynode/core';
import type { MessageBus } from '@everynode/event-log';

/** What became of a write. `unknown`: nobody could be asked in time, so it may or may not have been carried out. */
export type WriteOutcome =
  | { readonly outcome: 'answered'; readonly answer: WriteAnswer }
  /** The leader could not read the message. */
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'unknown'; readonly detail: string };

export interface LeaderClientTimes {
  /** How long a write is tried in all. */
  readonly giveUpMs: number;
  /** How long one attempt waits for its answer. */
  readonly attemptMs: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export const LEADER_TIMES: LeaderClientTimes = { giveUpMs: 10_000, attemptMs: 2_000, firstPauseMs: 25, longestPauseMs: 1_000 };

type Wire = (WriteAnswer & { readonly epoch: number }) | { readonly refused: string };

/** Sends writes to the leading controller, again and again under the same id until it answers: a repeated write gets the answer of the first. */
export class LeaderClient {
  private readonly bus: MessageBus;
  private readonly times: LeaderClientTimes;

  private readonly epochNow: () => number;

  /** `epochNow`: the newest epoch that this process has folded. */
  constructor(bus: MessageBus, epochNow: () => number, times: LeaderClientTimes = LEADER_TIMES) {
    this.bus = bus;
    this.epochNow = epochNow;
    this.times = times;
  }

  /** `kind`: the singular name of the resource, for the subject. */
  async write(kind: string, write: ApiWrite): Promise<WriteOutcome> {
    const payload = JSON.stringify(write);
    const deadline = performance.now() + this.times.giveUpMs;
    let pause = this.times.firstPauseMs;
    for (;;) {
      const remaining = deadline - performance.now();
      const result = await this.bus.request(requestSubject(kind), payload, Math.max(Math.min(this.times.attemptMs, remaining), 1));
      const wire = result.outcome === 'answered' ? (JSON.parse(result.payload) as Wire) : undefined;
      if (wire !== undefined && 'refused' in wire) return { outcome: 'refused', reason: wire.refused };
      // A leader that was deposed without noticing may still answer what it needs no append for.
      if (wire !== undefined && wire.epoch >= this.epochNow()) return { outcome: 'answered', answer: wire };
      const detail = result.outcome === 'unknown' ? result.detail : 'only a deposed leader answered';
      if (performance.now() + pause >= deadline) return { outcome: 'unknown', detail };
      await sleep(pause * (0.5 + Math.random() / 2));
      pause = Math.min(pause * 2, this.times.longestPauseMs);
    }
  }
}
