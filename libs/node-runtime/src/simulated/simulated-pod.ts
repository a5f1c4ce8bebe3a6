import type { ContainerReport, PodReport, RunPod } from '@everynode/core';
import type { PodBehaviour } from './profile.ts';

/**
 * `pulling` → `creating` → `running` → `ready`; from there `crashed` (waits for its restart) or `over`. `pull-failed` waits for the next pull.
 * `stopping` ends with the Pod gone.
 */
export type SimulatedStage =
  'pulling' | 'pull-failed' | 'creating' | 'running' | 'ready' | 'crashed' | 'over' | 'stopping';

/** A run of the containers that has ended. */
export interface PastRun {
  /** How many runs were before. */
  readonly number: number;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly exitCode: number;
}

/** An ephemeral container runs once, until it ends by itself or its Pod does. */
export interface EphemeralRun {
  readonly startedAt: number;
  finishedAt: number | undefined;
  exitCode: number;
}

/** One Pod in the simulated runtime, changed in place. */
export interface SimulatedPod {
  readonly node: string;
  run: RunPod;
  readonly behaviour: PodBehaviour;
  readonly podIP: string;
  stage: SimulatedStage;
  /** When the stage ends by itself; Infinity for never. */
  dueAt: number;
  startedAt: number | undefined;
  /** Start of the present run of the containers. */
  runStartedAt: number | undefined;
  /** The run before the present one; not known of runs under an earlier process. */
  pastRun: PastRun | undefined;
  /** Its node has lost power; the runtime has forgotten the Pod. */
  isLost: boolean;
  /** When the present run ends by itself; Infinity for never. */
  endsAt: number;
  finishedAt: number | undefined;
  exitCode: number;
  restarts: number;
  pulls: number;
  /** Failures since the back-off started anew. */
  failures: number;
  killAt: number;
  /** The one run of each ephemeral container that has started, by its name. */
  readonly ephemeral: Map<string, EphemeralRun>;
}

const waiting = (pod: SimulatedPod, reason: string, message?: string): readonly ContainerReport[] =>
  pod.run.spec.containers.map((container) => ({
    name: container.name,
    state: 'waiting',
    ready: false,
    restartCount: pod.restarts,
    reason,
    ...(message === undefined ? {} : { message }),
  }));

const running = (pod: SimulatedPod, ready: boolean): readonly ContainerReport[] =>
  pod.run.spec.containers.map((container) => ({
    name: container.name,
    state: 'running',
    ready,
    restartCount: pod.restarts,
    ...(pod.runStartedAt === undefined ? {} : { startedAt: pod.runStartedAt }),
  }));

const terminated = (pod: SimulatedPod, exitCode: number): readonly ContainerReport[] =>
  pod.run.spec.containers.map((container) => ({
    name: container.name,
    state: 'terminated',
    ready: false,
    restartCount: pod.restarts,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    exitCode,
    ...(pod.runStartedAt === undefined ? {} : { startedAt: pod.runStartedAt }),
    ...(pod.finishedAt === undefined ? {} : { finishedAt: pod.finishedAt }),
  }));

const images = (pod: SimulatedPod): string =>
  pod.run.spec.containers.map((container) => `"${container.image ?? ''}"`).join(', ');

/** Fields that every report of the Pod has in its stage. */
const base = (pod: SimulatedPod): Pick<PodReport, 'podIP' | 'startedAt'> => ({
  ...(pod.runStartedAt === undefined ? {} : { podIP: pod.podIP }),
  ...(pod.startedAt === undefined ? {} : { startedAt: pod.startedAt }),
});

const backOffText = (pod: SimulatedPod): string =>
  `back-off ${Math.round((pod.dueAt - (pod.finishedAt ?? pod.dueAt)) / 1_000)}s restarting failed container`;

const containersOf = (pod: SimulatedPod): readonly ContainerReport[] => {
  switch (pod.stage) {
    case 'pulling':
      return pod.failures > 0
        ? waiting(pod, 'ErrImagePull', `failed to pull image ${images(pod)}: not found`)
        : waiting(pod, 'ContainerCreating');
    case 'creating':
      return waiting(pod, 'ContainerCreating');
    case 'pull-failed':
      return waiting(pod, 'ImagePullBackOff', `Back-off pulling image ${images(pod)}`);
    case 'crashed':
      return waiting(pod, 'CrashLoopBackOff', backOffText(pod));
    case 'over':
      return terminated(pod, pod.exitCode);
    case 'running':
    case 'ready':
    case 'stopping':
      return running(pod, pod.stage === 'ready');
  }
};

const ephemeralReport = (pod: SimulatedPod, name: string): ContainerReport => {
  const head = { name, ready: false, restartCount: 0 };
  const run = pod.ephemeral.get(name);
  if (run === undefined) return { ...head, state: 'waiting', reason: 'ContainerCreating' };
  const { startedAt, finishedAt, exitCode } = run;
  if (finishedAt === undefined) return { ...head, state: 'running', startedAt };
  return { ...head, state: 'terminated', reason: exitCode === 0 ? 'Completed' : 'Error', exitCode, startedAt, finishedAt };
};

const ephemeralReports = (pod: SimulatedPod): Pick<PodReport, 'ephemeralContainers'> => {
  const { ephemeralContainers = [] } = pod.run.spec;
  return ephemeralContainers.length === 0 ? {} : { ephemeralContainers: ephemeralContainers.map(({ name }) => ephemeralReport(pod, name)) };
};

/** Starts the ephemeral containers that have not started yet, in a Pod whose containers have. */
export const startEphemeral = (pod: SimulatedPod, at: number): void => {
  if (pod.runStartedAt === undefined || pod.stage === 'over' || pod.stage === 'stopping') return;
  for (const { name } of pod.run.spec.ephemeralContainers ?? []) {
    if (!pod.ephemeral.has(name)) pod.ephemeral.set(name, { startedAt: at, finishedAt: undefined, exitCode: 0 });
  }
};

/** Ephemeral containers as they were when they were last reported. */
export const takeUpEphemeral = (pod: SimulatedPod, report: PodReport): void => {
  for (const { name, startedAt, finishedAt, exitCode = 0 } of report.ephemeralContainers ?? [])
    if (startedAt !== undefined) pod.ephemeral.set(name, { startedAt, finishedAt, exitCode });
};

/** The Pod has ended, and with it all that still ran in it. */
export const endEphemeral = (pod: SimulatedPod, at: number, exitCode: number): void => {
  for (const run of pod.ephemeral.values()) if (run.finishedAt === undefined) Object.assign(run, { finishedAt: at, exitCode });
};

const phaseOf = (pod: SimulatedPod): PodReport['phase'] => {
  if (pod.stage === 'over') return pod.exitCode === 0 ? 'Succeeded' : 'Failed';
  return pod.runStartedAt === undefined ? 'Pending' : 'Running';
};

/** What the kubelet is told of the Pod as it is now. */
export const reportOf = (pod: SimulatedPod): PodReport => ({
  phase: phaseOf(pod),
  ready: pod.stage === 'ready',
  ...base(pod),
  containers: containersOf(pod),
  ...ephemeralReports(pod),
});

/** The last report of a Pod of which nothing is left. */
export const finalReportOf = (pod: SimulatedPod, exitCode: number): PodReport => {
  if (pod.runStartedAt === undefined)
    return { phase: 'Failed', ready: false, ...base(pod), containers: waiting(pod, 'ContainerCreating') };
  return {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    ready: false,
    ...base(pod),
    containers: terminated(pod, exitCode),
    ...ephemeralReports(pod),
  };
};
