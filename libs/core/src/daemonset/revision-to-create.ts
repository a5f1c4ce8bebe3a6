import type { FleetState } from '../fleet/state.ts';
import type { ControllerRevision } from '../kubernetes/objects.ts';
import { FACT, has, rollingPods } from '../rollout/node-facts.ts';
import { isRollingUpdate, rolloutLimits } from '../rollout/rollout-limits.ts';
import { isInHand, type Rollup } from '../rollout/rollup.ts';
import { nodesInHand } from '../rollout/strict-roll.ts';
import { HASH_LABEL } from './daemon-pod.ts';
import { pictureOf } from './node-picture.ts';

/** The newest revision before the current one of which an available Pod is left, alone or beside its successor. Cost follows the number of nodes. */
const stableRevision = (state: FleetState, rollup: Rollup): ControllerRevision | undefined => {
  const hashes = new Set<string | undefined>();
  for (const [node, facts] of rollup.facts) {
    if (has(facts, FACT.oldAvailable)) hashes.add(rollingPods(rollup.rules, pictureOf(state, rollup.rules, node)).oldPod?.metadata.labels?.[HASH_LABEL]);
  }
  return rollup.old.findLast((revision) => hashes.has(revision.metadata.labels?.[HASH_LABEL]));
};

/** Whether the rollout may bring the current revision to a node now that has no Pod. */
const hasBudgetFor = (rollup: Rollup, node: string): boolean => {
  const limits = rolloutLimits(rollup.rules.spec, rollup.counts.desired);
  if (limits === undefined) return true;
  const facts = rollup.facts.get(node) ?? 0;
  const others = nodesInHand(rollup) - (isInHand(facts) ? 1 : 0);
  return !has(facts, FACT.leftOut) && others < (limits.maxSurge === 0 ? limits.maxUnavailable : limits.maxSurge);
};

/** Nodes whose old Pod only waits for room are none of the candidates. */
const isRolling = ({ rules, candidates, counts }: Rollup): boolean =>
  isRollingUpdate(rules.spec) && (candidates.size > 0 || counts.surging > 0 || counts.updated < counts.current);

/**
 * Name of the revision that a Pod is made from which a node lacks. The current one, but for the strict policy in the middle of a rollout whose budget is used up:
 * Pods that are lost meanwhile must not carry a revision on that may be what holds it. They come back as they were and wait for their turn.
 */
export const revisionToCreate = (state: FleetState, rollup: Rollup, node: string): string => {
  const { rules } = rollup;
  if (rules.policy !== 'strict' || !isRolling(rollup) || hasBudgetFor(rollup, node)) return rules.revision;
  return stableRevision(state, rollup)?.metadata.name ?? rules.revision;
};
