const FIRST_MS = 20;
const MAX_MS = 1_000;

/** Capped exponential delay between repeated appends; falls back to the first step when one is accepted. */
export class RepeatDelay {
  private delayMs = FIRST_MS;

  next(): number {
    const present = this.delayMs;
    this.delayMs = Math.min(present * 2, MAX_MS);
    return present;
  }

  reset(): void {
    this.delayMs = FIRST_MS;
  }
}
