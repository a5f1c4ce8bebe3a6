import { tooManyRequestsStatus } from '@everynode/kubernetes-api';
import type { EventLog } from '@everynode/event-log';
import { StatusError } from '../http/answer.ts';
import { PastFleet } from './past-fleet.ts';

export interface PastLimits {
  /** Past fleets that are kept; each takes as much memory as the present one. */
  readonly kept: number;
  /** Folds that may run at once; each costs as much as a start of this server. */
  readonly folds: number;
  /** Folds that may wait for their turn. */
  readonly waiting: number;
}

export const PAST_LIMITS: PastLimits = { kept: 4, folds: 2, waiting: 16 };

const RETRY_AFTER_SECONDS = 2;

/** Gives the fleet as it was after a record: kept from the last time, or folded now. */
export class PastFleets {
  private readonly log: EventLog;
  private readonly limits: PastLimits;
  private readonly onFolded: (milliseconds: number) => void;
  /** The least recently used first. */
  private readonly kept = new Map<number, PastFleet>();
  private readonly underWay = new Map<number, Promise<PastFleet>>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  /** `onFolded` is told how long each fold has taken, without the time that it waited. */
  constructor(log: EventLog, limits: PastLimits, onFolded: (milliseconds: number) => void) {
    this.log = log;
    this.limits = limits;
    this.onFolded = onFolded;
  }

  /** True when the fleet after this record is at hand. */
  holds(sequence: number): boolean {
    return this.kept.has(sequence);
  }

  /** Throws a StatusError (429) when too many folds wait already, `EventLogUnavailable` and `EventLogBroken`. */
  async after(sequence: number): Promise<PastFleet> {
    const known = this.kept.get(sequence);
    if (known !== undefined) {
      this.kept.delete(sequence);
      this.kept.set(sequence, known);
      return known;
    }
    const sameFold = this.underWay.get(sequence);
    if (sameFold !== undefined) return sameFold;
    const fold = this.fold(sequence).finally(() => this.underWay.delete(sequence));
    this.underWay.set(sequence, fold);
    return fold;
  }

  private async fold(sequence: number): Promise<PastFleet> {
    await this.turn();
    try {
      const startedAt = performance.now();
      const fleet = await PastFleet.fold(this.log, sequence);
      this.onFolded(performance.now() - startedAt);
      this.keep(sequence, fleet);
      return fleet;
    } finally {
      this.pass();
    }
  }

  private async turn(): Promise<void> {
    if (this.running < this.limits.folds) {
      this.running += 1;
      return;
    }
    if (this.waiting.length >= this.limits.waiting) {
      throw new StatusError(tooManyRequestsStatus(`${this.limits.waiting} moments of the past wait to be folded already`, RETRY_AFTER_SECONDS));
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Gives the turn of a fold that has ended to the one that has waited longest. */
  private pass(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.running -= 1;
    else next();
  }

  private keep(sequence: number, fleet: PastFleet): void {
    this.kept.set(sequence, fleet);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.limits.kept) break;
      this.kept.delete(oldest);
    }
  }
}
