import { objectKeyOf } from '../fleet/object-key.ts';
import { recordEvent } from '../fleet/record-event.ts';
import type { Condition, DaemonSet, DaemonSetStatus } from '../kubernetes/objects.ts';
import { ROLLOUT_CONDITIONS, rolloutConditions } from '../rollout/rollout-conditions.ts';
import type { Rollup, RollupCounts } from '../rollout/rollup.ts';
import { COMPONENT, ROLLOUT_COMPONENT, type DaemonSetSync } from './daemon-set-sync.ts';

const unlessZero = <F extends string>(field: F, value: number | undefined): Partial<Record<F, number>> =>
  value === undefined || value === 0 ? {} : ({ [field]: value } as Partial<Record<F, number>>);

/** Counters that are zero are left out where Kubernetes leaves them out (DS-3); conditions and collision count are kept (DS-248). */
export const statusOf = (daemonSet: DaemonSet, counts: Omit<RollupCounts, 'surging' | 'serving'>, conditions: readonly Condition[] | undefined): DaemonSetStatus => {
  const collisionCount = daemonSet.status?.collisionCount;
  return {
    currentNumberScheduled: counts.current,
    numberMisscheduled: counts.misscheduled,
    desiredNumberScheduled: counts.desired,
    numberReady: counts.ready,
    ...unlessZero('observedGeneration', daemonSet.metadata.generation),
    ...unlessZero('updatedNumberScheduled', counts.updated),
    ...unlessZero('numberAvailable', counts.available),
    ...unlessZero('numberUnavailable', counts.desired - counts.available),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions === undefined ? {} : { conditions }),
  };
};

const COUNTERS = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
] as const;

/** Conditions that turned True are worth an event: it is what `kubectl describe` shows. */
const announce = (sync: DaemonSetSync, daemonSet: DaemonSet, conditions: readonly Condition[]): void => {
  for (const { type, status, message = '' } of conditions) {
    const earlier = daemonSet.status?.conditions?.find((condition) => condition.type === type);
    const isOurs = Object.values<string>(ROLLOUT_CONDITIONS).includes(type);
    if (!isOurs || status !== 'True' || earlier?.status === 'True') continue;
    recordEvent(sync.decision, daemonSet, { severity: 'Warning', reason: type, message, component: ROLLOUT_COMPONENT });
  }
};

/** Nothing is written when no counter and no condition changed and the generation was observed already (DS-248). */
export const writeStatus = (sync: DaemonSetSync, daemonSet: DaemonSet, rollup: Rollup): void => {
  const before = daemonSet.status;
  const conditions = rolloutConditions(rollup, daemonSet, sync.decision.now);
  const status = statusOf(daemonSet, rollup.counts, conditions);
  const isSame = conditions === before?.conditions && COUNTERS.every((counter) => (before?.[counter] ?? 0) === (status[counter] ?? 0));
  if (before !== undefined && isSame && (before.observedGeneration ?? 0) >= (daemonSet.metadata.generation ?? 0)) return;
  announce(sync, daemonSet, conditions ?? []);
  sync.decision.emit({ type: 'daemonset.status-changed.v1', ...objectKeyOf(daemonSet), status, by: COMPONENT });
};
