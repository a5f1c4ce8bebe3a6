import { listAt, numberAt, objectAt, stringAt, valueAt } from '../json/json-value.ts';

/** What the table says about a pod beyond its name and age. */
export interface PodSummary {
  /** `2/3`: ready containers of all that keep running. */
  readonly ready: string;
  /** Phase, or the reason why it is not what it seems: `CrashLoopBackOff`, `Init:0/1`, `Terminating`. */
  readonly status: string;
  readonly restarts: number;
  /** Time of the last restart, empty when there was none. */
  readonly lastRestart: string;
}

interface Counted {
  readonly restarts: number;
  readonly lastRestart: string;
}

const NOTHING: Counted = { restarts: 0, lastRestart: '' };

const addRestarts = (sum: Counted, container: unknown): Counted => {
  const finished = stringAt(container, 'lastState', 'terminated', 'finishedAt');
  return {
    restarts: sum.restarts + (numberAt(container, 'restartCount') ?? 0),
    lastRestart: finished > sum.lastRestart ? finished : sum.lastRestart,
  };
};

const isConditionTrue = (pod: unknown, type: string): boolean =>
  listAt(pod, 'status', 'conditions').some(
    (condition) => stringAt(condition, 'type') === type && stringAt(condition, 'status') === 'True',
  );

const isSidecar = (pod: unknown, name: string): boolean =>
  listAt(pod, 'spec', 'initContainers').some(
    (container) => stringAt(container, 'name') === name && stringAt(container, 'restartPolicy') === 'Always',
  );

/** `Completed`, `Signal:9` or `ExitCode:1`. */
const endingOf = (terminated: unknown): string => {
  const reason = stringAt(terminated, 'reason');
  if (reason !== '') return reason;
  const signal = numberAt(terminated, 'signal') ?? 0;
  return signal === 0 ? `ExitCode:${numberAt(terminated, 'exitCode') ?? 0}` : `Signal:${signal}`;
};

interface InitState {
  /** What holds the pod up, undefined when all init containers are through. */
  readonly reason: string | undefined;
  readonly readySidecars: number;
  readonly all: Counted;
  readonly sidecars: Counted;
}

const initReason = (container: unknown, index: number, total: number): string => {
  const terminated = valueAt(container, 'state', 'terminated');
  if (terminated !== undefined) return `Init:${endingOf(terminated)}`;
  const waiting = stringAt(container, 'state', 'waiting', 'reason');
  return waiting === '' || waiting === 'PodInitializing' ? `Init:${index}/${total}` : `Init:${waiting}`;
};

const initStateOf = (pod: unknown): InitState => {
  let all = NOTHING;
  let sidecars = NOTHING;
  let readySidecars = 0;
  const total = listAt(pod, 'spec', 'initContainers').length;
  for (const [index, container] of listAt(pod, 'status', 'initContainerStatuses').entries()) {
    const isRestartable = isSidecar(pod, stringAt(container, 'name'));
    all = addRestarts(all, container);
    if (isRestartable) sidecars = addRestarts(sidecars, container);
    const terminated = valueAt(container, 'state', 'terminated');
    if (terminated !== undefined && (numberAt(terminated, 'exitCode') ?? 0) === 0) continue;
    if (isRestartable && valueAt(container, 'started') === true) {
      if (valueAt(container, 'ready') === true) readySidecars += 1;
      continue;
    }
    return { reason: initReason(container, index, total), readySidecars, all, sidecars };
  }
  return { reason: undefined, readySidecars, all, sidecars };
};

interface MainState {
  readonly reason: string | undefined;
  readonly ready: number;
  readonly counted: Counted;
}

/** The first container that has something to say gives the reason, so the list is walked from its end. */
const mainStateOf = (pod: unknown, before: Counted): MainState => {
  let counted = before;
  let ready = 0;
  let reason: string | undefined;
  for (const container of listAt(pod, 'status', 'containerStatuses').toReversed()) {
    counted = addRestarts(counted, container);
    const waiting = stringAt(container, 'state', 'waiting', 'reason');
    const terminated = valueAt(container, 'state', 'terminated');
    if (waiting !== '') reason = waiting;
    else if (terminated !== undefined) reason = endingOf(terminated);
    else if (valueAt(container, 'ready') === true && valueAt(container, 'state', 'running') !== undefined) ready += 1;
  }
  if (reason === 'Completed' && ready > 0) reason = isConditionTrue(pod, 'Ready') ? 'Running' : 'NotReady';
  return { reason, ready, counted };
};

const isGated = (pod: unknown): boolean =>
  listAt(pod, 'status', 'conditions').some(
    (condition) =>
      stringAt(condition, 'type') === 'PodScheduled' && stringAt(condition, 'reason') === 'SchedulingGated',
  );

const deletionReason = (pod: unknown, phase: string): string | undefined => {
  if (stringAt(pod, 'metadata', 'deletionTimestamp') === '') return undefined;
  if (stringAt(pod, 'status', 'reason') === 'NodeLost') return 'Unknown';
  return phase === 'Succeeded' || phase === 'Failed' ? undefined : 'Terminating';
};

/** Summarises a pod as kubectl's table does (upstream `printPod`). */
export const podSummary = (pod: unknown): PodSummary => {
  const phase = stringAt(pod, 'status', 'phase');
  const sidecarCount = listAt(pod, 'spec', 'initContainers').filter((container) =>
    isSidecar(pod, stringAt(container, 'name')),
  ).length;
  const total = listAt(objectAt(pod, 'spec'), 'containers').length + sidecarCount;
  const init = initStateOf(pod);
  const isInitialized = init.reason === undefined || isConditionTrue(pod, 'Initialized');
  const main = isInitialized ? mainStateOf(pod, init.sidecars) : { reason: undefined, ready: 0, counted: init.all };
  const base = isGated(pod) ? 'SchedulingGated' : stringAt(pod, 'status', 'reason') || phase;
  return {
    ready: `${main.ready + init.readySidecars}/${total}`,
    status: deletionReason(pod, phase) ?? main.reason ?? init.reason ?? base,
    restarts: main.counted.restarts,
    lastRestart: main.counted.lastRestart,
  };
};
