import type { PodSpec, Toleration } from '../kubernetes/objects.ts';

const PREFIX = 'node.kubernetes.io/';
const exists = (key: string, effect: string): Toleration => ({ key: `${PREFIX}${key}`, operator: 'Exists', effect });

/** In upstream's order (DS-159). */
const DEFAULTS: readonly Toleration[] = [
  exists('not-ready', 'NoExecute'),
  exists('unreachable', 'NoExecute'),
  exists('disk-pressure', 'NoSchedule'),
  exists('memory-pressure', 'NoSchedule'),
  exists('pid-pressure', 'NoSchedule'),
  exists('unschedulable', 'NoSchedule'),
];
const HOST_NETWORK: Toleration = exists('network-unavailable', 'NoSchedule');

const isSame = (left: Toleration, right: Toleration): boolean =>
  (left.key ?? '') === (right.key ?? '') &&
  (left.effect ?? '') === (right.effect ?? '') &&
  (left.operator ?? '') === (right.operator ?? '') &&
  (left.value ?? '') === (right.value ?? '');

/** The template's tolerations with the daemon defaults: one that says the same is replaced in place, the others are appended (DS-159 … DS-162). */
export const withDefaultTolerations = (spec: PodSpec): readonly Toleration[] => {
  const defaults = spec.hostNetwork === true ? [...DEFAULTS, HOST_NETWORK] : DEFAULTS;
  const own = (spec.tolerations ?? []).map((toleration) => defaults.find((candidate) => isSame(candidate, toleration)) ?? toleration);
  return [...own, ...defaults.filter((candidate) => !own.includes(candidate))];
};
