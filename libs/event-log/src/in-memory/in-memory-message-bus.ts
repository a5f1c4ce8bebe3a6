import type { BusMessage, MessageBus, RequestOutcome, Subscription } from '../message-bus.port.ts';
import { subjectMatches } from './subject-match.ts';

/** A message on its way; its payload is text or bytes, as it was published. */
interface Sent extends Omit<BusMessage, 'payload'> {
  readonly payload: string | Uint8Array;
}

interface Listener {
  readonly pattern: string;
  readonly bus: InMemoryMessageBus;
  readonly onMessage: (message: Sent) => void;
}

interface Delivery {
  readonly listener: Listener;
  readonly message: Sent;
}

const textOf = (payload: string | Uint8Array): string =>
  typeof payload === 'string' ? payload : new TextDecoder().decode(payload);

const MAX_WAITING = 1_000_000;
const SLICE = 1000;

/** What the connections of one in-process broker share: who listens, and the messages on their way. */
export class InMemoryMessageHub {
  readonly #listeners = new Set<Listener>();
  #waiting: Delivery[] = [];
  #delivered = 0;
  #dropped = 0;
  #isScheduled = false;
  #idle: (() => void)[] = [];

  /** Messages dropped because too many were waiting; a NATS server drops a slow consumer's messages likewise. */
  get dropped(): number {
    return this.#dropped;
  }

  listen(listener: Listener): Subscription {
    this.#listeners.add(listener);
    return { unsubscribe: () => void this.#listeners.delete(listener) };
  }

  /** Queues the message for every listener that matches now; the answer is how many do. */
  send(message: Sent): number {
    let matching = 0;
    for (const listener of this.#listeners) {
      if (!listener.bus.isConnected || !subjectMatches(listener.pattern, message.subject)) continue;
      matching += 1;
      if (this.#waiting.length >= MAX_WAITING) this.#dropped += 1;
      else this.#waiting.push({ listener, message });
    }
    if (matching > 0) this.#schedule();
    return matching;
  }

  /** Resolves when everything sent so far has been handed over. */
  drained(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#deliver());
  }

  #deliver(): void {
    this.#isScheduled = false;
    const slice = this.#waiting.slice(this.#delivered, this.#delivered + SLICE);
    this.#delivered += slice.length;
    // The part already delivered is cut off now and then, not each time: a long queue would be copied once a slice.
    if (this.#delivered === this.#waiting.length || this.#delivered > 50 * SLICE) {
      this.#waiting = this.#waiting.slice(this.#delivered);
      this.#delivered = 0;
    }
    if (this.#waiting.length > 0) this.#schedule();
    for (const { listener, message } of slice) {
      if (this.#listeners.has(listener) && listener.bus.isConnected) listener.onMessage(message);
    }
    if (this.#waiting.length > 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }
}

/** One connection to an `InMemoryMessageHub`; give the same hub to all that shall hear each other. */
export class InMemoryMessageBus implements MessageBus {
  readonly #hub: InMemoryMessageHub;
  readonly #subscriptions = new Set<Subscription>();
  readonly #connectionListeners = new Set<(connected: boolean) => void>();
  #isConnected = true;
  #isClosed = false;

  constructor(hub: InMemoryMessageHub = new InMemoryMessageHub()) {
    this.#hub = hub;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Cuts or restores the connection, as a network fault would: while cut, messages in both directions are lost. */
  setConnected(connected: boolean): void {
    if (this.#isClosed || connected === this.#isConnected) return;
    this.#isConnected = connected;
    for (const listener of this.#connectionListeners) listener(connected);
  }

  publish(subject: string, payload: string): void {
    if (this.#isConnected) this.#hub.send({ subject, payload, reply: undefined });
  }

  publishBytes(subject: string, payload: Uint8Array): void {
    if (this.#isConnected) this.#hub.send({ subject, payload, reply: undefined });
  }

  subscribe(pattern: string, onMessage: (message: BusMessage) => void): Subscription {
    return this.#listen(pattern, ({ subject, payload, reply }) => onMessage({ subject, payload: textOf(payload), reply }));
  }

  subscribeBytes(pattern: string, onBytes: (subject: string, payload: Uint8Array) => void): Subscription {
    return this.#listen(pattern, ({ subject, payload }) =>
      onBytes(subject, typeof payload === 'string' ? new TextEncoder().encode(payload) : payload),
    );
  }

  #listen(pattern: string, onMessage: (message: Sent) => void): Subscription {
    const inHub = this.#hub.listen({ pattern, bus: this, onMessage });
    const subscription: Subscription = {
      unsubscribe: () => {
        inHub.unsubscribe();
        this.#subscriptions.delete(subscription);
      },
    };
    this.#subscriptions.add(subscription);
    return subscription;
  }

  request(subject: string, payload: string, timeoutMs: number): Promise<RequestOutcome> {
    if (!this.#isConnected) return Promise.resolve({ outcome: 'unknown', detail: 'not connected' });
    return new Promise((resolve) => {
      const giveUp = (detail: string): void => resolve({ outcome: 'unknown', detail });
      const timer = setTimeout(() => giveUp(`no answer within ${timeoutMs} ms`), timeoutMs);
      const reply = (answer: string): void => {
        setImmediate(() => {
          if (!this.#isConnected) return;
          clearTimeout(timer);
          resolve({ outcome: 'answered', payload: answer });
        });
      };
      if (this.#hub.send({ subject, payload, reply }) > 0) return;
      clearTimeout(timer);
      giveUp(`nobody listens on ${subject}`);
    });
  }

  onConnection(listener: (connected: boolean) => void): Subscription {
    this.#connectionListeners.add(listener);
    listener(this.#isConnected);
    return { unsubscribe: () => void this.#connectionListeners.delete(listener) };
  }

  flush(): Promise<void> {
    return this.#hub.drained();
  }

  async close(): Promise<void> {
    this.setConnected(false);
    this.#isClosed = true;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }
}
