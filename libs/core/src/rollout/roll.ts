import { because } from '../daemonset/reason.ts';
import type { DaemonSetSpec } from '../kubernetes/objects.ts';
import { FACT } from './node-facts.ts';
import { creations, NO_ROLL_STEPS, removals, type RollSteps } from './roll-steps.ts';
import { rolloutLimits, isRollingUpdate } from './rollout-limits.ts';
import { isKnownOf, takeToSurge, type Rollup } from './rollup.ts';
import { rollStrictly } from './strict-roll.ts';

const OLD_UNAVAILABLE = because('DS-198', 'the old Pod is not available, so replacing it costs nothing');
const IN_BUDGET = because('DS-200', 'the old Pod is replaced within maxUnavailable');
const SURGE_UNAVAILABLE = because('DS-210', 'the old Pod is not available, so the new one need not wait for the surge budget');
const NOT_WANTED_UNAVAILABLE = because('DS-211', 'the node should no longer run the Pod, and the old one is not available');
const SURGE_DONE = because('DS-215', 'the new Pod is available, so the old one goes');
const SUNSET = because('DS-216', 'the node should no longer run the Pod, and enough Pods elsewhere are available');
const IN_SURGE = because('DS-218', 'a new Pod starts beside the old one within maxSurge');

/** Nodes that should no longer run the Pod go first, then by name: upstream leaves the order open. A budget below zero takes none. */
const takeCandidates = (rollup: Rollup, budget: number): string[] => {
  const first = rollup.sunset.take(budget);
  return [...first, ...rollup.candidates.take(budget - first.length)];
};

const rollUnavailable = (rollup: Rollup, maxUnavailable: number): RollSteps => ({
  create: [],
  remove: [
    ...removals(rollup.broken, 'outdated', OLD_UNAVAILABLE),
    ...removals(takeCandidates(rollup, maxUnavailable - rollup.unavailable.size), 'outdated', IN_BUDGET),
  ],
});

const rollSurge = (rollup: Rollup, maxSurge: number): RollSteps => {
  const { counts, sunset, replaced } = rollup;
  const broken = [...rollup.broken];
  const isWanted = (node: string): boolean => isKnownOf(rollup, node, FACT.shouldRun);
  return {
    create: [
      ...creations(broken.filter((node) => isWanted(node) && !isKnownOf(rollup, node, FACT.crowded)), SURGE_UNAVAILABLE),
      ...creations(takeToSurge(rollup, maxSurge - counts.surging), IN_SURGE),
    ],
    remove: [
      ...removals(broken.filter((node) => !isWanted(node)), 'not-eligible', NOT_WANTED_UNAVAILABLE),
      ...removals(replaced, 'surge-replaced', SURGE_DONE),
      ...removals(sunset.take(counts.serving - counts.desired), 'not-eligible', SUNSET),
    ],
  };
};

/**
 * The rolling step for the picture that a rollup has (DS-191 … DS-223). Candidates that it picks are taken out of the rollup; the caller carries
 * the steps out and notes the nodes anew.
 */
export const roll = (rollup: Rollup, spec: DaemonSetSpec): RollSteps => {
  if (!isRollingUpdate(spec)) return NO_ROLL_STEPS;
  const limits = rolloutLimits(spec, rollup.counts.desired);
  if (limits === undefined) return NO_ROLL_STEPS;
  if (rollup.rules.policy === 'strict') return rollStrictly(rollup, limits);
  return limits.maxSurge === 0 ? rollUnavailable(rollup, limits.maxUnavailable) : rollSurge(rollup, limits.maxSurge);
};
