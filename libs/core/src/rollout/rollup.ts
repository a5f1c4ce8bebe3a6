import type { ControllerRevision } from '../kubernetes/objects.ts';
import type { NodeRules } from '../daemonset/node-rules.ts';
import type { Milliseconds } from '../kernel/time.ts';
import { FACT, has } from './node-facts.ts';
import { OrderedNames } from './ordered-names.ts';

export interface RollupCounts {
  desired: number;
  current: number;
  misscheduled: number;
  ready: number;
  available: number;
  updated: number;
  /** Nodes on which a surge is under way or blocked (DS-207, DS-214). */
  surging: number;
  /** Nodes that the surge counts as available (DS-208). */
  serving: number;
  /** Nodes that should run the Pod and have an available one of the current revision. */
  rolledOut: number;
  /** Nodes that should run the Pod, have none of the current revision and are left out by the strict policy. */
  leftOut: number;
}

/**
 * What is known of all nodes of one DaemonSet, kept from decision to decision so that cost follows the nodes that changed.
 * It follows from the objects and the time, so it is never written down; a new leader makes it again.
 */
export interface Rollup {
  rules: NodeRules;
  /** Revisions of other templates than the current one, in ascending order. */
  old: readonly ControllerRevision[];
  /** Pods that are known to carry the hash of an old revision. */
  readonly witnesses: Map<string, string>;
  readonly facts: Map<string, number>;
  readonly counts: RollupCounts;
  /** Nodes that use up maxUnavailable (DS-195 … DS-198), without those that fail every Pod. */
  readonly unavailable: Set<string>;
  /** Nodes with only an old Pod that is not available (DS-198, DS-210, DS-211). */
  readonly broken: Set<string>;
  /** Nodes whose new Pod is available although the old one is still there (DS-215). */
  readonly replaced: Set<string>;
  /** Nodes with only an old Pod, which is available and waits for its turn (DS-199, DS-213). */
  readonly candidates: OrderedNames;
  /** The same, but the node should not run the Pod (DS-212). */
  readonly sunset: OrderedNames;
  /** Of the strict policy only: nodes of `broken` whose old Pod is ready and waits for minReadySeconds. */
  readonly soaking: Set<string>;
  /** Of the strict policy only: nodes that the rollout goes on without; they are in none of the sets above. */
  readonly skipped: Set<string>;
  /** Of the strict policy only: nodes that went not Ready after they got the current revision. */
  readonly stalled: Set<string>;
  /** Nodes that should run the Pod and on which Pods fail, without an available one of the current revision; in none of the sets above. */
  readonly failing: Set<string>;
  /** Nodes that should have got a Pod which the namespace's quota did not let in. */
  readonly refused: OrderedNames;
  /** Why, and when one of them is tried again without anything having changed; undefined while Pods can be created. */
  refusal: Refusal | undefined;
}

export interface Refusal {
  readonly message: string;
  /** Grows with each attempt in vain. */
  readonly attempts: number;
  readonly retryAt: Milliseconds;
}

export const emptyRollup = (rules: NodeRules): Rollup => ({
  rules,
  old: [],
  witnesses: new Map(),
  facts: new Map(),
  counts: { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0, surging: 0, serving: 0, rolledOut: 0, leftOut: 0 },
  unavailable: new Set(),
  broken: new Set(),
  replaced: new Set(),
  candidates: new OrderedNames(),
  sunset: new OrderedNames(),
  soaking: new Set(),
  skipped: new Set(),
  stalled: new Set(),
  failing: new Set(),
  refused: new OrderedNames(),
  refusal: undefined,
});

/** Pods on a node that is gone are left to Pod garbage collection, so the rolling step has nothing to do there. */
const onlyOld = (facts: number): boolean => has(facts, FACT.exists | FACT.hasOld) && !has(facts, FACT.hasNew) && !has(facts, FACT.leftOut);
const both = (facts: number): boolean => has(facts, FACT.exists | FACT.hasOld | FACT.hasNew) && !has(facts, FACT.leftOut);

/** Every node in here either should run the Pod or has one; one that is neither old nor new, or both, counts as unavailable too (DS-196, DS-204). */
const isUnavailable = (facts: number): boolean => {
  if (facts === 0 || has(facts, FACT.leftOut) || has(facts, FACT.failing)) return false;
  if (has(facts, FACT.conflict) || has(facts, FACT.hasOld) === has(facts, FACT.hasNew)) return true;
  return has(facts, FACT.hasOld) ? !has(facts, FACT.oldAvailable) : !has(facts, FACT.newAvailable);
};

