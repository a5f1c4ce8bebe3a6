import { EventLogBroken, EventLogUnavailable } from '../event-log-errors.ts';
import type {
  AppendOutcome,
  AppendRequest,
  EventLog,
  Follower,
  LogRecord,
  LogStatus,
  Sequence,
  Snapshot,
} from '../event-log.port.ts';
import { InMemoryFollower } from './in-memory-follower.ts';
import { InMemoryLogStore } from './in-memory-log-store.ts';

const READ_SLICE = 1000;

/**
 * The event log of the in-process mode and of tests: nothing survives the process.
 * Give the same store to several instances to have several handles of one log, as several processes would.
 */
export class InMemoryEventLog implements EventLog {
  readonly #store: InMemoryLogStore;
  readonly #followers = new Set<InMemoryFollower>();
  // What was there when the handle was opened is the log that it speaks of; another incarnation is a broken log.
  readonly #incarnation: string;
  // By predicted sequence, the outcomes that the caller cannot know yet: what is pipelined on a refused append is refused with it,
  // even if another writer's record makes its prediction of the number come true.
  readonly #inFlight = new Map<Sequence, AppendOutcome>();
  #isClosed = false;

  constructor(store: InMemoryLogStore = new InMemoryLogStore()) {
    this.#store = store;
    this.#incarnation = store.status().incarnation;
  }

  // An append takes effect at the call, so that pipelined appends stand in the order of their calls.
  append(request: AppendRequest): Promise<AppendOutcome> {
    if (this.#isClosed) return Promise.resolve({ outcome: 'unknown', detail: 'the event log is closed' });
    const outcome = this.#isPredecessorRefused(request)
      ? refusedWithPredecessor(request.expectedLastSequence)
      : this.#store.append(request);
    const predicted = request.expectedLastSequence + 1;
    this.#inFlight.set(predicted, outcome);
    const settled = Promise.resolve(outcome);
    void settled.then(() => this.#inFlight.get(predicted) === outcome && this.#inFlight.delete(predicted));
    return settled;
  }

  read(from: Sequence, to?: Sequence): AsyncIterable<LogRecord> {
    assertSequence(from);
    const { lastSequence } = this.#store.status();
    return this.#records(from, Math.min(to ?? lastSequence, lastSequence));
  }

  follow(from: Sequence, onRecords: (records: readonly LogRecord[]) => void): Follower {
    assertSequence(from);
    this.#assertOpen();
    const follower = new InMemoryFollower({ store: this.#store, incarnation: this.#incarnation, from, onRecords });
    this.#followers.add(follower);
    const forget = (): void => void this.#followers.delete(follower);
    void follower.ended.then(forget, forget);
    return follower;
  }

  async status(): Promise<LogStatus> {
    this.#assertOpen();
    return this.#store.status();
  }

  async saveSnapshot(snapshot: Snapshot): Promise<void> {
    this.#assertOpen();
    this.#store.saveSnapshot(snapshot);
  }

  async loadSnapshot(notAfter: Sequence = Number.MAX_SAFE_INTEGER): Promise<Snapshot | undefined> {
    this.#assertOpen();
    return this.#store.loadSnapshot(notAfter);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#followers].map((follower) => follower.close()));
  }

  async *#records(from: Sequence, to: Sequence): AsyncGenerator<LogRecord> {
    for (let next = from; next <= to;) {
      this.#assertOpen();
      const { firstSequence, incarnation } = this.#store.status();
      if (incarnation !== this.#incarnation) throw new EventLogBroken('the log was made again');
      if (next < firstSequence) {
        throw new EventLogBroken(`records from ${next} were asked for, the log starts at ${firstSequence}`);
      }
      const slice = this.#store.slice(next, Math.min(READ_SLICE, to - next + 1));
      next += slice.length;
      yield* slice;
    }
  }

  #isPredecessorRefused(request: AppendRequest): boolean {
    const predecessor = this.#inFlight.get(request.expectedLastSequence);
    return predecessor !== undefined && predecessor.outcome !== 'accepted';
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new EventLogUnavailable('the event log is closed');
  }
}

const assertSequence = (from: Sequence): void => {
  if (!Number.isSafeInteger(from) || from < 1) throw new RangeError(`from: ${from} is not a sequence of 1 or more`);
};

const refusedWithPredecessor = (sequence: Sequence): AppendOutcome => ({
  outcome: 'refused',
  reason: 'wrong-last-sequence',
  detail: `the append that was predicted to become ${sequence} was refused`,
});
