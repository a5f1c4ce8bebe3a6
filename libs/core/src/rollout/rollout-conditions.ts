import { toRfc3339, type Milliseconds } from '../kernel/time.ts';
import type { Condition, DaemonSet } from '../kubernetes/objects.ts';
import { namesText } from './names-text.ts';
import { PROGRESSING, progressVerdict } from './progress-verdict.ts';
import { ROLLOUT_POLICY_ANNOTATION, unknownRolloutPolicy } from './rollout-policy.ts';
import { isRollingUpdate } from './rollout-limits.ts';
import type { RolloutProgress } from './rollout-progress.ts';
import type { Rollup } from './rollup.ts';
import { isRolloutStalled } from './strict-roll.ts';

/** Conditions of a DaemonSet's status that tell of its rollout policy. */
export const ROLLOUT_CONDITIONS = { stalled: 'RolloutStalled', skipsNodes: 'RolloutSkipsNodes', unknownPolicy: 'UnknownRolloutPolicy' } as const;

/** Pods could not be created, in the words of a ReplicaSet's condition; absent while they can. */
export const REPLICA_FAILURE = 'ReplicaFailure';

const OURS: ReadonlySet<string> = new Set([...Object.values(ROLLOUT_CONDITIONS), PROGRESSING, REPLICA_FAILURE]);

/** What the conditions are said about besides the DaemonSet and its rollup. */
export interface ConditionContext {
  readonly now: Milliseconds;
  /** Undefined while there is no revision that could come further. */
  readonly progress: RolloutProgress | undefined;
}

type Verdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

const stalledVerdict = (rollup: Rollup): Verdict => {
  const type = ROLLOUT_CONDITIONS.stalled;
  if (!isRolloutStalled(rollup)) return { type, status: 'False', reason: 'NothingHoldsTheRollout', message: '' };
  const message = `The rollout waits for nodes that went NotReady after they got revision ${rollup.rules.hash}: ${namesText(rollup.stalled)}`;
  return { type, status: 'True', reason: 'NodesNotReadyAfterUpdate', message };
};

const skipsVerdict = (rollup: Rollup): Verdict => {
  const type = ROLLOUT_CONDITIONS.skipsNodes;
  if (rollup.skipped.size === 0) return { type, status: 'False', reason: 'NoNodeIsLeftOut', message: '' };
  const message = `Nodes that are NotReady are left out and get revision ${rollup.rules.hash} when they are back: ${namesText(rollup.skipped)}`;
  return { type, status: 'True', reason: 'NodesNotReady', message };
};

const policyVerdicts = (rollup: Rollup, daemonSet: DaemonSet): readonly Verdict[] => {
  if (rollup.rules.policy === 'strict') return isRollingUpdate(rollup.rules.spec) ? [stalledVerdict(rollup), skipsVerdict(rollup)] : [];
  const unknown = unknownRolloutPolicy(daemonSet);
  if (unknown === undefined) return [];
  const message = `${ROLLOUT_POLICY_ANNOTATION}: ${JSON.stringify(unknown)} is neither "kubernetes" nor "strict"; the rollout acts as "kubernetes"`;
  return [{ type: ROLLOUT_CONDITIONS.unknownPolicy, status: 'True', reason: 'UnknownValue', message }];
};

const verdictsOf = (rollup: Rollup, daemonSet: DaemonSet, { now, progress }: ConditionContext): readonly Verdict[] => {
  const verdicts = [...policyVerdicts(rollup, daemonSet)];
  if (progress !== undefined) verdicts.push(progressVerdict(progress, rollup, daemonSet, now));
  const { refusal } = rollup;
  if (refusal !== undefined) verdicts.push({ type: REPLICA_FAILURE, status: 'True', reason: 'FailedCreate', message: refusal.message });
  return verdicts;
};

const isSame = (before: Condition | undefined, verdict: Verdict): boolean =>
  before !== undefined && before.status === verdict.status && before.reason === verdict.reason && before.message === verdict.message;

/**
 * The conditions that the DaemonSet's status is to have: the same array when nothing changed. Conditions of others stay; a condition keeps its transition time
 * until its status turns, so that the first reason for a stall can be read for as long as it lasts.
 */
export const rolloutConditions = (rollup: Rollup, daemonSet: DaemonSet, context: ConditionContext): readonly Condition[] | undefined => {
  const before = daemonSet.status?.conditions;
  const verdicts = verdictsOf(rollup, daemonSet, context);
  const present = (before ?? []).filter((condition) => OURS.has(condition.type));
  const isUnchanged = present.length === verdicts.length && verdicts.every((verdict) => isSame(present.find((condition) => condition.type === verdict.type), verdict));
  if (isUnchanged) return before;
  const after: readonly Condition[] = [
    ...(before ?? []).filter((condition) => !OURS.has(condition.type)),
    ...verdicts.map((verdict): Condition => {
      const earlier = present.find((condition) => condition.type === verdict.type);
      const isTurned = earlier?.status !== verdict.status || earlier.lastTransitionTime === undefined;
      return { ...verdict, lastTransitionTime: isTurned ? toRfc3339(context.now) : earlier.lastTransitionTime };
    }),
  ];
  return after.length === 0 ? undefined : after;
};
