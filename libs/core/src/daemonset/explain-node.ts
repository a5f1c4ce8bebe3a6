import { daemonSetsOf, nodeNamed, type FleetState, type Key } from '../fleet/state.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { DaemonSet, Pod } from '../kubernetes/objects.ts';
import { explainFit } from '../placement/explain-fit.ts';
import { isEmptySelector } from '../placement/label-selector.ts';
import { exceededQuota, PODS } from '../quota/exceeded-quota.ts';
import { explainRollout } from '../rollout/explain-rollout.ts';
import type { Rollup } from '../rollout/rollup.ts';
import { hashOf } from './daemon-pod.ts';
import { canCreateIn } from './daemon-set-sync.ts';
import { waitsForNode, type CreationHold } from './creation-hold.ts';
import { manageNode, type NodeSteps } from './manage-node.ts';
import { ownPodsOn, pictureOf, type NodePicture } from './node-picture.ts';
import { isAvailable, isOnlyHeld, isReady, isTerminating, isUpdated } from './pod-facts.ts';
import { because, type Reason } from './reason.ts';
import { rollupFromScratch } from './rollup-from-scratch.ts';

export interface PodExplanation {
  readonly name: string;
  readonly uid: string;
  readonly phase: string;
  readonly isReady: boolean;
  readonly isAvailable: boolean;
  /** Of the current revision. */
  readonly isUpdated: boolean;
  readonly isTerminating: boolean;
  readonly hash: string;
}

/** Why one node has, or has not, a Pod of one DaemonSet. Plain JSON. */
export interface Explanation {
  readonly daemonSet: Key;
  readonly node: string;
  readonly shouldRun: boolean;
  readonly shouldContinueRunning: boolean;
  /** Placement first, then what is done or waited for; each with the number of its rule. */
  readonly reasons: readonly Reason[];
  readonly pods: readonly PodExplanation[];
  /** All of it in one sentence. */
  readonly decision: string;
}

/** Whatever keeps the controller from doing anything at all. */
const standstill = (daemonSet: DaemonSet): Reason | undefined => {
  if (isEmptySelector(daemonSet.spec.selector)) return because('DS-88', 'the selector is empty and would select all Pods, so nothing is done');
  return daemonSet.metadata.deletionTimestamp === undefined ? undefined : because('DS-89', 'the DaemonSet is being deleted, so nothing is created or replaced');
};

const whyHeld = (hold: CreationHold | undefined): readonly Reason[] => {
  if (hold === undefined) return [];
  if (hold.type === 'shutdown') return [because('shutdown', 'the node is shutting down or off; the next Pod is created when the node is Ready again')];
  return [because('DS-140', `Pods are deleted here as soon as they are created; the next one is created at ${toRfc3339(hold.until)} (back-off)`)];
};

/** What the failures of Pods, or the shutdown of the node, keep from being done. */
const whyFailing = (rollup: Rollup, picture: NodePicture, until: number | undefined): readonly Reason[] => {
  const marker = picture.pods.find((pod) => !isTerminating(pod) && waitsForNode(rollup.rules, picture, pod));
  const { reason = 'failed' } = marker?.status ?? {};
  return [
    ...(until === undefined ? [] : [because('DS-140', `a Pod failed here; it is left alone until ${toRfc3339(until)} (back-off)`)]),
    ...(marker === undefined ? [] : [because('shutdown', `${marker.metadata.name} was ended by the shutdown of its node (${reason}); it stays until the node is Ready again, and then makes room for the next one`)]),
    ...(picture.isFailing ? [because('failing', 'Pods have failed on this node and none became available since, so rollouts go on without it')] : []),
  ];
};

const waits = (state: FleetState, rollup: Rollup, picture: NodePicture, steps: NodeSteps): readonly Reason[] => {
  const reasons: Reason[] = [...whyFailing(rollup, picture, steps.backoffUntil), ...whyHeld(steps.hold)];
  const going = picture.pods.filter(isTerminating);
  if (going.length > 0) {
    const names = going.map((pod) => pod.metadata.name).join(', ');
    reasons.push(because('DS-125', `${names} is terminating${picture.fit.shouldRun && going.length === picture.pods.length ? '; the next Pod is created when it is gone' : ''}`));
  }
  const missing = picture.fit.shouldRun && picture.pods.length === 0;
  if (missing && !canCreateIn(state, rollup.rules.namespace)) reasons.push(because('DS-149', 'the namespace is being deleted, so no Pod can be created'));
  return reasons;
};

