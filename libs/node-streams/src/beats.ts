import type { SessionLink } from './session-link.ts';

export interface BeatOptions {
  /** How often each side says that it is there. */
  readonly keepAliveMs: number;
  /** A session whose other side is silent for so long has ended. */
  readonly silenceMs: number;
}

export const BEAT_DEFAULTS: BeatOptions = { keepAliveMs: 1_500, silenceMs: 5_000 };

/** One timer for the keep-alives of all links; it runs while there are any. */
export class Beats {
  private readonly options: BeatOptions;
  private readonly links = new Set<SessionLink>();
  private timer: NodeJS.Timeout | undefined;
  private lastAt = 0;

  constructor(options: BeatOptions) {
    this.options = options;
  }

  add(link: SessionLink): void {
    this.links.add(link);
    if (this.timer !== undefined) return;
    this.lastAt = performance.now();
    this.timer = setInterval(() => this.beat(), this.options.keepAliveMs);
    this.timer.unref();
  }

  remove(link: SessionLink): void {
    this.links.delete(link);
    if (this.links.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Breaks all links, e.g. because the connection to the broker is lost and frames with it. */
  breakAll(reason: string): void {
    for (const link of this.links) link.break(reason);
  }

  private beat(): void {
    const now = performance.now();
    const stoodStill = now - this.lastAt > 2 * this.options.keepAliveMs;
    this.lastAt = now;
    for (const link of this.links) {
      if (stoodStill) link.forgive(now);
      link.beat(now, this.options.silenceMs);
    }
  }
}
