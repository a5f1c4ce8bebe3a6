import { EMPTY_KINDS } from './empty-kinds.ts';
import type { Resource, Subresource, Verb } from './resource.ts';

const ALL_VERBS: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const STATUS_VERBS: readonly Verb[] = ['get', 'patch', 'update'];
const METADATA_SELECTORS = ['metadata.name', 'metadata.namespace'] as const;

/** What a row has to say for itself; the rest follows from it or is the usual. */
interface Row {
  readonly group?: string;
  readonly version?: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly verbs?: readonly Verb[];
  readonly hasStatus?: boolean;
  readonly subresources?: readonly Subresource[];
  readonly fieldSelectors?: readonly string[];
  readonly storage?: Resource['storage'];
  readonly viewOf?: NonNullable<Resource['viewOf']>;
}

function resource({ group = '', version = 'v1', kind, hasStatus = false, subresources = [], ...row }: Row): Resource {
  const status: Subresource = { name: 'status', group, version, kind, verbs: STATUS_VERBS };
  return {
    shortNames: [],
    categories: [],
    verbs: ALL_VERBS,
    storage: 'stored',
    ...row,
    group,
    version,
    kind,
    singular: kind.toLowerCase(),
    hasStatus,
    subresources: hasStatus ? [status, ...subresources] : subresources,
    fieldSelectors: [...METADATA_SELECTORS, ...(row.fieldSelectors ?? [])],
  };
}

function objectFields(prefix: string): readonly string[] {
  return ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
    (field) => `${prefix}.${field}`,
  );
}

const RBAC = 'rbac.authorization.k8s.io';

/** What nodes and Pods use. Other programs measure it in a cluster; here the agents do. */
const MEASURED: readonly Resource[] = [
  { plural: 'nodes', kind: 'NodeMetrics', namespaced: false },
  { plural: 'pods', kind: 'PodMetrics', namespaced: true },
].map((row) => resource({ group: 'metrics.k8s.io', version: 'v1beta1', verbs: ['get', 'list'], storage: 'measured', ...row }));

