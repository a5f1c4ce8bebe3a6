import { toRfc3339, type Milliseconds } from '../kernel/time.ts';
import type { Condition, Node } from '../kubernetes/objects.ts';

export type NodeConditionType = 'Ready' | 'MemoryPressure' | 'DiskPressure' | 'PIDPressure' | 'NetworkUnavailable';

interface Verdict {
  readonly status: Condition['status'];
  readonly reason: string;
  readonly message: string;
}

/** What a kubelet says of a condition, by whether it is True. */
const WORDS: Readonly<Record<NodeConditionType, Readonly<Record<'True' | 'False', readonly [reason: string, message: string]>>>> = {
  Ready: {
    True: ['KubeletReady', 'kubelet is posting ready status'],
    False: ['KubeletNotReady', 'the agent of the node cannot run Pods'],
  },
  MemoryPressure: {
    True: ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
    False: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  },
  DiskPressure: {
    True: ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
    False: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  },
  PIDPressure: {
    True: ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
    False: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  },
  NetworkUnavailable: {
    True: ['NoRouteCreated', 'the network of the node is not set up'],
    False: ['RouteCreated', 'the network of the node is set up'],
  },
};

/** A kubelet's words for a node that shuts down, in the message of its Ready condition. */
const SHUTTING_DOWN = 'node is shutting down';

/** The conditions that become Unknown when a node is silent; NetworkUnavailable is left alone (DS-269). */
const HEALTH: readonly NodeConditionType[] = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'];

export const conditionOf = (node: Node, type: string): Condition | undefined => node.status?.conditions?.find((entry) => entry.type === type);

export const readyStatusOf = (node: Node): Condition['status'] | undefined => conditionOf(node, 'Ready')?.status;

/** Somebody says that the node is not Ready; a Node of which nobody says anything is not meant. */
export const isNotReady = (node: Node): boolean => {
  const status = readyStatusOf(node);
  return status !== undefined && status !== 'True';
};

/** From the shutdown on until the node is Ready again, also while it is off. */
export const isShuttingDown = (node: Node): boolean => isNotReady(node) && conditionOf(node, 'Ready')?.message?.includes(SHUTTING_DOWN) === true;

/** The time of the last transition stays unless the status turns. */
const turned = (node: Node, type: NodeConditionType, verdict: Verdict, at: Milliseconds): Condition => {
  const before = conditionOf(node, type);
  const now = toRfc3339(at);
  return {
    type,
    status: verdict.status,
    lastHeartbeatTime: now,
    lastTransitionTime: before?.status === verdict.status && before.lastTransitionTime !== undefined ? before.lastTransitionTime : now,
    reason: verdict.reason,
    message: verdict.message,
  };
};

/** A condition in the words of a kubelet. `at` in milliseconds. */
export const saidByAgent = (node: Node, type: NodeConditionType, isTrue: boolean, at: Milliseconds): Condition => {
  const status = isTrue ? 'True' : 'False';
  const [reason, message] = WORDS[type][status];
  return turned(node, type, { status, reason, message }, at);
};

/** The health conditions of a node whose agent answers. Pressure that the agent has reported stays until the agent takes it back. */
export const healthSaidByAgent = (node: Node, isReady: boolean, at: Milliseconds): readonly Condition[] =>
  HEALTH.map((type) => saidByAgent(node, type, type === 'Ready' ? isReady : conditionOf(node, type)?.status === 'True', at));

/** The same of a node that shuts down and takes no Pods any more. */
export const healthInShutdown = (node: Node, at: Milliseconds): readonly Condition[] =>
  healthSaidByAgent(node, false, at).map((condition) => (condition.type === 'Ready' ? { ...condition, message: SHUTTING_DOWN } : condition));

/** What is known of a node that is silent; that it had begun to shut down stays to be read, because it is off on purpose. */
const silence = (node: Node, type: NodeConditionType): string => {
  const said = 'Kubelet stopped posting node status.';
  return type === 'Ready' && isShuttingDown(node) ? `${said} The last that it said is that the ${SHUTTING_DOWN}.` : said;
};

/** The health conditions of a node that is silent (DS-269), or that was never heard of. */
export const unknownHealth = (node: Node, at: Milliseconds): readonly Condition[] =>
  HEALTH.map((type) => {
    const before = conditionOf(node, type);
    const heard = before?.lastHeartbeatTime ?? node.metadata.creationTimestamp ?? toRfc3339(at);
    const verdict: Verdict =
      before === undefined
        ? { status: 'Unknown', reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.' }
        : { status: 'Unknown', reason: 'NodeStatusUnknown', message: silence(node, type) };
    return { ...turned(node, type, verdict, at), lastHeartbeatTime: heard };
  });
