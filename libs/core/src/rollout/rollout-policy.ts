import type { DaemonSet } from '../kubernetes/objects.ts';

/** Annotation of a DaemonSet that chooses how its rolling updates keep their budget. */
export const ROLLOUT_POLICY_ANNOTATION = 'everynode.dev/rollout-policy';

/**
 * `kubernetes`: as kube-controller-manager rolls; an old Pod that is not available is replaced outside the budget.
 * `strict`: nothing is replaced outside the budget, and nodes that were not Ready before they got the new revision are left out until they are back.
 */
export type RolloutPolicy = 'kubernetes' | 'strict';

const annotated = (daemonSet: DaemonSet): string => daemonSet.metadata.annotations?.[ROLLOUT_POLICY_ANNOTATION] ?? 'kubernetes';

/** Whatever is not known acts as `kubernetes`. */
export const rolloutPolicyOf = (daemonSet: DaemonSet): RolloutPolicy => (annotated(daemonSet) === 'strict' ? 'strict' : 'kubernetes');

/** The annotation's value when it is no policy that there is. */
export const unknownRolloutPolicy = (daemonSet: DaemonSet): string | undefined => {
  const value = annotated(daemonSet);
  return value === 'strict' || value === 'kubernetes' ? undefined : value;
};
