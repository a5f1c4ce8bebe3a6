import type {
  AppendOutcome,
  AppendRequest,
  EventLog,
  Follower,
  LogRecord,
  LogStatus,
  Sequence,
  Snapshot,
} from '@everynode/event-log';
import { EventLogUnavailable } from '@everynode/event-log';
import { Appender } from './appender.ts';
import type { BrokerConnection } from './broker-connection.ts';
import { JetStreamFollower } from './jetstream-follower.ts';
import type { LogIdentity } from './log-identity.ts';
import { readLog } from './read-log.ts';
import { SnapshotStore } from './snapshot-store.ts';

/** The event log in a JetStream stream. */
export class JetStreamEventLog implements EventLog {
  readonly #connection: BrokerConnection;
  readonly #identity: LogIdentity;
  readonly #appender: Appender;
  readonly #snapshots: SnapshotStore;
  readonly #followers = new Set<Follower>();
  #isClosed = false;

  constructor(connection: BrokerConnection, identity: LogIdentity) {
    this.#connection = connection;
    this.#identity = identity;
    this.#appender = new Appender(connection, identity);
    this.#snapshots = new SnapshotStore(connection);
  }

  append(request: AppendRequest): Promise<AppendOutcome> {
    if (this.#isClosed) return Promise.resolve({ outcome: 'unknown', detail: 'the event log is closed' });
    return this.#appender.append(request);
  }

  read(from: Sequence, to?: Sequence): AsyncIterable<LogRecord> {
    assertSequence(from);
    return this.#whileOpen(from, to);
  }

  follow(from: Sequence, onRecords: (records: readonly LogRecord[]) => void): Follower {
    assertSequence(from);
    this.#assertOpen();
    const follower = new JetStreamFollower({ connection: this.#connection, identity: this.#identity, from, onRecords });
    this.#followers.add(follower);
    const forget = (): void => void this.#followers.delete(follower);
    void follower.ended.then(forget, forget);
    return follower;
  }

  async status(): Promise<LogStatus> {
    this.#assertOpen();
    return this.#identity.status();
  }

  async saveSnapshot(snapshot: Snapshot): Promise<void> {
    this.#assertOpen();
    await this.#snapshots.save(snapshot);
  }

  async loadSnapshot(notAfter: Sequence = Number.MAX_SAFE_INTEGER): Promise<Snapshot | undefined> {
    const { incarnation } = await this.status();
    return this.#snapshots.load(incarnation, notAfter);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#appender.close();
    await Promise.all([...this.#followers].map((follower) => follower.close()));
  }

  async *#whileOpen(from: Sequence, to: Sequence | undefined): AsyncGenerator<LogRecord> {
    this.#assertOpen();
    for await (const record of readLog({ connection: this.#connection, identity: this.#identity }, from, to)) {
      this.#assertOpen();
      yield record;
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new EventLogUnavailable('the event log is closed');
  }
}

const assertSequence = (from: Sequence): void => {
  if (!Number.isSafeInteger(from) || from < 1) throw new RangeError(`from: ${from} is not a sequence of 1 or more`);
};
