import type { Decision } from '../controller/decision.ts';
import { recordEvent } from '../fleet/record-event.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { Condition, Pod } from '../kubernetes/objects.ts';
import { currentPod, isTerminal, keyOfPod } from './delete-pod.ts';

export const podConditionOf = (pod: Pod, type: string): Condition | undefined => pod.status?.conditions?.find((entry) => entry.type === type);

const turn = (decision: Decision, pod: Pod, type: string, verdict: { readonly status: 'True' | 'False'; readonly reason?: string }): void => {
  const condition: Condition = { type, lastProbeTime: null, lastTransitionTime: toRfc3339(decision.now), ...verdict };
  decision.emit({ type: 'pod.condition-changed.v1', ...keyOfPod(pod), condition });
};

/** A Pod on a node that is not Ready is not Ready either (DS-271). What its agent last said stays in the condition ContainersReady. */
export const markNotReady = (decision: Decision, pod: Pod): void => {
  if (podConditionOf(pod, 'Ready')?.status !== 'True') return;
  turn(decision, pod, 'Ready', { status: 'False', reason: 'NodeNotReady' });
  recordEvent(decision, pod, { severity: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready', component: 'node-controller' });
};

/** The node is Ready again, so what its agent last said of the containers counts again; the agent reports by itself what has changed since. */
export const restoreReadiness = (decision: Decision, pod: Pod): void => {
  if (isTerminal(pod) || podConditionOf(pod, 'Ready')?.status !== 'False' || podConditionOf(pod, 'ContainersReady')?.status !== 'True') return;
  turn(decision, pod, 'Ready', { status: 'True' });
};

/** Nothing that was said of the Pod's containers holds any more, because their node was booted. */
export const invalidateContainers = (decision: Decision, pod: Pod): void => {
  const current = currentPod(decision, pod);
  if (current === undefined || isTerminal(current)) return;
  for (const type of ['ContainersReady', 'Ready']) {
    if (podConditionOf(current, type)?.status === 'True') turn(decision, current, type, { status: 'False', reason: 'ContainersNotReady' });
  }
};
