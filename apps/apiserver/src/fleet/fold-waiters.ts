interface Waiter {
  readonly sequence: number;
  readonly settle: (isReached: boolean) => void;
}

/** Whoever waits until the fold has reached a sequence: reads that name a resourceVersion, and writes that want to be read back. */
export class FoldWaiters {
  private readonly waiters = new Set<Waiter>();
  private reached = 0;
  private isOver = false;

  /** True once the fold has reached `sequence`, false when `timeoutMs` pass before it or the fold has ended. */
  wait(sequence: number, timeoutMs: number): Promise<boolean> {
    if (sequence <= this.reached) return Promise.resolve(true);
    if (this.isOver) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (isReached: boolean): void => {
        clearTimeout(timer);
        this.waiters.delete(waiter);
        resolve(isReached);
      };
      const timer = setTimeout(() => settle(false), timeoutMs);
      const waiter: Waiter = { sequence, settle };
      this.waiters.add(waiter);
    });
  }

  reach(sequence: number): void {
    this.reached = sequence;
    for (const waiter of this.waiters) if (waiter.sequence <= sequence) waiter.settle(true);
  }

  /** The fold has ended: whatever it has not reached it never will. */
  giveUp(): void {
    this.isOver = true;
    for (const waiter of this.waiters) waiter.settle(false);
  }
}
