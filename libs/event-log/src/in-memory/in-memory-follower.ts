import type { FollowEnd, Follower, LogRecord, Sequence } from '../event-log.port.ts';
import type { InMemoryLogStore } from './in-memory-log-store.ts';

const FOLLOW_SLICE = 1000;

interface FollowStart {
  readonly store: InMemoryLogStore;
  readonly incarnation: string;
  readonly from: Sequence;
  readonly onRecords: (records: readonly LogRecord[]) => void;
}

/** Hands the records of a store to one callback, one slice per turn of the event loop so that others get their turn. */
export class InMemoryFollower implements Follower {
  readonly ended: Promise<FollowEnd>;
  readonly #store: InMemoryLogStore;
  readonly #onRecords: (records: readonly LogRecord[]) => void;
  readonly #incarnation: string;
  readonly #stopListening: () => void;
  readonly #settle: PromiseWithResolvers<FollowEnd>;
  #next: Sequence;
  #isScheduled = false;
  #hasEnded = false;

  constructor(start: FollowStart) {
    this.#store = start.store;
    this.#incarnation = start.incarnation;
    this.#next = start.from;
    this.#onRecords = start.onRecords;
    this.#settle = Promise.withResolvers();
    this.ended = this.#settle.promise;
    this.#stopListening = start.store.onChange(() => this.#schedule());
    this.#schedule();
  }

  async close(): Promise<void> {
    this.#end(() => this.#settle.resolve({ reason: 'closed' }));
    await this.ended.catch(() => undefined);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#hasEnded) return;
    this.#isScheduled = true;
    setImmediate(() => this.#deliver());
  }

  #deliver(): void {
    this.#isScheduled = false;
    if (this.#hasEnded) return;
    const fault = this.#fault();
    if (fault !== undefined) {
      this.#end(() => this.#settle.resolve({ reason: 'log-broken', detail: fault }));
      return;
    }
    const records = this.#store.slice(this.#next, FOLLOW_SLICE);
    if (records.length === 0) return;
    this.#next += records.length;
    this.#schedule();
    try {
      this.#onRecords(records);
    } catch (error) {
      // A callback that throws is a bug of its owner; it surfaces there instead of in whoever appended.
      this.#end(() => this.#settle.reject(error));
    }
  }

  #fault(): string | undefined {
    const { incarnation, firstSequence, lastSequence } = this.#store.status();
    if (incarnation !== this.#incarnation) return 'the log was made again';
    if (this.#next < firstSequence) return `record ${this.#next} is wanted, the log starts at ${firstSequence}`;
    if (this.#next > lastSequence + 1) return `record ${this.#next} is wanted, the log ends at ${lastSequence}`;
    return undefined;
  }

  #end(settle: () => void): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stopListening();
    settle();
  }
}
