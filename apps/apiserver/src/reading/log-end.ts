/** How long one reader waits for the broker to say where the log ends; a broker that is well answers within a few milliseconds. */
const ASK_WAIT_MS = 1_000;

/**
 * Where the log ends, as the broker says. Readers share questions: one is under way at a time, and whoever comes while it is shares the next one, because the answer
 * under way may have been made before he came.
 */
export class LogEnd {
  private readonly question: () => Promise<number>;
  private readonly waitMs: number;
  private underWay: Promise<number> | undefined;
  private next: Promise<number> | undefined;
  private isConnected = false;
  private heardAt = performance.now();

  /** `question` asks the broker; it may reject. */
  constructor(question: () => Promise<number>, waitMs: number = ASK_WAIT_MS) {
    this.question = question;
    this.waitMs = waitMs;
  }

  /** Takes what the connection says of itself; without one nobody is asked. */
  noteConnection(isConnected: boolean): void {
    if (isConnected !== this.isConnected) this.heardAt = performance.now();
    this.isConnected = isConnected;
  }

  /** Milliseconds since the broker was last known to be there. */
  get silenceMs(): number {
    return performance.now() - this.heardAt;
  }

  /** A sequence that was the last one of the log at some time after the call, or undefined when the broker does not say in time. */
  async ask(): Promise<number | undefined> {
    if (!this.isConnected) return undefined;
    const timeout = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => timeout.resolve(undefined), this.waitMs);
    try {
      return await Promise.race([this.answer(), timeout.promise]);
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  private answer(): Promise<number> {
    if (this.underWay === undefined) return this.start();
    const start = (): Promise<number> => this.start();
    this.next ??= this.underWay.then(start, start);
    return this.next;
  }

  private start(): Promise<number> {
    this.next = undefined;
    const answer = this.question();
    this.underWay = answer;
    // Registered before anyone can share the next question, so it runs before that one starts.
    const settle = (): void => {
      if (this.next === undefined) this.underWay = undefined;
    };
    void answer.then(() => {
      this.heardAt = performance.now();
      settle();
    }, settle);
    return answer;
  }
}
