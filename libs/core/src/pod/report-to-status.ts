import type { ContainerReport, PodReport } from '../event/fleet-event.ts';
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

const stateOf = (report: ContainerReport): Record<string, unknown> => {
  const detail = {
    ...(report.reason === undefined ? {} : { reason: report.reason }),
    ...(report.message === undefined ? {} : { message: report.message }),
  };
  if (report.state === 'waiting') return { waiting: detail };
  const startedAt = report.startedAt === undefined ? {} : { startedAt: toRfc3339(report.startedAt) };
  if (report.state === 'running') return { running: startedAt };
  const finishedAt = report.finishedAt === undefined ? {} : { finishedAt: toRfc3339(report.finishedAt) };
  return { terminated: { exitCode: report.exitCode ?? 0, ...detail, ...startedAt, ...finishedAt } };
};

type Statuses = 'containerStatuses' | 'ephemeralContainerStatuses';

const containerStatus = (pod: Pod, report: ContainerReport, field: Statuses): Record<string, unknown> => {
  const specs = field === 'containerStatuses' ? pod.spec.containers : pod.spec.ephemeralContainers;
  const image = specs?.find((container) => container.name === report.name)?.image ?? '';
  const before = (pod.status?.[field] as readonly { name: string; state?: Record<string, unknown>; lastState?: unknown; restartCount?: number }[] | undefined)?.find(
    (candidate) => candidate.name === report.name,
  );
  const hasRestarted = before?.restartCount !== undefined && report.restartCount > before.restartCount && before.state?.['terminated'] !== undefined;
  return {
    name: report.name,
    state: stateOf(report),
    lastState: hasRestarted ? before.state : (before?.lastState ?? {}),
    ready: report.ready,
    restartCount: report.restartCount,
    image,
    imageID: report.state === 'waiting' ? '' : `sim://${image}`,
    started: report.state === 'running',
  };
};

const hostIpOf = (node: Node | undefined): string | undefined =>
  (node?.status?.['addresses'] as readonly { type: string; address: string }[] | undefined)?.find((address) => address.type === 'InternalIP')?.address;

/** The Kubernetes status that follows from an agent's report; transition times stay where the condition did not turn. `at` in milliseconds. */
export const statusFromReport = (pod: Pod, report: PodReport, context: { readonly at: number; readonly node: Node | undefined }): PodStatus => {
  const at = toRfc3339(context.at);
  const isOver = report.phase === 'Succeeded' || report.phase === 'Failed';
  const notReady = isOver ? (report.phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed') : 'ContainersNotReady';
  const unready = report.containers.filter((container) => !container.ready).map((container) => container.name);
  const message = isOver || unready.length === 0 ? {} : { message: `containers with unready status: [${unready.join(' ')}]` };
  const hostIP = hostIpOf(context.node);
  const others = (pod.status?.conditions ?? []).filter((entry) => !['Initialized', 'Ready', 'ContainersReady', 'PodScheduled', 'PodReadyToStartContainers'].includes(entry.type));
  return {
    phase: report.phase,
    conditions: [
      condition(pod, at, 'PodReadyToStartContainers', { isTrue: report.podIP !== undefined && !isOver, reason: undefined }),
      condition(pod, at, 'Initialized', { isTrue: true, reason: undefined }),
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
    containerStatuses: report.containers.map((container) => containerStatus(pod, container, 'containerStatuses')),
    ...(report.ephemeralContainers === undefined
      ? {}
      : { ephemeralContainerStatuses: report.ephemeralContainers.map((container) => containerStatus(pod, container, 'ephemeralContainerStatuses')) }),
    qosClass: qualityOfPod(pod),
  };
};
