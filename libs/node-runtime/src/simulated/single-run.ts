import type { ContainerReport } from '@everynode/core';
import { containerId } from './container-id.ts';

/** Of a container that runs once, until it ends by itself or its Pod does: an ephemeral one, or an init container. Times in milliseconds. */
export interface SingleRun {
  readonly startedAt: number;
  finishedAt: number | undefined;
  exitCode: number;
}

/** By the name of the container; those that have not started are not in it. */
export type SingleRuns = Map<string, SingleRun>;

export const reasonOf = (exitCode: number): string => (exitCode === 0 ? 'Completed' : 'Error');

/** What the kubelet is told of one that has started. */
export const singleReport = (uid: string, name: string, { startedAt, finishedAt, exitCode }: SingleRun): ContainerReport => {
  const head = { name, containerID: containerId(uid, name, 0), ready: false, restartCount: 0, startedAt };
  if (finishedAt === undefined) return { ...head, state: 'running' };
  return { ...head, state: 'terminated', reason: reasonOf(exitCode), exitCode, finishedAt };
};

/** As they were when they were last reported. */
export const takeUpRuns = (runs: SingleRuns, reports: readonly ContainerReport[] = []): void => {
  for (const { name, startedAt, finishedAt, exitCode = 0 } of reports) if (startedAt !== undefined) runs.set(name, { startedAt, finishedAt, exitCode });
};

export const endRuns = (runs: SingleRuns, at: number, exitCode: number): void => {
  for (const run of runs.values()) if (run.finishedAt === undefined) Object.assign(run, { finishedAt: at, exitCode });
};
