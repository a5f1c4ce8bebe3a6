import type { Condition, Pod, PodSpec } from '../kubernetes/objects.ts';

export const hasSchedulingGates = (spec: PodSpec): boolean => ((spec['schedulingGates'] as readonly unknown[] | undefined) ?? []).length > 0;

/** Nobody looks for a node for a Pod that still has gates; whoever put them there takes them away. */
export const isGated = (pod: Pod): boolean => hasSchedulingGates(pod.spec);

/** Says from the start why a Pod gets no node. */
export const gatedCondition = (at: string): Condition => ({
  type: 'PodScheduled',
  status: 'False',
  lastProbeTime: null,
  lastTransitionTime: at,
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
});
