import type { Container, ContainerEnd, ContainerReport, PodReport, RunPod } from '@everynode/core';
import { containerId } from './container-id.ts';
import { drawOf } from './draw.ts';
import { initReports } from './init-containers.ts';
import type { PodBehaviour } from './profile.ts';
import { endRuns, reasonOf, singleReport, type SingleRuns } from './single-run.ts';

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
  readonly ephemeral: SingleRuns;
  /** The same of its init containers. */
  readonly init: SingleRuns;
}

const podIpOf = (uid: string): string => {
  const hash = drawOf('ip', uid, '');
  return `10.${64 + ((hash >>> 16) % 64)}.${(hash >>> 8) & 255}.${1 + ((hash & 255) % 254)}`;
};

/** A Pod of which nothing runs yet. */
export const newPod = (node: string, run: RunPod, { behaviour, at }: { readonly behaviour: PodBehaviour; readonly at: number }): SimulatedPod => ({
  node,
  run,
  behaviour,
  podIP: podIpOf(run.uid),
  stage: 'pulling',
  dueAt: at,
  startedAt: at,
  runStartedAt: undefined,
  pastRun: undefined,
  isLost: false,
  endsAt: Infinity,
  finishedAt: undefined,
  exitCode: 0,
  restarts: 0,
  pulls: 0,
  failures: 0,
  killAt: Infinity,
  ephemeral: new Map(),
  init: new Map(),
});

/** Exit code of what was killed. */
export const SIGKILLED = 137;

/** The run before the present one. */
const pastEnd = ({ run, pastRun }: SimulatedPod, { name }: Pick<Container, 'name'>): ContainerEnd | undefined => {
  if (pastRun === undefined) return undefined;
  const { number, startedAt, finishedAt, exitCode } = pastRun;
  return { exitCode, reason: reasonOf(exitCode), startedAt, finishedAt, containerID: containerId(run.uid, name, number) };
};

/** The present run, which has ended. */
const presentEnd = ({ run, restarts, runStartedAt, finishedAt, exitCode }: SimulatedPod, { name }: Pick<Container, 'name'>): ContainerEnd => ({
  exitCode,
  reason: reasonOf(exitCode),
  ...(runStartedAt === undefined ? {} : { startedAt: runStartedAt }),
  ...(finishedAt === undefined ? {} : { finishedAt }),
  containerID: containerId(run.uid, name, restarts),
});

const lastOf = (last: ContainerEnd | undefined): Pick<ContainerReport, 'last'> => (last === undefined ? {} : { last });

const waiting = (pod: SimulatedPod, reason: string, message?: string): readonly ContainerReport[] =>
  pod.run.spec.containers.map((container) => ({
    name: container.name,
    state: 'waiting',
    ready: false,
    restartCount: pod.restarts,
    reason,
    ...(message === undefined ? {} : { message }),
  }));

/** Waits for its next run, and has had one. */
const crashed = (pod: SimulatedPod): readonly ContainerReport[] =>
  waiting(pod, 'CrashLoopBackOff', backOffText(pod)).map((report) => {
    const last = presentEnd(pod, report);
    return { ...report, ...(last.containerID === undefined ? {} : { containerID: last.containerID }), last };
  });

const running = (pod: SimulatedPod, ready: boolean): readonly ContainerReport[] =>
  pod.run.spec.containers.map((container) => ({
    name: container.name,
    containerID: containerId(pod.run.uid, container.name, pod.restarts),
    state: 'running',
    ready,
    restartCount: pod.restarts,
    ...(pod.runStartedAt === undefined ? {} : { startedAt: pod.runStartedAt }),
    ...lastOf(pastEnd(pod, container)),
  }));

const terminated = (pod: SimulatedPod, exitCode: number): readonly ContainerReport[] =>
  pod.run.spec.containers.map((container) => ({
    name: container.name,
    state: 'terminated',
    ready: false,
    restartCount: pod.restarts,
    ...presentEnd({ ...pod, exitCode }, container),
    ...lastOf(pastEnd(pod, container)),
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

const creatingReason = ({ run }: SimulatedPod): string => ((run.spec.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating');

const containersOf = (pod: SimulatedPod): readonly ContainerReport[] => {
  switch (pod.stage) {
    case 'pulling':
      return pod.failures > 0
        ? waiting(pod, 'ErrImagePull', `failed to pull image ${images(pod)}: not found`)
        : waiting(pod, creatingReason(pod));
    case 'creating':
      return waiting(pod, creatingReason(pod));
    case 'pull-failed':
      return waiting(pod, 'ImagePullBackOff', `Back-off pulling image ${images(pod)}`);
    case 'crashed':
      return crashed(pod);
    case 'over':
      return terminated(pod, pod.exitCode);
    case 'running':
    case 'ready':
    case 'stopping':
      return running(pod, pod.stage === 'ready');
  }
};

const ephemeralReport = (pod: SimulatedPod, name: string): ContainerReport => {
  const run = pod.ephemeral.get(name);
  return run === undefined ? { name, ready: false, restartCount: 0, state: 'waiting', reason: 'ContainerCreating' } : singleReport(pod.run.uid, name, run);
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

/** The Pod has ended, and with it all that still ran in it. Sidecars end by being asked to, ephemeral containers by being killed. */
export const endWithPod = (pod: SimulatedPod, at: number): void => {
  endRuns(pod.ephemeral, at, SIGKILLED);
  endRuns(pod.init, at, 0);
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
  ...initReports(pod.run.uid, pod.run.spec, pod.init),
  ...ephemeralReports(pod),
});

/** The last report of a Pod of which nothing is left. */
export const finalReportOf = (pod: SimulatedPod, exitCode: number): PodReport => {
  if (pod.runStartedAt === undefined)
    return { phase: 'Failed', ready: false, ...base(pod), containers: waiting(pod, creatingReason(pod)), ...initReports(pod.run.uid, pod.run.spec, pod.init) };
  return {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    ready: false,
    ...base(pod),
    containers: terminated(pod, exitCode),
    ...initReports(pod.run.uid, pod.run.spec, pod.init),
    ...ephemeralReports(pod),
  };
};
