import type { LogStatus, Sequence } from '@everynode/event-log';
import { EventLogUnavailable } from '@everynode/event-log';
import type { StreamInfo } from '@nats-io/jetstream';
import type { BrokerConnection } from './broker-connection.ts';
import { reasonOf } from './broker-errors.ts';
import { isStreamNotFound } from './ensure-stream.ts';

/** Extent of the log as a stream reports it; an empty stream may report 0 or 1 as its first sequence. */
export const statusOf = (info: StreamInfo): LogStatus => {
  const { messages, first_seq: first, last_seq: last } = info.state;
  return { incarnation: info.created, firstSequence: messages === 0 ? last + 1 : first, lastSequence: last };
};

const CONFIRMATIONS = 3;
const CONFIRMATION_PAUSE_MS = 400;

/** Which log this connection speaks of: the one that it saw first. Anything else under the same name is a broken log. */
export class LogIdentity {
  readonly #connection: BrokerConnection;
  #incarnation: string | undefined;
  #replicas: number | undefined;

  constructor(connection: BrokerConnection, seen?: StreamInfo) {
    this.#connection = connection;
    this.#incarnation = seen?.created;
    this.#replicas = seen?.config.num_replicas;
  }

  /** Whether several servers keep the log, as far as is known; until it is known, they do. */
  get isReplicated(): boolean {
    return this.#replicas !== 1;
  }

  /** Throws `EventLogUnavailable`. */
  async status(): Promise<LogStatus> {
    return statusOf(await this.info());
  }

  /** Throws `EventLogUnavailable`, also when there is no such stream. */
  async info(): Promise<StreamInfo> {
    const { manager, cell } = this.#connection;
    try {
      const info = await this.#connection.orDisconnect(manager.streams.info(cell.streams.events));
      this.#incarnation ??= info.created;
      this.#replicas = info.config.num_replicas;
      return info;
    } catch (error) {
      throw new EventLogUnavailable(reasonOf(error), { cause: error });
    }
  }

  /** Why a reader that wants `next` must not go on, or the present state of the stream. Throws `EventLogUnavailable`. */
  async verify(next: Sequence): Promise<{ readonly broken: string } | { readonly info: StreamInfo }> {
    const info = await this.#infoUnlessGone();
    if (info === undefined) return { broken: `the stream ${this.#connection.cell.streams.events} is gone` };
    const { incarnation, firstSequence, lastSequence } = statusOf(info);
    if (incarnation !== this.#incarnation) return { broken: `the log was made again at ${incarnation}` };
    if (next < firstSequence) return { broken: `record ${next} is wanted, the log starts at ${firstSequence}` };
    if (next > lastSequence + 1) return { broken: `record ${next} is wanted, the log ends at ${lastSequence}` };
    return { info };
  }

  // A broker that is only just starting may not know its streams yet, so an absence counts when it lasts.
  async #infoUnlessGone(): Promise<StreamInfo | undefined> {
    for (let absences = 1; ; absences += 1) {
      try {
        return await this.info();
      } catch (error) {
        if (!(error instanceof EventLogUnavailable && isStreamNotFound(error.cause))) throw error;
        if (absences === CONFIRMATIONS) return undefined;
        await new Promise((resolve) => setTimeout(resolve, CONFIRMATION_PAUSE_MS));
      }
    }
  }
}
