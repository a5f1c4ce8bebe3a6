import type { Milliseconds } from '../kernel/time.ts';

/** Visits all nodes once an interval, in slices that are spread evenly over it. */
export class Round {
  private readonly intervalMs: Milliseconds;
  private readonly sliceMax: number;
  private cursor = 0;
  private dueAt: Milliseconds | undefined;

  constructor(intervalMs: Milliseconds, sliceMax: number) {
    this.intervalMs = intervalMs;
    this.sliceMax = sliceMax;
  }

  get nextAt(): Milliseconds | undefined {
    return this.dueAt;
  }

  startAt(at: Milliseconds): void {
    this.dueAt = at;
  }

  /** The slices that are due. What was missed for more than an interval is left out: one visit makes up for it. */
  take<T>(items: readonly T[], now: Milliseconds): readonly (readonly T[])[] {
    const slices: (readonly T[])[] = [];
    if (this.dueAt === undefined) return slices;
    const gap = this.intervalMs / Math.max(1, Math.ceil(items.length / this.sliceMax));
    if (this.dueAt < now - this.intervalMs) this.dueAt = now;
    while (this.dueAt <= now) {
      if (this.cursor >= items.length) this.cursor = 0;
      slices.push(items.slice(this.cursor, this.cursor + this.sliceMax));
      this.cursor += this.sliceMax;
      this.dueAt += gap;
    }
    return slices;
  }
}
