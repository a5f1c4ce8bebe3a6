import { keyOf, objectsOf, podsOf, type FleetState } from '@everynode/core';
import { podUses, type NodeBelongings, type PolicyBinding, type PolicyRule, type PolicySource } from '@everynode/kubernetes-api';

interface WithRules {
  readonly rules?: readonly PolicyRule[];
}

/** Roles and bindings as they are in the fleet. */
export const fleetPolicy = (state: () => FleetState): PolicySource => {
  const rules = (resource: string, namespace: string | undefined, name: string): readonly PolicyRule[] | undefined => {
    const role = objectsOf(state(), resource).get(keyOf(namespace, name)) as WithRules | undefined;
    return role === undefined ? undefined : (role.rules ?? []);
  };
  const bindings = (resource: string, namespace?: string): readonly PolicyBinding[] =>
    [...objectsOf(state(), resource).values()].filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace) as unknown as readonly PolicyBinding[];
  return {
    clusterRole: (name) => rules('clusterroles', undefined, name),
    role: (namespace, name) => rules('roles', namespace, name),
    clusterRoleBindings: () => bindings('clusterrolebindings'),
    roleBindings: (namespace) => bindings('rolebindings', namespace),
  };
};

/** What belongs to the nodes of the fleet. */
export const fleetBelongings = (state: () => FleetState): NodeBelongings => ({
  nodeOfPod: (namespace, name) => podsOf(state()).get(keyOf(namespace, name))?.spec.nodeName,
  isUsedOnNode: (node, resource, namespace, name) =>
    [...(state().indexes.podsByNode.get(node)?.values() ?? [])].some((pod) => pod.metadata.namespace === namespace && podUses(pod, resource, name)),
});
