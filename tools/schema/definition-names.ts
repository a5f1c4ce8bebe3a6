/**
 * The API package of each generated model. The client library flattens `io.k8s.api.core.v1.Pod` to `V1Pod`; OpenAPI
 * documents need the full name back. Everything not listed here belongs to core/v1.
 */
const PACKAGE_OF_MODEL: Readonly<Record<string, readonly string[]>> = {
  'io.k8s.apimachinery.pkg.apis.meta.v1': [
    'ObjectMeta',
    'ListMeta',
    'LabelSelector',
    'LabelSelectorRequirement',
    'FieldSelectorRequirement',
    'OwnerReference',
    'ManagedFieldsEntry',
    'DeleteOptions',
    'Preconditions',
    'Status',
    'StatusCause',
    'StatusDetails',
    'Condition',
  ],
  'io.k8s.api.apps.v1': [
    'DaemonSet',
    'DaemonSetList',
    'DaemonSetSpec',
    'DaemonSetStatus',
    'DaemonSetCondition',
    'DaemonSetUpdateStrategy',
    'RollingUpdateDaemonSet',
    'ControllerRevision',
    'ControllerRevisionList',
  ],
  'io.k8s.api.coordination.v1': ['Lease', 'LeaseList', 'LeaseSpec'],
  'io.k8s.api.rbac.v1': [
    'Role',
    'RoleList',
    'RoleBinding',
    'RoleBindingList',
    'ClusterRole',
    'ClusterRoleList',
    'ClusterRoleBinding',
    'ClusterRoleBindingList',
    'AggregationRule',
    'PolicyRule',
    'RoleRef',
    'Subject',
  ],
  'io.k8s.api.policy.v1': ['Eviction'],
  'io.k8s.api.authorization.v1': [
    'SelfSubjectAccessReview',
    'SelfSubjectAccessReviewSpec',
    'SelfSubjectRulesReview',
    'SelfSubjectRulesReviewSpec',
    'SubjectAccessReview',
    'LocalSubjectAccessReview',
    'SubjectAccessReviewSpec',
    'SubjectAccessReviewStatus',
    'SubjectRulesReviewStatus',
    'ResourceAttributes',
    'NonResourceAttributes',
    'FieldSelectorAttributes',
    'LabelSelectorAttributes',
    'ResourceRule',
    'NonResourceRule',
  ],
  'io.k8s.api.authentication.v1': [
    'SelfSubjectReview',
    'SelfSubjectReviewStatus',
    'UserInfo',
    'TokenReview',
    'TokenReviewSpec',
    'TokenReviewStatus',
    'TokenRequestSpec',
    'TokenRequestStatus',
    'BoundObjectReference',
  ],
};

const packageOf = new Map(
  Object.entries(PACKAGE_OF_MODEL).flatMap(([name, models]) => models.map((model) => [model, name] as const)),
);

/** Models whose client name carries the group because two groups use the same kind. */
const PREFIXED: readonly (readonly [prefix: string, apiPackage: string])[] = [
  ['CoreV1', 'io.k8s.api.core.v1'],
  ['EventsV1', 'io.k8s.api.events.v1'],
  ['AuthenticationV1', 'io.k8s.api.authentication.v1'],
  ['RbacV1', 'io.k8s.api.rbac.v1'],
];

/** `V1Pod` -> `io.k8s.api.core.v1.Pod`. */
export function definitionName(model: string): string {
  for (const [prefix, apiPackage] of PREFIXED) {
    if (model.startsWith(prefix)) return `${apiPackage}.${model.slice(prefix.length)}`;
  }
  const kind = model.replace(/^V1/, '');
  return `${packageOf.get(kind) ?? 'io.k8s.api.core.v1'}.${kind}`;
}

/** The served kinds, by `group/version/Kind` (core: `v1/Kind`), and the model that describes each. */
export const SERVED_MODELS: Readonly<Record<string, string>> = {
  'v1/Namespace': 'V1Namespace',
  'v1/NamespaceList': 'V1NamespaceList',
  'v1/Node': 'V1Node',
  'v1/NodeList': 'V1NodeList',
  'v1/Pod': 'V1Pod',
  'v1/PodList': 'V1PodList',
  'v1/PodTemplate': 'V1PodTemplate',
  'v1/PodTemplateList': 'V1PodTemplateList',
  'v1/Event': 'CoreV1Event',
  'v1/EventList': 'CoreV1EventList',
  'v1/ConfigMap': 'V1ConfigMap',
  'v1/ConfigMapList': 'V1ConfigMapList',
  'v1/ResourceQuota': 'V1ResourceQuota',
  'v1/ResourceQuotaList': 'V1ResourceQuotaList',
  'v1/Secret': 'V1Secret',
  'v1/SecretList': 'V1SecretList',
  'v1/ServiceAccount': 'V1ServiceAccount',
  'v1/ServiceAccountList': 'V1ServiceAccountList',
  'v1/Service': 'V1Service',
  'v1/ServiceList': 'V1ServiceList',
  'v1/Binding': 'V1Binding',
  'v1/DeleteOptions': 'V1DeleteOptions',
  'v1/Status': 'V1Status',
  'apps/v1/DaemonSet': 'V1DaemonSet',
  'apps/v1/DaemonSetList': 'V1DaemonSetList',
  'apps/v1/ControllerRevision': 'V1ControllerRevision',
  'apps/v1/ControllerRevisionList': 'V1ControllerRevisionList',
  'coordination.k8s.io/v1/Lease': 'V1Lease',
  'coordination.k8s.io/v1/LeaseList': 'V1LeaseList',
  'events.k8s.io/v1/Event': 'EventsV1Event',
  'events.k8s.io/v1/EventList': 'EventsV1EventList',
  'policy/v1/Eviction': 'V1Eviction',
  'rbac.authorization.k8s.io/v1/Role': 'V1Role',
  'rbac.authorization.k8s.io/v1/RoleList': 'V1RoleList',
  'rbac.authorization.k8s.io/v1/RoleBinding': 'V1RoleBinding',
  'rbac.authorization.k8s.io/v1/RoleBindingList': 'V1RoleBindingList',
  'rbac.authorization.k8s.io/v1/ClusterRole': 'V1ClusterRole',
  'rbac.authorization.k8s.io/v1/ClusterRoleList': 'V1ClusterRoleList',
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': 'V1ClusterRoleBinding',
  'rbac.authorization.k8s.io/v1/ClusterRoleBindingList': 'V1ClusterRoleBindingList',
  'authorization.k8s.io/v1/SubjectAccessReview': 'V1SubjectAccessReview',
  'authorization.k8s.io/v1/LocalSubjectAccessReview': 'V1LocalSubjectAccessReview',
  'authorization.k8s.io/v1/SelfSubjectAccessReview': 'V1SelfSubjectAccessReview',
  'authorization.k8s.io/v1/SelfSubjectRulesReview': 'V1SelfSubjectRulesReview',
  'authentication.k8s.io/v1/SelfSubjectReview': 'V1SelfSubjectReview',
  'authentication.k8s.io/v1/TokenReview': 'V1TokenReview',
  'authentication.k8s.io/v1/TokenRequest': 'AuthenticationV1TokenRequest',
};
