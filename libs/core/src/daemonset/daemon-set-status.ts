import { objectKeyOf } from '../fleet/object-key.ts';
import { recordEvent } from '../fleet/record-event.ts';
import { schedule } from '../kernel/delay-queue.ts';
import type { Condition, DaemonSet, DaemonSetStatus } from '../kubernetes/objects.ts';
import { PROGRESSING } from '../rollout/progress-verdict.ts';
import { ROLLOUT_CONDITIONS, rolloutConditions } from '../rollout/rollout-conditions.ts';
import { nextProgress, stalledFrom, type RolloutProgress } from '../rollout/rollout-progress.ts';
import type { Rollup, RollupCounts } from '../rollout/rollup.ts';
import { COMPONENT, ROLLOUT_COMPONENT, type DaemonSetSync } from './daemon-set-sync.ts';

const unlessZero = <F extends string>(field: F, value: number | undefined): Partial<Record<F, number>> =>
  value === undefined || value === 0 ? {} : ({ [field]: value } as Partial<Record<F, number>>);

/** Counters that are zero are left out where Kubernetes leaves them out (DS-3); conditions and collision count are kept (DS-248). */
export const statusOf = (daemonSet: DaemonSet, counts: Omit<RollupCounts, 'surging' | 'serving' | 'rolledOut' | 'leftOut'>, conditions: readonly Condition[] | undefined): DaemonSetStatus => {
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

/** A condition that is worth an event when it turns: one of the rollout policy that became True, or progress that ended. */
const isAlarming = ({ type, status }: Condition): boolean => (type === PROGRESSING ? status === 'False' : status === 'True' && Object.values<string>(ROLLOUT_CONDITIONS).includes(type));

/** Conditions that turned are worth an event: it is what `kubectl describe` shows. */
const announce = (sync: DaemonSetSync, daemonSet: DaemonSet, conditions: readonly Condition[]): void => {
  for (const condition of conditions) {
    const { type, status, reason = '', message = '' } = condition;
    const earlier = daemonSet.status?.conditions?.find((candidate) => candidate.type === type);
    if (!isAlarming(condition) || earlier?.status === status) continue;
    recordEvent(sync.decision, daemonSet, { severity: 'Warning', reason: type === PROGRESSING ? reason : type, message, component: ROLLOUT_COMPONENT });
  }
};

/** Notes how far the current revision has come, and when to look again because nothing moves. */
const noteProgress = (sync: DaemonSetSync, daemonSet: DaemonSet, rollup: Rollup): RolloutProgress | undefined => {
  const { decision, key } = sync;
  const before = decision.state.rollouts.get(rollup.rules.uid);
  if (rollup.rules.revision === '') return before;
  const progress = nextProgress(before, rollup, decision.now);
  if (progress !== before) decision.emit({ type: 'daemonset.rollout-progressed.v1', ...objectKeyOf(daemonSet), ...progress });
  const dueAt = stalledFrom(daemonSet, progress);
  if (dueAt !== undefined && dueAt > decision.now) schedule(decision.state.wakeups, `daemonset-status ${key}`, dueAt);
  return progress;
};

/** Nothing is written when no counter and no condition changed and the generation was observed already (DS-248). */
export const writeStatus = (sync: DaemonSetSync, daemonSet: DaemonSet, rollup: Rollup): void => {
  const before = daemonSet.status;
  const conditions = rolloutConditions(rollup, daemonSet, { now: sync.decision.now, progress: noteProgress(sync, daemonSet, rollup) });
  const status = statusOf(daemonSet, rollup.counts, conditions);
  const isSame = conditions === before?.conditions && COUNTERS.every((counter) => (before?.[counter] ?? 0) === (status[counter] ?? 0));
  if (before !== undefined && isSame && (before.observedGeneration ?? 0) >= (daemonSet.metadata.generation ?? 0)) return;
  announce(sync, daemonSet, conditions ?? []);
  sync.decision.emit({ type: 'daemonset.status-changed.v1', ...objectKeyOf(daemonSet), status, by: COMPONENT });
};
