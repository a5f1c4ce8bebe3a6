import { markOrphanPod, markRevision } from '../daemonset/mark-daemon-sets.ts';
import type { ControllerRevision, Pod } from '../kubernetes/objects.ts';
import { isFurnishing } from '../namespace/furnishing.ts';
import { targetNodeOf } from '../placement/target-node.ts';
import { markQuotas } from '../quota/mark-quotas.ts';
import { addTo, controllerOf, type Turn } from './indexes.ts';
import { keyOf, keyOfObject, type FleetState, type Key } from './state.ts';

const markDaemonSetNode = (state: FleetState, pod: Pod): void => {
  const owner = controllerOf(pod)?.uid;
  const daemonSet = owner === undefined ? undefined : state.indexes.daemonSetByUid.get(owner);
  if (daemonSet === undefined) return;
  const node = targetNodeOf(pod);
  if (node === undefined) state.dirty.daemonSets.add(daemonSet);
  else addTo(state.dirty.daemonSetNodes, daemonSet, node);
};

const isOver = (pod: Pod | undefined): boolean => pod?.status?.phase === 'Succeeded' || pod?.status?.phase === 'Failed';

/** The commands of a node say what has to run and what has to end, so they change with the Pod's presence, spec, deletion and end. */
const changesCommands = (before: Pod | undefined, after: Pod | undefined): boolean =>
  before?.spec !== after?.spec || before?.metadata.deletionTimestamp !== after?.metadata.deletionTimestamp || isOver(before) !== isOver(after);

/** Metadata is compared part by part, because each version of an object has its own resourceVersion. */
const isOfInterest = (before: Pod | undefined, after: Pod | undefined): boolean =>
  changesCommands(before, after) ||
  before?.status?.phase !== after?.status?.phase ||
  (['labels', 'ownerReferences', 'finalizers'] as const).some((field) => before?.metadata[field] !== after?.metadata[field]);

const markPod = (state: FleetState, key: Key, before: Pod | undefined, after: Pod | undefined): void => {
  markOrphanPod(state, before, after);
  if (before !== undefined) markDaemonSetNode(state, before);
  if (after !== undefined) markDaemonSetNode(state, after);
  if (!isOfInterest(before, after)) return;
  state.dirty.pods.add(key);
  const node = (after ?? before)?.spec.nodeName;
  if (node !== undefined && changesCommands(before, after)) state.dirty.commands.add(node);
};

const markNode = (state: FleetState, name: string, isNewOrGone: boolean): void => {
  if (isNewOrGone) state.dirty.commands.add(name);
  state.dirty.nodes.add(name);
};

/** Content that leaves a namespace which is being deleted may have been the last, and what holds it is told. */
const markNamespaceOf = (state: FleetState, { before, after }: Turn): void => {
  const { namespace, finalizers } = (after ?? before)?.metadata ?? {};
  if (namespace === undefined || (after !== undefined && finalizers === before?.metadata.finalizers)) return;
  const owner = state.objects.get('namespaces')?.get(keyOf(undefined, namespace));
  if (owner?.metadata.deletionTimestamp !== undefined) state.dirty.namespaces.add(namespace);
};

/** Marks what has to be looked at because of a change. */
export const markDirty = (state: FleetState, turn: Turn): void => {
  const { resource, key, before, after } = turn;
  const object = after ?? before;
  if (object === undefined) return;
  if (resource === 'pods') markPod(state, key, before as Pod | undefined, after as Pod | undefined);
  else if (resource === 'nodes') markNode(state, object.metadata.name, before === undefined || after === undefined);
  else if (resource === 'daemonsets') state.dirty.daemonSets.add(keyOfObject(object));
  else if (resource === 'controllerrevisions') markRevision(state, before as ControllerRevision | undefined, after as ControllerRevision | undefined);
  else if (resource === 'namespaces') state.dirty.namespaces.add(object.metadata.name);
  if (after === undefined || after.metadata.deletionTimestamp !== undefined) state.dirty.owners.add(object.metadata.uid);
  if (isFurnishing(resource, object)) state.dirty.namespaces.add(object.metadata.namespace ?? '');
  markNamespaceOf(state, turn);
  markQuotas(state, turn);
};
