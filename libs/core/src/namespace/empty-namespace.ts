import type { Decision } from '../controller/decision.ts';
import { objectsOf } from '../fleet/state.ts';
import { currentObject, deleteObject, objectKeyOf } from '../garbage/delete-object.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { Condition, KubernetesObject } from '../kubernetes/objects.ts';
import { deletionConditions, remainsOf } from './deletion-conditions.ts';

export const NAMESPACE_CONTROLLER = 'namespace-controller';

const PODS = 'pods';
/** Deleted before the rest, so that nothing is made anew of what goes. */
const MAKERS: readonly string[] = ['daemonsets'];

type Contents = readonly (readonly [resource: string, objects: readonly KubernetesObject[]])[];

const contentsOf = (decision: Decision, name: string, resources: readonly string[]): Contents => {
  const contents = decision.state.indexes.namespaceContents.get(name);
  return resources.flatMap((resource) => {
    const objects = [...(contents?.get(resource) ?? [])].flatMap((key) => objectsOf(decision.state, resource).get(key) ?? []);
    return objects.length === 0 ? [] : [[resource, objects] as const];
  });
};

/** Asks for objects to go and gives those that are still there. */
const deleteAll = (decision: Decision, name: string, resources: readonly string[]): Contents => {
  for (const [resource, objects] of contentsOf(decision, name, resources)) {
    for (const object of objects) {
      if (object.metadata.deletionTimestamp === undefined) deleteObject(decision, resource, object, { by: NAMESPACE_CONTROLLER, cause: 'namespace-deleted' });
    }
  }
  return contentsOf(decision, name, resources);
};

/** Pods go first and alone: what they may still use and what guards them (Secrets, NetworkPolicies) goes when none of them is left. */
const deleteContents = (decision: Decision, name: string): Contents => {
  const pods = deleteAll(decision, name, [PODS]);
  if (pods.length > 0) return pods;
  const resources = [...(decision.state.indexes.namespaceContents.get(name)?.keys() ?? [])];
  return deleteAll(decision, name, [...MAKERS, ...resources.filter((resource) => !MAKERS.includes(resource))]);
};

const tell = (decision: Decision, namespace: KubernetesObject, left: Contents): void => {
  const object = currentObject(decision, 'namespaces', namespace);
  if (object === undefined) return;
  const status = object['status'] as { readonly conditions?: readonly Condition[] } | undefined;
  const conditions = deletionConditions(status?.conditions ?? [], remainsOf(left), toRfc3339(decision.now));
  if (conditions === undefined) return;
  decision.emit({ type: 'object.updated.v1', resource: 'namespaces', object: { ...object, status: { ...status, conditions } }, by: NAMESPACE_CONTROLLER });
};

const OWN_FINALIZER = 'kubernetes';

const finalizersOf = (namespace: KubernetesObject): readonly string[] => (namespace['spec'] as { readonly finalizers?: readonly string[] } | undefined)?.finalizers ?? [];

/** Finalizers of others in the spec, who take them away through `namespaces/finalize`. */
const othersOf = (namespace: KubernetesObject): readonly string[] => finalizersOf(namespace).filter((finalizer) => finalizer !== OWN_FINALIZER);

/** The controller has done its part when nothing is left. */
const takeOwnFinalizer = (decision: Decision, namespace: KubernetesObject): void => {
  if (!finalizersOf(namespace).includes(OWN_FINALIZER)) return;
  const object = { ...namespace, spec: { ...(namespace['spec'] as object), finalizers: othersOf(namespace) } };
  decision.emit({ type: 'object.updated.v1', resource: 'namespaces', object, by: NAMESPACE_CONTROLLER });
};

/** Everything in the namespace is deleted; when nothing is left and nobody else holds it, the namespace goes too. Until then its conditions say what remains. */
export const emptyNamespace = (decision: Decision, namespace: KubernetesObject): void => {
  const left = deleteContents(decision, namespace.metadata.name);
  const isHeld = (namespace.metadata.finalizers ?? []).length > 0 || othersOf(namespace).length > 0;
  if (left.length === 0 && isHeld) takeOwnFinalizer(decision, namespace);
  if (left.length > 0 || isHeld) tell(decision, namespace, left);
  else decision.emit({ type: 'object.deleted.v1', resource: 'namespaces', ...objectKeyOf(namespace), by: NAMESPACE_CONTROLLER });
};
