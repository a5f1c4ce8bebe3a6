import type { Decision } from '../controller/decision.ts';
import type { NodeRegistration } from '../controller/input.ts';
import { toRfc3339, type Milliseconds } from '../kernel/time.ts';
import type { Condition, Labels, Node, Taint } from '../kubernetes/objects.ts';
import { healthInShutdown, healthSaidByAgent, saidByAgent } from './conditions.ts';

export const NETWORK_UNAVAILABLE_TAINT = 'node.kubernetes.io/network-unavailable';

const OPERATING_SYSTEM = 'linux';

/** Labels that a kubelet sets itself. */
const ownLabels = (registration: NodeRegistration): Labels => ({
  'kubernetes.io/hostname': registration.name,
  'kubernetes.io/os': OPERATING_SYSTEM,
  'kubernetes.io/arch': registration.architecture,
});

const nodeInfoOf = (registration: NodeRegistration): Record<string, unknown> => ({
  machineID: registration.name,
  systemUUID: registration.name,
  bootID: registration.bootId,
  kernelVersion: registration.kernelVersion,
  osImage: registration.osImage,
  containerRuntimeVersion: registration.runtime,
  kubeletVersion: registration.version,
  kubeProxyVersion: '',
  operatingSystem: OPERATING_SYSTEM,
  architecture: registration.architecture,
});

const statusOf = (node: Node, registration: NodeRegistration, at: Milliseconds): NonNullable<Node['status']> => {
  const health = registration.shuttingDown === true ? healthInShutdown(node, at) : healthSaidByAgent(node, true, at);
  const others = (node.status?.conditions ?? []).filter((entry) => !health.some((condition) => condition.type === entry.type));
  return {
    ...node.status,
    capacity: registration.capacity,
    allocatable: registration.capacity,
    conditions: [...others, ...health],
    addresses: [
      { type: 'InternalIP', address: registration.address },
      { type: 'Hostname', address: registration.name },
    ],
    nodeInfo: nodeInfoOf(registration),
  };
};

/** The taint follows the condition (DS-272), so a node that joins without network has both from the start. */
const networkOf = (node: Node, taints: readonly Taint[], at: Milliseconds): readonly Condition[] =>
  taints.some((taint) => taint.key === NETWORK_UNAVAILABLE_TAINT && taint.effect === 'NoSchedule') ? [saidByAgent(node, 'NetworkUnavailable', true, at)] : [];

/** The Node object of a node that the log does not have. Its uid is new even when the agent has one on disk: that one was of a Node that was deleted. */
export const freshNode = (decision: Decision, registration: NodeRegistration): Node => {
  const created = toRfc3339(decision.now);
  const taints = registration.taints.map((taint) => (taint.effect === 'NoExecute' ? { ...taint, timeAdded: taint.timeAdded ?? created } : taint));
  const bare: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: registration.name,
      uid: decision.random.uid(),
      creationTimestamp: created,
      labels: { ...registration.labels, ...ownLabels(registration) },
    },
    spec: taints.length === 0 ? {} : { taints },
  };
  const status = statusOf(bare, registration, decision.now);
  return { ...bare, status: { ...status, conditions: [...networkOf(bare, taints, decision.now), ...(status.conditions ?? [])] } };
};

/** A known node keeps what users have made of it (labels, taints, annotations) and takes what the agent alone knows. `at` in milliseconds. */
export const refreshedNode = (known: Node, registration: NodeRegistration, at: Milliseconds): Node => ({
  ...known,
  metadata: { ...known.metadata, labels: { ...known.metadata.labels, ...ownLabels(registration) } },
  status: statusOf(known, registration, at),
});

