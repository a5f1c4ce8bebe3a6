import { podsOf, nodesOf, type FleetState, type Node, type Pod } from '@everynode/core';
import { taintWords } from '../sentences/object-words.ts';

/** What there is to say of a node in one line. */
export interface NodeRow {
  readonly name: string;
  /** `Ready`, `NotReady`, `Unknown`, with `,SchedulingDisabled` when cordoned. */
  readonly status: string;
  readonly agent: string;
  readonly pods: number;
  readonly taints: readonly string[];
}

const readiness = (node: Node): string => {
  const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready')?.status;
  const status = ready === 'True' ? 'Ready' : ready === 'False' ? 'NotReady' : 'Unknown';
  return node.spec?.unschedulable === true ? `${status},SchedulingDisabled` : status;
};

const byName = (left: { readonly name: string }, right: { readonly name: string }): number =>
  left.name.localeCompare(right.name, 'en', { numeric: true });

const nodeRow = (state: FleetState, node: Node): NodeRow => ({
  name: node.metadata.name,
  status: readiness(node),
  agent: state.sessions.get(node.metadata.name)?.agent ?? '',
  pods: state.indexes.podsByNode.get(node.metadata.name)?.size ?? 0,
  taints: (node.spec?.taints ?? []).map(taintWords),
});

/** All nodes, by name, `node-2` before `node-10`. */
export const nodeRows = (state: FleetState): readonly NodeRow[] =>
  [...nodesOf(state).values()].map((node) => nodeRow(state, node)).sort(byName);

export interface PodRow {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  /** As kubectl's STATUS: the phase, `Terminating`, or the reason that keeps it from running. */
  readonly status: string;
  readonly ready: boolean;
  readonly restarts: number;
}

interface ContainerStatus {
  readonly restartCount?: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string };
    readonly terminated?: { readonly reason?: string };
  };
}

const containersOf = (pod: Pod): readonly ContainerStatus[] =>
  (pod.status?.['containerStatuses'] as readonly ContainerStatus[] | undefined) ?? [];

const podStatus = (pod: Pod): string => {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const stuck = containersOf(pod)
    .map(({ state }) => state?.waiting?.reason ?? state?.terminated?.reason)
    .find((reason) => reason !== undefined);
  return stuck ?? pod.status?.reason ?? pod.status?.phase ?? 'Pending';
};

export const podRow = (pod: Pod): PodRow => ({
  namespace: pod.metadata.namespace ?? '',
  name: pod.metadata.name,
  node: pod.spec.nodeName ?? '',
  status: podStatus(pod),
  ready: pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
  restarts: containersOf(pod).reduce((sum, container) => sum + (container.restartCount ?? 0), 0),
});

export const podRows = (state: FleetState): readonly PodRow[] =>
  [...podsOf(state).values()]
    .map(podRow)
    .sort((left, right) => left.namespace.localeCompare(right.namespace, 'en') || byName(left, right));
