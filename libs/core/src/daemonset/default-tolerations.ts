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

/** A default has a key, an operator and an effect, and no value. */
const isSame = (own: Toleration, standard: Toleration): boolean =>
  own.key === standard.key && own.operator === standard.operator && own.effect === standard.effect && (own.value ?? '') === '';

/** The template's tolerations with the daemon defaults: one that says the same is replaced in place, the others are appended (DS-159 … DS-162). */
export const withDefaultTolerations = (spec: PodSpec): readonly Toleration[] => {
  const defaults = spec.hostNetwork === true ? [...DEFAULTS, HOST_NETWORK] : DEFAULTS;
  const own = (spec.tolerations ?? []).map((toleration) => defaults.find((candidate) => isSame(toleration, candidate)) ?? toleration);
  return [...own, ...defaults.filter((candidate) => !own.includes(candidate))];
};
