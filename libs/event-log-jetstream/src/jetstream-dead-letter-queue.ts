import { deadLetterSubject } from '@everynode/contracts';
import type { DeadLetter, DeadLetterQueue } from '@everynode/event-log';
import { EventLogUnavailable } from '@everynode/event-log';
import { JetStreamApiError } from '@nats-io/jetstream';
import type { BrokerConnection } from './broker-connection.ts';
import { reasonOf } from './broker-errors.ts';
import { isMessageNotFound } from './ensure-stream.ts';

type Buried = Omit<DeadLetter, 'id' | 'redrivenAt'>;

const PARALLEL_READS = 64;

/** Dead letters in a bounded stream; a letter's id is its sequence there. */
export class JetStreamDeadLetterQueue implements DeadLetterQueue {
  readonly #connection: BrokerConnection;

  constructor(connection: BrokerConnection) {
    this.#connection = connection;
  }

  async bury(letter: Buried): Promise<boolean> {
    const { jetstream, cell } = this.#connection;
    try {
      const { at, source, subject, reason, payload } = letter;
      const text = JSON.stringify({ at, source, subject, reason, payload } satisfies Buried);
      await this.#connection.orDisconnect(jetstream.publish(cell.toBroker(deadLetterSubject(source)), text));
      return true;
    } catch (error) {
      this.#connection.report(`dead letter: ${reasonOf(error)}`);
      return false;
    }
  }

  /** Throws `EventLogUnavailable`. */
  async list(limit: number): Promise<readonly DeadLetter[]> {
    const ids = await this.#newestIds(limit);
    const letters: DeadLetter[] = [];
    for (let start = 0; start < ids.length; start += PARALLEL_READS) {
      const some = await Promise.all(ids.slice(start, start + PARALLEL_READS).map((id) => this.get(id)));
      letters.push(...some.filter((letter) => letter !== undefined));
    }
    return letters;
  }

  /** Throws `EventLogUnavailable`. */
  async get(id: number): Promise<DeadLetter | undefined> {
    if (!Number.isSafeInteger(id) || id < 1) return undefined;
    const { manager, cell } = this.#connection;
    try {
      const message = await this.#connection.orDisconnect(
        manager.streams.getMessage(cell.streams.deadLetters, { seq: id }),
      );
      return message === null ? undefined : { ...message.json<Buried>(), id };
    } catch (error) {
      if (isMessageNotFound(error)) return undefined;
      throw new EventLogUnavailable(reasonOf(error), { cause: error });
    }
  }

  async remove(id: number): Promise<boolean> {
    const { manager, cell } = this.#connection;
    try {
      return await this.#connection.orDisconnect(manager.streams.deleteMessage(cell.streams.deadLetters, id, false));
    } catch (error) {
      if (error instanceof JetStreamApiError) return false;
      throw new EventLogUnavailable(reasonOf(error), { cause: error });
    }
  }

  async #newestIds(limit: number): Promise<readonly number[]> {
    const { manager, cell } = this.#connection;
    try {
      const { state } = await this.#connection.orDisconnect(
        manager.streams.info(cell.streams.deadLetters, { deleted_details: true }),
      );
      const removed = new Set(state.deleted ?? []);
      const ids: number[] = [];
      for (let id = state.last_seq; id >= Math.max(1, state.first_seq) && ids.length < limit; id -= 1) {
        if (!removed.has(id)) ids.push(id);
      }
      return ids;
    } catch (error) {
      throw new EventLogUnavailable(reasonOf(error), { cause: error });
    }
  }
}
