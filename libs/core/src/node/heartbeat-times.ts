import type { Milliseconds } from '../kernel/time.ts';
import type { Node } from '../kubernetes/objects.ts';

/** How late a heartbeat may be beside its interval: nodes of one agent take turns, and messages take their time. */
const JITTER_PART = 4;
const JITTER_MS_MIN = 250;

/** Annotation of a Node: milliseconds between two heartbeats of its agent, as it said when it registered. */
export const HEARTBEAT_INTERVAL_ANNOTATION = 'everynode.dev/heartbeat-interval-ms';

/**
 * The shortest grace period that goes with a heartbeat interval: twice the interval and a jitter of a quarter of it, 250 ms at least. With less, one lost
 * heartbeat takes a healthy node down.
 */
export const leastGraceMs = (heartbeatIntervalMs: Milliseconds): Milliseconds => 2 * heartbeatIntervalMs + Math.max(heartbeatIntervalMs / JITTER_PART, JITTER_MS_MIN);

/** The node with the interval that its agent has told; agents of older versions tell none. */
export const withHeartbeatInterval = (node: Node, intervalMs: Milliseconds | undefined): Node => {
  const { [HEARTBEAT_INTERVAL_ANNOTATION]: before, ...others } = node.metadata.annotations ?? {};
  const told = intervalMs === undefined ? undefined : String(intervalMs);
  if (told === before) return node;
  return { ...node, metadata: { ...node.metadata, annotations: told === undefined ? others : { ...others, [HEARTBEAT_INTERVAL_ANNOTATION]: told } } };
};

/** Milliseconds, or undefined for a node that says none. */
export const heartbeatIntervalOf = (node: Node): Milliseconds | undefined => {
  const interval = Number(node.metadata.annotations?.[HEARTBEAT_INTERVAL_ANNOTATION]);
  return interval > 0 ? interval : undefined;
};

const seconds = (ms: Milliseconds): string => `${ms / 1000} s`;

/** What is wrong with a grace period and an interval that do not go together, and what to do about it; undefined when nothing is. */
export const heartbeatMistake = (graceMs: Milliseconds, heartbeatIntervalMs: Milliseconds): string | undefined =>
  graceMs >= leastGraceMs(heartbeatIntervalMs)
    ? undefined
    : `a heartbeat every ${seconds(heartbeatIntervalMs)} is too slow for a grace period of ${seconds(graceMs)}: one that is lost takes a healthy node down; the grace period has to be ${seconds(leastGraceMs(heartbeatIntervalMs))} or more`;