/** An old Pod that has failed on a failing node is left to the back-off. */
const isBroken = (facts: number): boolean => onlyOld(facts) && !has(facts, FACT.oldAvailable) && !has(facts, FACT.failing);
const isSoaking = (facts: number): boolean => isBroken(facts) && has(facts, FACT.oldReady);
const isSkipped = (facts: number): boolean => has(facts, FACT.leftOut) && (has(facts, FACT.hasOld) || (has(facts, FACT.shouldRun) && !has(facts, FACT.hasNew)));
const isReplaced = (facts: number): boolean => both(facts) && has(facts, FACT.newAvailable);
/** The node uses up the budget of a strict rollout: no old Pod lives there and no new one is available. */
export const isInHand = (facts: number): boolean => isUnavailable(facts) && !isBroken(facts) && !isReplaced(facts);
const isCandidate = (facts: number): boolean => onlyOld(facts) && has(facts, FACT.oldAvailable | FACT.shouldRun) && !has(facts, FACT.crowded);
const isSunset = (facts: number): boolean => onlyOld(facts) && has(facts, FACT.oldAvailable) && !has(facts, FACT.shouldRun);
/** A surge is under way or blocked on the node (DS-207, DS-214). */
export const isSurging = (facts: number): boolean => !has(facts, FACT.failing) && (has(facts, FACT.conflict) || (both(facts) && !has(facts, FACT.newAvailable)));
const isServing = (facts: number): boolean => has(facts, FACT.exists) && (has(facts, FACT.hasOld) ? has(facts, FACT.oldAvailable) : has(facts, FACT.newAvailable));

const count = (counts: RollupCounts, facts: number, step: 1 | -1): void => {
  const shouldRun = has(facts, FACT.shouldRun);
  if (shouldRun) counts.desired += step;
  if (has(facts, FACT.hasPods)) {
    if (shouldRun) counts.current += step;
    else if (has(facts, FACT.exists)) counts.misscheduled += step;
  }
  if (has(facts, FACT.ready)) counts.ready += step;
  if (has(facts, FACT.available)) counts.available += step;
  if (has(facts, FACT.updated)) counts.updated += step;
  if (isSurging(facts)) counts.surging += step;
  if (isServing(facts)) counts.serving += step;
  if (shouldRun && has(facts, FACT.newAvailable)) counts.rolledOut += step;
  if (shouldRun && has(facts, FACT.leftOut) && !has(facts, FACT.newAvailable)) counts.leftOut += step;
};

const mark = (names: Set<string> | OrderedNames, name: string, isIn: boolean): void => {
  if (isIn) names.add(name);
  else names.delete(name);
};

/** Whether a fact is known of a node. */
export const isKnownOf = (rollup: Rollup, name: string, fact: number): boolean => has(rollup.facts.get(name) ?? 0, fact);

/** Candidates that get a new Pod beside the old one, in order. Those that fail every new Pod are tried in their turn and take nothing of the budget. */
export const takeToSurge = (rollup: Rollup, budget: number): readonly string[] => {
  const taken: string[] = [];
  for (let left = budget; left > 0; ) {
    const more = rollup.candidates.take(left);
    if (more.length === 0) break;
    taken.push(...more);
    left -= more.filter((name) => !isKnownOf(rollup, name, FACT.failing)).length;
  }
  return taken;
};

/** Takes in what a node is like now; 0 forgets it. */
export const noteFacts = (rollup: Rollup, name: string, facts: number): void => {
  const before = rollup.facts.get(name) ?? 0;
  if (before === facts) return;
  count(rollup.counts, before, -1);
  count(rollup.counts, facts, 1);
  if (facts === 0) rollup.facts.delete(name);
  else rollup.facts.set(name, facts);
  mark(rollup.unavailable, name, isUnavailable(facts));
  mark(rollup.broken, name, isBroken(facts));
  mark(rollup.replaced, name, isReplaced(facts));
  mark(rollup.candidates, name, isCandidate(facts));
  mark(rollup.sunset, name, isSunset(facts));
  mark(rollup.soaking, name, isSoaking(facts));
  mark(rollup.skipped, name, isSkipped(facts));
  mark(rollup.failing, name, has(facts, FACT.failing | FACT.shouldRun) && !has(facts, FACT.newAvailable));
  mark(rollup.stalled, name, has(facts, FACT.lostAfterUpdate) && isUnavailable(facts));
};
