// Requests about one object of each kind, good and bad, whose answers kube-apiserver and everynode have to agree on.

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Kind {
  readonly root: string;
  readonly plural: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly namespaced: boolean;
  readonly content: object;
  /** A merge patch that changes the content. */
  readonly change: object;
}

const NAMESPACE = 'answers';
const POD_SPEC = { schedulerName: 'nobody', containers: [{ name: 'c', image: 'registry.example/x:1' }] };
const TEMPLATE = { metadata: { labels: { app: 'a' } }, spec: { nodeSelector: { none: 'such' }, containers: [{ name: 'c', image: 'registry.example/x:1' }] } };
const RBAC = { root: '/apis/rbac.authorization.k8s.io/v1', apiVersion: 'rbac.authorization.k8s.io/v1' };
const RULES = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
const CORE = { root: '/api/v1', apiVersion: 'v1' };
const APPS = { root: '/apis/apps/v1', apiVersion: 'apps/v1' };

const KINDS: readonly Kind[] = [
  { ...CORE, plural: 'configmaps', kind: 'ConfigMap', namespaced: true, content: { data: { a: '1' } }, change: { data: { b: '2' } } },
  { ...CORE, plural: 'secrets', kind: 'Secret', namespaced: true, content: { data: { a: 'MQ==' } }, change: { data: { b: 'Mg==' } } },
  { ...CORE, plural: 'pods', kind: 'Pod', namespaced: true, content: { spec: POD_SPEC }, change: { metadata: { annotations: { x: 'y' } } } },
  { ...CORE, plural: 'podtemplates', kind: 'PodTemplate', namespaced: true, content: { template: TEMPLATE }, change: { template: { metadata: { labels: { x: 'y' } } } } },
  { ...CORE, plural: 'serviceaccounts', kind: 'ServiceAccount', namespaced: true, content: {}, change: { automountServiceAccountToken: false } },
  { ...CORE, plural: 'namespaces', kind: 'Namespace', namespaced: false, content: {}, change: { metadata: { annotations: { x: 'y' } } } },
  { ...APPS, plural: 'daemonsets', kind: 'DaemonSet', namespaced: true, content: { spec: { selector: { matchLabels: { app: 'a' } }, template: TEMPLATE } }, change: { spec: { minReadySeconds: 3 } } },
  { ...APPS, plural: 'controllerrevisions', kind: 'ControllerRevision', namespaced: true, content: { data: { a: 1 }, revision: 1 }, change: { revision: 2 } },
  {
    root: '/apis/coordination.k8s.io/v1',
    apiVersion: 'coordination.k8s.io/v1',
    plural: 'leases',
    kind: 'Lease',
    namespaced: true,
    content: { spec: { holderIdentity: 'me', leaseDurationSeconds: 10 } },
    change: { spec: { holderIdentity: 'you' } },
  },
  { ...RBAC, plural: 'roles', kind: 'Role', namespaced: true, content: { rules: RULES }, change: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }] } },
  { ...RBAC, plural: 'clusterroles', kind: 'ClusterRole', namespaced: false, content: { rules: RULES }, change: { rules: [{ nonResourceURLs: ['/x'], verbs: ['get'] }] } },
];

