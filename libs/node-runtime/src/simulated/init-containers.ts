import type { Container, ContainerReport, PodReport, PodSpec } from '@everynode/core';
import { singleReport, type SingleRuns } from './single-run.ts';

/** An init container that stays beside the others. */
const isSidecar = (container: Container): boolean => container['restartPolicy'] === 'Always';

/** The containers that run as long as the Pod does. */
export const lastingContainersOf = ({ initContainers = [], containers }: PodSpec): readonly Container[] => [...initContainers.filter(isSidecar), ...containers];

/** Init containers are through as soon as they have started, and sidecars stay; both are started once for all runs of the others. */
export const startInit = (runs: SingleRuns, { initContainers = [] }: PodSpec, at: number): void => {
  for (const container of initContainers) {
    if (!runs.has(container.name)) runs.set(container.name, { startedAt: at, finishedAt: isSidecar(container) ? undefined : at, exitCode: 0 });
  }
};

const reportOn = (uid: string, container: Container, runs: SingleRuns): ContainerReport => {
  const { name } = container;
  const run = runs.get(name);
  if (run === undefined) return { name, state: 'waiting', ready: false, restartCount: 0, reason: 'PodInitializing' };
  const report = singleReport(uid, name, run);
  // What has run to its end counts as ready, and a sidecar does while it runs.
  return { ...report, ready: isSidecar(container) ? report.state === 'running' : report.exitCode === 0 };
};

export const initReports = (uid: string, { initContainers = [] }: PodSpec, runs: SingleRuns): Pick<PodReport, 'initContainers'> =>
  initContainers.length === 0 ? {} : { initContainers: initContainers.map((container) => reportOn(uid, container, runs)) };
