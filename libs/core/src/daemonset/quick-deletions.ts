import type { Decision } from '../controller/decision.ts';
import { controllerOf } from '../fleet/indexes.ts';
import { recordEvent } from '../fleet/record-event.ts';
import { daemonSetsOf } from '../fleet/state.ts';
import { fromRfc3339 } from '../kernel/time.ts';
import type { DaemonSet, Pod } from '../kubernetes/objects.ts';
import { targetNodeOf } from '../placement/target-node.ts';
import { COMPONENT } from './daemon-set-sync.ts';
import { backoffKey, decideDeletion } from './failed-pod-backoff.ts';

/** A Pod that lived for less was not deleted by somebody who looked at it. */
const QUICK_MS = 10_000;

const ownerOf = ({ state }: Decision, pod: Pod): DaemonSet | undefined => {
  const key = state.indexes.daemonSetByUid.get(controllerOf(pod)?.uid ?? '');
  return key === undefined ? undefined : daemonSetsOf(state).get(key);
};

/**
 * Somebody asks for the first time for a Pod to go. One of a DaemonSet that was made only just before counts as a failed attempt on its node, so that the controller
 * and whoever deletes do not chase each other (R43). What the controller itself deletes never comes here.
 */
export const countQuickDeletion = (decision: Decision, pod: Pod): void => {
  const { state, now } = decision;
  // Another controller's own deletions come in like anybody's.
  if (decision.leavesDaemonSets) return;
  const node = targetNodeOf(pod);
  const daemonSet = ownerOf(decision, pod);
  if (node === undefined || daemonSet === undefined || now - (fromRfc3339(pod.metadata.creationTimestamp) ?? 0) >= QUICK_MS) return;
  const { uid: owner, generation = 0 } = daemonSet.metadata;
  const { from, delayMs } = decideDeletion(state.backoffs.get(backoffKey({ uid: owner, generation }, node)), now);
  decision.emit({ type: 'pod.deletion-counted.v1', owner, generation, node, delayMs, from });
  if (from === now) return;
  const message = `Pods on node ${node} are deleted as soon as they are created; the next one waits`;
  recordEvent(decision, daemonSet, { severity: 'Warning', reason: 'DeletedOnNode', message, component: COMPONENT });
};
