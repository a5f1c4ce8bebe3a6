import { creationHold, waitsForNode } from '../daemonset/creation-hold.ts';
import type { NodePicture } from '../daemonset/node-picture.ts';
import type { NodeRules } from '../daemonset/node-rules.ts';
import { availableFrom, isAvailable, isReady, isTerminal, isTerminating, isUpdated } from '../daemonset/pod-facts.ts';
import { fromRfc3339, type Milliseconds } from '../kernel/time.ts';
import type { Pod } from '../kubernetes/objects.ts';

/** What is counted about one node, as bits of a small number: 50,000 nodes of 20 DaemonSets have to fit into memory. */
export const FACT = {
  exists: 1,
  shouldRun: 2,
  hasPods: 4,
  ready: 8,
  available: 16,
  updated: 32,
  hasOld: 64,
  hasNew: 128,
  oldAvailable: 256,
  newAvailable: 512,
  /** Two old or two new Pods: left to the manage step (DS-195, DS-207). */
  conflict: 1024,
  /** Of the strict policy only: the old Pod is ready, if not yet available. */
  oldReady: 2048,
  /** Of the strict policy only: the node is not Ready and has not got the current revision, so the rollout goes on without it. */
  leftOut: 4096,
  /** Of the strict policy only: the node went not Ready after it got the current revision. */
  lostAfterUpdate: 8192,
  /** Where a surge is allowed: two Pods are on the node, ending ones included, or the back-off or a shutdown holds creations there; so the next one waits. */
  crowded: 16384,
  /** Pods fail on the node (or its shutdown ended them), and none became available since: the rollout goes on without it, and the back-off alone says when it is tried again. */
  failing: 32768,
} as const;

export const has = (facts: number, fact: number): boolean => (facts & fact) === fact;

/** The old and the new Pod of a node as the rolling update sees them: those that terminate do not count (DS-195). */
export const rollingPods = (rules: NodeRules, picture: NodePicture): { readonly oldPod: Pod | undefined; readonly newPod: Pod | undefined; readonly isConflict: boolean } => {
  let oldPod: Pod | undefined;
  let newPod: Pod | undefined;
  let isConflict = false;
  for (const pod of picture.pods) {
    if (isTerminating(pod)) continue;
    if (isUpdated(pod, rules)) {
      isConflict ||= newPod !== undefined;
      newPod = pod;
    } else {
      isConflict ||= oldPod !== undefined;
      oldPod = pod;
    }
  }
  return { oldPod, newPod, isConflict };
};

const rollingFacts = (rules: NodeRules, picture: NodePicture, now: Milliseconds): number => {
  const { oldPod, newPod, isConflict } = rollingPods(rules, picture);
  if (isConflict) return FACT.conflict;
  let facts = 0;
  if (rules.surges && (picture.pods.length > 1 || creationHold(rules, picture, now) !== undefined)) facts |= FACT.crowded;
  if (oldPod !== undefined) facts |= FACT.hasOld | (isAvailable(oldPod, rules.minReadySeconds, now) ? FACT.oldAvailable : 0);
  if (newPod !== undefined) facts |= FACT.hasNew | (isAvailable(newPod, rules.minReadySeconds, now) ? FACT.newAvailable : 0);
  return facts;
};

/**
 * What the strict policy asks of a node that is not Ready: did it get the current revision before that? A Pod made within the second of the turn counts as
 * before, and so does one that is being deleted: holding a rollout for nothing is better than carrying a revision on that ends nodes.
 */
const strictFacts = (rules: NodeRules, picture: NodePicture): number => {
  if (rules.policy !== 'strict') return 0;
  const { oldPod } = rollingPods(rules, picture);
  const oldReady = oldPod !== undefined && isReady(oldPod) ? FACT.oldReady : 0;
  const condition = picture.node?.status?.conditions?.find((candidate) => candidate.type === 'Ready');
  if (condition === undefined || condition.status === 'True') return oldReady;
  const since = fromRfc3339(condition.lastTransitionTime) ?? Number.POSITIVE_INFINITY;
  const hadIt = picture.pods.some((pod) => isUpdated(pod, rules) && (fromRfc3339(pod.metadata.creationTimestamp) ?? 0) <= since);
  return oldReady | (hadIt ? FACT.lostAfterUpdate : FACT.leftOut);
};

/** An old Pod that has not failed is rolled like any other, once the back-off is over, and counts until it is gone. */
const isRolled = (rules: NodeRules, pod: Pod, now: Milliseconds): boolean =>
  !isTerminal(pod) && !isUpdated(pod, rules) && (isTerminating(pod) || !isAvailable(pod, rules.minReadySeconds, now));

const hasFailed = (pod: Pod): boolean => pod.status?.phase === 'Failed';

/** A Pod that is merely not ready, or whose containers crash, has not failed. */
const failureFacts = (rules: NodeRules, picture: NodePicture, now: Milliseconds): number => {
  if (!picture.isFailing && !picture.pods.some(hasFailed)) return 0;
  const isFailing = picture.isFailing || picture.pods.some((pod) => !isTerminating(pod) && waitsForNode(rules, picture, pod));
  return isFailing && (now < picture.retryFrom || !picture.pods.some((pod) => isRolled(rules, pod, now))) ? FACT.failing : 0;
};

/** Status judges one Pod of a node, the first in the order of DS-136 (DS-244, DS-245). */
const judgedFacts = (rules: NodeRules, picture: NodePicture, now: Milliseconds): number => {
  const [pod] = picture.pods;
  if (pod === undefined) return 0;
  let facts: number = FACT.hasPods;
  if (!picture.fit.shouldRun) return facts;
  if (isReady(pod)) facts |= FACT.ready | (isAvailable(pod, rules.minReadySeconds, now) ? FACT.available : 0);
  return isUpdated(pod, rules) ? facts | FACT.updated : facts;
};

/** Everything that the rollout and the status need to know of a node; 0 for one that does not matter to this DaemonSet. */
export const factsOf = (rules: NodeRules, picture: NodePicture, now: Milliseconds): number => {
  if (picture.pods.length === 0 && !picture.fit.shouldRun) return 0;
  const base = (picture.node === undefined ? 0 : FACT.exists) | (picture.fit.shouldRun ? FACT.shouldRun : 0);
  return base | judgedFacts(rules, picture, now) | rollingFacts(rules, picture, now) | strictFacts(rules, picture) | failureFacts(rules, picture, now);
};

/** When a Pod that is ready becomes available, if that lies ahead (DS-71, DS-250). */
export const nextAvailabilityAt = (rules: NodeRules, picture: NodePicture, now: Milliseconds): Milliseconds | undefined => {
  if (rules.minReadySeconds === 0) return undefined;
  const times = picture.pods.map((pod) => availableFrom(pod, rules.minReadySeconds)).filter((at) => at !== undefined && at > now);
  return times.length === 0 ? undefined : Math.min(...(times as Milliseconds[]));
};
