import type { Pod } from '../kubernetes/objects.ts';

/** Nobody looks for a node for a Pod that still has gates; whoever put them there takes them away. */
export const isGated = (pod: Pod): boolean => ((pod.spec['schedulingGates'] as readonly unknown[] | undefined) ?? []).length > 0;
