import { setImmediate } from 'node:timers';

/** What is run in turns. */
export interface Stepper {
  /** Does a little, and says whether there is more to do at once. */
  step(): boolean;
}

/** How long watches are sent before everything else, the fold first of all, gets its turn. */
const TURN_MS = 8;

/** Runs those that have something to do, one step each in the order in which they came, in turns with the rest of the process. */
export class WatchPump {
  private readonly ready = new Set<Stepper>();
  private isScheduled = false;

  /** Has a step of `stepper` run soon. */
  wake(stepper: Stepper): void {
    this.ready.add(stepper);
    this.schedule();
  }

  private schedule(): void {
    if (this.isScheduled || this.ready.size === 0) return;
    this.isScheduled = true;
    setImmediate(() => this.turn());
  }

  private turn(): void {
    this.isScheduled = false;
    const until = performance.now() + TURN_MS;
    for (const stepper of this.ready) {
      this.ready.delete(stepper);
      // Behind all others, so that nobody has to wait for the whole way of one that is far behind.
      if (stepper.step()) this.ready.add(stepper);
      if (performance.now() >= until) break;
    }
    this.schedule();
  }
}
