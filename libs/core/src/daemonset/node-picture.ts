import { controllerOf } from '../fleet/object-table.ts';
import { podsOwnedBy } from '../fleet/owned-objects.ts';
import { nodeNamed, nodesOf, type FailureBackoff, type FleetState } from '../fleet/state.ts';
import type { Milliseconds } from '../kernel/time.ts';
import type { Node, Pod } from '../kubernetes/objects.ts';
import { fitOn, type NodeFit } from '../placement/node-fit.ts';
import { targetNodeOf } from '../placement/target-node.ts';
import { backoffKey } from './failed-pod-backoff.ts';
import type { NodeRules } from './node-rules.ts';
import { compareDuplicates, isOnlyHeld } from './pod-facts.ts';

/** One node as one DaemonSet sees it. */
export interface NodePicture {
  readonly name: string;
  /** Undefined for a name that Pods are bound to although there is no such node (any more). */
  readonly node: Node | undefined;
  readonly fit: NodeFit;
  /** The DaemonSet's Pods there, in the order of DS-136, without those that have ended and are only held by a finalizer (DS-124). */
  readonly pods: readonly Pod[];
  /** Pods of the DaemonSet have failed there and none became available since. */
  readonly isFailing: boolean;
  /** No Pod is created before, because earlier ones were deleted as soon as they were made; 0 for any time. Milliseconds. */
  readonly createFrom: Milliseconds;
  /** The back-off of the Pods that failed there is over then; 0 where there is none. */
  readonly retryFrom: Milliseconds;
}

export interface Owner {
  readonly namespace: string;
  readonly uid: string;
}

/** Only Pods of the DaemonSet's own namespace are its own, whatever their owner reference says (DS-122). */
const isOwn = (owner: Owner, pod: Pod): boolean => controllerOf(pod)?.uid === owner.uid && pod.metadata.namespace === owner.namespace;

const NO_BACKOFF: FailureBackoff = { lastAt: 0, delayMs: 0 };
const NO_PODS: readonly Pod[] = [];

// Most nodes have one Pod of a DaemonSet and none that is held, so nothing is copied for those.
// Stryker disable ConditionalExpression,EqualityOperator: what is not copied is as it would be copied
const inOrder = (pods: readonly Pod[]): readonly Pod[] => (pods.length < 2 ? pods : pods.toSorted(compareDuplicates));
const withoutHeld = (pods: readonly Pod[]): readonly Pod[] => (pods.some(isOnlyHeld) ? pods.filter((pod) => !isOnlyHeld(pod)) : pods);
// Stryker restore ConditionalExpression,EqualityOperator

/** The Pods of the DaemonSet on a node, those held by a finalizer included. Cost follows the Pods on that node. */
export const ownPodsOn = (state: FleetState, owner: Owner, node: string): readonly Pod[] => {
  const present = state.indexes.podsByNode.get(node);
  if (present === undefined) return NO_PODS;
  let own: Pod[] | undefined;
  for (const pod of present.values()) if (isOwn(owner, pod)) (own ??= []).push(pod);
  return own ?? NO_PODS;
};

const pictureFrom = (state: FleetState, rules: NodeRules, name: string, own: readonly Pod[]): NodePicture => {
  const node = nodeNamed(state, name);
  const isFailing = state.failing.size > 0 && state.failing.get(rules.uid)?.has(name) === true;
  const { lastAt: createFrom, delayMs } = (state.backoffs.size === 0 ? undefined : state.backoffs.get(backoffKey(rules, name))) ?? NO_BACKOFF;
  return { name, node, fit: fitOn(rules.placement, node), pods: inOrder(withoutHeld(own)), isFailing, createFrom, retryFrom: createFrom + delayMs };
};

export const pictureOf = (state: FleetState, rules: NodeRules, name: string): NodePicture => pictureFrom(state, rules, name, ownPodsOn(state, rules, name));

/** All nodes that exist or that Pods of the DaemonSet are on or meant for, by name. Cost follows the nodes and the DaemonSet's own Pods. */
export const allPictures = (state: FleetState, rules: NodeRules): NodePicture[] => {
  const podsOn = new Map([...nodesOf(state).values()].map((node): [string, Pod[]] => [node.metadata.name, []]));
  for (const pod of podsOwnedBy(state, rules.uid)) {
    const target = targetNodeOf(pod);
    if (target === undefined || pod.metadata.namespace !== rules.namespace) continue;
    const present = podsOn.get(target);
    if (present === undefined) podsOn.set(target, [pod]);
    else present.push(pod);
  }
  return [...podsOn.keys()].sort().map((name) => pictureFrom(state, rules, name, podsOn.get(name) ?? NO_PODS));
};
