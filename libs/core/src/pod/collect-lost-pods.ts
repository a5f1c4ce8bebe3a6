import type { Decision } from '../controller/decision.ts';
import { nodeNamed, podsOf } from '../fleet/state.ts';
import { schedule } from '../kernel/delay-queue.ts';
import { fromRfc3339, toRfc3339 } from '../kernel/time.ts';
import type { Condition, Pod } from '../kubernetes/objects.ts';
import { isTerminal, keyOfPod, removePod } from './delete-pod.ts';

const POD_GC = 'pod-garbage-collector';
/** A Pod may be bound to a node that is about to register (DS-259). */
const QUARANTINE_MS = 40_000;

const collect = (decision: Decision, pod: Pod): void => {
  if (!isTerminal(pod)) {
    const disruption: Condition = {
      type: 'DisruptionTarget',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: toRfc3339(decision.now),
      reason: 'DeletionByPodGC',
      message: 'PodGC: node no longer exists',
    };
    const others = (pod.status?.conditions ?? []).filter((entry) => entry.type !== disruption.type);
    decision.emit({ type: 'pod.status-changed.v1', ...keyOfPod(pod), status: { ...pod.status, phase: 'Failed', conditions: [...others, disruption] }, by: POD_GC });
  }
  removePod(decision, pod, { cause: 'node-gone', by: POD_GC });
};

/**
 * Removes the Pods of a node whose Node object was deleted (DS-259). They go at once and not after Kubernetes' quarantine: deleting the Node
 * is the user's word that the machine is gone, and an agent that is still there refuses commands for a Node of another uid and stops, once it
 * has registered anew, whatever is not in its new commands.
 */
export const collectPodsOfGoneNode = (decision: Decision, node: string): void => {
  for (const pod of decision.state.indexes.podsByNode.get(node)?.values() ?? []) {
    if (pod.spec.nodeName === node) collect(decision, pod);
  }
};

/** Removes Pods that are bound to a node which does not come up within the quarantine. */
export const collectStrandedPods = (decision: Decision): void => {
  const { state, now } = decision;
  for (const key of state.dirty.pods) {
    const pod = podsOf(state).get(key);
    const node = pod?.spec.nodeName;
    if (pod === undefined || node === undefined || node === '' || nodeNamed(state, node) !== undefined) continue;
    const dueAt = (fromRfc3339(pod.metadata.creationTimestamp) ?? now) + QUARANTINE_MS;
    if (dueAt <= now) collect(decision, pod);
    else schedule(state.wakeups, `pod ${key}`, dueAt);
  }
};
