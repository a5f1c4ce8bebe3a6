import type { StopSignal } from './stop-signal.ts';

interface Item<T> {
  readonly value: T;
  readonly taken: () => void;
}

/** Hands values from one side to the other, no faster than they are taken. */
export class Pipe<T> {
  private items: Item<T>[] = [];
  private takers: ((value: T | undefined) => void)[] = [];
  private hasEnded = false;

  /** Resolves when the value is taken, or when nobody will. */
  push(value: T): Promise<void> {
    if (this.hasEnded) return Promise.resolve();
    const taker = this.takers.shift();
    if (taker !== undefined) {
      taker(value);
      return Promise.resolve();
    }
    return new Promise((taken) => this.items.push({ value, taken }));
  }

  /** The next value; undefined behind the last one, or when `signal` says so. */
  take(signal?: StopSignal): Promise<T | undefined> {
    const item = this.items.shift();
    if (item !== undefined) {
      item.taken();
      return Promise.resolve(item.value);
    }
    if (this.hasEnded || signal?.code !== undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const callOff = signal?.onStop(() => {
        this.takers = this.takers.filter((taker) => taker !== take);
        resolve(undefined);
      });
      const take = (value: T | undefined): void => {
        callOff?.();
        resolve(value);
      };
      this.takers.push(take);
    });
  }

  /** Nothing more comes; what was pushed can still be taken. */
  end(): void {
    this.hasEnded = true;
    for (const taker of this.takers.splice(0)) taker(undefined);
  }

  /** Nothing is taken any more. */
  cut(): void {
    this.end();
    for (const { taken } of this.items.splice(0)) taken();
  }
}
