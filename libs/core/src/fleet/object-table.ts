import type { KubernetesObject, Node, OwnerReference, Pod } from '../kubernetes/objects.ts';
import { targetNodeOf } from '../placement/target-node.ts';
import { keyOfObject, type FleetState, type Key } from './state.ts';

/** The owner reference marked as controller, if there is one. */
export const controllerOf = (object: KubernetesObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((reference) => reference.controller === true);

const addTo = <K, V>(index: Map<K, Set<V>>, key: K, value: V): void => {
  const present = index.get(key);
  if (present === undefined) index.set(key, new Set([value]));
  else present.add(value);
};

const removeFrom = <K, V>(index: Map<K, Set<V>>, key: K, value: V): void => {
  const present = index.get(key);
  if (present === undefined) return;
  present.delete(value);
  if (present.size === 0) index.delete(key);
};

const sameOwners = (before: KubernetesObject, after: KubernetesObject): boolean =>
  before.metadata.ownerReferences === after.metadata.ownerReferences;

const indexDependents = (state: FleetState, resource: string, key: Key, before: KubernetesObject | undefined, after: KubernetesObject | undefined): void => {
  if (before !== undefined && after !== undefined && sameOwners(before, after)) return;
  for (const owner of before?.metadata.ownerReferences ?? []) {
    removeFrom(state.indexes.dependents, owner.uid, `${resource} ${key}`);
    state.dirty.owners.add(owner.uid);
  }
  for (const owner of after?.metadata.ownerReferences ?? []) addTo(state.indexes.dependents, owner.uid, `${resource} ${key}`);
};

const indexPod = (state: FleetState, key: Key, before: Pod | undefined, after: Pod | undefined): void => {
  const { podsByNode, podsByOwner, orphanPods } = state.indexes;
  const nodeBefore = before && targetNodeOf(before);
  const nodeAfter = after && targetNodeOf(after);
  if (nodeBefore !== undefined && nodeBefore !== nodeAfter) {
    const pods = podsByNode.get(nodeBefore);
    pods?.delete(key);
    if (pods?.size === 0) podsByNode.delete(nodeBefore);
  }
  if (nodeAfter !== undefined && after !== undefined) {
    const pods = podsByNode.get(nodeAfter);
    if (pods === undefined) podsByNode.set(nodeAfter, new Map([[key, after]]));
    else pods.set(key, after);
  }
  const ownerBefore = before && controllerOf(before)?.uid;
  const ownerAfter = after && controllerOf(after)?.uid;
  if (before !== undefined && (after === undefined || ownerBefore !== ownerAfter)) {
    if (ownerBefore === undefined) removeFrom(orphanPods, before.metadata.namespace ?? '', key);
    else removeFrom(podsByOwner, ownerBefore, key);
  }
  if (after !== undefined && (before === undefined || ownerBefore !== ownerAfter)) {
    if (ownerAfter === undefined) addTo(orphanPods, after.metadata.namespace ?? '', key);
    else addTo(podsByOwner, ownerAfter, key);
  }
};

const markDaemonSetNode = (state: FleetState, ownerUid: string | undefined, node: string | undefined): void => {
  const daemonSet = ownerUid === undefined ? undefined : state.indexes.daemonSetByUid.get(ownerUid);
  if (daemonSet === undefined) return;
  if (node === undefined) state.dirty.daemonSets.add(daemonSet);
  else addTo(state.dirty.daemonSetNodes, daemonSet, node);
};

const markPod = (state: FleetState, key: Key, before: Pod | undefined, after: Pod | undefined): void => {
  const { dirty } = state;
  for (const pod of [before, after]) {
    if (pod === undefined) continue;
    markDaemonSetNode(state, controllerOf(pod)?.uid, targetNodeOf(pod));
  }
  const isSameSpec = before?.spec === after?.spec && before?.metadata === after?.metadata;
  const deletedNow = before?.metadata.deletionTimestamp !== after?.metadata.deletionTimestamp;
  if (before === undefined || after === undefined || deletedNow || before.spec !== after.spec) {
    const node = (after ?? before)?.spec.nodeName;
    if (node !== undefined) dirty.commands.add(node);
  }
  if (!isSameSpec || before?.status?.phase !== after?.status?.phase) dirty.pods.add(key);
};

const markNode = (state: FleetState, before: Node | undefined, after: Node | undefined): void => {
  const name = (after ?? before)?.metadata.name;
  if (name === undefined) return;
  if (before === undefined || after === undefined) state.dirty.commands.add(name);
  state.dirty.nodes.add(name);
};

const markOther = (state: FleetState, resource: string, before: KubernetesObject | undefined, after: KubernetesObject | undefined): void => {
  const object = after ?? before;
  if (object === undefined) return;
  if (resource === 'namespaces') state.dirty.namespaces.add(object.metadata.name);
  if (resource === 'daemonsets') {
    state.dirty.daemonSets.add(keyOfObject(object));
    if (after === undefined) state.indexes.daemonSetByUid.delete(object.metadata.uid);
    else state.indexes.daemonSetByUid.set(after.metadata.uid, keyOfObject(after));
  }
  if (resource === 'controllerrevisions') {
    const owners = [before, after].map((revision) => revision && controllerOf(revision)?.uid);
    if (owners[0] !== undefined) removeFrom(state.indexes.revisionsByOwner, owners[0], keyOfObject(object));
    if (owners[1] !== undefined) addTo(state.indexes.revisionsByOwner, owners[1], keyOfObject(object));
  }
  if (after === undefined || after.metadata.deletionTimestamp !== undefined) state.dirty.owners.add(object.metadata.uid);
};

const settle = (state: FleetState, resource: string, key: Key, before: KubernetesObject | undefined, after: KubernetesObject | undefined): void => {
  indexDependents(state, resource, key, before, after);
  if (resource === 'pods') {
    indexPod(state, key, before as Pod | undefined, after as Pod | undefined);
    markPod(state, key, before as Pod | undefined, after as Pod | undefined);
    if (after === undefined || after.metadata.deletionTimestamp !== undefined) state.dirty.owners.add((after ?? before)?.metadata.uid ?? '');
  } else if (resource === 'nodes') markNode(state, before, after);
  else markOther(state, resource, before, after);
  const namespace = (after ?? before)?.metadata.namespace;
  if (after === undefined && namespace !== undefined) {
    const owner = state.objects.get('namespaces')?.get(`/${namespace}`);
    if (owner?.metadata.deletionTimestamp !== undefined) state.dirty.namespaces.add(namespace);
  }
  state.onChange?.({ resource, key, before, after });
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
  settle(state, resource, key, before, after);
};

/** Removes an object; whoever watches sees its last state. */
export const removeObject = (state: FleetState, resource: string, key: Key): void => {
  const table = state.objects.get(resource);
  const before = table?.get(key);
  if (table === undefined || before === undefined) return;
  table.delete(key);
  settle(state, resource, key, before, undefined);
};

/** Makes indexes from the objects, for a state that was read from a snapshot, and marks everything dirty. */
export const rebuildIndexes = (state: FleetState): void => {
  const onChange = state.onChange;
  state.onChange = undefined;
  for (const [resource, table] of state.objects) for (const [key, object] of table) settle(state, resource, key, undefined, object);
  state.onChange = onChange;
};
