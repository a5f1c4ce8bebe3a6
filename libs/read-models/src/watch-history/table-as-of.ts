import { keyOfObject, type Key, type KubernetesObject } from '@everynode/core';
import type { WatchHistory } from './watch-history.ts';

/**
 * The objects of a resource as they were at `sequence`, made by taking back what later records changed; undefined when those records are not all held.
 * `current` is the table of the fold at the history's last sequence and stays as it is; it is given back itself when nothing has changed since.
 */
export const tableAsOf = (
  history: WatchHistory,
  current: ReadonlyMap<Key, KubernetesObject>,
  { resource, sequence }: { readonly resource: string; readonly sequence: number },
): ReadonlyMap<Key, KubernetesObject> | undefined => {
  const since = history.changesSince(sequence, resource);
  if (since === undefined) return undefined;
  if (since.length === 0) return current;
  const table = new Map(current);
  for (const { changes } of since.toReversed()) {
    for (const { before, after } of changes.toReversed()) {
      if (before !== undefined) table.set(keyOfObject(before), before);
      else if (after !== undefined) table.delete(keyOfObject(after));
    }
  }
  return table;
};
