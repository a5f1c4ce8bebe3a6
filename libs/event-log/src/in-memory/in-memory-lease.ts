import type { Lease } from '../message-bus.port.ts';

/** A lease in memory; share one instance between those who compete for it. `now` gives milliseconds and need not be wall clock time. */
export class InMemoryLease implements Lease {
  readonly #ttlMs: number;
  readonly #now: () => number;
  #held: { readonly holder: string; readonly expiresAt: number } | undefined;

  constructor(options: { readonly ttlMs: number; readonly now: () => number }) {
    this.#ttlMs = options.ttlMs;
    this.#now = options.now;
  }

  async acquireOrRenew(holder: string): Promise<boolean> {
    const current = this.#current();
    if (current !== undefined && current !== holder) return false;
    this.#held = { holder, expiresAt: this.#now() + this.#ttlMs };
    return true;
  }

  async release(holder: string): Promise<void> {
    if (this.#current() === holder) this.#held = undefined;
  }

  async holder(): Promise<string | undefined> {
    return this.#current();
  }

  #current(): string | undefined {
    return this.#held !== undefined && this.#now() < this.#held.expiresAt ? this.#held.holder : undefined;
  }
}
