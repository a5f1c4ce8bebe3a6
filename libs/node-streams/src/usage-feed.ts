import { nameInSubject, parseAgentUsage, SUBJECT_PATTERNS, USAGE_REQUEST_SUBJECT } from '@everynode/contracts';
import type { BusMessage, MessageBus, Subscription } from '@everynode/event-log';
import type { UsageBook } from '@everynode/read-models';

export interface UsageFeedOptions {
  /** Milliseconds since 1970. Default: the clock of the process. */
  readonly now?: () => number;
  /** Told of messages that could not be read, e.g. to keep them as dead letters. */
  readonly onUnreadable?: (subject: string, reason: string, payload: string) => void;
}

/** Keeps a book of what agents say of use. On each connection to the broker it asks all of them to say it at once. */
export class UsageFeed {
  private readonly bus: MessageBus;
  private readonly book: UsageBook;
  private readonly options: UsageFeedOptions;
  private readonly subscriptions: Subscription[] = [];

  constructor(bus: MessageBus, book: UsageBook, options: UsageFeedOptions = {}) {
    this.bus = bus;
    this.book = book;
    this.options = options;
  }

  start(): void {
    this.subscriptions.push(
      this.bus.subscribe(SUBJECT_PATTERNS.usage, (message) => this.take(message)),
      this.bus.onConnection((isConnected) => {
        if (isConnected) this.bus.publish(USAGE_REQUEST_SUBJECT, '');
      }),
    );
  }

  stop(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
  }

  private take({ subject, payload }: BusMessage): void {
    const parsed = parseAgentUsage(payload);
    if (!parsed.ok) return this.options.onUnreadable?.(subject, parsed.reason, payload);
    const agent = nameInSubject('use', subject);
    if (parsed.value.agent !== agent)
      return this.options.onUnreadable?.(subject, `agent: must be ${JSON.stringify(agent)}, the one in the subject`, payload);
    this.book.apply(parsed.value, (this.options.now ?? Date.now)());
  }
}
