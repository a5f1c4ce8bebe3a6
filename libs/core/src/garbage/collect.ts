import type { Decision } from '../controller/decision.ts';
import { keyOf, objectsOf, type FleetState } from '../fleet/state.ts';
import type { KubernetesObject, OwnerReference } from '../kubernetes/objects.ts';
import { currentObject, deleteObject, finishDeletion, FOREGROUND, objectKeyOf, ORPHAN } from './delete-object.ts';

const COLLECTOR = 'generic-garbage-collector';

/** Every served kind has the regular plural. */
const pluralOf = (kind: string): string => `${kind.toLowerCase()}s`;

/** The object that a reference means: by uid, so that a new object of the same name protects nothing (DS-256). */
const ownerOf = (state: FleetState, dependent: KubernetesObject, reference: OwnerReference): KubernetesObject | undefined => {
  const table = objectsOf(state, pluralOf(reference.kind));
  const { namespace } = dependent.metadata;
  const owner = table.get(keyOf(namespace, reference.name)) ?? table.get(keyOf(undefined, reference.name));
  return owner?.metadata.uid === reference.uid ? owner : undefined;
};

const isWaiting = (owner: KubernetesObject): boolean =>
  owner.metadata.deletionTimestamp !== undefined && (owner.metadata.finalizers ?? []).includes(FOREGROUND);

interface Dependent {
  readonly resource: string;
  readonly object: KubernetesObject;
}

const dependentsOf = (state: FleetState, uid: string): readonly Dependent[] => {
  const dependents: Dependent[] = [];
  for (const entry of state.indexes.dependents.get(uid) ?? []) {
    const space = entry.indexOf(' ');
    const resource = entry.slice(0, space);
    const object = objectsOf(state, resource).get(entry.slice(space + 1));
    if (object !== undefined) dependents.push({ resource, object });
  }
  return dependents;
};

const changeMetadata = (
  decision: Decision,
  { resource, object }: Dependent,
  metadata: { readonly ownerReferences: readonly OwnerReference[] } | { readonly finalizers: readonly string[] },
): void => decision.emit({ type: 'object.metadata-changed.v1', resource, ...objectKeyOf(object), metadata, by: COLLECTOR });

/** A dependent stays as long as one of its owners does, and then only loses its references to the others (DS-252). */
const release = (decision: Decision, dependent: Dependent): void => {
  const { resource, object } = dependent;
  if (object.metadata.deletionTimestamp !== undefined) return;
  const references = object.metadata.ownerReferences ?? [];
  const solid = references.filter((reference) => {
    const owner = ownerOf(decision.state, object, reference);
    return owner !== undefined && !isWaiting(owner);
  });
  if (solid.length === 0) deleteObject(decision, resource, object, { by: COLLECTOR, cause: 'owner-deleted' });
  else if (solid.length < references.length) changeMetadata(decision, dependent, { ownerReferences: solid });
};

const withoutFinalizer = (decision: Decision, owner: Dependent, finalizer: string): void => {
  const finalizers = (owner.object.metadata.finalizers ?? []).filter((entry) => entry !== finalizer);
  changeMetadata(decision, owner, { finalizers });
};

const orphanDependents = (decision: Decision, owner: Dependent): void => {
  const { uid } = owner.object.metadata;
  for (const dependent of dependentsOf(decision.state, uid)) {
    const others = (dependent.object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
    changeMetadata(decision, dependent, { ownerReferences: others });
  }
  withoutFinalizer(decision, owner, ORPHAN);
};

const deleteDependents = (decision: Decision, owner: Dependent): void => {
  const { uid } = owner.object.metadata;
  for (const dependent of dependentsOf(decision.state, uid)) release(decision, dependent);
  const isBlocked = dependentsOf(decision.state, uid).some(({ object }) =>
    object.metadata.ownerReferences?.some((reference) => reference.uid === uid && reference.blockOwnerDeletion === true),
  );
  if (!isBlocked) withoutFinalizer(decision, owner, FOREGROUND);
};

const settleDeleting = (decision: Decision, owner: Dependent): void => {
  const { resource, object } = owner;
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(ORPHAN)) orphanDependents(decision, owner);
  if (finalizers.includes(FOREGROUND)) deleteDependents(decision, { resource, object: currentObject(decision, resource, object) ?? object });
  finishDeletion(decision, resource, object, COLLECTOR);
};

const settleOwner = (decision: Decision, uid: string): void => {
  const { state } = decision;
  const deleting = state.indexes.deleting.get(uid);
  const object = deleting && objectsOf(state, deleting.resource).get(deleting.key);
  if (deleting !== undefined && object !== undefined) {
    settleDeleting(decision, { resource: deleting.resource, object });
    return;
  }
  // A DaemonSet may have thousands of dependents; that it is alive is known without looking at them.
  if (state.indexes.daemonSetByUid.has(uid)) return;
  for (const dependent of dependentsOf(state, uid)) {
    const reference = dependent.object.metadata.ownerReferences?.find((candidate) => candidate.uid === uid);
    if (reference !== undefined && ownerOf(state, dependent.object, reference) === undefined) release(decision, dependent);
  }
};

/** Garbage collection by owner references (DS-252 … DS-256), for owners that are marked: gone, being deleted, or referred to anew. */
export const collectGarbage = (decision: Decision): void => {
  const { owners } = decision.state.dirty;
  const uids = [...owners];
  owners.clear();
  for (const uid of uids) settleOwner(decision, uid);
};
