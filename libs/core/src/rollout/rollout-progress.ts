import type { Milliseconds } from '../kernel/time.ts';
import type { DaemonSet } from '../kubernetes/objects.ts';
import { isRollingUpdate } from './rollout-limits.ts';
import type { Rollup } from './rollup.ts';

/** Annotation of a DaemonSet: seconds without progress after which its rollout counts as stalled. */
export const PROGRESS_DEADLINE_ANNOTATION = 'everynode.dev/progress-deadline-seconds';
const DEADLINE_SECONDS_DEFAULT = 600;
const WHOLE_SECONDS = /^[1-9]\d{0,9}$/;
const SECONDS_MAX = 2 ** 31 - 1;

/**
 * `waiting`: nothing can progress by itself, because no node is there or because somebody has to delete Pods; no deadline runs. `rolling`: nodes get the revision.
 * `done`: it was available on all nodes at once; what happens to single nodes afterwards is no rollout.
 */
export type RolloutStage = 'waiting' | 'rolling' | 'done';

/** How far one revision of a DaemonSet has come. */
export interface RolloutProgress {
  /** Hash of the revision. */
  readonly revision: string;
  /** Nodes that should run the Pod and have an available one of the revision. */
  readonly available: number;
  readonly stage: RolloutStage;
  /** When the last node became available, or the stage began. */
  readonly progressedAt: Milliseconds;
}

/** Nodes that the rollout has to reach: those that should run the Pod, but for those that the strict policy leaves out. */
export const nodesToReach = ({ counts }: Rollup): number => counts.desired - counts.leftOut;

/** With OnDelete an old Pod stays until somebody deletes it. */
export const waitsForDeletion = (rollup: Rollup): boolean => !isRollingUpdate(rollup.rules.spec) && rollup.candidates.size + rollup.broken.size > 0;

const stageOf = (rollup: Rollup): RolloutStage => {
  const target = nodesToReach(rollup);
  if (target === 0) return 'waiting';
  if (rollup.counts.rolledOut >= target) return 'done';
  return waitsForDeletion(rollup) ? 'waiting' : 'rolling';
};

/** The progress as it is now; the same object when nothing has changed. A Pod that is lost on the way takes the count back, but not the time. */
export const nextProgress = (before: RolloutProgress | undefined, rollup: Rollup, now: Milliseconds): RolloutProgress => {
  const revision = rollup.rules.hash;
  const available = rollup.counts.rolledOut;
  const stage = stageOf(rollup);
  if (before?.revision !== revision) return { revision, available, stage, progressedAt: now };
  if (before.stage === 'done' || (before.stage === stage && before.available === available)) return before;
  const isProgress = before.stage !== stage || available > before.available;
  return { revision, available, stage, progressedAt: isProgress ? now : before.progressedAt };
};

/** The annotation's seconds when it has a whole number of them, else 600; a Pod that has to be ready for `minReadySeconds` gets those on top of the default. */
export const progressDeadlineSeconds = (daemonSet: DaemonSet): number => {
  const text = daemonSet.metadata.annotations?.[PROGRESS_DEADLINE_ANNOTATION] ?? '';
  const isUsable = WHOLE_SECONDS.test(text) && Number(text) <= SECONDS_MAX;
  return isUsable ? Number(text) : DEADLINE_SECONDS_DEFAULT + (daemonSet.spec.minReadySeconds ?? 0);
};

/** When a rollout that does not move counts as stalled; undefined while no deadline runs. Milliseconds. */
export const stalledFrom = (daemonSet: DaemonSet, progress: RolloutProgress): Milliseconds | undefined =>
  progress.stage === 'rolling' ? progress.progressedAt + progressDeadlineSeconds(daemonSet) * 1000 : undefined;
