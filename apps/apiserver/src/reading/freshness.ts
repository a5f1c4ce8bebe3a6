import { tooLargeResourceVersionStatus } from '@everynode/kubernetes-api';
import type { FleetView } from '../fleet/fleet-view.ts';
import { StatusError } from '../http/answer.ts';
import type { LogEnd } from './log-end.ts';

/** Decides how new a fold has to be before it is read. */
export class Freshness {
  private readonly view: FleetView;
  private readonly aheadWaitMs: number;
  private readonly end: LogEnd | undefined;

  /** `aheadWaitMs`: how long a read waits for records that are not folded yet. Without `end` the fold is never older than the log, as one of the past. */
  constructor(view: FleetView, aheadWaitMs: number, end?: LogEnd) {
    this.view = view;
    this.aheadWaitMs = aheadWaitMs;
    this.end = end;
  }

  /**
   * Waits until the fold shows every record that was in the log when this was called, so also the write that somebody has just made through another API server.
   * While the broker cannot be asked, the fold is as new as it can be, and the answer is a warning that says how old that is. Throws a StatusError (504) when
   * the records do not come in time.
   */
  async untilCurrent(): Promise<readonly string[]> {
    if (this.end === undefined) return [];
    const last = await this.end.ask();
    if (last === undefined) return [this.staleness(this.end.silenceMs)];
    await this.untilFolded(last);
    return [];
  }

  /** Waits until the fold has reached `sequence`. Throws a StatusError (504) when it takes too long. */
  async untilFolded(sequence: number): Promise<void> {
    if (sequence <= this.view.state.sequence || (await this.view.untilFolded(sequence, this.aheadWaitMs))) return;
    throw new StatusError(tooLargeResourceVersionStatus(String(sequence), String(this.view.state.sequence)));
  }

  private staleness(ageMs: number): string {
    const seconds = Math.max(1, Math.round(ageMs / 1_000));
    return `the broker cannot be reached: this is the fleet as it was ${seconds} s ago, after record ${this.view.state.sequence}`;
  }
}
