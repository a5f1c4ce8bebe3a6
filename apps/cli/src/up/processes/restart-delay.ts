const FIRST_MS = 250;
const MAX_MS = 10_000;
/** A process that ran for this long before it ended counts as well again. */
const SETTLED_MS = 30_000;

/** How long to wait before a process that ended is started again: doubled each time, up to ten seconds, and from the start again once it has run for half a minute. */
export class RestartDelay {
  private delayMs = FIRST_MS;

  /** `ranForMs`: how long the process had run when it ended. */
  next(ranForMs: number): number {
    if (ranForMs >= SETTLED_MS) this.delayMs = FIRST_MS;
    const delayMs = this.delayMs;
    this.delayMs = Math.min(this.delayMs * 2, MAX_MS);
    return delayMs;
  }
}
