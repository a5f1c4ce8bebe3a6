import { compareText } from '../kernel/compare-text.ts';
import { fromRfc3339, type Milliseconds } from '../kernel/time.ts';
import type { Condition, Pod } from '../kubernetes/objects.ts';
import { GENERATION_LABEL, hashOf } from './daemon-pod.ts';

export const isTerminal = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
export const isTerminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
export const isBound = (pod: Pod): boolean => (pod.spec.nodeName ?? '') !== '';

/** A Pod that has ended and only waits for a finalizer: it is no longer on its node (DS-124). */
export const isOnlyHeld = (pod: Pod): boolean => isTerminal(pod) && isTerminating(pod);

const readyConditionOf = (pod: Pod): Condition | undefined => pod.status?.conditions?.find((condition) => condition.type === 'Ready');

export const isReady = (pod: Pod): boolean => readyConditionOf(pod)?.status === 'True';

/** Since when the Pod is ready, if it is and if that is known. */
export const readySince = (pod: Pod): Milliseconds | undefined => {
  const condition = readyConditionOf(pod);
  return condition?.status === 'True' ? fromRfc3339(condition.lastTransitionTime) : undefined;
};

/** From when on the Pod is available if nothing changes: undefined for one that is not ready or whose transition time is not known (DS-206). */
export const availableFrom = (pod: Pod, minReadySeconds: number): Milliseconds | undefined => {
  const condition = readyConditionOf(pod);
  if (condition?.status !== 'True') return undefined;
  if (minReadySeconds === 0) return 0;
  const since = fromRfc3339(condition.lastTransitionTime);
  return since === undefined ? undefined : since + minReadySeconds * 1000;
};

export const isAvailable = (pod: Pod, minReadySeconds: number, now: Milliseconds): boolean => (availableFrom(pod, minReadySeconds) ?? Number.POSITIVE_INFINITY) <= now;

/** The Pod is of the current template by hash or by template generation; either suffices (DS-188). */
export const isUpdated = (pod: Pod, current: { readonly hash: string; readonly templateGeneration: string | undefined }): boolean => {
  if (current.hash !== '' && hashOf(pod) === current.hash) return true;
  return current.templateGeneration !== undefined && pod.metadata.labels?.[GENERATION_LABEL] === current.templateGeneration;
};

/** Bound before unbound, older before younger, then by name (DS-136). */
export const compareDuplicates = (left: Pod, right: Pod): number => {
  const bound = Number(isBound(right)) - Number(isBound(left));
  if (bound !== 0) return bound;
  const age = (fromRfc3339(left.metadata.creationTimestamp) ?? 0) - (fromRfc3339(right.metadata.creationTimestamp) ?? 0);
  return age || compareText(left.metadata.name, right.metadata.name);
};
