import { controllerOf } from '../fleet/indexes.ts';
import type { FleetState } from '../fleet/state.ts';
import type { ControllerRevision, DaemonSet, KubernetesObject, Labels, Pod } from '../kubernetes/objects.ts';
import { isEmptySelector, matchesSelector } from '../placement/label-selector.ts';
import { targetNodeOf } from '../placement/target-node.ts';

const controllerUidOf = (object: KubernetesObject | undefined): string | undefined => object && controllerOf(object)?.uid;

/** Marks one node of a DaemonSet, or the whole of it. */
export const markDaemonSet = (state: FleetState, key: string, node: string | undefined): void => {
  if (node === undefined) {
    state.dirty.daemonSets.add(key);
    return;
  }
  const nodes = state.dirty.daemonSetNodes.get(key);
  if (nodes === undefined) state.dirty.daemonSetNodes.set(key, new Set([node]));
  else nodes.add(node);
};

/** Marks the DaemonSets that could adopt an object with these labels (DS-67, DS-72, DS-74). */
const markSelecting = (state: FleetState, object: { readonly namespace: string | undefined; readonly labels: Labels | undefined }, node: string | undefined): void => {
  for (const [key, daemonSet] of state.objects.get('daemonsets') ?? []) {
    const { selector } = (daemonSet as DaemonSet).spec;
    if (daemonSet.metadata.namespace !== object.namespace || isEmptySelector(selector)) continue;
    if (matchesSelector(selector, object.labels)) markDaemonSet(state, key, node);
  }
};

const isAdoptableAnew = <T extends KubernetesObject>(before: T | undefined, after: T | undefined): after is T => {
  if (after === undefined || after.metadata.deletionTimestamp !== undefined || controllerUidOf(after) !== undefined) return false;
  return before === undefined || before.metadata.labels !== after.metadata.labels || controllerUidOf(before) !== undefined;
};

/** A Pod without controller that is new, has other labels or lost its controller is looked at by the DaemonSets that select it. */
export const markOrphanPod = (state: FleetState, before: Pod | undefined, after: Pod | undefined): void => {
  if (isAdoptableAnew(before, after)) markSelecting(state, { namespace: after.metadata.namespace, labels: after.metadata.labels }, targetNodeOf(after));
};

/** A revision that was added with its controller wakes nobody (DS-74); one that was changed or deleted wakes its owners (DS-75, DS-76). */
export const markRevision = (state: FleetState, before: ControllerRevision | undefined, after: ControllerRevision | undefined): void => {
  if (before !== undefined) {
    for (const revision of [before, after]) {
      const key = state.indexes.daemonSetByUid.get(controllerUidOf(revision) ?? '');
      if (key !== undefined) markDaemonSet(state, key, undefined);
    }
  }
  if (isAdoptableAnew(before, after)) markSelecting(state, { namespace: after.metadata.namespace, labels: after.metadata.labels }, undefined);
};
