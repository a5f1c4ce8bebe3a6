import { setTimeout } from 'node:timers/promises';
import { tooManyRequestsStatus } from '@everynode/kubernetes-api';
import { StatusError } from '../http/answer.ts';

const RETRY_AFTER_SECONDS = 1;
/** How long sessions may take to tell their clients that they end. */
const END_WAIT_MS = 1_000;
const END_POLL_MS = 10;

/** What is open towards containers, counted by kind and ended together. */
export class OpenSessions {
  private readonly max: number;
  private readonly ends = new Set<() => void>();
  private readonly byKind = new Map<string, number>();
  private readonly begun = new Map<string, number>();
  private isOver = false;

  constructor(max: number) {
    this.max = max;
  }

  get size(): number {
    return this.ends.size;
  }

  /** How many there are of each kind that there has been one of. */
  counts(): ReadonlyMap<string, number> {
    return this.byKind;
  }

  /** How many of each kind have been opened so far. */
  totals(): ReadonlyMap<string, number> {
    return this.begun;
  }

  /** Throws a StatusError (429) when no more may be opened. */
  checkRoom(): void {
    if (this.ends.size >= this.max) throw new StatusError(tooManyRequestsStatus(`${this.max} sessions with containers are open already`, RETRY_AFTER_SECONDS));
  }

  /** Runs a session to its end; `end` is called when it has to end from here. */
  async hold(kind: string, end: () => void, run: () => Promise<void>): Promise<void> {
    this.ends.add(end);
    this.count(kind, 1);
    this.begun.set(kind, (this.begun.get(kind) ?? 0) + 1);
    try {
      if (this.isOver) end();
      await run();
    } finally {
      this.ends.delete(end);
      this.count(kind, -1);
    }
  }

  private count(kind: string, step: number): void {
    this.byKind.set(kind, (this.byKind.get(kind) ?? 0) + step);
  }

  /** Resolves when all have ended, or have had their time for it. */
  async endAll(): Promise<void> {
    this.isOver = true;
    for (const end of this.ends) end();
    for (const until = performance.now() + END_WAIT_MS; this.ends.size > 0 && performance.now() < until; ) await setTimeout(END_POLL_MS);
  }
}
