import type { BusMessage, MessageBus, RequestOutcome, Subscription } from '@everynode/event-log';
import type { Msg } from '@nats-io/nats-core';
import type { BrokerConnection } from './broker-connection.ts';
import { reasonOf } from './broker-errors.ts';

/** The bus on core NATS. */
export class NatsMessageBus implements MessageBus {
  readonly #connection: BrokerConnection;
  readonly #subscriptions = new Set<Subscription>();
  readonly #connectionListeners = new Map<Subscription, (connected: boolean) => void>();
  #isClosed = false;

  constructor(connection: BrokerConnection) {
    this.#connection = connection;
  }

  publish(subject: string, payload: string): void {
    this.#publish(subject, payload);
  }

  publishBytes(subject: string, payload: Uint8Array): void {
    this.#publish(subject, payload);
  }

  subscribe(pattern: string, onMessage: (message: BusMessage) => void): Subscription {
    return this.#subscribe(pattern, (message) => onMessage(this.#toBusMessage(message)));
  }

  subscribeBytes(pattern: string, onBytes: (subject: string, payload: Uint8Array) => void): Subscription {
    const { cell } = this.#connection;
    return this.#subscribe(pattern, (message) => onBytes(cell.fromBroker(message.subject), message.data));
  }

  #publish(subject: string, payload: string | Uint8Array): void {
    if (!this.#isUsable()) return;
    this.#connection.nats.publish(this.#connection.cell.toBroker(subject), payload);
  }

  #subscribe(pattern: string, onMessage: (message: Msg) => void): Subscription {
    const { nats, cell } = this.#connection;
    const inNats = nats.subscribe(cell.toBroker(pattern), {
      callback: (error, message) => {
        if (error === null) onMessage(message);
        else this.#connection.report(`subscription to ${pattern}: ${error.message}`);
      },
    });
    const subscription: Subscription = {
      unsubscribe: () => {
        if (this.#subscriptions.delete(subscription) && !nats.isClosed()) inNats.unsubscribe();
      },
    };
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async request(subject: string, payload: string, timeoutMs: number): Promise<RequestOutcome> {
    if (!this.#isUsable()) return { outcome: 'unknown', detail: 'not connected' };
    const { nats, cell } = this.#connection;
    try {
      const request = nats.request(cell.toBroker(subject), payload, { timeout: timeoutMs });
      const answer = await this.#connection.orDisconnect(request);
      return { outcome: 'answered', payload: answer.string() };
    } catch (error) {
      return { outcome: 'unknown', detail: reasonOf(error) };
    }
  }

  onConnection(listener: (connected: boolean) => void): Subscription {
    const stop = this.#connection.onChange(listener);
    const subscription: Subscription = {
      unsubscribe: () => {
        stop();
        this.#connectionListeners.delete(subscription);
      },
    };
    this.#connectionListeners.set(subscription, listener);
    listener(this.#isUsable());
    return subscription;
  }

  async flush(): Promise<void> {
    if (this.#isUsable()) await this.#connection.nats.flush();
  }

  /** Ends the subscriptions and drops what is published from now on; the connection belongs to the broker. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    for (const [subscription, listener] of this.#connectionListeners) {
      subscription.unsubscribe();
      if (this.#connection.isConnected) listener(false);
    }
  }

  #isUsable(): boolean {
    return !this.#isClosed && this.#connection.isConnected;
  }

  #toBusMessage(message: Msg): BusMessage {
    const hasReply = message.reply !== undefined && message.reply !== '';
    return {
      subject: this.#connection.cell.fromBroker(message.subject),
      payload: message.string(),
      reply: hasReply ? (payload) => void (this.#isUsable() && message.respond(payload)) : undefined,
    };
  }
}
