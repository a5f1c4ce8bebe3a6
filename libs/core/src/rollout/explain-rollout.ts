import type { NodePicture } from '../daemonset/node-picture.ts';
import { hashOf } from '../daemonset/daemon-pod.ts';
import { availableFrom, isAvailable } from '../daemonset/pod-facts.ts';
import { because, type Reason } from '../daemonset/reason.ts';
import { toRfc3339, type Milliseconds } from '../kernel/time.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { FACT, has, rollingPods } from './node-facts.ts';
import { namesText } from './names-text.ts';
import { isRollingUpdate, rolloutLimits } from './rollout-limits.ts';
import { isInHand, isSurging, type Rollup } from './rollup.ts';
import { nodesInHand } from './strict-roll.ts';

const notYetText = (rollup: Rollup, pod: Pod): string => {
  const from = availableFrom(pod, rollup.rules.minReadySeconds);
  return from === undefined ? 'it is not ready' : `it is ready and becomes available at ${toRfc3339(from)} (minReadySeconds ${rollup.rules.minReadySeconds})`;
};

const whyCandidateWaits = (rollup: Rollup, oldPod: Pod): Reason => {
  const limits = rolloutLimits(rollup.rules.spec, rollup.counts.desired);
  const name = oldPod.metadata.name;
  if (limits === undefined) return because('DS-191', 'maxUnavailable or maxSurge is neither a number nor a percentage, so nothing is rolled');
  if (limits.maxSurge === 0) {
    const used = rollup.unavailable;
    return used.size < limits.maxUnavailable
      ? because('DS-200', `old Pod ${name} is next to be replaced`)
      : because('DS-200', `old Pod ${name} waits: maxUnavailable ${limits.maxUnavailable} is used up by ${namesText(used)}`);
  }
  const surging = [...rollup.facts].filter(([, facts]) => isSurging(facts)).map(([node]) => node);
  return surging.length < limits.maxSurge
    ? because('DS-218', `old Pod ${name} is next to get a new one beside it`)
    : because('DS-218', `old Pod ${name} waits: maxSurge ${limits.maxSurge} is used up by ${namesText(surging)}`);
};

const whyStrictWaits = (rollup: Rollup, oldPod: Pod, facts: number): Reason => {
  const { name } = oldPod.metadata;
  if (has(facts, FACT.leftOut)) return because('strict', `old Pod ${name} waits until its node is Ready again; the rollout goes on without the node`);
  if (has(facts, FACT.oldReady) && !has(facts, FACT.oldAvailable)) return because('strict', `old Pod ${name} waits: ${notYetText(rollup, oldPod)}, and a ready Pod is not taken before`);
  const limits = rolloutLimits(rollup.rules.spec, rollup.counts.desired);
  if (limits === undefined) return because('DS-191', 'maxUnavailable or maxSurge is neither a number nor a percentage, so nothing is rolled');
  const limit = limits.maxSurge === 0 ? limits.maxUnavailable : limits.maxSurge;
  if (nodesInHand(rollup) < limit && (limits.maxSurge > 0 || rollup.unavailable.size < limit || !has(facts, FACT.oldAvailable))) return because('strict', `old Pod ${name} is next to be replaced`);
  const inHand = [...rollup.unavailable].filter((node) => isInHand(rollup.facts.get(node) ?? 0));
  if (inHand.length >= limit) return because('strict', `old Pod ${name} waits: the budget of ${limit} is used up by ${namesText(inHand)}`);
  return because('strict', `old Pod ${name} waits: the budget of ${limit} is used up by nodes that have no available Pod: ${namesText(rollup.unavailable)}`);
};

/** Where a node stands in a rolling update. */
export const explainRollout = (rollup: Rollup, picture: NodePicture, now: Milliseconds): readonly Reason[] => {
  const { rules } = rollup;
  const { oldPod, newPod, isConflict } = rollingPods(rules, picture);
  if (isConflict) return [because('DS-195', 'two Pods of one revision are on the node; the manage step sorts them out first')];
  if (newPod !== undefined && oldPod !== undefined) {
    return [because('DS-214', `the old Pod ${oldPod.metadata.name} stays until ${newPod.metadata.name} is available: ${notYetText(rollup, newPod)}`)];
  }
  if (newPod !== undefined) {
    const { name } = newPod.metadata;
    const byGeneration = hashOf(newPod) === rules.hash ? [] : [because('DS-188', `${name} is of revision ${hashOf(newPod)}, but counts as updated by its template generation ${rules.templateGeneration ?? ''}`)];
    if (isAvailable(newPod, rules.minReadySeconds, now)) return byGeneration;
    return [...byGeneration, because('DS-197', `${name} is of the current revision but not available: ${notYetText(rollup, newPod)}`)];
  }
  if (oldPod === undefined) return [];
  if (!isRollingUpdate(rules.spec)) return [because('DS-224', `${oldPod.metadata.name} is of an old revision and stays until somebody deletes it (OnDelete)`)];
  const facts = rollup.facts.get(picture.name) ?? 0;
  if (rules.policy === 'strict') return [whyStrictWaits(rollup, oldPod, facts)];
  if (!has(facts, FACT.oldAvailable)) return [because('DS-198', `old Pod ${oldPod.metadata.name} is not available and is replaced`)];
  if (!picture.fit.shouldRun && rules.surges) {
    return [because('DS-216', `old Pod ${oldPod.metadata.name} goes when more Pods are available elsewhere than the ${rollup.counts.desired} desired`)];
  }
  return [whyCandidateWaits(rollup, oldPod)];
};
