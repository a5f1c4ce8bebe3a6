import type { Decision } from '../controller/decision.ts';
import type { PropagationPolicy } from '../controller/input.ts';
import type { DeletionCause, ObjectKey } from '../event/fleet-event.ts';
import { recordEvent } from '../fleet/record-event.ts';
import { keyOfObject, objectsOf } from '../fleet/state.ts';
import type { KubernetesObject, Pod } from '../kubernetes/objects.ts';
import { deletePod, finishPodDeletion } from '../pod/delete-pod.ts';

/** Dependents are deleted first, then the object (DS-253). */
export const FOREGROUND = 'foregroundDeletion';
/** Dependents lose their reference to the object, then it goes (DS-254). */
export const ORPHAN = 'orphan';

export interface ObjectDeletion {
  readonly by: string;
  readonly cause: DeletionCause;
  /** What becomes of dependents; without it they are deleted in the background (DS-49). */
  readonly policy?: PropagationPolicy;
  /** Seconds, for Pods. */
  readonly graceSeconds?: number;
}

export const objectKeyOf = (object: KubernetesObject): ObjectKey => ({
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
  uid: object.metadata.uid,
});

/** The object as it is in the state now, unless it is gone or replaced by another of its name. */
export const currentObject = (decision: Decision, resource: string, object: KubernetesObject): KubernetesObject | undefined => {
  const current = objectsOf(decision.state, resource).get(keyOfObject(object));
  return current?.metadata.uid === object.metadata.uid ? current : undefined;
};

const remove = (decision: Decision, resource: string, object: KubernetesObject, by: string): void => {
  decision.emit({ type: 'object.deleted.v1', resource, ...objectKeyOf(object), by });
  if (resource !== 'nodes') return;
  const { name } = object.metadata;
  recordEvent(decision, object, {
    severity: 'Normal',
    reason: 'RemovingNode',
    message: `Node ${name} event: Removing Node ${name} from Controller`,
    component: 'node-controller',
  });
};

const finalizersFor = (object: KubernetesObject, policy: PropagationPolicy | undefined): readonly string[] => {
  const present = object.metadata.finalizers ?? [];
  if (policy === undefined) return present;
  const others = present.filter((finalizer) => finalizer !== FOREGROUND && finalizer !== ORPHAN);
  if (policy === 'Background') return others;
  return [...others, policy === 'Foreground' ? FOREGROUND : ORPHAN];
};

const isSameList = (left: readonly string[], right: readonly string[]): boolean => left.length === right.length && left.every((entry, index) => entry === right[index]);

/** As in Kubernetes, the generation of an object that has one goes up when it is first asked to go. */
const nextGeneration = ({ metadata: { generation } }: KubernetesObject): { readonly generation?: number } => (generation === undefined ? {} : { generation: generation + 1 });

/**
 * Asks for an object to go. Without finalizers it goes at once; with them, or as a namespace that still has to be emptied, it stays with a
 * deletion timestamp. Pods have their own way, see `deletePod`.
 */
export const deleteObject = (decision: Decision, resource: string, object: KubernetesObject, deletion: ObjectDeletion): void => {
  const { by, cause, policy, graceSeconds } = deletion;
  if (resource === 'pods') {
    deletePod(decision, object as Pod, { cause, by, ...(graceSeconds === undefined ? {} : { graceSeconds }) });
    return;
  }
  const current = currentObject(decision, resource, object);
  if (current === undefined) return;
  const finalizers = resource === 'namespaces' ? (current.metadata.finalizers ?? []) : finalizersFor(current, policy);
  const isDeleting = current.metadata.deletionTimestamp !== undefined;
  if (finalizers.length === 0 && resource !== 'namespaces') remove(decision, resource, current, by);
  else if (!isDeleting || !isSameList(finalizers, current.metadata.finalizers ?? [])) {
    decision.emit({ type: 'object.deletion-requested.v1', resource, ...objectKeyOf(current), finalizers, ...(isDeleting ? {} : nextGeneration(current)), by });
  }
};

/** Lets go of an object that is being deleted and that nothing holds any more. Namespaces go when they are empty, see `reconcileNamespaces`. */
export const finishDeletion = (decision: Decision, resource: string, object: KubernetesObject, by: string): void => {
  const current = currentObject(decision, resource, object);
  if (current?.metadata.deletionTimestamp === undefined || resource === 'namespaces') return;
  if (resource === 'pods') finishPodDeletion(decision, current as Pod);
  else if ((current.metadata.finalizers ?? []).length === 0) remove(decision, resource, current, by);
};
