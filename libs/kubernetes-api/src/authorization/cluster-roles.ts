import type { PolicyRule } from './policy-rule.ts';

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

const rule = (verbs: readonly string[], group: string, ...resources: readonly string[]): PolicyRule => ({ verbs, apiGroups: [group], resources });
const paths = (...nonResourceURLs: readonly string[]): PolicyRule => ({ verbs: ['get'], nonResourceURLs });

const INTO_PODS = ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'];

/** What may be read without learning a secret. */
const VIEW: readonly PolicyRule[] = [
  rule(READ, '', 'configmaps', 'endpoints', 'persistentvolumeclaims', 'persistentvolumeclaims/status', 'pods', 'replicationcontrollers', 'replicationcontrollers/scale', 'serviceaccounts', 'services', 'services/status'),
  rule(READ, '', 'bindings', 'events', 'limitranges', 'namespaces/status', 'pods/log', 'pods/status', 'replicationcontrollers/status', 'resourcequotas', 'resourcequotas/status'),
  rule(READ, '', 'namespaces'),
  rule(READ, 'discovery.k8s.io', 'endpointslices'),
  rule(READ, 'apps', 'controllerrevisions', 'daemonsets', 'daemonsets/status', 'deployments', 'deployments/scale', 'deployments/status', 'replicasets', 'replicasets/scale', 'replicasets/status', 'statefulsets', 'statefulsets/scale', 'statefulsets/status'),
  rule(READ, 'autoscaling', 'horizontalpodautoscalers', 'horizontalpodautoscalers/status'),
  rule(READ, 'batch', 'cronjobs', 'cronjobs/status', 'jobs', 'jobs/status'),
  rule(READ, 'policy', 'poddisruptionbudgets', 'poddisruptionbudgets/status'),
  rule(READ, 'networking.k8s.io', 'ingresses', 'ingresses/status', 'networkpolicies'),
  // Brought to the role by the metrics server where one is installed; here it is built in.
  rule(READ, 'metrics.k8s.io', 'pods', 'nodes'),
];

/** What is changed by whoever runs programs in a namespace. */
const EDIT: readonly PolicyRule[] = [
  rule(READ, '', ...INTO_PODS, 'secrets', 'services/proxy'),
  rule(['impersonate'], '', 'serviceaccounts'),
  rule(WRITE, '', 'pods', ...INTO_PODS),
  rule(['create'], '', 'pods/eviction', 'serviceaccounts/token'),
  rule(WRITE, '', 'configmaps', 'events', 'persistentvolumeclaims', 'replicationcontrollers', 'replicationcontrollers/scale', 'secrets', 'serviceaccounts', 'services', 'services/proxy'),
  rule(WRITE, 'apps', 'daemonsets', 'deployments', 'deployments/rollback', 'deployments/scale', 'replicasets', 'replicasets/scale', 'statefulsets', 'statefulsets/scale'),
  rule(WRITE, 'autoscaling', 'horizontalpodautoscalers'),
  rule(WRITE, 'batch', 'cronjobs', 'jobs'),
  rule(WRITE, 'policy', 'poddisruptionbudgets'),
  rule(WRITE, 'networking.k8s.io', 'ingresses', 'networkpolicies'),
  rule(ALL_VERBS, 'coordination.k8s.io', 'leases'),
];

/** Who hands out roles within a namespace. */
const ADMIN: readonly PolicyRule[] = [rule(['create'], 'authorization.k8s.io', 'localsubjectaccessreviews'), rule(ALL_VERBS, 'rbac.authorization.k8s.io', 'roles', 'rolebindings')];

const CLUSTER_ADMIN: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

const BASIC_USER: readonly PolicyRule[] = [
  rule(['create'], 'authorization.k8s.io', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews'),
  rule(['create'], 'authentication.k8s.io', 'selfsubjectreviews'),
];

const DISCOVERY: readonly PolicyRule[] = [paths('/api', '/api/*', '/apis', '/apis/*', '/healthz', '/livez', '/openapi', '/openapi/*', '/readyz', '/version', '/version/')];

const MONITORING: readonly PolicyRule[] = [paths('/healthz', '/healthz/*', '/livez', '/livez/*', '/metrics', '/metrics/*', '/readyz', '/readyz/*')];

/** What a node may ask for; the node authorizer narrows it down to what is its own. */
export const NODE_ROLE: readonly PolicyRule[] = [
  rule(READ, '', 'services', 'nodes', 'pods'),
  rule(['get', 'list', 'watch'], '', 'configmaps', 'secrets'),
  rule(['update', 'patch'], '', 'nodes/status', 'pods/status'),
  rule(['delete'], '', 'pods'),
  rule(['create'], '', 'pods/eviction', 'serviceaccounts/token'),
  rule(['create', 'patch', 'update'], '', 'events'),
  rule(['create', 'delete', 'get', 'patch', 'update'], 'coordination.k8s.io', 'leases'),
];

/** The ClusterRoles that every cluster has, with what Kubernetes means by them. */
export const CLUSTER_ROLES: ReadonlyMap<string, readonly PolicyRule[]> = new Map([
  ['cluster-admin', CLUSTER_ADMIN],
  ['admin', [...ADMIN, ...EDIT, ...VIEW]],
  ['edit', [...EDIT, ...VIEW]],
  ['view', VIEW],
  ['system:basic-user', BASIC_USER],
  ['system:discovery', DISCOVERY],
  ['system:monitoring', MONITORING],
  ['system:node', NODE_ROLE],
]);
