/** A request that other API servers answer, and what a client sees here instead. */
export interface NotServed {
  readonly what: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly accept?: string;
  readonly code: number;
  /** What the answer says, as far as it is of its own. */
  readonly says: string;
  readonly why: string;
}

const UNKNOWN_PATH = 'the server could not find the requested resource';
const CAN_ONLY_BE_READ = 'can only be read: nothing here would act on one, so none is kept';
const PODS = '/api/v1/namespaces/default/pods';

/** Each row is sent to a server by a test. */
export const NOT_SERVED: readonly NotServed[] = [
  {
    what: 'writes of Deployments, StatefulSets, Jobs and the other kinds on which nothing here acts',
    method: 'POST',
    path: '/apis/apps/v1/namespaces/default/deployments',
    code: 405,
    says: `deployments.apps ${CAN_ONLY_BE_READ}`,
    why: 'no controller would make Pods of them; they are listed as empty so that dashboards start',
  },
  {
    what: 'CustomResourceDefinitions, and objects of kinds that they would define',
    method: 'POST',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    code: 405,
    says: `customresourcedefinitions.apiextensions.k8s.io ${CAN_ONLY_BE_READ}`,
    why: 'the kinds are those of this page',
  },
  {
    what: 'admission webhooks and policies',
    method: 'POST',
    path: '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
    code: 405,
    says: `validatingwebhookconfigurations.admissionregistration.k8s.io ${CAN_ONLY_BE_READ}`,
    why: 'a write is decided by the leader alone, which calls nobody',
  },
  {
    what: 'PodDisruptionBudgets',
    method: 'POST',
    path: '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
    code: 405,
    says: `poddisruptionbudgets.policy ${CAN_ONLY_BE_READ}`,
    why: 'an eviction is never put off; DaemonSets keep their budget by their update strategy',
  },
  {
    what: '`daemonsets/scale`',
    method: 'GET',
    path: '/apis/apps/v1/namespaces/default/daemonsets/web/scale',
    code: 404,
    says: UNKNOWN_PATH,
    why: 'a DaemonSet has no replicas; Kubernetes answers the same',
  },
  { what: '`nodes/proxy`, `services/proxy`', method: 'GET', path: '/api/v1/nodes/n1/proxy/', code: 404, says: UNKNOWN_PATH, why: 'agents take no requests of kubelets, and nothing balances between the Pods of a Service; `pods/proxy` is served' },
  { what: '`pods/resize`', method: 'GET', path: `${PODS}/web/resize`, code: 404, says: UNKNOWN_PATH, why: 'what a Pod asks for stays as it was made' },
  { what: 'the old `bindings`', method: 'POST', path: '/api/v1/namespaces/default/bindings', code: 404, says: UNKNOWN_PATH, why: 'schedulers use `pods/binding`' },
  { what: 'the old watch paths', method: 'GET', path: '/api/v1/watch/pods', code: 404, says: UNKNOWN_PATH, why: 'use `?watch=true`' },
  { what: 'ComponentStatuses', method: 'GET', path: '/api/v1/componentstatuses', code: 404, says: UNKNOWN_PATH, why: '`npx everynode doctor` says more' },
  {
    what: 'priority and fairness, resource claims, other groups that are not on this page',
    method: 'GET',
    path: '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas',
    code: 404,
    says: UNKNOWN_PATH,
    why: 'discovery does not name them',
  },
  { what: 'the logs and profiles of the server', method: 'GET', path: '/debug/pprof/', code: 404, says: UNKNOWN_PATH, why: '`/metrics` is served' },
  {
    what: 'OpenID discovery of service account tokens',
    method: 'GET',
    path: '/.well-known/openid-configuration',
    code: 404,
    says: UNKNOWN_PATH,
    why: 'TokenReview tells whom a token stands for',
  },
  {
    what: 'answers in protobuf: clients that take JSON as well get JSON',
    method: 'GET',
    path: PODS,
    accept: 'application/vnd.kubernetes.protobuf',
    code: 200,
    says: 'PodList',
    why: 'clients read an answer by its own content type',
  },
  { what: 'CBOR', method: 'GET', path: PODS, accept: 'application/cbor', code: 406, says: 'only the following media types are accepted: application/json', why: 'no client needs it' },
];
