import type { FollowEnd, Follower, LogRecord, Sequence } from '@everynode/event-log';
import { isEventLogUnavailable } from '@everynode/event-log';
import type { Consumer, JsMsg, StreamInfo } from '@nats-io/jetstream';
import type { BrokerConnection } from './broker-connection.ts';
import { reasonOf } from './broker-errors.ts';
import { dropLogConsumer, messagesPerPull, openLogConsumer } from './log-consumer.ts';
import type { LogIdentity } from './log-identity.ts';
import { toLogRecord } from './log-record.ts';

const CHECK_INTERVAL_MS = 2000;
const PULL_EXPIRES_MS = 10_000;
const PULL_HEARTBEAT_MS = 1000;
const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 2000;
const RECONNECT_WAIT_MS = 60_000;

/** Consumer notifications after which nothing more can be expected of it. */
const LOST = new Set([
  'heartbeats_missed',
  'consumer_deleted',
  'consumer_not_found',
  'stream_not_found',
  'no_responders',
]);

interface FollowStart {
  readonly connection: BrokerConnection;
  readonly identity: LogIdentity;
  readonly from: Sequence;
  readonly onRecords: (records: readonly LogRecord[]) => void;
}

/**
 * Follows the log through one consumer after the other: whenever a consumer is lost, leaves something out, or the connection came back, the stream is looked at
 * again before the next one starts. So nothing of a log that was made again in between is ever delivered.
 */
export class JetStreamFollower implements Follower {
  readonly ended: Promise<FollowEnd>;
  readonly #start: FollowStart;
  readonly #settle: PromiseWithResolvers<FollowEnd>;
  readonly #closing = Promise.withResolvers<void>();
  #next: Sequence;
  #isClosing = false;
  #hasEnded = false;
  #slice: LogRecord[] = [];
  /** First record of a gap that a consumer left, to tell a lost message from a lost record. */
  #gapAt: Sequence | undefined;
  #endConsumer: (() => void) | undefined;

  constructor(start: FollowStart) {
    this.#start = start;
    this.#next = start.from;
    this.#settle = Promise.withResolvers();
    this.ended = this.#settle.promise;
    void this.#run().catch((error: unknown) => this.#end(() => this.#settle.reject(error)));
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#closing.resolve();
    this.#endConsumer?.();
    this.#end(() => this.#settle.resolve({ reason: 'closed' }));
    await this.ended.catch(() => undefined);
  }

  async #run(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!this.#hasEnded) {
      const before = this.#next;
      try {
        await this.#start.connection.untilConnected(RECONNECT_WAIT_MS);
        const verdict = await this.#start.identity.verify(this.#next);
        if ('broken' in verdict) return this.#breakOff(verdict.broken);
        await this.#consume(verdict.info);
      } catch (error) {
        if (!isEventLogUnavailable(error)) this.#start.connection.report(`following the log: ${reasonOf(error)}`);
      }
      // Progress shows that the broker is well; without it, wait longer and longer.
      pause = this.#next > before ? FIRST_PAUSE_MS : Math.min(pause * 2, MAX_PAUSE_MS);
      if (!this.#hasEnded) await this.#wait(pause);
    }
  }

  /** Delivers until the consumer is lost, the connection changes, a check fails or the follower ends. */
  async #consume(info: StreamInfo): Promise<void> {
    const { connection } = this.#start;
    const lost = Promise.withResolvers<void>();
    this.#endConsumer = lost.resolve;
    const stopWatching = connection.onChange(() => lost.resolve());
    let consumer: Consumer | undefined;
    try {
      consumer = await openLogConsumer(connection, this.#next);
      const messages = await consumer.consume({
        max_messages: messagesPerPull(info),
        expires: PULL_EXPIRES_MS,
        idle_heartbeat: PULL_HEARTBEAT_MS,
        abort_on_missing_resource: true,
        callback: (message) => this.#take(message, lost.resolve),
      });
      void messages.closed().then(() => lost.resolve());
      void this.#watchStatus(messages.status(), lost.resolve);
      const checks = setInterval(() => void this.#check(lost.resolve), CHECK_INTERVAL_MS);
      if (!this.#isClosing) await lost.promise;
      clearInterval(checks);
      void messages.close();
    } finally {
      stopWatching();
      this.#endConsumer = undefined;
      this.#flush();
      if (consumer !== undefined && connection.isConnected) void dropLogConsumer(consumer);
    }
  }

  #take(message: JsMsg, giveUp: () => void): void {
    if (this.#hasEnded || message.seq < this.#wanted()) return;
    if (message.seq > this.#wanted()) {
      this.#noteGap(this.#wanted(), message.seq);
      return giveUp();
    }
    // All that arrives in one turn goes out as one slice; the first of it arranges that.
    if (this.#slice.length === 0) queueMicrotask(() => this.#flush());
    this.#slice.push(toLogRecord(message, this.#start.connection.cell));
  }

  #wanted(): Sequence {
    return this.#next + this.#slice.length;
  }

  #flush(): void {
    if (this.#slice.length === 0 || this.#hasEnded) return;
    const records = this.#slice;
    this.#slice = [];
    this.#next += records.length;
    try {
      this.#start.onRecords(records);
    } catch (error) {
      // A callback that throws is a bug of its owner, who learns of it through `ended`.
      this.#end(() => this.#settle.reject(error));
    }
  }

  /** A second consumer that leaves out the same record shows that it is not in the log any more. */
  #noteGap(wanted: Sequence, found: Sequence): void {
    if (this.#gapAt === wanted) this.#breakOff(`record ${wanted} is missing, the next one is ${found}`);
    this.#gapAt = wanted;
  }

  async #check(giveUp: () => void): Promise<void> {
    try {
      const verdict = await this.#start.identity.verify(this.#next);
      if ('broken' in verdict) this.#breakOff(verdict.broken);
    } catch {
      giveUp();
    }
  }

  async #watchStatus(statuses: AsyncIterable<{ readonly type: string }>, giveUp: () => void): Promise<void> {
    for await (const status of statuses) if (LOST.has(status.type)) giveUp();
  }

  #breakOff(detail: string): void {
    this.#end(() => this.#settle.resolve({ reason: 'log-broken', detail }));
  }

  #end(settle: () => void): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#closing.resolve();
    this.#endConsumer?.();
    settle();
  }

  async #wait(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([new Promise((resolve) => (timer = setTimeout(resolve, ms))), this.#closing.promise]);
    clearTimeout(timer);
  }
}
