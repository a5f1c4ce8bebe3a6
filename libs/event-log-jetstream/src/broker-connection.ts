import { EventLogUnavailable } from '@everynode/event-log';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import type { Cell } from './cell.ts';

/** Time that a JetStream request may take until its outcome counts as unknown. */
export const JETSTREAM_TIMEOUT_MS = 2000;

/** One NATS connection with what all adapters need of it: the state of the connection and the JetStream clients. */
export class BrokerConnection {
  readonly nats: NatsConnection;
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly cell: Cell;
  readonly #listeners = new Set<(connected: boolean) => void>();
  readonly #onError: (detail: string) => void;
  readonly #closed = Promise.withResolvers<void>();
  #isConnected = true;
  #isClosed = false;

  private constructor(
    nats: NatsConnection,
    manager: JetStreamManager,
    options: { cell: Cell; onError: (detail: string) => void },
  ) {
    this.nats = nats;
    this.manager = manager;
    this.jetstream = jetstream(nats, { timeout: JETSTREAM_TIMEOUT_MS });
    this.cell = options.cell;
    this.#onError = options.onError;
    void this.#watch();
  }

  static async of(
    nats: NatsConnection,
    options: { cell: Cell; onError: (detail: string) => void },
  ): Promise<BrokerConnection> {
    return new BrokerConnection(
      nats,
      await jetstreamManager(nats, { timeout: JETSTREAM_TIMEOUT_MS, checkAPI: false }),
      options,
    );
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Calls `listener` on every change of the connection; the answer stops it. */
  onChange(listener: (connected: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reports something that no caller waits for, such as a refused subscription. */
  report(detail: string): void {
    this.#onError(detail);
  }

  /** True once connected; false when that took longer than `timeoutMs` or the connection was closed. */
  untilConnected(timeoutMs: number): Promise<boolean> {
    if (this.#isConnected || this.#isClosed) return Promise.resolve(this.#isConnected);
    return new Promise((resolve) => {
      const settle = (connected: boolean): void => {
        stop();
        clearTimeout(timer);
        resolve(connected);
      };
      const timer = setTimeout(() => settle(false), timeoutMs);
      const stop = this.onChange((connected) => connected && settle(true));
      void this.#closed.promise.then(() => settle(false));
    });
  }

  /** The result of a request, or an `EventLogUnavailable` as soon as the connection is lost: the client itself would wait for its whole timeout. */
  orDisconnect<T>(request: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = this.onChange((connected) => {
        if (!connected) settle(() => reject(new EventLogUnavailable('the connection to the broker was lost')));
      });
      const settle = (finish: () => void): void => {
        stop();
        finish();
      };
      request.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      );
    });
  }

  async close(): Promise<void> {
    await this.nats.close();
    this.#noteClosed();
  }

  async #watch(): Promise<void> {
    for await (const status of this.nats.status()) {
      if (status.type === 'disconnect') this.#setConnected(false);
      else if (status.type === 'reconnect') this.#setConnected(true);
      else if (status.type === 'error') this.report(status.error.message);
      else if (status.type === 'slowConsumer') this.report(`too slow for ${status.sub.getSubject()}`);
    }
    this.#noteClosed();
  }

  #noteClosed(): void {
    this.#isClosed = true;
    this.#closed.resolve();
    this.#setConnected(false);
  }

  #setConnected(connected: boolean): void {
    if (connected === this.#isConnected) return;
    this.#isConnected = connected;
    for (const listener of this.#listeners) listener(connected);
  }
}
