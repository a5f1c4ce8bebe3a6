/** What comes from a client until somebody takes it. Its source is told to wait while more than `limitBytes` wait here. */
export class InputQueue<T> {
  private readonly waiting: { readonly item: T; readonly size: number }[] = [];
  private readonly limitBytes: number;
  private readonly source: { pause(): void; resume(): void };
  private size = 0;
  private isPaused = false;
  private isOver = false;
  private wake: (() => void) | undefined;

  constructor(limitBytes: number, source: { pause(): void; resume(): void }) {
    this.limitBytes = limitBytes;
    this.source = source;
  }

  push(item: T, size: number): void {
    if (this.isOver) return;
    this.waiting.push({ item, size });
    this.size += size;
    if (this.size > this.limitBytes && !this.isPaused) {
      this.isPaused = true;
      this.source.pause();
    }
    this.wake?.();
  }

  /** Nothing more comes; what waits is still given out. */
  end(): void {
    this.isOver = true;
    this.release();
    this.wake?.();
  }

  /** To be iterated once. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const next = this.waiting.shift();
      if (next !== undefined) {
        this.size -= next.size;
        if (this.size <= this.limitBytes / 2) this.release();
        yield next.item;
      } else if (this.isOver) {
        return;
      } else {
        await new Promise<void>((resolve) => (this.wake = resolve));
      }
    }
  }

  private release(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.source.resume();
  }
}
