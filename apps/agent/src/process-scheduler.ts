import type { Scheduler } from '@everynode/node-runtime';

/** Longer timers fire at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** The time of this process: it starts at the wall clock's and then runs evenly, so that no jump of the clock makes nodes fall silent. */
export class ProcessScheduler implements Scheduler {
  private readonly origin = performance.timeOrigin;

  now(): number {
    return Math.floor(this.origin + performance.now());
  }

  at(time: number, callback: () => void): () => void {
    const delay = time - this.now();
    if (delay <= 0) {
      const immediate = setImmediate(callback);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(callback, Math.min(delay, TIMER_MAX_MS));
    return () => clearTimeout(timer);
  }
}
