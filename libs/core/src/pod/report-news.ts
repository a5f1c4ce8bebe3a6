import type { ContainerReport, PodReport } from '../event/fleet-event.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { podConditionOf } from './readiness.ts';

interface ShownState {
  readonly reason?: string;
  readonly message?: string;
  readonly exitCode?: number;
}

interface ShownContainer {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly containerID?: string;
  readonly state?: Readonly<Partial<Record<ContainerReport['state'], ShownState>>>;
}

const isShown = (shown: ShownContainer | undefined, report: ContainerReport): boolean => {
  const state = shown?.state?.[report.state];
  return (
    shown !== undefined &&
    state !== undefined &&
    shown.name === report.name &&
    shown.ready === report.ready &&
    shown.restartCount === report.restartCount &&
    shown.containerID === report.containerID &&
    (report.state === 'running' || (state.reason === report.reason && state.message === report.message)) &&
    (report.state !== 'terminated' || state.exitCode === (report.exitCode ?? 0))
  );
};

const areNews = (statuses: unknown, reports: readonly ContainerReport[]): boolean => {
  const shown = (statuses ?? []) as readonly ShownContainer[];
  return shown.length !== reports.length || reports.some((container, index) => !isShown(shown[index], container));
};

/**
 * Whether a report says something that the Pod's status does not show yet. It is compared with the status itself and not with the report
 * before, so a new leader takes nothing for news that is in the log, and whatever else has changed the status is put right.
 */
export const isNews = (pod: Pod, report: PodReport): boolean => {
  const { status } = pod;
  if (status === undefined || status.phase !== report.phase || status.reason !== report.reason || status.message !== report.message) return true;
  if (status['podIP'] !== report.podIP) return true;
  const ready = report.ready ? 'True' : 'False';
  if (podConditionOf(pod, 'Ready')?.status !== ready || podConditionOf(pod, 'ContainersReady')?.status !== ready) return true;
  return (
    areNews(status['containerStatuses'], report.containers) ||
    areNews(status['initContainerStatuses'], report.initContainers ?? []) ||
    areNews(status['ephemeralContainerStatuses'], report.ephemeralContainers ?? [])
  );
};
