import type { TaintChange } from '../controller/input.ts';
import type { PodReport } from '../event/fleet-event.ts';
import type { Milliseconds } from '../kernel/time.ts';
import type { NodeDescription } from './kubelet-messages.ts';
import type { NodeCommands, RunPod } from './node-commands.ts';
import type { PodStage, StoreChange } from './node-record.ts';

/** A Pod on a hosted node, changed in place. */
export interface HostedPod {
  run: RunPod;
  stage: PodStage;
  killAt: Milliseconds | null;
  report: PodReport | null;
  /** Counts the changes of `report` and `stage` that the controller is told. */
  revision: number;
  /** The newest revision that the controller has acknowledged. */
  acknowledged: number;
  /** Why the node itself asked it to end, if it did. */
  endedBy: 'shutdown' | 'deadline' | undefined;
}

export interface NodeShutdown {
  /** Critical Pods are ended from then on. */
  readonly criticalAt: Milliseconds;
  /** What still runs then is killed. */
  readonly endsAt: Milliseconds;
}

export interface PendingTaint {
  readonly change: TaintChange;
  /** Tells two requests for the same taint apart. */
  readonly version: number;
}

/** One node of this agent, changed in place. */
export interface HostedNode {
  readonly description: NodeDescription;
  uid: string | null;
  bootId: string;
  /** Session of the newest registration; undefined while the node is not registered. */
  session: number | undefined;
  ready: boolean;
  /** Set from the shutdown on until the node boots or is said to be ready. */
  shutdown: NodeShutdown | undefined;
  observedEpoch: number;
  observedSequence: number;
  readonly pods: Map<string, HostedPod>;
  readonly buried: string[];
  /** The newest set that came in before the node knew its uid. */
  held: NodeCommands | undefined;
  registrationsRefused: number;
  readonly unreportedPods: Set<HostedPod>;
  isObservedUnreported: boolean;
  readonly taints: Map<string, PendingTaint>;
}

export const newHostedPod = (run: RunPod, stage: PodStage): HostedPod => ({
  run,
  stage,
  killAt: null,
  report: null,
  revision: 0,
  acknowledged: 0,
  endedBy: undefined,
});

/** A Pod whose deadline is over stays one over a restart of the agent; a shutdown ends with the node. */
const overdue = ({ endedBy }: HostedPod): { readonly isOverdue?: true } => (endedBy === 'deadline' ? { isOverdue: true } : {});

/** Pods of which containers may be there. */
export const occupiesNode = (pod: HostedPod): boolean => pod.stage === 'started' || pod.stage === 'stopping';

export const nodeChange = (node: HostedNode): StoreChange => ({
  type: 'node',
  node: node.description.name,
  uid: node.uid,
  bootId: node.bootId,
  observedEpoch: node.observedEpoch,
  observedSequence: node.observedSequence,
});

export const podChange = (node: HostedNode, pod: HostedPod): StoreChange => ({
  type: 'pod',
  node: node.description.name,
  pod: { run: pod.run, stage: pod.stage, killAt: pod.killAt, report: pod.report, ...overdue(pod) },
});

export const podStateChange = (node: HostedNode, pod: HostedPod): StoreChange => ({
  type: 'pod-state',
  node: node.description.name,
  uid: pod.run.uid,
  stage: pod.stage,
  killAt: pod.killAt,
  report: pod.report,
  ...overdue(pod),
});

/** What a message says of a node that shuts down. */
export const shuttingDown = (shutdown: NodeShutdown | undefined): { readonly shuttingDown?: true } => (shutdown === undefined ? {} : { shuttingDown: true });

/** The node has booted, or does not shut down after all. */
export const leaveShutdown = (node: HostedNode): void => {
  node.shutdown = undefined;
  node.ready = true;
};
