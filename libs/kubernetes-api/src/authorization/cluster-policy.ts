import { CLUSTER_ROLES } from './cluster-roles.ts';
import type { PolicyRule } from './policy-rule.ts';
import { AUTHENTICATED_GROUP, MASTERS_GROUP } from './user-info.ts';

const RBAC = 'rbac.authorization.k8s.io';
const API_VERSION = `${RBAC}/v1`;

interface PolicyObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly annotations: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

const metadata = (name: string): PolicyObject['metadata'] => ({
  name,
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
});

/** A rule with its members in the order in which Kubernetes writes them. */
const written = ({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PolicyRule): PolicyRule => ({
  ...(apiGroups === undefined ? {} : { apiGroups }),
  ...(nonResourceURLs === undefined ? {} : { nonResourceURLs }),
  ...(resourceNames === undefined ? {} : { resourceNames }),
  ...(resources === undefined ? {} : { resources }),
  verbs,
});

/** Which group has which ClusterRole in every cluster. Nodes have theirs from the node authorizer, so that binding is about nobody. */
export const CLUSTER_BINDINGS: readonly { readonly role: string; readonly group: string | undefined }[] = [
  { role: 'cluster-admin', group: MASTERS_GROUP },
  { role: 'system:basic-user', group: AUTHENTICATED_GROUP },
  { role: 'system:discovery', group: AUTHENTICATED_GROUP },
  { role: 'system:monitoring', group: 'system:monitoring' },
  { role: 'system:node', group: undefined },
];

const roles = [...CLUSTER_ROLES].map(([name, rules]) => ({
  resource: 'clusterroles',
  object: { apiVersion: API_VERSION, kind: 'ClusterRole', metadata: metadata(name), rules: rules.map(written) },
}));

const bindings = CLUSTER_BINDINGS.map(({ role, group }) => ({
  resource: 'clusterrolebindings',
  object: {
    apiVersion: API_VERSION,
    kind: 'ClusterRoleBinding',
    metadata: metadata(role),
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
    ...(group === undefined ? {} : { subjects: [{ apiGroup: RBAC, kind: 'Group', name: group }] }),
  },
}));

/** The ClusterRoles and ClusterRoleBindings of every cluster as objects, with what Kubernetes marks its own by; to be stored by whoever furnishes the cluster. */
export const CLUSTER_POLICY: readonly { readonly resource: string; readonly object: PolicyObject }[] = [...roles, ...bindings];
