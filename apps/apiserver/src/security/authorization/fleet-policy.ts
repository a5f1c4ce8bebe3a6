import { keyOf, objectsOf, podsOf, type FleetState, type KubernetesObject } from '@everynode/core';
import { CLUSTER_ROLES, matchesLabelSelector, podUses, type NodeBelongings, type PolicyBinding, type PolicyRule, type PolicySource } from '@everynode/kubernetes-api';

interface ClusterRole extends KubernetesObject {
  readonly rules?: readonly PolicyRule[];
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] };
}

type LabelSelector = Parameters<typeof matchesLabelSelector>[0];

/** Roles that are made of others bring a label by which they are found: `rbac.authorization.k8s.io/aggregate-to-view: "true"`. */
const AGGREGATED: ReadonlySet<string> = new Set(['admin', 'edit', 'view']);
const AGGREGATE_LABEL = 'rbac.authorization.k8s.io/aggregate-to-';

/** Roles and bindings as they are in the fleet. */
export const fleetPolicy = (state: () => FleetState): PolicySource => {
  const clusterRoles = (): ReadonlyMap<string, ClusterRole> => objectsOf(state(), 'clusterroles');
  const gathered = (selectors: readonly LabelSelector[]): readonly PolicyRule[] =>
    [...clusterRoles().values()].filter(({ metadata }) => selectors.some((selector) => matchesLabelSelector(selector, metadata.labels ?? {}))).flatMap(({ rules = [] }) => rules);
  const brought = (name: string): readonly PolicyRule[] => (AGGREGATED.has(name) ? gathered([{ matchLabels: { [`${AGGREGATE_LABEL}${name}`]: 'true' } }]) : []);
  const bindings = (resource: string, namespace?: string): readonly PolicyBinding[] =>
    [...objectsOf(state(), resource).values()].filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace) as unknown as readonly PolicyBinding[];
  return {
    clusterRole: (name) => {
      const role = clusterRoles().get(keyOf(undefined, name));
      const own = role === undefined ? CLUSTER_ROLES.get(name) : [...(role.rules ?? []), ...gathered(role.aggregationRule?.clusterRoleSelectors ?? [])];
      return own === undefined ? undefined : [...own, ...brought(name)];
    },
    role: (namespace, name) => {
      const role: ClusterRole | undefined = objectsOf(state(), 'roles').get(keyOf(namespace, name));
      return role === undefined ? undefined : (role.rules ?? []);
    },
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
