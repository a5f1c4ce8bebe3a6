import { commandSubject, deliverySubject } from '@everynode/contracts';
import type { CommandStore, Subscription } from '@everynode/event-log';
import { EventLogUnavailable } from '@everynode/event-log';
import { JetStreamApiError } from '@nats-io/jetstream';
import type { BrokerConnection } from './broker-connection.ts';
import { JETSTREAM_TIMEOUT_MS } from './broker-connection.ts';
import { reasonOf } from './broker-errors.ts';
import { isMessageNotFound, isStreamNotFound } from './ensure-stream.ts';
import { SendWindow } from './send-window.ts';

const WINDOW = { requests: 256, bytes: 32 * 1024 * 1024, waiting: 200_000 };

/** The last command set of each node in a stream that passes stored messages on to the agents' subscriptions. */
export class JetStreamCommandStore implements CommandStore {
  readonly #connection: BrokerConnection;
  readonly #ensureStream: () => Promise<void>;
  readonly #window = new SendWindow(WINDOW);

  /** `ensureStream` makes the stream again when it is gone: a broker that restarts forgets streams in memory. */
  constructor(connection: BrokerConnection, ensureStream: () => Promise<void>) {
    this.#connection = connection;
    this.#ensureStream = ensureStream;
  }

  async put(node: string, payload: string): Promise<boolean> {
    if (!(await this.#window.enter(payload.length))) return false;
    try {
      if (!(await this.#connection.untilConnected(JETSTREAM_TIMEOUT_MS))) return false;
      return (
        (await this.#publish(node, payload)) || ((await this.#madeAgain()) && (await this.#publish(node, payload)))
      );
    } catch {
      return false;
    } finally {
      this.#window.leave(payload.length);
    }
  }

  async last(node: string): Promise<string | undefined> {
    const { manager, cell } = this.#connection;
    const query = { last_by_subj: cell.toBroker(commandSubject(node)) };
    try {
      const message = await this.#connection.orDisconnect(manager.streams.getMessage(cell.streams.commands, query));
      return message?.string();
    } catch (error) {
      // A stream that was lost with its broker's memory holds no command until the leader puts it again.
      if (isMessageNotFound(error) || isStreamNotFound(error)) return undefined;
      throw new EventLogUnavailable(reasonOf(error), { cause: error });
    }
  }

  subscribe(nodes: readonly string[], onCommand: (node: string, payload: string) => void): Subscription {
    const { nats, cell } = this.#connection;
    const subscriptions = nodes.map((node) =>
      nats.subscribe(cell.toBroker(deliverySubject(node)), {
        callback: (error, message) => {
          if (error === null) onCommand(node, message.string());
          else this.#connection.report(`commands of ${node}: ${error.message}`);
        },
      }),
    );
    return {
      unsubscribe: () => {
        if (!nats.isClosed()) for (const subscription of subscriptions) subscription.unsubscribe();
      },
    };
  }

  /** False when no stream takes the subject. */
  async #publish(node: string, payload: string): Promise<boolean> {
    const { jetstream, cell } = this.#connection;
    try {
      await this.#connection.orDisconnect(jetstream.publish(cell.toBroker(commandSubject(node)), payload));
      return true;
    } catch (error) {
      if (isStreamNotFound(error) || isNoResponders(error)) return false;
      throw error;
    }
  }

  async #madeAgain(): Promise<boolean> {
    await this.#ensureStream();
    return true;
  }
}

const isNoResponders = (error: unknown): boolean =>
  error instanceof Error && !(error instanceof JetStreamApiError) && error.name === 'JetStreamNotEnabled';
