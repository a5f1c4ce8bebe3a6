import type { Random } from '@everynode/core';
import type { Schedule } from './schedule.ts';

/** Chances in thousandths, delays in milliseconds. */
export interface NetworkConditions {
  readonly delayMsMax: number;
  readonly lossPerMille: number;
  readonly duplicationPerMille: number;
  /** A message may be held back this long, so that later ones overtake it. */
  readonly reorderDelayMsMax: number;
  readonly reorderPerMille: number;
}

export const CALM: NetworkConditions = { delayMsMax: 2, lossPerMille: 0, duplicationPerMille: 0, reorderDelayMsMax: 0, reorderPerMille: 0 };

/** What the network did to messages; a test of faults proves with it that they happened. */
export interface NetworkCounts {
  delivered: number;
  lost: number;
  duplicated: number;
  reordered: number;
}

/** Carries messages between actors with delay, loss, duplication and reordering, all drawn from the seed. */
export class Network {
  conditions: NetworkConditions = CALM;
  readonly counts: NetworkCounts = { delivered: 0, lost: 0, duplicated: 0, reordered: 0 };
  private readonly schedule: Schedule;
  private readonly random: Random;
  private readonly cut = new Set<string>();

  constructor(schedule: Schedule, random: Random) {
    this.schedule = schedule;
    this.random = random;
  }

  /** Cuts an actor off from everybody, or mends it. */
  setCut(actor: string, isCut: boolean): void {
    if (isCut) this.cut.add(actor);
    else this.cut.delete(actor);
  }

  isCut(actor: string): boolean {
    return this.cut.has(actor);
  }

  mendAll(): void {
    this.cut.clear();
    this.conditions = CALM;
  }

  send(from: string, to: string, deliver: () => void): void {
    if (this.cut.has(from) || this.cut.has(to) || this.happens(this.conditions.lossPerMille)) {
      this.counts.lost += 1;
      return;
    }
    this.carry(to, deliver);
    if (!this.happens(this.conditions.duplicationPerMille)) return;
    this.counts.duplicated += 1;
    this.carry(to, deliver);
  }

  private carry(to: string, deliver: () => void): void {
    let delay = 1 + this.random.below(this.conditions.delayMsMax + 1);
    if (this.happens(this.conditions.reorderPerMille)) {
      this.counts.reordered += 1;
      delay += this.random.below(this.conditions.reorderDelayMsMax + 1);
    }
    this.schedule.after(delay, () => {
      if (this.cut.has(to)) {
        this.counts.lost += 1;
        return;
      }
      this.counts.delivered += 1;
      deliver();
    });
  }

  private happens(perMille: number): boolean {
    return perMille > 0 && this.random.below(1000) < perMille;
  }
}
