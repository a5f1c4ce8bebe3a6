import type { AppendOutcome, AppendRequest, Sequence } from '@everynode/event-log';
import { headers } from '@nats-io/nats-core';
import type { BrokerConnection } from './broker-connection.ts';
import { JETSTREAM_TIMEOUT_MS } from './broker-connection.ts';
import { EPOCH_HEADER, EVENT_TYPES_HEADER, MESSAGE_ID_HEADER } from './log-record.ts';
import type { LogIdentity } from './log-identity.ts';
import type { PublishReply } from './publish-reply.ts';
import { replyOfFailure } from './publish-reply.ts';
import { SendWindow } from './send-window.ts';

/** Publishes under way at once; more do not make the broker faster. */
const WINDOW = { requests: 256, bytes: 32 * 1024 * 1024, waiting: 20_000 };
const MAX_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 20;

/** An append that has not settled, or has only just. */
interface Entry {
  readonly request: AppendRequest;
  readonly predecessor: Entry | undefined;
  readonly settled: Promise<AppendOutcome>;
  outcome: AppendOutcome | undefined;
}

/**
 * Publishes records under the check of the whole stream's last sequence. A record that is pipelined behind one that has not been acknowledged also names that
 * record's message id as the last one: the number alone would let it pass when another writer's single record has made the number come true.
 * A replicated stream of nats-server 2.15 stops for good when that second check fails, so there a record waits for its predecessor's acknowledgement instead.
 */
export class Appender {
  readonly #connection: BrokerConnection;
  readonly #identity: LogIdentity;
  readonly #window = new SendWindow(WINDOW);
  readonly #byPredictedSequence = new Map<Sequence, Entry>();
  #isClosed = false;

  constructor(connection: BrokerConnection, identity: LogIdentity) {
    this.#connection = connection;
    this.#identity = identity;
  }

  append(request: AppendRequest): Promise<AppendOutcome> {
    const { promise, resolve } = Promise.withResolvers<AppendOutcome>();
    const predecessor = this.#byPredictedSequence.get(request.expectedLastSequence);
    const entry: Entry = { request, predecessor, settled: promise, outcome: undefined };
    const predicted = request.expectedLastSequence + 1;
    this.#byPredictedSequence.set(predicted, entry);
    void this.#run(entry).then((outcome) => {
      entry.outcome = outcome;
      resolve(outcome);
      // Kept until the callers waiting for it have run, because one of them may be about to append behind a refusal that it has not seen yet.
      setImmediate(
        () => this.#byPredictedSequence.get(predicted) === entry && this.#byPredictedSequence.delete(predicted),
      );
    });
    return promise;
  }

  close(): void {
    this.#isClosed = true;
  }

  async #run(entry: Entry): Promise<AppendOutcome> {
    const bytes = entry.request.payload.length;
    if (!(await this.#window.enter(bytes))) return { outcome: 'unknown', detail: 'too many appends are waiting' };
    try {
      if (!(await this.#connection.untilConnected(JETSTREAM_TIMEOUT_MS)))
        return { outcome: 'unknown', detail: 'not connected' };
      return await this.#attempt(entry);
    } catch (error) {
      return { outcome: 'unknown', detail: String(error) };
    } finally {
      this.#window.leave(bytes);
    }
  }

  async #attempt(entry: Entry): Promise<AppendOutcome> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      if (this.#isClosed) return { outcome: 'unknown', detail: 'the event log is closed' };
      if (this.#identity.isReplicated) await entry.predecessor?.settled;
      const before = entry.predecessor?.outcome;
      if (before !== undefined && before.outcome !== 'accepted') return behind(entry.request, before);
      const reply = await this.#publish(entry);
      const outcome = outcomeOf(reply) ?? (await this.#decide(entry, reply, attempt));
      if (outcome !== undefined) return outcome;
    }
    return { outcome: 'unknown', detail: 'the broker kept answering that another append is under way' };
  }

  async #publish({ request, predecessor }: Entry): Promise<PublishReply> {
    const own = headers();
    own.set(EPOCH_HEADER, String(request.epoch));
    own.set(EVENT_TYPES_HEADER, request.types.join(','));
    const isChained = predecessor !== undefined && predecessor.outcome === undefined;
    try {
      const publish = this.#connection.jetstream.publish(
        this.#connection.cell.toBroker(request.subject),
        request.payload,
        {
          headers: own,
          msgID: request.messageId,
          expect: {
            lastSequence: request.expectedLastSequence,
            ...(isChained ? { lastMsgID: predecessor.request.messageId } : {}),
          },
        },
      );
      const { seq, duplicate } = await this.#connection.orDisconnect(publish);
      return { kind: 'stored', sequence: seq, duplicate };
    } catch (error) {
      return replyOfFailure(error);
    }
  }

  /** What a conflict means; undefined: try once more. */
  async #decide(
    { request, predecessor }: Entry,
    reply: PublishReply,
    attempt: number,
  ): Promise<AppendOutcome | undefined> {
    if (reply.kind !== 'conflict') return undefined;
    if (predecessor !== undefined && predecessor.outcome === undefined) {
      // The predecessor has not been stored yet, or never will be: its own outcome decides, at the start of the next attempt.
      await predecessor.settled;
      return undefined;
    }
    if (reply.isTransient) {
      await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** attempt));
      return undefined;
    }
    if (reply.last !== undefined && reply.last < request.expectedLastSequence) return refused(reply.detail);
    return (await this.#isStored(request))
      ? { outcome: 'accepted', sequence: request.expectedLastSequence + 1, duplicate: true }
      : refused(reply.detail);
  }

  /** Whether the record is in the log where it belongs: a repetition later than the duplicate window is not recognised by the broker itself. */
  async #isStored(request: AppendRequest): Promise<boolean> {
    const { manager, cell } = this.#connection;
    const found = await manager.streams.getMessage(cell.streams.events, { seq: request.expectedLastSequence + 1 });
    return found?.header.get(MESSAGE_ID_HEADER) === request.messageId;
  }
}

const outcomeOf = (reply: PublishReply): AppendOutcome | undefined => {
  if (reply.kind === 'stored') return { outcome: 'accepted', sequence: reply.sequence, duplicate: reply.duplicate };
  if (reply.kind === 'too-large') return { outcome: 'refused', reason: 'too-large', detail: reply.detail };
  return reply.kind === 'unknown' ? { outcome: 'unknown', detail: reply.detail } : undefined;
};

const refused = (detail: string): AppendOutcome => ({ outcome: 'refused', reason: 'wrong-last-sequence', detail });

const behind = (request: AppendRequest, before: AppendOutcome): AppendOutcome => {
  const detail = `the append that was predicted to become ${request.expectedLastSequence} was ${before.outcome}`;
  return before.outcome === 'unknown' ? { outcome: 'unknown', detail } : refused(detail);
};
