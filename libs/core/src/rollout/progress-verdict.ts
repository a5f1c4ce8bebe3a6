import { toRfc3339, type Milliseconds } from '../kernel/time.ts';
import type { Condition, DaemonSet } from '../kubernetes/objects.ts';
import { namesText } from './names-text.ts';
import { nodesToReach, progressDeadlineSeconds, stalledFrom, waitsForDeletion, type RolloutProgress } from './rollout-progress.ts';
import type { Rollup } from './rollup.ts';

/** The condition that every DaemonSet has, in the words of a Deployment's. */
export const PROGRESSING = 'Progressing';

/** Reasons of the condition `Progressing`. */
export const PROGRESS_REASONS = {
  waitingForNodes: 'WaitingForNodes',
  waitingForDeletion: 'WaitingForDeletion',
  rolling: 'RolloutInProgress',
  done: 'NewRevisionAvailable',
  stalled: 'ProgressDeadlineExceeded',
} as const;

type Verdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

const going = (reason: string, message: string): Verdict => ({ type: PROGRESSING, status: 'True', reason, message });

const countText = (rollup: Rollup, { revision, available, progressedAt }: RolloutProgress): string =>
  `${available} of ${nodesToReach(rollup)} nodes have an available Pod of revision ${revision}; last progress at ${toRfc3339(progressedAt)}`;

const waitingForNodes = (rollup: Rollup): Verdict => {
  const { desired } = rollup.counts;
  const why = desired === 0 ? 'no node should run the Pod' : `all ${desired} that should run the Pod are NotReady and left out`;
  return going(PROGRESS_REASONS.waitingForNodes, `waiting for nodes: ${why}`);
};

/** What the condition says. Nodes are named only once the rollout is stalled, so that a healthy one costs nothing but its count. */
export const progressVerdict = (progress: RolloutProgress, rollup: Rollup, daemonSet: DaemonSet, now: Milliseconds): Verdict => {
  if (nodesToReach(rollup) === 0) return waitingForNodes(rollup);
  if (progress.stage === 'done') {
    return going(PROGRESS_REASONS.done, `revision ${progress.revision} became available on all nodes (${progress.available}) at ${toRfc3339(progress.progressedAt)}`);
  }
  const counted = countText(rollup, progress);
  if (waitsForDeletion(rollup)) return going(PROGRESS_REASONS.waitingForDeletion, `${counted}; with OnDelete the others get one when their Pods are deleted`);
  if (now < (stalledFrom(daemonSet, progress) ?? Number.POSITIVE_INFINITY)) return going(PROGRESS_REASONS.rolling, counted);
  const nodes = [...rollup.unavailable, ...rollup.failing];
  const without = nodes.length === 0 ? '' : `; without an available Pod: ${namesText(nodes)}`;
  const message = `no progress for ${progressDeadlineSeconds(daemonSet)} s: ${counted}${without}`;
  return { type: PROGRESSING, status: 'False', reason: PROGRESS_REASONS.stalled, message };
};
