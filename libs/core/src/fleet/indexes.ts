import type { KubernetesObject, OwnerReference, Pod } from '../kubernetes/objects.ts';
import { targetNodeOf } from '../placement/target-node.ts';
import { keyOfObject, type FleetState, type Key } from './state.ts';

/** One object that is being put or removed: as it was and as it is from now on. */
export interface Turn {
  readonly resource: string;
  readonly key: Key;
  readonly before: KubernetesObject | undefined;
  readonly after: KubernetesObject | undefined;
}

/** The owner reference marked as controller, if there is one. */
export const controllerOf = (object: KubernetesObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((reference) => reference.controller === true);

export const addTo = <K, V>(index: Map<K, Set<V>>, key: K, value: V): void => {
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

const indexDependents = (state: FleetState, { resource, key, before, after }: Turn): void => {
  if (before !== undefined && after !== undefined && before.metadata.ownerReferences === after.metadata.ownerReferences) return;
  for (const owner of before?.metadata.ownerReferences ?? []) {
    removeFrom(state.indexes.dependents, owner.uid, `${resource} ${key}`);
    state.dirty.owners.add(owner.uid);
  }
  for (const owner of after?.metadata.ownerReferences ?? []) {
    addTo(state.indexes.dependents, owner.uid, `${resource} ${key}`);
    // A reference to an owner that is gone already is found by looking at the owner once more.
    state.dirty.owners.add(owner.uid);
  }
};

const indexDeleting = (state: FleetState, { resource, key, before, after }: Turn): void => {
  const { deleting } = state.indexes;
  if (before !== undefined && after?.metadata.uid !== before.metadata.uid) deleting.delete(before.metadata.uid);
  if (after?.metadata.deletionTimestamp !== undefined) deleting.set(after.metadata.uid, { resource, key });
};

const indexNamespace = (state: FleetState, { resource, key, before, after }: Turn): void => {
  const { namespaceContents } = state.indexes;
  const namespace = (after ?? before)?.metadata.namespace;
  if (namespace === undefined || (before === undefined) === (after === undefined)) return;
  let contents = namespaceContents.get(namespace);
  if (contents === undefined) {
    contents = new Map();
    namespaceContents.set(namespace, contents);
  }
  if (after !== undefined) addTo(contents, resource, key);
  else removeFrom(contents, resource, key);
  if (contents.size === 0) namespaceContents.delete(namespace);
};

const isUnbound = (pod: Pod): boolean =>
  (pod.spec.nodeName ?? '') === '' && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed' && pod.metadata.deletionTimestamp === undefined;

const indexPodByNode = (state: FleetState, key: Key, before: Pod | undefined, after: Pod | undefined): void => {
  const { podsByNode } = state.indexes;
  const nodeBefore = before && targetNodeOf(before);
  const nodeAfter = after && targetNodeOf(after);
  if (nodeBefore !== undefined && nodeBefore !== nodeAfter) {
    const pods = podsByNode.get(nodeBefore);
    pods?.delete(key);
    if (pods?.size === 0) podsByNode.delete(nodeBefore);
  }
  if (nodeAfter === undefined || after === undefined) return;
  const pods = podsByNode.get(nodeAfter);
  if (pods === undefined) podsByNode.set(nodeAfter, new Map([[key, after]]));
  else pods.set(key, after);
};

const indexPodByOwner = (state: FleetState, key: Key, before: Pod | undefined, after: Pod | undefined): void => {
  const { podsByOwner, orphanPods } = state.indexes;
  const ownerBefore = before && controllerOf(before)?.uid;
  const ownerAfter = after && controllerOf(after)?.uid;
  if (before !== undefined && after !== undefined && ownerBefore === ownerAfter) return;
  if (before !== undefined) {
    if (ownerBefore === undefined) removeFrom(orphanPods, before.metadata.namespace ?? '', key);
    else removeFrom(podsByOwner, ownerBefore, key);
  }
  if (after !== undefined) {
    if (ownerAfter === undefined) addTo(orphanPods, after.metadata.namespace ?? '', key);
    else addTo(podsByOwner, ownerAfter, key);
  }
};

const isEnded = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

const indexEndedPod = (state: FleetState, key: Key, before: Pod | undefined, after: Pod | undefined): void => {
  const { endedPods } = state.indexes;
  if (after !== undefined && isEnded(after)) addTo(endedPods, after.metadata.namespace ?? '', key);
  else if (before !== undefined && isEnded(before)) removeFrom(endedPods, before.metadata.namespace ?? '', key);
};

const indexPod = (state: FleetState, key: Key, before: Pod | undefined, after: Pod | undefined): void => {
  indexPodByNode(state, key, before, after);
  indexPodByOwner(state, key, before, after);
  indexEndedPod(state, key, before, after);
  if (after !== undefined && isUnbound(after)) state.indexes.unboundPods.add(key);
  else state.indexes.unboundPods.delete(key);
};

const indexDaemonSet = (state: FleetState, object: KubernetesObject, isPresent: boolean): void => {
  if (isPresent) state.indexes.daemonSetByUid.set(object.metadata.uid, keyOfObject(object));
  else state.indexes.daemonSetByUid.delete(object.metadata.uid);
};

const indexRevision = (state: FleetState, { key, before, after }: Turn): void => {
  const ownerBefore = before && controllerOf(before)?.uid;
  const ownerAfter = after && controllerOf(after)?.uid;
  if (ownerBefore !== undefined) removeFrom(state.indexes.revisionsByOwner, ownerBefore, key);
  if (ownerAfter !== undefined) addTo(state.indexes.revisionsByOwner, ownerAfter, key);
};

/** Keeps the look-ups that follow from the objects. */
export const updateIndexes = (state: FleetState, turn: Turn): void => {
  const { resource, key, before, after } = turn;
  indexDependents(state, turn);
  indexDeleting(state, turn);
  indexNamespace(state, turn);
  const object = after ?? before;
  if (resource === 'pods') indexPod(state, key, before as Pod | undefined, after as Pod | undefined);
  else if (resource === 'daemonsets' && object !== undefined) indexDaemonSet(state, object, after !== undefined);
  else if (resource === 'controllerrevisions') indexRevision(state, turn);
};
