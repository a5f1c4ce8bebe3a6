import type { Pod, PodSpec } from '../kubernetes/objects.ts';

/** Status of a Pod that a node ends because it shuts down. */
export const TERMINATED = { reason: 'Terminated', message: 'Pod was terminated in response to imminent node shutdown.' } as const;
/** Status of a Pod that a node does not take in any more. */
export const REFUSED_IN_SHUTDOWN = { reason: 'NodeShutdown', message: 'Pod was rejected as the node is shutting down.' } as const;

const REASONS: ReadonlySet<string | undefined> = new Set([TERMINATED.reason, REFUSED_IN_SHUTDOWN.reason]);

/** The node ended the Pod, or did not take it in, because it shut down. */
export const wasShutDown = (pod: Pod): boolean => pod.status?.phase === 'Failed' && REASONS.has(pod.status.reason);

const CRITICAL: ReadonlySet<unknown> = new Set(['system-node-critical', 'system-cluster-critical']);

/** Pods that a node ends last. */
export const isCritical = (spec: PodSpec): boolean => CRITICAL.has(spec['priorityClassName']);
