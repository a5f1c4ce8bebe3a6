import type { DaemonSet, DaemonSetStatus } from '../kubernetes/objects.ts';
import type { RollupCounts } from '../rollout/rollup.ts';
import { COMPONENT, type DaemonSetSync } from './daemon-set-sync.ts';

const unlessZero = <F extends string>(field: F, value: number | undefined): Partial<Record<F, number>> =>
  value === undefined || value === 0 ? {} : ({ [field]: value } as Partial<Record<F, number>>);

/** Counters that are zero are left out where Kubernetes leaves them out (DS-3); conditions and collision count are kept (DS-248). */
export const statusOf = (daemonSet: DaemonSet, counts: Omit<RollupCounts, 'surging' | 'serving'>): DaemonSetStatus => {
  const { collisionCount, conditions } = daemonSet.status ?? {};
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

/** Nothing is written when no counter changed and the generation was observed already (DS-248). */
export const writeStatus = (sync: DaemonSetSync, daemonSet: DaemonSet, counts: RollupCounts): void => {
  const before = daemonSet.status;
  const status = statusOf(daemonSet, counts);
  const isSame = COUNTERS.every((counter) => (before?.[counter] ?? 0) === (status[counter] ?? 0));
  if (before !== undefined && isSame && (before.observedGeneration ?? 0) >= (daemonSet.metadata.generation ?? 0)) return;
  const { namespace = '', name, uid } = daemonSet.metadata;
  sync.decision.emit({ type: 'daemonset.status-changed.v1', namespace, name, uid, status, by: COMPONENT });
};
