import type { Node, Pod, PodSpec } from '../kubernetes/objects.ts';
import { conditionOf, readyStatusOf } from './conditions.ts';

/** A kubelet's words for a node that shuts down, in the message of its Ready condition. */
export const SHUTTING_DOWN = 'node is shutting down';

/** Status of a Pod that a node ends because it shuts down. */
export const TERMINATED = { reason: 'Terminated', message: 'Pod was terminated in response to imminent node shutdown.' } as const;
/** Status of a Pod that a node does not take in any more. */
export const REFUSED_IN_SHUTDOWN = { reason: 'NodeShutdown', message: 'Pod was rejected as the node is shutting down.' } as const;

const REASONS: ReadonlySet<string | undefined> = new Set([TERMINATED.reason, REFUSED_IN_SHUTDOWN.reason]);

/** Somebody says that the node is not Ready; a Node of which nobody says anything is not meant. */
export const isNotReady = (node: Node): boolean => {
  const status = readyStatusOf(node);
  return status !== undefined && status !== 'True';
};

/** From the shutdown on until the node is Ready again, also while it is off. */
export const isShuttingDown = (node: Node): boolean => isNotReady(node) && conditionOf(node, 'Ready')?.message?.includes(SHUTTING_DOWN) === true;

/** The node ended the Pod, or did not take it in, because it shut down. */
export const wasShutDown = (pod: Pod): boolean => pod.status?.phase === 'Failed' && REASONS.has(pod.status.reason);

const CRITICAL: ReadonlySet<unknown> = new Set(['system-node-critical', 'system-cluster-critical']);

/** Pods that a node ends last. */
export const isCritical = (spec: PodSpec): boolean => CRITICAL.has(spec['priorityClassName']);
