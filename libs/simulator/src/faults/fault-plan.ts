import type { Random } from '@everynode/core';
import type { NetworkConditions } from '../world/network.ts';

export type FaultKind =
  | 'leader-crash'
  | 'leader-freeze'
  | 'standby-crash'
  | 'lease-stolen'
  | 'agent-crash'
  | 'node-reboot'
  | 'node-shutdown'
  | 'agent-disk-lost'
  | 'controller-cut'
  | 'agent-cut';

export interface Fault {
  readonly kind: FaultKind;
  /** Virtual milliseconds since the start of the run. */
  readonly at: number;
  readonly forMs: number;
  /** Index of the actor, taken modulo the number of actors of its kind. */
  readonly target: number;
}

export interface FaultPlan {
  readonly conditions: NetworkConditions;
  readonly faults: readonly Fault[];
}

const KINDS: readonly FaultKind[] = [
  'leader-crash',
  'leader-freeze',
  'standby-crash',
  'lease-stolen',
  'agent-crash',
  'node-reboot',
  'node-shutdown',
  'agent-disk-lost',
  'controller-cut',
  'agent-cut',
];

const oneOf = <T>(random: Random, values: readonly T[], fallback: T): T => values[random.below(values.length)] ?? fallback;

/**
 * Draws which faults a run has: a random subset of the kinds (a run with all of them at once hides what each does), and network conditions that
 * are calm in some runs.
 */
export const drawFaultPlan = (random: Random, durationMs: number): FaultPlan => {
  const kinds = KINDS.filter(() => random.below(2) === 0);
  const count = kinds.length === 0 ? 0 : random.below(10);
  const faults = Array.from({ length: count }, (): Fault => ({
    kind: oneOf(random, kinds, 'leader-crash'),
    at: random.below(durationMs),
    forMs: 50 + random.below(20_000),
    target: random.below(64),
  }));
  const isRough = random.below(3) > 0;
  return {
    faults: faults.toSorted((left, right) => left.at - right.at),
    conditions: {
      delayMsMax: oneOf(random, [1, 5, 50, 300], 5),
      lossPerMille: isRough ? oneOf(random, [0, 5, 50, 200], 0) : 0,
      duplicationPerMille: isRough ? oneOf(random, [0, 5, 50, 200], 0) : 0,
      reorderPerMille: isRough ? oneOf(random, [0, 10, 100, 300], 0) : 0,
      reorderDelayMsMax: 3_000,
    },
  };
};
