import type { ContainerEnd, PodReport } from '@everynode/core';
import type { PastRun } from './simulated-pod.ts';

/** Restarts that a report counts. */
export const restartsIn = (report: PodReport | null | undefined): number =>
  Math.max(0, ...(report?.containers ?? []).map((container) => container.restartCount));

/** The run before, as the report of an earlier process tells it; `number` runs were before that. */
export const pastRunOf = ({ startedAt = 0, finishedAt = startedAt, exitCode }: ContainerEnd, number: number): PastRun => ({ number, startedAt, finishedAt, exitCode });

/** Lost containers count as restarted, unless they had never run. */
export const restartsAfter = (before: PodReport): number => {
  const restarts = restartsIn(before);
  return restarts > 0 || before.containers.some((container) => container.state !== 'waiting') ? restarts + 1 : 0;
};
