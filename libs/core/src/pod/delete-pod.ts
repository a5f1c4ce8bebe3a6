import type { Decision } from '../controller/decision.ts';
import type { DeletionCause, ObjectKey } from '../event/fleet-event.ts';
import { countQuickDeletion } from '../daemonset/quick-deletions.ts';
import { keyOfObject, podsOf } from '../fleet/state.ts';
import type { Pod } from '../kubernetes/objects.ts';

export interface PodDeletion {
  readonly cause: DeletionCause;
  /** User or component that wants it. */
  readonly by: string;
  /** Seconds that the Pod gets to end; the Pod's own `terminationGracePeriodSeconds` when absent. */
  readonly graceSeconds?: number;
}

const GRACE_SECONDS_DEFAULT = 30;

export const isTerminal = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

const isBound = (pod: Pod): boolean => pod.spec.nodeName !== undefined && pod.spec.nodeName !== '';

export const keyOfPod = (pod: Pod): ObjectKey => ({ namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, uid: pod.metadata.uid });

/** The Pod as it is in the state now, unless it is gone or replaced by another of its name. */
export const currentPod = (decision: Decision, pod: Pod): Pod | undefined => {
  const current = podsOf(decision.state).get(keyOfObject(pod));
  return current?.metadata.uid === pod.metadata.uid ? current : undefined;
};

const graceOf = (pod: Pod, asked: number | undefined): number => {
  const grace = asked ?? pod.spec.terminationGracePeriodSeconds ?? GRACE_SECONDS_DEFAULT;
  return grace < 0 ? 1 : grace;
};

/** Removes a Pod of which no node has anything left. Finalizers hold the object, with its deletion timestamp, until they are removed. */
export const removePod = (decision: Decision, pod: Pod, why: Pick<PodDeletion, 'cause' | 'by'>): void => {
  const current = currentPod(decision, pod);
  if (current === undefined) return;
  const key = keyOfPod(current);
  if ((current.metadata.finalizers ?? []).length === 0) {
    decision.emit({ type: 'pod.deleted.v1', ...key, ...why });
    return;
  }
  const { deletionTimestamp, deletionGracePeriodSeconds } = current.metadata;
  if (deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0) return;
  decision.emit({ type: 'pod.deletion-requested.v1', ...key, graceSeconds: 0, ...why });
};

/**
 * Asks for a Pod to go (DS-57). A Pod without a node, or one that is over, goes at once. A Pod that a node may still run stays, with a deletion
 * timestamp, until the node's agent says that nothing of it is left: never earlier, not even for a grace period of 0, because a second Pod of
 * its DaemonSet could otherwise run beside it. So `kubectl delete --force --grace-period=0` makes the agent kill at once but waits for its word,
 * which is more than Kubernetes promises; when the node is lost, the Pod stays Terminating until the node comes back or its Node object is deleted.
 * Asking again can only shorten the time.
 */
export const deletePod = (decision: Decision, pod: Pod, deletion: PodDeletion): void => {
  const current = currentPod(decision, pod);
  if (current === undefined) return;
  const { cause, by } = deletion;
  if (cause === 'api' && current.metadata.deletionTimestamp === undefined) countQuickDeletion(decision, current);
  if (!isBound(current) || isTerminal(current)) {
    removePod(decision, current, { cause, by });
    return;
  }
  const graceSeconds = graceOf(current, deletion.graceSeconds);
  const { deletionTimestamp, deletionGracePeriodSeconds = GRACE_SECONDS_DEFAULT } = current.metadata;
  if (deletionTimestamp !== undefined && deletionGracePeriodSeconds <= graceSeconds) return;
  decision.emit({ type: 'pod.deletion-requested.v1', ...keyOfPod(current), graceSeconds, cause, by });
};

/** Lets go of a Pod that is being deleted and that nothing holds any more: no node that may run it and no finalizer. */
export const finishPodDeletion = (decision: Decision, pod: Pod): void => {
  const current = currentPod(decision, pod);
  if (current?.metadata.deletionTimestamp === undefined) return;
  if (isBound(current) && !(isTerminal(current) && current.metadata.deletionGracePeriodSeconds === 0)) return;
  if ((current.metadata.finalizers ?? []).length > 0) return;
  removePod(decision, current, { cause: 'stopped', by: 'pod-lifecycle' });
};
