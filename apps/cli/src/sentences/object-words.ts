import type { Condition, DaemonSet, Node, PodReport, Taint } from '@everynode/core';

/** `dedicated=gpu:NoSchedule` as kubectl writes a taint. */
export const taintWords = (taint: Taint): string =>
  `${taint.key}${taint.value === undefined || taint.value === '' ? '' : `=${taint.value}`}:${taint.effect}`;

export const taintsWords = (taints: readonly Taint[]): string =>
  taints.length === 0 ? 'has no taint' : `taints: ${taints.map(taintWords).join(', ')}`;

/** `Ready is Unknown (NodeStatusUnknown: Kubelet stopped posting node status.)`, the ones with something to say first. */
export const conditionWords = (conditions: readonly Condition[]): string =>
  conditions
    .map(({ type, status, reason, message }) => {
      const why = [reason, message].filter((part) => part !== undefined && part !== '').join(': ');
      return `${type} is ${status}${why === '' ? '' : ` (${why})`}`;
    })
    .join(', ');

/** What a node says of a Pod: its phase, and every container that keeps it from being ready. */
export const podReportWords = (report: PodReport): string => {
  const why = [report.reason, report.message].filter((part) => part !== undefined && part !== '').join(': ');
  const stuck = report.containers
    .filter((container) => !container.ready)
    .map(({ name, state, reason, exitCode }) => {
      const detail = [reason, exitCode === undefined ? undefined : `exit code ${exitCode}`]
        .filter((part) => part !== undefined)
        .join(', ');
      return `${name} ${state}${detail === '' ? '' : ` (${detail})`}`;
    });
  const restarts = report.containers.reduce((sum, container) => sum + container.restartCount, 0);
  return [
    `is ${report.phase}${report.ready ? ' and ready' : ''}${why === '' ? '' : ` (${why})`}`,
    ...(report.ready ? [] : stuck),
    ...(restarts > 0 ? [`${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`] : []),
  ].join('; ');
};

/** Images and update strategy of a DaemonSet. */
export const specWords = ({ spec }: DaemonSet): string => {
  const images = spec.template.spec.containers.map((container) => container.image ?? container.name);
  return [images.join(', '), ...(spec.updateStrategy?.type === undefined ? [] : [spec.updateStrategy.type])].join(', ');
};

const LABELS_SHOWN = 4;

/** What decides about Pods on a node: whether it is cordoned, its taints, and the labels that it was given. */
export const nodeWords = ({ metadata, spec }: Node): string => {
  const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => !/^(beta\.)?kubernetes\.io\//.test(key));
  const shown = labels.slice(0, LABELS_SHOWN).map(([key, value]) => `${key}=${value}`);
  return [
    ...(spec?.unschedulable === true ? ['cordoned'] : []),
    taintsWords(spec?.taints ?? []),
    ...(labels.length === 0
      ? []
      : [
          `labels: ${shown.join(', ')}${labels.length > LABELS_SHOWN ? `, and ${labels.length - LABELS_SHOWN} more` : ''}`,
        ]),
  ].join('; ');
};
