import type { Container } from '@everynode/core';
import type { Scheduler } from '../../node-runtime.port.ts';
import type { SimulatedPod } from '../simulated-pod.ts';
import type { SingleRun } from '../single-run.ts';

/** What sessions need of the runtime: its time, and word of changes. */
export interface SessionSurroundings extends Scheduler {
  readonly seed: string;
  /** Calls back after each change of the Pod, also when it is gone; returns how to call it off. */
  onChange(uid: string, listener: () => void): () => void;
  /** The program of a container has ended by itself, and the run with it. */
  endRun(uid: string, exitCode: number): void;
  /** The program of an ephemeral container has ended. */
  endEphemeral(uid: string, container: string, exitCode: number): void;
}

/** One run of a container: from its start to its end. */
export interface ContainerRun {
  /** How many runs were before. */
  readonly number: number;
  readonly startedAt: number;
  /** The container is one that runs once. */
  readonly single?: SingleRun;
}

/** A container of a Pod, as a session sees it: `pod` changes in place. */
export interface SimulatedContainer {
  readonly pod: SimulatedPod;
  readonly spec: Container;
}

/** The container's fields that the runtime reads, whatever else the template says. */
export const fieldsOf = (spec: Container): {
  readonly ports: readonly { readonly containerPort?: number }[];
  readonly env: readonly Readonly<Record<string, unknown>>[];
  readonly requests: Readonly<Record<string, unknown>>;
} => {
  const list = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
    Array.isArray(value) ? value.filter((entry) => typeof entry === 'object' && entry !== null) : [];
  const resources = (spec['resources'] ?? {}) as { readonly requests?: unknown };
  return {
    ports: list(spec['ports']),
    env: list(spec['env']),
    requests: (typeof resources.requests === 'object' && resources.requests !== null ? resources.requests : {}) as Readonly<Record<string, unknown>>,
  };
};

/** Programs that wait in silence: all that they will ever write is written when they have started. */
const SILENT = ['sleep', 'pause'];

export const saysNothing = (spec: Container): boolean => {
  const words = spec['command'] ?? spec['args'];
  const [program] = Array.isArray(words) ? (words as readonly unknown[]) : [];
  return typeof program === 'string' && SILENT.includes(program.split('/').at(-1) ?? '');
};

/** When the run has ended: undefined while it goes on. */
export const endOfRun = (pod: SimulatedPod, run: ContainerRun): { readonly at: number | undefined; readonly exitCode: number } | undefined => {
  const { single } = run;
  if (single !== undefined) {
    if (single.finishedAt !== undefined) return { at: single.finishedAt, exitCode: single.exitCode };
    return pod.isLost ? { at: undefined, exitCode: 137 } : undefined;
  }
  if (pod.restarts !== run.number || pod.runStartedAt !== run.startedAt) {
    const { pastRun } = pod;
    const isLast = pastRun?.number === run.number && pastRun.startedAt === run.startedAt;
    return isLast ? { at: pastRun.finishedAt, exitCode: pastRun.exitCode } : { at: undefined, exitCode: 137 };
  }
  if (pod.finishedAt !== undefined || pod.isLost) return { at: pod.finishedAt, exitCode: pod.isLost ? 137 : pod.exitCode };
  return undefined;
};
