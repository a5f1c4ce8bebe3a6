import type { ContainerReport, PodReport, RunPod } from '@everynode/core';

/** What becomes of a Pod on its node by itself. Times in milliseconds; `Infinity` for never. */
export interface PodScript {
  /** From the start to running containers. */
  readonly startMs: number;
  /** From running to ready. */
  readonly readyMs: number;
  /** From being asked to end to having ended; at the latest the grace period. */
  readonly stopMs: number;
  /** What the containers say while they do not start. */
  readonly waiting: { readonly reason: string; readonly message?: string };
  /** The Pod ends by itself so long after its start (0: the node does not take it in at all). */
  readonly ends: { readonly afterMs: number; readonly phase: 'Succeeded' | 'Failed'; readonly reason?: string; readonly message?: string } | undefined;
}

export const ORDINARY: PodScript = { startMs: 500, readyMs: 500, stopMs: 300, waiting: { reason: 'ContainerCreating' }, ends: undefined };

export type ScriptedStage = 'waiting' | 'running' | 'crashed' | 'ended' | 'stopping';

/** One Pod of a scripted runtime, changed in place. */
export interface ScriptedPod {
  readonly node: string;
  readonly run: RunPod;
  readonly script: PodScript;
  stage: ScriptedStage;
  isReady: boolean;
  restarts: number;
  startedAt: number;
  runStartedAt: number | undefined;
  /** When the stage ends by itself. */
  dueAt: number;
  /** When the Pod ends by itself. */
  endsAt: number;
  end: { readonly phase: 'Succeeded' | 'Failed'; readonly reason?: string; readonly message?: string } | undefined;
}

const containerOf = (pod: ScriptedPod, now: number): Omit<ContainerReport, 'name'> => {
  const started = pod.runStartedAt === undefined ? {} : { startedAt: pod.runStartedAt };
  if (pod.stage === 'waiting') return { state: 'waiting', ready: false, restartCount: pod.restarts, ...pod.script.waiting };
  if (pod.stage === 'crashed') return { state: 'waiting', ready: false, restartCount: pod.restarts, reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' };
  if (pod.stage !== 'ended') return { state: 'running', ready: pod.isReady, restartCount: pod.restarts, ...started };
  const exitCode = pod.end?.phase === 'Succeeded' ? 0 : 1;
  return { state: 'terminated', ready: false, restartCount: pod.restarts, reason: exitCode === 0 ? 'Completed' : 'Error', exitCode, ...started, finishedAt: now };
};

/** What the kubelet is told of the Pod. A Pod that was not taken in has no containers. */
export const scriptedReport = (pod: ScriptedPod, now: number): PodReport => {
  const ended = pod.stage === 'ended' ? pod.end : undefined;
  const wasRefused = ended !== undefined && pod.runStartedAt === undefined;
  return {
    phase: ended?.phase ?? (pod.runStartedAt === undefined ? 'Pending' : 'Running'),
    ready: pod.stage === 'running' && pod.isReady,
    startedAt: pod.startedAt,
    ...(pod.runStartedAt === undefined ? {} : { podIP: '10.0.0.1' }),
    ...(ended?.reason === undefined ? {} : { reason: ended.reason }),
    ...(ended?.message === undefined ? {} : { message: ended.message }),
    containers: wasRefused ? [] : pod.run.spec.containers.map(({ name }) => ({ name, ...containerOf(pod, now) })),
  };
};
