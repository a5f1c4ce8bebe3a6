import { InMemoryEventLog, type Follower, type InMemoryLogStore, type LogRecord } from '@everynode/event-log';

/** A handle of a log whose follower gets records later than others, and none while it is paused. */
export class LateLog extends InMemoryEventLog {
  /** Set to make the broker as if it could not be reached. */
  failure: Error | undefined;
  private readonly delayMs: () => number;
  private readonly held: LogRecord[] = [];
  private deliver: () => void = () => undefined;
  private isPaused = false;

  constructor(store: InMemoryLogStore, delayMs: () => number) {
    super(store);
    this.delayMs = delayMs;
  }

  override status(): ReturnType<InMemoryEventLog['status']> {
    return this.failure === undefined ? super.status() : Promise.reject(this.failure);
  }

  override follow(from: number, onRecords: (records: readonly LogRecord[]) => void): Follower {
    this.deliver = () => {
      if (!this.isPaused && this.held.length > 0) onRecords(this.held.splice(0));
    };
    return super.follow(from, (records) => {
      this.held.push(...records);
      setTimeout(() => this.deliver(), this.delayMs());
    });
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.deliver();
  }
}
