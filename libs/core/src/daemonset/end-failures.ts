import type { Milliseconds } from '../kernel/time.ts';
import type { Pod } from '../kubernetes/objects.ts';
import type { DaemonSetSync } from './daemon-set-sync.ts';
import type { NodePicture } from './node-picture.ts';
import type { NodeRules } from './node-rules.ts';
import { isAvailable, isTerminating, readySince } from './pod-facts.ts';

/** Times of Kubernetes objects are whole seconds. */
const SECOND_MS = 1_000;

/** A Pod that was available all the while, as the old one is beside a new one that fails, says nothing about the node. */
const hasRecovered = (rules: NodeRules, pod: Pod, time: { readonly now: Milliseconds; readonly failedAt: Milliseconds }): boolean =>
  !isTerminating(pod) && isAvailable(pod, rules.minReadySeconds, time.now) && (readySince(pod) ?? time.now) > time.failedAt - SECOND_MS;

/** A node counts as failing from its first failed Pod until one became available there, or until none may be there any more. Gives back the picture without the mark then. */
export const endFailures = ({ decision }: DaemonSetSync, rules: NodeRules, picture: NodePicture): NodePicture => {
  const { state, now } = decision;
  const failedAt = state.failing.get(rules.uid)?.get(picture.name);
  if (failedAt !== undefined) {
    if (picture.fit.shouldContinueRunning && !picture.pods.some((pod) => hasRecovered(rules, pod, { now, failedAt }))) return picture;
    decision.emit({ type: 'pod.failures-over.v1', owner: rules.uid, node: picture.name });
  }
  return { ...picture, isFailing: false };
};