/** Every resource that the API server serves, in the order in which discovery lists them. */
export const RESOURCES: readonly Resource[] = [
  resource({ plural: 'configmaps', kind: 'ConfigMap', namespaced: true, shortNames: ['cm'] }),
  resource({
    plural: 'events',
    kind: 'Event',
    namespaced: true,
    shortNames: ['ev'],
    fieldSelectors: [...objectFields('involvedObject'), 'reason', 'reportingComponent', 'source', 'type'],
  }),
  resource({
    plural: 'namespaces',
    kind: 'Namespace',
    namespaced: false,
    shortNames: ['ns'],
    // Nobody deletes all namespaces by one request.
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
    hasStatus: true,
    subresources: [{ name: 'finalize', group: '', version: 'v1', kind: 'Namespace', verbs: ['update'] }],
    fieldSelectors: ['status.phase'],
  }),
  resource({
    plural: 'nodes',
    kind: 'Node',
    namespaced: false,
    shortNames: ['no'],
    hasStatus: true,
    fieldSelectors: ['spec.unschedulable'],
  }),
  resource({
    plural: 'pods',
    kind: 'Pod',
    namespaced: true,
    shortNames: ['po'],
    categories: ['all'],
    hasStatus: true,
    subresources: [
      { name: 'attach', group: '', version: 'v1', kind: 'PodAttachOptions', verbs: ['create', 'get'], connects: true },
      { name: 'binding', group: '', version: 'v1', kind: 'Binding', verbs: ['create'] },
      { name: 'ephemeralcontainers', group: '', version: 'v1', kind: 'Pod', verbs: ['get', 'patch', 'update'] },
      { name: 'eviction', group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
      { name: 'exec', group: '', version: 'v1', kind: 'PodExecOptions', verbs: ['create', 'get'], connects: true },
      { name: 'log', group: '', version: 'v1', kind: 'Pod', verbs: ['get'], connects: true },
      { name: 'portforward', group: '', version: 'v1', kind: 'PodPortForwardOptions', verbs: ['create', 'get'], connects: true },
      { name: 'proxy', group: '', version: 'v1', kind: 'PodProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'], connects: true },
    ],
    fieldSelectors: [
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'spec.hostNetwork',
      'status.phase',
      'status.podIP',
      'status.podIPs',
      'status.nominatedNodeName',
    ],
  }),
  resource({ plural: 'podtemplates', kind: 'PodTemplate', namespaced: true }),
  resource({
    plural: 'resourcequotas',
    kind: 'ResourceQuota',
    namespaced: true,
    shortNames: ['quota'],
    hasStatus: true,
  }),
  resource({ plural: 'secrets', kind: 'Secret', namespaced: true, fieldSelectors: ['type'] }),
  resource({
    plural: 'serviceaccounts',
    kind: 'ServiceAccount',
    namespaced: true,
    shortNames: ['sa'],
    subresources: [
      { name: 'token', group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] },
    ],
  }),
  resource({ plural: 'services', kind: 'Service', fieldSelectors: ['spec.clusterIP', 'spec.type'], namespaced: true, shortNames: ['svc'], categories: ['all'] }),
  resource({ group: 'apps', plural: 'controllerrevisions', kind: 'ControllerRevision', namespaced: true }),
  resource({
    group: 'apps',
    plural: 'daemonsets',
    kind: 'DaemonSet',
    namespaced: true,
    shortNames: ['ds'],
    categories: ['all'],
    hasStatus: true,
  }),
  resource({
    group: 'events.k8s.io',
    plural: 'events',
    kind: 'Event',
    namespaced: true,
    shortNames: ['ev'],
    fieldSelectors: [...objectFields('regarding'), 'reason', 'reportingController', 'type'],
    storage: 'view',
    viewOf: { group: '', version: 'v1', plural: 'events' },
  }),
  resource({
    group: 'authentication.k8s.io',
    plural: 'selfsubjectreviews',
    kind: 'SelfSubjectReview',
    namespaced: false,
    verbs: ['create'],
    storage: 'review',
  }),
  resource({
    group: 'authentication.k8s.io',
    plural: 'tokenreviews',
    kind: 'TokenReview',
    namespaced: false,
    verbs: ['create'],
    storage: 'review',
  }),
  resource({
    group: 'authorization.k8s.io',
    plural: 'localsubjectaccessreviews',
    kind: 'LocalSubjectAccessReview',
    namespaced: true,
    verbs: ['create'],
    storage: 'review',
  }),
  resource({
    group: 'authorization.k8s.io',
    plural: 'selfsubjectaccessreviews',
    kind: 'SelfSubjectAccessReview',
    namespaced: false,
    verbs: ['create'],
    storage: 'review',
  }),
  resource({
    group: 'authorization.k8s.io',
    plural: 'selfsubjectrulesreviews',
    kind: 'SelfSubjectRulesReview',
    namespaced: false,
    verbs: ['create'],
    storage: 'review',
  }),
  resource({
    group: 'authorization.k8s.io',
    plural: 'subjectaccessreviews',
    kind: 'SubjectAccessReview',
    namespaced: false,
    verbs: ['create'],
    storage: 'review',
  }),
  resource({ group: 'coordination.k8s.io', plural: 'leases', kind: 'Lease', namespaced: true }),
  resource({ group: RBAC, plural: 'clusterrolebindings', kind: 'ClusterRoleBinding', namespaced: false }),
  resource({ group: RBAC, plural: 'clusterroles', kind: 'ClusterRole', namespaced: false }),
  resource({ group: RBAC, plural: 'rolebindings', kind: 'RoleBinding', namespaced: true }),
  resource({ group: RBAC, plural: 'roles', kind: 'Role', namespaced: true }),
  ...MEASURED,
  ...EMPTY_KINDS.map((row) => resource({ ...row, verbs: ['get', 'list', 'watch'], storage: 'empty' })),
];
