import type { Node } from '@everynode/core';

/** Timestamps of Kubernetes are cut to the second. */
const CUT_MS = 999;

/** Whether one of the nodes was there before `startedAt` (milliseconds since 1970): a new fleet may have some too by the time its log is read first. */
export const hadNodesBefore = (nodes: Iterable<Node>, startedAt: number): boolean => {
  for (const { metadata } of nodes) if (Date.parse(metadata.creationTimestamp ?? '') + CUT_MS < startedAt) return true;
  return false;
};