const actions = (state: FleetState, rollup: Rollup, picture: NodePicture): readonly Reason[] => {
  const canCreate = canCreateIn(state, rollup.rules.namespace);
  const steps = manageNode(rollup.rules, picture, { now: state.at, backoffs: state.backoffs, canCreate });
  const exceeded = steps.create === undefined ? undefined : exceededQuota(state, rollup.rules.namespace, PODS);
  const creations = steps.create === undefined || exceeded !== undefined ? [] : [steps.create];
  const done = [...steps.removals.map(({ pod, reason }) => because(reason.rule, `${pod.metadata.name} goes: ${reason.text}`)), ...creations];
  const waiting = [...waits(state, rollup, picture, steps), ...(exceeded === undefined ? [] : [because('quota', `the next Pod is created when the namespace has room for it: ${exceeded}`)])];
  return done.length > 0 ? [...done, ...waiting] : [...waiting, ...explainRollout(rollup, picture, state.at)];
};

const explainPod = (rollup: Rollup, pod: Pod, now: number): PodExplanation => ({
  name: pod.metadata.name,
  uid: pod.metadata.uid,
  phase: pod.status?.phase ?? 'Unknown',
  isReady: isReady(pod),
  isAvailable: isAvailable(pod, rollup.rules.minReadySeconds, now),
  isUpdated: isUpdated(pod, rollup.rules),
  isTerminating: isTerminating(pod),
  hash: hashOf(pod),
});

const textOf = (reasons: readonly Reason[]): string => reasons.map((reason) => reason.text).join('; ');

/** Where nothing is done and nothing waited for, a Pod that is wanted is there. */
const settledText = ({ pods, fit }: NodePicture): string => {
  if (pods.length === 0) return 'no Pod is wanted';
  return fit.shouldRun ? 'the Pod is there and up to date' : 'the Pod stays, but the node gets no new one';
};

/** Why a node should not run the Pod is part of the answer, whatever else is going on there. */
const decisionOf = (picture: NodePicture, placement: readonly Reason[], done: readonly Reason[]): string => {
  if (done.length === 0) return `${settledText(picture)}: ${textOf(placement)}`;
  return picture.fit.shouldRun ? textOf(done) : textOf([...done, ...placement]);
};

const explainIdle = (daemonSet: Key, node: string, why: Reason, pods: readonly PodExplanation[] = []): Explanation => ({
  daemonSet,
  node,
  shouldRun: false,
  shouldContinueRunning: false,
  reasons: [why],
  pods,
  decision: why.text,
});

const explainWith = (state: FleetState, daemonSet: DaemonSet, rollup: Rollup, nodeName: string): Explanation => {
  const picture = pictureOf(state, rollup.rules, nodeName);
  const node = nodeNamed(state, nodeName);
  const placement = node === undefined ? [because('DS-243', `there is no node ${nodeName}; Pods bound to it end when it is garbage-collected`)] : explainFit(daemonSet.spec.template, node);
  const held = ownPodsOn(state, rollup.rules, nodeName).filter(isOnlyHeld);
  const heldReasons = held.map((pod) => because('DS-124', `${pod.metadata.name} has ended and only waits for its finalizers; it does not count`));
  const done = [...heldReasons, ...actions(state, rollup, picture)];
  return {
    daemonSet: rollup.rules.key,
    node: nodeName,
    ...picture.fit,
    reasons: [...placement, ...done],
    pods: [...picture.pods, ...held].map((pod) => explainPod(rollup, pod, state.at)),
    decision: decisionOf(picture, placement, done),
  };
};

/** What all nodes have in common is looked up once. */
const explainerOf = (state: FleetState, key: Key): ((nodeName: string) => Explanation) => {
  const daemonSet = daemonSetsOf(state).get(key);
  if (daemonSet === undefined) return (nodeName) => explainIdle(key, nodeName, because('DS-86', `there is no DaemonSet ${key}`));
  const stopped = standstill(daemonSet);
  const rollup = state.rollups.get(key) ?? rollupFromScratch(state, daemonSet, state.at);
  if (stopped !== undefined) {
    return (nodeName) => explainIdle(key, nodeName, stopped, ownPodsOn(state, rollup.rules, nodeName).map((pod) => explainPod(rollup, pod, state.at)));
  }
  return (nodeName) => explainWith(state, daemonSet, rollup, nodeName);
};

/**
 * Explains nodes of one DaemonSet, whether their Pods are there or missing, as of the last record folded. Works on any fold: what a leader keeps between
 * decisions is made once where it is missing, at the cost of a look at every node of the fleet.
 */
export const explainNodes = (state: FleetState, daemonSetKey: Key, nodeNames: readonly string[]): readonly Explanation[] => nodeNames.map(explainerOf(state, daemonSetKey));

/** Explains one node; see `explainNodes`. */
export const explainNode = (state: FleetState, daemonSetKey: Key, nodeName: string): Explanation => explainerOf(state, daemonSetKey)(nodeName);
