import type { Random } from '@everynode/core';
import { namedProtobuf } from './protobuf-body.ts';
import { pick } from './request.ts';

/** A well-formed request, the parts of which are mutated afterwards. */
export interface CorpusRequest {
  readonly method: string;
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  readonly type: string | undefined;
  /** A JSON value, or bytes that are no JSON. */
  readonly body: unknown;
}

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';
const PATCH_TYPES = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml'] as const;

interface Kind {
  readonly base: readonly string[];
  readonly plural: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly content: object;
  readonly subresources: readonly string[];
}

const container = { name: 'c', image: 'nginx:1', ports: [{ containerPort: 80 }], env: [{ name: 'A', value: '1' }], resources: { requests: { cpu: '10m', memory: '16Mi' } } };
const template = { metadata: { labels: { app: 'f' } }, spec: { containers: [container], tolerations: [{ operator: 'Exists' }], nodeSelector: { a: 'b' } } };
const daemonSet = { spec: { selector: { matchLabels: { app: 'f' } }, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%', maxSurge: 0 } }, template } };

const core = (plural: string, kind: string, content: object, more: Partial<Kind> = {}): Kind => ({ base: ['api', 'v1'], plural, apiVersion: 'v1', kind, namespaced: true, content, subresources: [], ...more });
const grouped = (group: string, plural: string, kind: string, content: object, more: Partial<Kind> = {}): Kind => ({
  ...core(plural, kind, content, more),
  base: ['apis', group, 'v1'],
  apiVersion: `${group}/v1`,
});

const KINDS: readonly Kind[] = [
  core('namespaces', 'Namespace', {}, { namespaced: false, subresources: ['status', 'finalize'] }),
  core('nodes', 'Node', { spec: { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] } }, { namespaced: false, subresources: ['status'] }),
  core('pods', 'Pod', { spec: template.spec }, { subresources: ['status', 'log', 'exec', 'attach', 'portforward', 'eviction', 'binding', 'ephemeralcontainers'] }),
  core('configmaps', 'ConfigMap', { data: { a: '1' } }),
  core('secrets', 'Secret', { stringData: { a: '1' }, type: 'Opaque' }),
  core('serviceaccounts', 'ServiceAccount', {}, { subresources: ['token'] }),
  core('services', 'Service', { spec: { ports: [{ port: 80 }] } }),
  core('events', 'Event', { involvedObject: { kind: 'Pod', name: 'f-1', namespace: 'fuzz' }, reason: 'Fuzz', message: 'm', type: 'Normal' }),
  core('podtemplates', 'PodTemplate', { template }),
  core('resourcequotas', 'ResourceQuota', { spec: { hard: { pods: '100' } } }, { subresources: ['status'] }),
  grouped('apps', 'daemonsets', 'DaemonSet', daemonSet, { subresources: ['status'] }),
  grouped('apps', 'controllerrevisions', 'ControllerRevision', { revision: 1, data: { a: 1 } }),
  grouped('coordination.k8s.io', 'leases', 'Lease', { spec: { holderIdentity: 'f', leaseDurationSeconds: 15 } }),
  grouped('events.k8s.io', 'events', 'Event', { regarding: { kind: 'Pod', name: 'f-1' }, reason: 'Fuzz', note: 'n', type: 'Normal', action: 'a', reportingController: 'f', reportingInstance: 'i', eventTime: '2026-01-01T00:00:00.000000Z' }),
];

const REVIEWS: readonly Omit<CorpusRequest, 'method' | 'query'>[] = [
  { path: ['apis', 'authorization.k8s.io', 'v1', 'selfsubjectaccessreviews'], type: JSON_TYPE, body: { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } } },
  { path: ['apis', 'authentication.k8s.io', 'v1', 'selfsubjectreviews'], type: JSON_TYPE, body: { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1' } },
];

const OTHER_PATHS: readonly (readonly string[])[] = [
  ['api'], ['apis'], ['api', 'v1'], ['apis', 'apps', 'v1'], ['version'], ['healthz'], ['readyz'], ['metrics'], ['openapi', 'v2'], ['openapi', 'v3'], ['openapi', 'v3', 'apis', 'apps', 'v1'],
  ['apis', 'metrics.k8s.io', 'v1beta1', 'nodes'], ['apis', 'metrics.k8s.io', 'v1beta1', 'pods'], ['as-of', '1', 'api', 'v1', 'pods'], ['apis', 'none.example', 'v1', 'things'],
];

const NAMESPACES = ['fuzz', 'fuzz-2', 'default', 'kube-system'] as const;

const nameOf = (random: Random): string => `f-${random.below(12)}`;

const objectOf = ({ apiVersion, kind, content }: Kind, name: string, namespace: string | undefined): Record<string, unknown> => ({
  apiVersion,
  kind,
  metadata: { name, labels: { app: 'f' }, ...(namespace === undefined ? {} : { namespace }) },
  ...structuredClone(content),
});

const JSON_PATCH = [
  { op: 'add', path: '/metadata/labels/x', value: 'y' },
  { op: 'test', path: '/metadata/labels/x', value: 'y' },
  { op: 'copy', from: '/metadata/labels', path: '/metadata/annotations' },
  { op: 'replace', path: '/metadata/labels/app', value: 'f' },
];

const patchBody = (type: string, object: Record<string, unknown>, random: Random): unknown => {
  if (type === 'application/json-patch+json') return structuredClone(JSON_PATCH).slice(0, 1 + random.below(JSON_PATCH.length));
  if (type === 'application/apply-patch+yaml') return object;
  return { metadata: { labels: { x: 'y' } }, ...(object['spec'] === undefined ? {} : { spec: object['spec'] }) };
};

const DELETE_OPTIONS = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background', gracePeriodSeconds: 0, preconditions: { uid: 'x' } };

const drawRead = (random: Random, path: readonly string[], name: string): Omit<CorpusRequest, 'query'> => ({
  method: pick(random, ['GET', 'GET', 'GET', 'HEAD']),
  path: random.below(2) === 0 ? path : [...path, name],
  type: undefined,
  body: undefined,
});

const drawWrite = (random: Random, kind: Kind, at: { readonly path: readonly string[]; readonly name: string; readonly namespace: string | undefined }): Omit<CorpusRequest, 'query'> => {
  const object = objectOf(kind, at.name, at.namespace);
  const subresource = kind.subresources.length > 0 && random.below(4) === 0 ? [pick(random, kind.subresources)] : [];
  const named = [...at.path, at.name, ...subresource];
  switch (random.below(6)) {
    case 0:
      return { method: 'POST', path: at.path, type: PROTOBUF_TYPE, body: namedProtobuf(kind.apiVersion, kind.kind, at.name) };
    case 1:
    case 2:
      return { method: 'POST', path: subresource.length > 0 ? named : at.path, type: pick(random, [JSON_TYPE, JSON_TYPE, 'application/yaml']), body: object };
    case 3:
      return { method: 'PUT', path: named, type: JSON_TYPE, body: object };
    case 4:
      return random.below(8) === 0 ? { method: 'DELETE', path: random.below(6) === 0 ? at.path : named, type: JSON_TYPE, body: structuredClone(DELETE_OPTIONS) } : drawRead(random, at.path, at.name);
    default: {
      const type = pick(random, PATCH_TYPES);
      return { method: 'PATCH', path: named, type, body: patchBody(type, object, random) };
    }
  }
};

const drawQuery = (random: Random, method: string): Record<string, string> => {
  const query: Record<string, string> = {};
  if (method === 'PATCH' || method === 'POST' || method === 'PUT') {
    query['fieldManager'] = 'fuzz';
    if (random.below(2) === 0) query['fieldValidation'] = pick(random, ['Strict', 'Warn', 'Ignore']);
    if (random.below(3) === 0) query['dryRun'] = 'All';
    if (random.below(4) === 0) query['force'] = 'true';
  }
  if (method === 'GET') {
    if (random.below(3) === 0) query['limit'] = String(1 + random.below(50));
    if (random.below(3) === 0) query['labelSelector'] = 'app in (f,g),!x';
    if (random.below(4) === 0) query['fieldSelector'] = 'metadata.name=f-1';
    if (random.below(5) === 0) query['resourceVersion'] = pick(random, ['0', '1', '5']);
    if (random.below(16) === 0) Object.assign(query, { watch: 'true', timeoutSeconds: '1', allowWatchBookmarks: 'true' });
  }
  return query;
};

/** Draws a request that is right in form; it may well be refused. */
export const drawCorpusRequest = (random: Random): CorpusRequest => {
  const at = random.below(20);
  if (at === 0) return { method: 'GET', path: pick(random, OTHER_PATHS), query: {}, type: undefined, body: undefined };
  if (at === 1) return { method: 'POST', query: {}, ...structuredClone(pick(random, REVIEWS)) };
  const kind = pick(random, KINDS);
  const namespace = kind.namespaced ? pick(random, NAMESPACES) : undefined;
  const path = [...kind.base, ...(namespace === undefined || random.below(10) === 0 ? [] : ['namespaces', namespace]), kind.plural];
  const name = nameOf(random);
  const request = random.below(3) === 0 ? drawRead(random, path, name) : drawWrite(random, kind, { path, name, namespace });
  return { ...request, query: drawQuery(random, request.method) };
};
