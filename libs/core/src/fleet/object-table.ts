import type { KubernetesObject } from '../kubernetes/objects.ts';
import { markDirty } from './dirty-marks.ts';
import { updateIndexes, type Turn } from './indexes.ts';
import { keyOfObject, type FleetState, type Key } from './state.ts';

export { controllerOf } from './indexes.ts';

const settle = (state: FleetState, turn: Turn): void => {
  updateIndexes(state, turn);
  markDirty(state, turn);
  state.onChange?.(turn);
};

/** Stores a new version of an object under the sequence of the record being folded, and keeps indexes and dirty marks. */
export const putObject = (state: FleetState, resource: string, object: KubernetesObject, sequence: number): void => {
  const key = keyOfObject(object);
  let table = state.objects.get(resource);
  if (table === undefined) {
    table = new Map();
    state.objects.set(resource, table);
  }
  const before = table.get(key);
  const after: KubernetesObject = { ...object, metadata: { ...object.metadata, resourceVersion: String(sequence) } };
  table.set(key, after);
  settle(state, { resource, key, before, after });
};

/** Removes an object; whoever watches sees its last state. */
export const removeObject = (state: FleetState, resource: string, key: Key): void => {
  const table = state.objects.get(resource);
  const before = table?.get(key);
  if (table === undefined || before === undefined) return;
  table.delete(key);
  settle(state, { resource, key, before, after: undefined });
};

/** Makes indexes from the objects, for a state that was read from a snapshot, and marks everything dirty. */
export const rebuildIndexes = (state: FleetState): void => {
  const onChange = state.onChange;
  state.onChange = undefined;
  for (const [resource, table] of state.objects) for (const [key, object] of table) settle(state, { resource, key, before: undefined, after: object });
  state.onChange = onChange;
};
