import type { ContainerEnd, ContainerReport, PodReport } from '../event/fleet-event.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { Condition, Node, Pod, PodStatus } from '../kubernetes/objects.ts';
import { qualityOfPod } from './pod-defaults.ts';

const condition = (pod: Pod, at: string, type: string, verdict: { readonly isTrue: boolean; readonly reason: string | undefined; readonly message?: string }): Condition => {
  const status = verdict.isTrue ? 'True' : 'False';
  const before = pod.status?.conditions?.find((candidate) => candidate.type === type);
  return {
    type,
    status,
    lastProbeTime: null,
    lastTransitionTime: before?.status === status && before.lastTransitionTime !== undefined ? before.lastTransitionTime : at,
    ...(verdict.isTrue || verdict.reason === undefined ? {} : { reason: verdict.reason }),
    ...(verdict.isTrue || verdict.message === undefined ? {} : { message: verdict.message }),
  };
};

const ended = ({ exitCode, reason, startedAt, finishedAt, containerID }: ContainerEnd, message?: string): Record<string, unknown> => ({
  exitCode,
  ...(reason === undefined ? {} : { reason }),
  ...(message === undefined ? {} : { message }),
  ...(startedAt === undefined ? {} : { startedAt: toRfc3339(startedAt) }),
  ...(finishedAt === undefined ? {} : { finishedAt: toRfc3339(finishedAt) }),
  ...(containerID === undefined ? {} : { containerID }),
});

const stateOf = (report: ContainerReport): Record<string, unknown> => {
  const detail = {
    ...(report.reason === undefined ? {} : { reason: report.reason }),
    ...(report.message === undefined ? {} : { message: report.message }),
  };
  if (report.state === 'waiting') return { waiting: detail };
  if (report.state === 'running') return { running: report.startedAt === undefined ? {} : { startedAt: toRfc3339(report.startedAt) } };
  return { terminated: ended({ ...report, exitCode: report.exitCode ?? 0 }, report.message) };
};

const SPECS = { containerStatuses: 'containers', initContainerStatuses: 'initContainers', ephemeralContainerStatuses: 'ephemeralContainers' } as const;
type Statuses = keyof typeof SPECS;

interface ShownStatus {
  readonly name: string;
  readonly state?: Readonly<Record<string, unknown>>;
  readonly lastState?: unknown;
  readonly restartCount?: number;
}

/** As the agent says it; of those that do not say it, what the status showed before the restart. */
const lastStateOf = (report: ContainerReport, before: ShownStatus | undefined): unknown => {
  if (report.last !== undefined) return { terminated: ended(report.last) };
  const hasRestarted = before?.restartCount !== undefined && report.restartCount > before.restartCount && before.state?.['terminated'] !== undefined;
  return hasRestarted ? before.state : (before?.lastState ?? {});
};

const containerStatus = (pod: Pod, report: ContainerReport, field: Statuses): Record<string, unknown> => {
  const image = pod.spec[SPECS[field]]?.find((container) => container.name === report.name)?.image ?? '';
  const before = (pod.status?.[field] as readonly ShownStatus[] | undefined)?.find((candidate) => candidate.name === report.name);
  return {
    name: report.name,
    state: stateOf(report),
    lastState: lastStateOf(report, before),
    ready: report.ready,
    restartCount: report.restartCount,
    image,
    imageID: report.state === 'waiting' && report.containerID === undefined ? '' : `sim://${image}`,
    ...(report.containerID === undefined ? {} : { containerID: report.containerID }),
    started: report.state === 'running',
  };
};

const statusesOf = (pod: Pod, field: Statuses, reports: readonly ContainerReport[] | undefined): Partial<Record<Statuses, unknown>> =>
  reports === undefined ? {} : { [field]: reports.map((report) => containerStatus(pod, report, field)) };

/** Init containers that hold the others up: those that run once and are not through, and sidecars that have not started. */
const incompleteOf = (pod: Pod, { initContainers = [] }: PodReport): readonly string[] =>
  initContainers
    .filter(({ name, state, exitCode = 0 }) => {
      const isSidecar = pod.spec.initContainers?.find((container) => container.name === name)?.['restartPolicy'] === 'Always';
      return isSidecar ? state === 'waiting' : state !== 'terminated' || exitCode !== 0;
    })
    .map(({ name }) => name);

const hostIpOf = (node: Node | undefined): string | undefined =>
  (node?.status?.['addresses'] as readonly { type: string; address: string }[] | undefined)?.find((address) => address.type === 'InternalIP')?.address;

/** The Kubernetes status that follows from an agent's report; transition times stay where the condition did not turn. `at` in milliseconds. */
export const statusFromReport = (pod: Pod, report: PodReport, context: { readonly at: number; readonly node: Node | undefined }): PodStatus => {
  const at = toRfc3339(context.at);
  const isOver = report.phase === 'Succeeded' || report.phase === 'Failed';
  const notReady = isOver ? (report.phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed') : 'ContainersNotReady';
  const unready = report.containers.filter((container) => !container.ready).map((container) => container.name);
  const message = isOver || unready.length === 0 ? {} : { message: `containers with unready status: [${unready.join(' ')}]` };
  const incomplete = incompleteOf(pod, report);
  const hostIP = hostIpOf(context.node);
  const others = (pod.status?.conditions ?? []).filter((entry) => !['Initialized', 'Ready', 'ContainersReady', 'PodScheduled', 'PodReadyToStartContainers'].includes(entry.type));
  return {
    phase: report.phase,
    conditions: [
      condition(pod, at, 'PodReadyToStartContainers', { isTrue: report.podIP !== undefined && !isOver, reason: undefined }),
      condition(pod, at, 'Initialized', {
        isTrue: isOver || incomplete.length === 0,
        reason: 'ContainersNotInitialized',
        message: `containers with incomplete status: [${incomplete.join(' ')}]`,
      }),
      condition(pod, at, 'Ready', { isTrue: report.ready, reason: notReady, ...message }),
      condition(pod, at, 'ContainersReady', { isTrue: report.ready, reason: notReady, ...message }),
      condition(pod, at, 'PodScheduled', { isTrue: true, reason: undefined }),
      ...others,
    ],
    ...(report.reason === undefined ? {} : { reason: report.reason }),
    ...(report.message === undefined ? {} : { message: report.message }),
    ...(hostIP === undefined ? {} : { hostIP, hostIPs: [{ ip: hostIP }] }),
    ...(report.podIP === undefined ? {} : { podIP: report.podIP, podIPs: [{ ip: report.podIP }] }),
    ...(report.startedAt === undefined ? {} : { startTime: toRfc3339(report.startedAt) }),
    ...statusesOf(pod, 'initContainerStatuses', report.initContainers),
    ...statusesOf(pod, 'containerStatuses', report.containers),
    ...statusesOf(pod, 'ephemeralContainerStatuses', report.ephemeralContainers),
    qosClass: qualityOfPod(pod),
  };
};