const MERGE = { 'content-type': 'application/merge-patch+json' };
const JSON_PATCH = { 'content-type': 'application/json-patch+json' };
const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' };
const APPLY = { 'content-type': 'application/apply-patch+yaml' };
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const METADATA = { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json' };

const LABEL_SELECTORS = ['tier=x,', ',', '=', 'a=b=c', 'n in', 'n in (1', '!', 'a b', 'n>x', '/x=y', '(', 'a=b c'];
const FIELD_SELECTORS = ['metadata.name', 'nope=x', '=', 'metadata.name=a\\', 'metadata.name=a=b', 'metadata.name in (a)', 'metadata.name!=one,metadata.name=one'];
const OPTIONS = [
  'resourceVersion=abc',
  'limit=x',
  'timeoutSeconds=x',
  'resourceVersionMatch=Exact',
  'resourceVersion=0&resourceVersionMatch=Exact',
  'resourceVersion=0&resourceVersionMatch=Bogus',
  'sendInitialEvents=true',
  'sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
  'watch=true&resourceVersionMatch=NotOlderThan',
  'watch=true&sendInitialEvents=true',
  'watch=true&continue=x',
];

/** One kind whose fields all kinds have, and one with fields of its own. */
const SELECTED = ['configmaps', 'pods'];

const selections = (many: string): readonly Asked[] =>
  [
    ...LABEL_SELECTORS.map((selector) => `labelSelector=${encodeURIComponent(selector)}`),
    ...FIELD_SELECTORS.map((selector) => `labelSelector=tier%3Dnone&fieldSelector=${encodeURIComponent(selector)}`),
    ...OPTIONS.map((options) => `labelSelector=tier%3Dnone&${options}`),
  ].map((query) => ({ method: 'GET', path: `${many}?${query}` }));

const askedOf = (kind: Kind): readonly Asked[] => {
  const { apiVersion, content, namespaced, plural } = kind;
  const many = `${kind.root}${namespaced ? `/namespaces/${NAMESPACE}` : ''}/${plural}`;
  const named = (name: string): string => (namespaced ? name : `answers-${plural}-${name}`);
  const one = `${many}/${named('one')}`;
  const object = (name: string | undefined, metadata: object = {}, more: object = {}): object => ({
    apiVersion,
    kind: kind.kind,
    metadata: { ...(name === undefined ? {} : { name: named(name) }), ...metadata },
    ...content,
    ...more,
  });
  const post = (body: unknown, query = ''): Asked => ({ method: 'POST', path: many + query, body });
  const put = (body: unknown, query = ''): Asked => ({ method: 'PUT', path: one + query, body });
  const patch = (headers: Asked['headers'], body: unknown, query = ''): Asked => ({ method: 'PATCH', path: one + query, body, ...(headers === undefined ? {} : { headers }) });
  const get = (path: string, headers: Asked['headers'] = {}): Asked => ({ method: 'GET', path, headers });
  return [
    get(one),
    get(`${many}?labelSelector=tier%3Dnone`),
    post(object('one', { labels: { tier: 'x' } })),
    post(object('one')),
    get(one),
    ...(plural === 'daemonsets' ? [] : [get(one, TABLE), get(one, METADATA), get(`${many}?labelSelector=tier%3Dx`, TABLE)]),
    get(`${one}?includeObject=None`, TABLE),
    get(`${one}?includeObject=bogus`, TABLE),
    get(`${many}?labelSelector=tier%3Dx`),
    get(`${many}?labelSelector=tier%3Dnone`, TABLE),
    post(object('two', {}, { kind: 'Gadget' })),
    post(object('two', {}, { apiVersion: 'nope/v2' })),
    post(object(undefined)),
    post(object(undefined, { name: '..' })),
    post(null),
    post({}),
    post(object('two', { labels: { 'bad key!': 'x' } })),
    post(object('two', { labels: { ok: 'bad value!' } })),
    post(object('two', { ownerReferences: [{}] })),
    post(object('two'), '?dryRun=All&fieldManager=me'),
    post(object('two'), '?dryRun=Some'),
    post(object('two'), '?dryRun='),
    post(object('two'), '?fieldValidation=Loud'),
    post(object('two', { odd: 1 }, { nonsense: 1 }), '?fieldValidation=Strict'),
    post(object('two', { odd: 1 }, { nonsense: 1 }), '?dryRun=All&fieldValidation=Warn'),
    put(object('other')),
    put(object(undefined)),
    put(object('one', { resourceVersion: '1' })),
    patch(MERGE, kind.change, '?fieldManager=patcher'),
    patch(MERGE, kind.change, '?fieldManager=patcher'),
    patch(MERGE, { metadata: { labels: { more: 'y' } } }, '?fieldManager=patcher'),
    patch(MERGE, { metadata: { name: 'other' } }),
    patch(MERGE, { metadata: { labels: { 'bad!': 'x' } } }, '?fieldValidation=Ignore&dryRun=All'),
    patch(MERGE, {}, '?force=true'),
    patch(JSON_PATCH, [{ op: 'add', path: '/metadata/labels/json', value: 'z' }]),
    patch(STRATEGIC, { metadata: { labels: { json: null } } }),
    patch({ 'content-type': 'text/plain' }, {}),
    patch(APPLY, object('one', { labels: { tier: 'y' } })),
    patch(APPLY, object('one', { labels: { tier: 'y' } }), '?fieldManager=applier'),
    patch(APPLY, object('one', { labels: { tier: 'y' } }), '?fieldManager=applier&force=true'),
    patch(APPLY, object('one'), '?fieldManager=applier'),
    ...(SELECTED.includes(plural) ? selections(many) : []),
    { method: 'POST', path: one, body: object('one') },
    { method: 'PUT', path: many, body: object('one') },
    get(`${one}/nope`),
    { method: 'DELETE', path: `${many}/${named('none')}` },
    { method: 'DELETE', path: `${one}?propagationPolicy=Nope` },
    { method: 'DELETE', path: one, body: { propagationPolicy: 'Background', orphanDependents: true } },
    ...(plural === 'namespaces' ? [] : [{ method: 'DELETE', path: one, body: { preconditions: { uid: 'another' } } }]),
    ...(plural === 'pods' || plural === 'namespaces' ? [] : [{ method: 'DELETE', path: one }]),
  ];
};

/** In the order in which they are to be sent: each kind's build on each other. */
export const ASKED: readonly Asked[] = [
  { method: 'POST', path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } } },
  ...KINDS.flatMap(askedOf),
];
