import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { BusMessage, MessageBus, Subscription } from '@everynode/event-log';

/**
 * NestJS transport strategy over the message bus: `@EventPattern('everynode.v1.rpt.*')` subscribes to that subject pattern and the handler gets the
 * `BusMessage` as its payload. A handler answers through `message.reply`, whenever it can: answers leave only after the append that they wait for,
 * which is why Nest's own request/response does not serve here.
 */
export class MessageBusTransport extends Server implements CustomTransportStrategy {
  private readonly bus: MessageBus;
  private readonly onFault: (pattern: string, error: unknown) => void;
  private readonly subscriptions: Subscription[] = [];

  constructor(bus: MessageBus, onFault: (pattern: string, error: unknown) => void) {
    super();
    this.bus = bus;
    this.onFault = onFault;
  }

  listen(callback: (error?: unknown) => void): void {
    for (const [pattern, handler] of this.messageHandlers) {
      const onMessage = (message: BusMessage): void => {
        try {
          void handler(message).catch((error: unknown) => this.onFault(pattern, error));
        } catch (error) {
          this.onFault(pattern, error);
        }
      };
      this.subscriptions.push(this.bus.subscribe(pattern, onMessage));
    }
    callback();
  }

  close(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    this.subscriptions.length = 0;
  }

  on(): void {
    throw new Error('this transport has no events of its own; see MessageBus.onConnection');
  }

  // The base class fixes the signature.
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  unwrap<T>(): T {
    return this.bus as T;
  }
}
