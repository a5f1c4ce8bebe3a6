import type { Labels } from '../selectors/label-requirement.ts';

/** What was used in a window that ends at `at` (milliseconds since 1970). */
export interface MeasuredWindow {
  readonly at: number;
  readonly windowMs: number;
}

export interface MeasuredUse {
  /** Thousandths of a core; fractions count. */
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
}

export interface MeasuredNode extends MeasuredWindow, MeasuredUse {
  readonly name: string;
}

export interface MeasuredPod extends MeasuredWindow {
  readonly namespace: string;
  readonly name: string;
  readonly containers: readonly (MeasuredUse & { readonly name: string })[];
}

const API_VERSION = 'metrics.k8s.io/v1beta1';
const NANOCORES = 1_000_000;
const KIBIBYTE = 1_024;

const usageOf = ({ cpuMillicores, memoryBytes }: MeasuredUse): Readonly<Record<string, string>> => {
  const nanocores = Math.round(cpuMillicores * NANOCORES);
  const kibibytes = Math.ceil(memoryBytes / KIBIBYTE);
  return { cpu: nanocores === 0 ? '0' : `${nanocores}n`, memory: kibibytes === 0 ? '0' : `${kibibytes}Ki` };
};

/** A duration as Go writes it: `15s`, `1m30.5s`. */
const durationText = (milliseconds: number): string => {
  const minutes = Math.floor(milliseconds / 60_000);
  const seconds = `${(milliseconds % 60_000) / 1_000}s`;
  return minutes === 0 ? seconds : `${minutes}m${seconds}`;
};

const second = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');

const windowOf = ({ at, windowMs }: MeasuredWindow): Readonly<Record<string, string>> => ({
  timestamp: second(at),
  window: durationText(windowMs),
});

/** A NodeMetrics, with the labels of its node. */
export const nodeMetrics = (node: MeasuredNode, labels: Labels): Readonly<Record<string, unknown>> => ({
  kind: 'NodeMetrics',
  apiVersion: API_VERSION,
  metadata: { name: node.name, creationTimestamp: second(node.at), labels },
  ...windowOf(node),
  usage: usageOf(node),
});

/** A PodMetrics, with the labels of its Pod. */
export const podMetrics = (pod: MeasuredPod, labels: Labels): Readonly<Record<string, unknown>> => ({
  kind: 'PodMetrics',
  apiVersion: API_VERSION,
  metadata: { name: pod.name, namespace: pod.namespace, creationTimestamp: second(pod.at), labels },
  ...windowOf(pod),
  containers: pod.containers.map((container) => ({ name: container.name, usage: usageOf(container) })),
});

/** A NodeMetricsList or PodMetricsList. */
export const metricsList = (kind: string, items: readonly unknown[]): Readonly<Record<string, unknown>> => ({
  kind: `${kind}List`,
  apiVersion: API_VERSION,
  metadata: {},
  items,
});
