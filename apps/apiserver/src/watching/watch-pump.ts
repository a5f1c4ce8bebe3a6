/** What is run in turns. */
export interface Stepper {
  /** Does a little, and says whether there is more to do at once. */
  step(): boolean;
}

/** How long watches are sent before everything else, the fold first of all, gets its turn. */
const TURN_MS = 5;
/** Watches whose client has not taken up yet what was written. The rest is written as soon as clients can take it, so this bounds how much that is at once. */
const WRITING_MAX = 32;
/** Whose client takes longer than this is not waited for by others. */
const STALLED_MS = 100;

/** Runs those that have something to do, one step each in the order in which they came, in turns with the rest of the process. */
export class WatchPump {
  private readonly ready = new Set<Stepper>();
  /** Since when they wait for their clients, oldest first. */
  private readonly writing = new Map<Stepper, number>();
  private isScheduled = false;
  private timer: NodeJS.Timeout | undefined;

  /** Has a step of `stepper` run soon. */
  wake(stepper: Stepper): void {
    this.ready.add(stepper);
    this.schedule();
  }

  /** Takes note that a stepper waits for its client, until `taken`. */
  waits(stepper: Stepper): void {
    this.writing.set(stepper, performance.now());
  }

  taken(stepper: Stepper): void {
    this.writing.delete(stepper);
    this.schedule();
  }

  private schedule(): void {
    if (this.isScheduled || this.ready.size === 0) return;
    if (this.writing.size >= WRITING_MAX) {
      this.timer ??= setTimeout(() => this.goOn(), STALLED_MS);
      return;
    }
    this.isScheduled = true;
    setImmediate(() => this.turn());
  }

  private goOn(): void {
    this.timer = undefined;
    const stalledBefore = performance.now() - STALLED_MS;
    for (const [stepper, since] of this.writing) {
      if (since > stalledBefore) break;
      this.writing.delete(stepper);
    }
    this.schedule();
  }

  private turn(): void {
    this.isScheduled = false;
    const until = performance.now() + TURN_MS;
    for (const stepper of this.ready) {
      if (this.writing.size >= WRITING_MAX) break;
      this.ready.delete(stepper);
      // Behind all others, so that nobody has to wait for the whole way of one that is far behind.
      if (stepper.step()) this.ready.add(stepper);
      if (performance.now() >= until) break;
    }
    this.schedule();
  }
}
