import type { KubernetesObject } from '@everynode/core';
import type { ObjectChange } from './record-changes.ts';

/** What a watch says of one object. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubernetesObject;
}

/** Whether a watch selects an object: its namespace, label selector and field selector together. */
export type Selects = (object: KubernetesObject) => boolean;

// One object per deletion, so that all watches share its JSON text.
const departures = new WeakMap<ObjectChange, KubernetesObject>();

/** The last state before the change under the resourceVersion of the change. */
const departed = (change: ObjectChange, before: KubernetesObject): KubernetesObject => {
  const known = departures.get(change);
  if (known !== undefined) return known;
  const object = { ...before, metadata: { ...before.metadata, resourceVersion: String(change.sequence) } };
  departures.set(change, object);
  return object;
};

/**
 * The event that a watch with this selection gets for a change, if any: an object that starts to match is ADDED, one that stops matching is DELETED with its
 * last matching state.
 */
export const watchEventOf = (change: ObjectChange, selects: Selects): WatchEvent | undefined => {
  const { before, after } = change;
  const wasSelected = before !== undefined && selects(before);
  const isSelected = after !== undefined && selects(after);
  if (isSelected) return { type: wasSelected ? 'MODIFIED' : 'ADDED', object: after };
  return wasSelected ? { type: 'DELETED', object: departed(change, before) } : undefined;
};
