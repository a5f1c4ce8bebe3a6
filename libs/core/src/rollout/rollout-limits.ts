import type { DaemonSetSpec } from '../kubernetes/objects.ts';

/** How many nodes a rolling update may touch at once. */
export interface RolloutLimits {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

const PERCENT = /^(\d+)%$/;
const NONE: RolloutLimits = { maxSurge: 0, maxUnavailable: 0 };

/** An int as it is, a percentage of `desired` rounded up; undefined for nothing and for any other text (DS-191). */
export const scaled = (value: number | string | undefined, desired: number): number | undefined => {
  if (typeof value === 'number') return value;
  const percent = PERCENT.exec(String(value))?.[1];
  return percent === undefined ? undefined : Math.ceil((Number(percent) * desired) / 100);
};

export const isRollingUpdate = (spec: DaemonSetSpec): boolean => (spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate';

/** A second Pod may run beside the old one: any positive surge, whatever the number of nodes (DS-130). */
export const allowsSurge = (spec: DaemonSetSpec): boolean => isRollingUpdate(spec) && (scaled(spec.updateStrategy?.rollingUpdate?.maxSurge, 1) ?? 0) > 0;

/**
 * The limits for a number of nodes that should run the Pod (DS-191 … DS-193): a rollout that could never move is given one unavailable node.
 * Undefined when a value is neither a number nor a percentage, which stops the rollout.
 */
export const rolloutLimits = (spec: DaemonSetSpec, desired: number): RolloutLimits | undefined => {
  const rolling = spec.updateStrategy?.rollingUpdate;
  if (!isRollingUpdate(spec) || rolling === undefined) return NONE;
  const maxSurge = scaled(rolling.maxSurge ?? 0, desired);
  const maxUnavailable = scaled(rolling.maxUnavailable, desired);
  if (maxSurge === undefined || maxUnavailable === undefined) return undefined;
  return { maxSurge, maxUnavailable: desired > 0 && maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable };
};
