import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What a running `everynode up` says of itself in `<data>/up.json`. */
export interface RunningFleet {
  readonly pid: number;
  readonly startedAt: string;
  /** Undefined when everything runs in one process and the log is in its memory. */
  readonly nats: string | undefined;
  /** Key of an operator at the broker, and the authority that it believes; undefined when it needs none. */
  readonly natsCreds?: string | undefined;
  readonly natsCa?: string | undefined;
  /** Where that process lets others read its log; undefined when there is a broker. */
  readonly memory: string | undefined;
  /** Address of the broker's monitoring, when `up` started the broker. */
  readonly monitor: string | undefined;
  readonly api: string;
  readonly kubeconfig: string;
  /** Addresses of the health endpoints (/healthz, /readyz, /metrics) of controllers, API server and agents, by their names. */
  readonly health: Readonly<Record<string, string>>;
}

export const stateFile = (dataDir: string): string => join(resolve(dataDir), 'up.json');

/** Whether a process with this id exists. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** The fleet that runs on a data folder; undefined when none does. */
export const runningFleet = (dataDir: string): RunningFleet | undefined => {
  try {
    const state = JSON.parse(readFileSync(stateFile(dataDir), 'utf8')) as RunningFleet;
    return isAlive(state.pid) ? state : undefined;
  } catch {
    return undefined;
  }
};
