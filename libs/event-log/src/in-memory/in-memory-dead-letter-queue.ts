import type { DeadLetter, DeadLetterQueue } from '../message-bus.port.ts';

/** Dead letters in memory; the oldest is dropped when there are more than `maxLetters` (default 10,000). */
export class InMemoryDeadLetterQueue implements DeadLetterQueue {
  readonly #maxLetters: number;
  readonly #letters = new Map<number, DeadLetter>();
  #lastId = 0;

  constructor(options: { readonly maxLetters?: number } = {}) {
    this.#maxLetters = options.maxLetters ?? 10_000;
  }

  async bury(letter: Omit<DeadLetter, 'id' | 'redrivenAt'>): Promise<boolean> {
    this.#lastId += 1;
    this.#letters.set(this.#lastId, { ...letter, id: this.#lastId });
    const oldest = this.#letters.keys().next();
    if (this.#letters.size > this.#maxLetters && oldest.done !== true) this.#letters.delete(oldest.value);
    return true;
  }

  async list(limit: number): Promise<readonly DeadLetter[]> {
    return [...this.#letters.values()].toReversed().slice(0, Math.max(0, limit));
  }

  async get(id: number): Promise<DeadLetter | undefined> {
    return this.#letters.get(id);
  }

  async remove(id: number): Promise<boolean> {
    return this.#letters.delete(id);
  }
}
