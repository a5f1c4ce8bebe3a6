import { because } from '../daemonset/reason.ts';
import { FACT } from './node-facts.ts';
import { creations, firstOf, removals, type RollSteps } from './roll-steps.ts';
import { rolloutLimits, type RolloutLimits } from './rollout-limits.ts';
import { isKnownOf, takeToSurge, type Rollup } from './rollup.ts';

const NOT_READY = because('strict', 'the old Pod is not ready and is replaced within maxUnavailable');
const IN_BUDGET = because('strict', 'the old Pod is replaced: with it no more nodes are without an available Pod than maxUnavailable allows');
const BESIDE = because('strict', 'a new Pod starts beside the old one within maxSurge');
const NOT_WANTED = because('DS-211', 'the node should no longer run the Pod, and the old one is not ready');
const SURGE_DONE = because('DS-215', 'the new Pod is available, so the old one goes');
const SUNSET = because('DS-216', 'the node should no longer run the Pod, and enough Pods elsewhere are available');

/** Nodes whose old Pod is gone and whose new one is not available yet, or that have both and wait for the new one. They use up the budget. */
export const nodesInHand = (rollup: Rollup): number => rollup.unavailable.size - rollup.broken.size - rollup.replaced.size;

/**
 * Old Pods that are not ready cost nothing but a place in the budget. An old Pod that is ready but not yet available (minReadySeconds) is left alone until it is
 * one or the other, and an available one is taken only while every node without an available Pod, for whatever reason, leaves room for one more.
 */
const rollUnavailable = (rollup: Rollup, maxUnavailable: number): RollSteps => {
  const { unavailable, broken, soaking, candidates, sunset } = rollup;
  const notReady = firstOf([...broken].filter((node) => !soaking.has(node)), maxUnavailable - nodesInHand(rollup));
  const budget = maxUnavailable - unavailable.size;
  const first = sunset.take(budget);
  const available = [...first, ...candidates.take(budget - first.length)];
  return { create: [], remove: [...removals(notReady, 'outdated', NOT_READY), ...removals(available, 'outdated', IN_BUDGET)] };
};

const rollSurge = (rollup: Rollup, maxSurge: number): RollSteps => {
  const { soaking, sunset, replaced, counts } = rollup;
  const broken = [...rollup.broken];
  const isWanted = (node: string): boolean => isKnownOf(rollup, node, FACT.shouldRun);
  const free = maxSurge - nodesInHand(rollup);
  const first = firstOf(broken.filter((node) => isWanted(node) && !isKnownOf(rollup, node, FACT.crowded)), free);
  const unwanted = broken.filter((node) => !soaking.has(node) && !isWanted(node));
  return {
    create: creations([...first, ...takeToSurge(rollup, free - first.length)], BESIDE),
    remove: [
      ...removals(unwanted, 'not-eligible', NOT_WANTED),
      ...removals(replaced, 'surge-replaced', SURGE_DONE),
      ...removals(sunset.take(counts.serving - counts.desired), 'not-eligible', SUNSET),
    ],
  };
};

/** The rolling step of the `strict` policy; nodes that it leaves out are in none of the sets that it looks at. */
export const rollStrictly = (rollup: Rollup, limits: RolloutLimits): RollSteps =>
  limits.maxSurge === 0 ? rollUnavailable(rollup, limits.maxUnavailable) : rollSurge(rollup, limits.maxSurge);

/** Nodes wait for the new revision, and nothing but nodes that went not Ready after they got it keeps it from them. */
export const isRolloutStalled = (rollup: Rollup): boolean => {
  const limits = rolloutLimits(rollup.rules.spec, rollup.counts.desired);
  if (limits === undefined || rollup.candidates.size + rollup.broken.size === 0) return false;
  const limit = limits.maxSurge === 0 ? limits.maxUnavailable : limits.maxSurge;
  const inHand = nodesInHand(rollup);
  return inHand >= limit && inHand - rollup.stalled.size < limit;
};
