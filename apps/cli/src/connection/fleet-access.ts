import type { DeadLetterQueue, EventLog, MessageBus } from '@everynode/event-log';

/** What commands read a fleet through: a broker, or the one process that keeps everything in memory. */
export interface FleetAccess {
  readonly log: Pick<EventLog, 'read' | 'follow' | 'status' | 'loadSnapshot'>;
  readonly bus: Pick<MessageBus, 'publish' | 'subscribe' | 'request' | 'flush'>;
  readonly deadLetters: Pick<DeadLetterQueue, 'list' | 'get' | 'remove'>;
}

export type LogReader = FleetAccess['log'];
