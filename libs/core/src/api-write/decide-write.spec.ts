// Writes go through the real pipeline of the Kubernetes library; what is tested here is what the core decides and puts into the log.
import { apiPreparation } from '@everynode/kubernetes-api';
import { describe, expect, it } from 'vitest';
import type { ApiWrite, WriteAnswer } from '../controller/input.ts';
import type { FleetEvent } from '../event/fleet-event.ts';
import { collectGarbage } from '../garbage/collect.ts';
import { LIMITS } from '../kernel/limits.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { aNamespace, aNode, aPod, applied, created, FleetUnderTest, registered, runningStatus } from '../node/fleet-under-test.ts';
import { decideWrite } from './decide-write.ts';

type Answer = WriteAnswer & { readonly body: Record<string, unknown> & { readonly metadata: Record<string, unknown> } };

class Server {
  readonly test = new FleetUnderTest();
  private writes = 0;

  constructor(...events: readonly FleetEvent[]) {
    this.test.given(created('namespaces', aNamespace('default')), ...events).settled();
  }

  write(write: Partial<ApiWrite>): Answer {
    this.writes += 1;
    const whole: ApiWrite = {
      id: `w${this.writes}`,
      verb: 'create',
      group: '',
      version: 'v1',
      resource: 'configmaps',
      dryRun: false,
      fieldManager: 'kubectl',
      fieldValidation: 'Strict',
      force: false,
      user: 'admin',
      ...(write.resource === 'nodes' || write.resource === 'namespaces' ? {} : { namespace: 'default' }),
      ...write,
    };
    this.test.emitted.length = 0;
    return this.test.decide((decision) => decideWrite(decision, whole, apiPreparation)) as Answer;
  }

  get types(): readonly string[] {
    return this.test.emitted.map(({ type }) => type);
  }
}

const configMap = (name: string, more: object = {}): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more }, data: { a: '1' } });
const daemonSet = (spec: object = {}, metadata: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'web', ...metadata },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } },
    ...spec,
  },
});
const DS = { group: 'apps', resource: 'daemonsets' } as const;
const withWeb = (): Server => {
  const server = new Server();
  expect(server.write({ ...DS, body: daemonSet() }).code).toBe(201);
  return server;
};

describe('create', () => {
  it('stores the object and answers it as it is in the log', () => {
    const server = new Server();
    const answer = server.write({ body: configMap('c') });
    expect(answer).toMatchObject({ code: 201, warnings: [], body: { kind: 'ConfigMap', data: { a: '1' }, metadata: { name: 'c', namespace: 'default' } } });
    expect(answer.body.metadata['resourceVersion']).toBe(String(answer.sequence));
    expect(answer.body).toEqual(server.test.get('configmaps', 'default', 'c'));
    expect(answer.sequence).toBe(server.test.state.sequence);
    expect(server.types).toEqual(['object.created.v1', 'request.answered.v1']);
  });

  it('is done once however often the same request comes', () => {
    const server = new Server();
    const first = server.write({ id: 'same', body: configMap('c') });
    const again = server.write({ id: 'same', body: configMap('c') });
    expect(again).toEqual(first);
    expect(server.types).toEqual([]);
  });

  it('refuses a name that is taken', () => {
    const server = new Server();
    server.write({ body: configMap('c') });
    expect(server.write({ body: configMap('c') })).toMatchObject({ code: 409, sequence: 0, body: { reason: 'AlreadyExists', message: 'configmaps "c" already exists' } });
    expect(server.types).toEqual([]);
  });

  it('draws a generated name again when it is taken', () => {
    const server = new Server();
    const body = { ...configMap('x'), metadata: { generateName: 'c-' } };
    const names = Array.from({ length: 20 }, () => server.write({ body }).body.metadata['name']);
    expect(new Set(names).size).toBe(20);
    expect(names[0]).toMatch(/^c-[a-z0-9]{5}$/);
  });

  it('needs the namespace', () => {
    const server = new Server();
    expect(server.write({ namespace: 'no', body: configMap('c') })).toMatchObject({ code: 404, body: { message: 'namespaces "no" not found' } });
  });

  it('DS-257 refuses a namespace that is being deleted, with the cause that clients look for', () => {
    const server = new Server({ type: 'object.deletion-requested.v1', resource: 'namespaces', namespace: '', name: 'default', uid: 'uid-ns-default', finalizers: [], by: 'user' });
    expect(server.write({ body: configMap('c') })).toMatchObject({
      code: 403,
      body: {
        reason: 'Forbidden',
        message: 'configmaps "c" is forbidden: unable to create new content in namespace default because it is being terminated',
        details: { name: 'c', causes: [{ reason: 'NamespaceTerminating' }] },
      },
    });
  });

  it('answers a dry run without a trace', () => {
    const server = new Server();
    const answer = server.write({ dryRun: true, body: configMap('c') });
    expect(answer).toMatchObject({ code: 201, sequence: 0, body: { metadata: { name: 'c' } } });
    expect(server.types).toEqual([]);
    expect(server.write({ id: 'w1', body: configMap('c') }).code).toBe(201);
  });

  it('refuses an invalid object with its Status', () => {
    const server = new Server();
    expect(server.write({ ...DS, body: daemonSet({ template: {} }) })).toMatchObject({ code: 422, sequence: 0, body: { reason: 'Invalid' } });
    expect(server.types).toEqual([]);
  });

  it('refuses what would not fit into a record, counted in bytes', () => {
    const server = new Server();
    const text = 'ü'.repeat(LIMITS.objectBytesMax / 2);
    expect(server.write({ body: { ...configMap('c'), data: { text } } })).toMatchObject({ code: 413, body: { reason: 'RequestEntityTooLarge' } });
    expect(server.write({ body: { ...configMap('c'), data: { text: text.slice(0, -500) } } }).code).toBe(201);
  });

  it('knows no resource that is not served', () => {
    expect(new Server().write({ resource: 'secretsauces', body: {} })).toMatchObject({ code: 404, body: { message: 'the server could not find the requested resource' } });
  });

  it.each<[string, Partial<ApiWrite>, string]>([
    ['a DaemonSet', { ...DS, body: daemonSet() }, 'daemonset.created.v1'],
    ['a Pod', { resource: 'pods', body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } } }, 'pod.applied.v1'],
    ['a Node', { resource: 'nodes', body: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } } }, 'object.created.v1'],
    [
      'a ControllerRevision',
      { group: 'apps', resource: 'controllerrevisions', body: { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name: 'r' }, data: {}, revision: 1 } },
      'controllerrevision.created.v1',
    ],
    ['a Namespace', { resource: 'namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } } }, 'object.created.v1'],
  ])('logs %s as what it is', (_name, write, type) => {
    const server = new Server();
    expect(server.write(write)).toMatchObject({ code: 201 });
    expect(server.types[0]).toBe(type);
  });

  it('DS-40 starts a DaemonSet with generation 1', () => {
    expect(new Server().write({ ...DS, body: { ...daemonSet(), status: { numberReady: 4 } } }).body).toMatchObject({ metadata: { generation: 1 }, status: { numberReady: 0 } });
  });

  it('DS-287 gives a Pod five minutes on a node that is not ready, unless it says otherwise', () => {
    const body = (name: string, tolerations?: readonly object[]): object => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { containers: [{ name: 'c', image: 'i' }], ...(tolerations === undefined ? {} : { tolerations }) },
    });
    const tolerationsOf = (answer: Answer): unknown => (answer.body['spec'] as { readonly tolerations?: unknown }).tolerations;
    const server = new Server();
    const patience = (key: string): object => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
    expect(tolerationsOf(server.write({ resource: 'pods', body: body('a') }))).toEqual([patience('not-ready'), patience('unreachable')]);
    const own = [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoSchedule' }, { key: 'node.kubernetes.io/unreachable', operator: 'Exists' }];
    expect(tolerationsOf(server.write({ resource: 'pods', body: body('b', own) }))).toEqual([...own, patience('not-ready')]);
    expect(tolerationsOf(server.write({ resource: 'pods', body: body('c', [{ operator: 'Exists' }]) }))).toEqual([{ operator: 'Exists' }]);
  });
});

describe('update and patch', () => {
  const put = (server: Server, body: object, more: Partial<ApiWrite> = {}): Answer => server.write({ ...DS, verb: 'update', name: 'web', body, ...more });

  it('DS-43 counts a change of the template', () => {
    const server = withWeb();
    const body = daemonSet({ template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:2' }] } } });
    const answer = put(server, body);
    expect(answer).toMatchObject({ code: 200, body: { metadata: { generation: 2, annotations: { 'deprecated.daemonset.template.generation': '2' } } } });
    expect(answer.body.metadata['resourceVersion']).toBe(String(answer.sequence));
    expect(server.types).toEqual(['daemonset.template-changed.v1', 'request.answered.v1']);
  });

  it('DS-44 tells the rest of the spec and metadata apart', () => {
    const server = withWeb();
    expect(put(server, daemonSet({ minReadySeconds: 5 })).body).toMatchObject({ metadata: { generation: 2 } });
    expect(server.types[0]).toBe('daemonset.spec-changed.v1');
    expect(put(server, daemonSet({ minReadySeconds: 5 }, { labels: { a: 'b' } })).body).toMatchObject({ metadata: { generation: 2 } });
    expect(server.types[0]).toBe('daemonset.metadata-changed.v1');
  });

  it('DS-45 writes nothing when nothing changes', () => {
    const server = withWeb();
    const before = server.test.get('daemonsets', 'default', 'web');
    const answer = put(server, daemonSet());
    expect(answer.body).toEqual(before);
    expect(String(answer.sequence)).toBe(before?.metadata.resourceVersion);
    expect(server.types).toEqual([]);
  });

  it('DS-46 writes status through its own door only', () => {
    const server = withWeb();
    const status = { currentNumberScheduled: 1, desiredNumberScheduled: 1, numberMisscheduled: 0, numberReady: 1 };
    put(server, { ...daemonSet(), status });
    expect(server.types).toEqual([]);
    expect(put(server, { ...daemonSet({ selector: null }), status }, { subresource: 'status' }).body).toMatchObject({ status, spec: { selector: { matchLabels: { app: 'web' } } } });
    put(server, { ...daemonSet({}, { labels: { a: 'b' } }), status: { ...status, numberReady: 0 } }, { subresource: 'status' });
    expect(server.test.get('daemonsets', 'default', 'web')).toMatchObject({ metadata: { labels: { a: 'b' }, generation: 1 }, status: { numberReady: 0 } });
  });

  it('DS-47 refuses a stale write and takes an unconditional one', () => {
    const server = withWeb();
    const message = 'Operation cannot be fulfilled on daemonsets.apps "web": the object has been modified; please apply your changes to the latest version and try again';
    expect(put(server, daemonSet({}, { resourceVersion: '1' }))).toMatchObject({ code: 409, body: { reason: 'Conflict', message } });
    expect(put(server, daemonSet({ minReadySeconds: 1 })).code).toBe(200);
  });

  it('DS-48 creates nothing', () => {
    const server = new Server();
    expect(put(server, daemonSet())).toMatchObject({ code: 404, body: { message: 'daemonsets.apps "web" not found' } });
    expect(server.write({ ...DS, verb: 'patch', patchType: 'merge', name: 'web', body: {} }).code).toBe(404);
    expect(server.types).toEqual([]);
  });

  it('patches', () => {
    const server = withWeb();
    const body = { spec: { template: { spec: { containers: [{ name: 'c', image: 'nginx:3' }] } } } };
    expect(server.write({ ...DS, verb: 'patch', patchType: 'strategic', name: 'web', body }).body).toMatchObject({ metadata: { generation: 2 } });
    expect(server.types[0]).toBe('daemonset.template-changed.v1');
  });

  it('leaves a dry run without a trace', () => {
    const server = withWeb();
    expect(server.write({ ...DS, verb: 'patch', patchType: 'merge', name: 'web', dryRun: true, body: { spec: { minReadySeconds: 9 } } })).toMatchObject({ code: 200, sequence: 0, body: { spec: { minReadySeconds: 9 } } });
    expect(server.types).toEqual([]);
  });

  it('tells the writes of other kinds apart', () => {
    const server = new Server(registered(aNode('n1')), applied(aPod('p', { nodeName: 'n1' }, { status: runningStatus })));
    server.write({ resource: 'nodes', verb: 'patch', patchType: 'strategic', name: 'n1', body: { spec: { unschedulable: true } } });
    expect(server.types[0]).toBe('node.updated.v1');
    expect(server.test.node('n1').spec?.unschedulable).toBe(true);
    server.write({ resource: 'pods', verb: 'patch', patchType: 'merge', name: 'p', body: { metadata: { labels: { a: 'b' } } } });
    expect(server.types[0]).toBe('pod.updated.v1');
    server.write({ resource: 'pods', verb: 'patch', patchType: 'merge', name: 'p', subresource: 'status', body: { status: { message: 'm' } } });
    expect(server.test.pod('p')).toMatchObject({ metadata: { labels: { a: 'b' } }, status: { phase: 'Running', message: 'm' } });
  });

  it('refuses a subresource that the resource does not have', () => {
    const server = withWeb();
    expect(server.write({ verb: 'update', name: 'c', subresource: 'status', body: {} })).toMatchObject({ code: 405 });
    expect(server.write({ ...DS, verb: 'update', name: 'web', subresource: 'scale', body: {} })).toMatchObject({ code: 405 });
    expect(server.write({ ...DS, verb: 'create', name: 'web', subresource: 'status', body: {} })).toMatchObject({ code: 405 });
  });
});

describe('delete', () => {
  const remove = (server: Server, more: Partial<ApiWrite>): Answer => server.write({ verb: 'delete', ...more });

  it('answers a Status for what is gone at once, and the same when asked again', () => {
    const server = withWeb();
    const answer = remove(server, { ...DS, id: 'd', name: 'web' });
    expect(answer).toMatchObject({ code: 200, body: { kind: 'Status', status: 'Success', details: { name: 'web', group: 'apps', kind: 'daemonsets' } } });
    expect(answer.sequence).toBe(server.test.state.sequence);
    expect(server.types).toEqual(['object.deleted.v1', 'request.answered.v1']);
    expect(remove(server, { ...DS, id: 'd', name: 'web' })).toMatchObject({ code: 200, body: { kind: 'Status', status: 'Success' } });
    expect(server.types).toEqual([]);
    expect(remove(server, { ...DS, name: 'web' }).code).toBe(404);
  });

  it('DS-253 answers the object that waits for its dependents', () => {
    const server = withWeb();
    expect(remove(server, { ...DS, name: 'web', propagationPolicy: 'Foreground' }).body.metadata).toMatchObject({ finalizers: ['foregroundDeletion'] });
    expect(remove(server, { ...DS, name: 'web', propagationPolicy: 'Foreground' })).toMatchObject({ code: 200 });
    expect(server.types).toEqual([]);
  });

  it('DS-57 answers the Pod, whether it goes at once or has to end', () => {
    const server = new Server(applied(aPod('p', { nodeName: 'n1' }, { status: runningStatus })), applied(aPod('q')));
    expect(remove(server, { resource: 'pods', name: 'p', gracePeriodSeconds: 5 }).body.metadata).toMatchObject({ name: 'p', deletionGracePeriodSeconds: 5 });
    expect(remove(server, { resource: 'pods', name: 'p', gracePeriodSeconds: 0 }).body.metadata).toMatchObject({ deletionGracePeriodSeconds: 0 });
    expect(server.test.pod('p')).toBeDefined();
    expect(remove(server, { resource: 'pods', name: 'q' }).body.metadata).toMatchObject({ name: 'q' });
    expect(server.test.pod('q')).toBeUndefined();
  });

  it.each<[string, Partial<ApiWrite>, RegExp]>([
    ['uid', { preconditionUid: 'other' }, /the UID in the precondition \(other\) does not match the UID in record \(\S+\)\. The object might have been deleted and then recreated$/],
    ['resourceVersion', { preconditionResourceVersion: '1' }, /the ResourceVersion in the precondition \(1\) does not match the ResourceVersion in record \(\d+\)\. The object might have been modified$/],
  ])('refuses when the %s is not the one meant', (_name, precondition, cause) => {
    const server = withWeb();
    expect(remove(server, { ...DS, name: 'web', ...precondition })).toMatchObject({
      code: 409,
      body: { reason: 'Conflict', details: { name: 'web', group: 'apps', kind: 'DaemonSet' }, message: expect.stringMatching(cause) },
    });
    expect(server.types).toEqual([]);
  });

  it('takes preconditions that hold', () => {
    const server = withWeb();
    const { uid, resourceVersion = '' } = server.test.get('daemonsets', 'default', 'web')?.metadata ?? { uid: '' };
    expect(remove(server, { ...DS, name: 'web', preconditionUid: uid, preconditionResourceVersion: resourceVersion }).code).toBe(200);
  });

  it('does nothing in a dry run', () => {
    const server = withWeb();
    expect(remove(server, { ...DS, name: 'web', dryRun: true })).toMatchObject({ code: 200, sequence: 0 });
    expect(server.types).toEqual([]);
  });

  it('terminates a namespace and protects those of the system', () => {
    const server = new Server(created('namespaces', aNamespace('a')));
    expect(remove(server, { resource: 'namespaces', name: 'a' }).body).toMatchObject({ status: { phase: 'Terminating' } });
    expect(remove(server, { resource: 'namespaces', name: 'default' })).toMatchObject({ code: 403, body: { message: 'namespaces "default" is forbidden: this namespace may not be deleted' } });
  });

  it('lets an object go with its last finalizer', () => {
    const server = new Server();
    server.write({ body: configMap('c', { finalizers: ['example.com/hold'] }) });
    expect(remove(server, { name: 'c' }).body.metadata).toMatchObject({ finalizers: ['example.com/hold'], deletionTimestamp: '2026-01-01T09:30:00Z' });
    const answer = server.write({ verb: 'patch', patchType: 'merge', name: 'c', body: { metadata: { finalizers: null } } });
    expect(answer).toMatchObject({ code: 200, body: { metadata: { name: 'c' } } });
    expect(answer.body.metadata).not.toHaveProperty('finalizers');
    expect(server.types).toEqual(['object.updated.v1', 'object.deleted.v1', 'request.answered.v1']);
  });

  it('lets a namespace go when it is finalized by hand', () => {
    const server = new Server(created('namespaces', aNamespace('a')));
    const finalize = (): Answer => server.write({ resource: 'namespaces', verb: 'update', name: 'a', subresource: 'finalize', body: { ...aNamespace('a'), spec: { finalizers: [] } } });
    remove(server, { resource: 'namespaces', name: 'a' });
    expect(finalize().code).toBe(200);
    expect(server.test.get('namespaces', undefined, 'a')).toBeUndefined();
  });
});

describe('a deletion of what is gone at once', () => {
  it.each([
    ['configmaps', 'ConfigMap', 'Status'],
    ['serviceaccounts', 'ServiceAccount', 'ServiceAccount'],
    ['podtemplates', 'PodTemplate', 'PodTemplate'],
    ['resourcequotas', 'ResourceQuota', 'ResourceQuota'],
  ])('of %s is answered as by Kubernetes', (resource, kind, answered) => {
    const server = new Server();
    server.write({ resource, body: { apiVersion: 'v1', kind, metadata: { name: 'x' }, ...(kind === 'PodTemplate' ? { template: { spec: { containers: [{ name: 'c', image: 'x' }] } } } : {}) } });
    expect(server.write({ verb: 'delete', resource, name: 'x' })).toMatchObject({ code: 200, body: { kind: answered } });
    expect(server.write({ verb: 'delete', resource, name: 'x' }).code).toBe(404);
  });
});

describe('deletecollection', () => {
  const labelled = (name: string, app: string): object => configMap(name, { labels: { app } });
  const filled = (): Server => {
    const server = new Server(created('namespaces', aNamespace('other')));
    server.write({ body: labelled('a', 'x') });
    server.write({ body: labelled('b', 'y') });
    server.write({ namespace: 'other', body: labelled('a', 'x') });
    return server;
  };
  const left = (server: Server): readonly string[] => [...(server.test.state.objects.get('configmaps')?.keys() ?? [])];

  it.each<[string, Partial<ApiWrite>, readonly string[]]>([
    ['everything in the namespace', {}, ['other/a']],
    ['what the labels choose', { labelSelector: 'app in (x)' }, ['default/b', 'other/a']],
    ['what the fields choose', { fieldSelector: 'metadata.name=b' }, ['default/a', 'other/a']],
    ['nothing in a dry run', { dryRun: true }, ['default/a', 'default/b', 'other/a']],
    ['nothing when nothing matches', { labelSelector: 'app=z' }, ['default/a', 'default/b', 'other/a']],
  ])('DS-258 deletes %s', (_name, more, names) => {
    const server = filled();
    expect(server.write({ verb: 'deletecollection', ...more })).toMatchObject({ code: 200, body: { status: 'Success' } });
    expect(left(server)).toEqual(names);
  });

  it('DS-258 applies the options to each', () => {
    const server = withWeb();
    server.write({ ...DS, verb: 'deletecollection', propagationPolicy: 'Orphan' });
    expect(server.test.get('daemonsets', 'default', 'web')?.metadata.finalizers).toEqual(['orphan']);
  });

  it('refuses a selector that it cannot read, and namespaces', () => {
    const server = filled();
    expect(server.write({ verb: 'deletecollection', fieldSelector: 'spec.foo=1' })).toMatchObject({ code: 400, body: { message: '"spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"' } });
    expect(server.write({ verb: 'deletecollection', resource: 'namespaces' }).code).toBe(405);
    expect(left(server)).toHaveLength(3);
  });
});

describe('subresources of Pods', () => {
  const post = (server: Server, subresource: string, body: object, name = 'p'): Answer => server.write({ resource: 'pods', name, subresource, body });

  it('evicts as drain asks for it', () => {
    const server = new Server(applied(aPod('p', { nodeName: 'n1' }, { status: runningStatus })));
    const answer = post(server, 'eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' }, deleteOptions: { gracePeriodSeconds: 3 } });
    expect(answer).toMatchObject({ code: 201, body: { kind: 'Status', status: 'Success' } });
    expect(server.test.pod('p')).toMatchObject({ metadata: { deletionGracePeriodSeconds: 3 } });
    expect(server.test.pod('p')?.status?.conditions).toContainEqual(expect.objectContaining({ type: 'DisruptionTarget', reason: 'EvictionByEvictionAPI' }));
    post(server, 'eviction', { metadata: { name: 'p' } });
    expect(server.types).toEqual([]);
    expect(post(server, 'eviction', { metadata: { name: 'q' } }, 'q').code).toBe(404);
  });

  it('refuses to evict another Pod of the name', () => {
    const server = new Server(applied(aPod('p', { nodeName: 'n1' })));
    expect(post(server, 'eviction', { metadata: { name: 'p' }, deleteOptions: { preconditions: { uid: 'other' } } })).toMatchObject({
      code: 409,
      body: { message: expect.stringContaining('Operation cannot be fulfilled on Pod "p": the UID in the precondition (other)') },
    });
    expect(post(server, 'eviction', { metadata: { name: 'p' }, deleteOptions: { preconditions: { resourceVersion: '999' } } }).code).toBe(409);
    expect(post(server, 'eviction', { metadata: { name: 'other' } }).code).toBe(400);
    expect(server.types).toEqual([]);
  });

  const nameless = 'name in URL does not match name in';

  it.each([
    ['eviction', {}, `${nameless} Eviction object`],
    ['eviction', { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'p' } }, 'Pod in version "v1" cannot be handled as a Eviction: the kind in the data does not match'],
    ['eviction', { apiVersion: 'apps/v1', metadata: { name: 'p' } }, 'the API version in the data (apps/v1) does not match the expected API version (policy/v1)'],
    ['eviction', { metadata: { name: 'p' }, bogus: 1 }, 'Eviction in version "v1" cannot be handled as a Eviction: strict decoding error: unknown field "bogus"'],
    ['binding', { target: { name: 'n1' } }, `${nameless} Binding object`],
    ['binding', { metadata: { name: 'p' }, target: { kind: 'Pod', name: 'n1' } }, 'target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"'],
    ['binding', { kind: 'Eviction', metadata: { name: 'p' }, target: { name: 'n1' } }, 'the kind in the data does not match'],
  ])('refuses a %s with the body %j', (subresource, body, message) => {
    const server = new Server(applied(aPod('p')));
    expect(post(server, subresource, body)).toMatchObject({ code: 400, body: { message: expect.stringContaining(message) } });
    expect(server.types).toEqual([]);
  });

  it('takes an eviction of an older version, and only shows what would be where that is asked for', () => {
    const server = new Server(applied(aPod('p', { nodeName: 'n1' })));
    const eviction = { apiVersion: 'policy/v1beta1', kind: 'Eviction', metadata: { name: 'p' } };
    expect(post(server, 'eviction', { ...eviction, deleteOptions: { dryRun: ['All'] } }).code).toBe(201);
    expect(server.types).toEqual([]);
    expect(post(server, 'eviction', eviction).code).toBe(201);
    expect(server.types).toContain('pod.deletion-requested.v1');
  });

  it('binds no other Pod of the name', () => {
    const server = new Server(applied(aPod('p')));
    expect(post(server, 'binding', { metadata: { name: 'p', uid: 'other' }, target: { name: 'n1' } })).toMatchObject({ code: 409 });
    expect(server.types).toEqual([]);
  });

  it('binds once', () => {
    const server = new Server(applied(aPod('p')));
    expect(post(server, 'binding', { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n1' } })).toMatchObject({ code: 201, body: { status: 'Success' } });
    expect(server.test.pod('p')?.spec.nodeName).toBe('n1');
    expect(post(server, 'binding', { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n2' } })).toMatchObject({
      code: 409,
      body: { message: 'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"' },
    });
    expect(post(server, 'binding', { metadata: { name: 'p' }, target: {} })).toMatchObject({ code: 400, body: { message: expect.stringContaining('target.name') } });
  });
});

describe('a Pod that waits or is looked into', () => {
  const write = (server: Server, more: Partial<ApiWrite>): Answer => server.write({ resource: 'pods', name: 'p', ...more });

  it('is bound to no node by anybody while it has scheduling gates', () => {
    const server = new Server(applied(aPod('p', { schedulingGates: [{ name: 'a' }] })));
    expect(write(server, { subresource: 'binding', body: { metadata: { name: 'p' }, target: { kind: 'Node', name: 'n1' } } })).toMatchObject({
      code: 409,
      body: { message: 'Operation cannot be fulfilled on pods/binding "p": pod p has non-empty .spec.schedulingGates' },
    });
    expect(server.types).toEqual([]);
  });

  it('gets an ephemeral container, of which its node hears', () => {
    const server = new Server();
    write(server, { body: { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'p' }, spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'x' }] } } });
    server.test.settled();
    const body = { spec: { ephemeralContainers: [{ name: 'd', image: 'busybox' }] } };
    const add = { subresource: 'ephemeralcontainers', verb: 'patch', patchType: 'strategic', body } as const;
    const first = write(server, { id: 'same', ...add });
    expect(first).toMatchObject({ code: 200, body: { kind: 'Pod', spec: { ephemeralContainers: [{ name: 'd' }] } } });
    expect(server.types).toEqual(['pod.updated.v1', 'request.answered.v1']);
    expect(server.test.state.dirty.commands).toContain('n1');
    expect(write(server, { id: 'same', ...add })).toMatchObject({ code: 200, body: first.body });
    expect(write(server, { ...add, name: 'q' }).code).toBe(404);
  });
});

describe('views', () => {
  it('keeps what is written through events.k8s.io as a core event', () => {
    const server = new Server();
    const body = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'e' },
      eventTime: '2026-01-01T09:30:00.000000Z',
      regarding: { kind: 'Pod', name: 'p', namespace: 'default' },
      reason: 'R',
      note: 'n',
      type: 'Normal',
      action: 'A',
      reportingController: 'c',
      reportingInstance: 'i',
    };
    expect(server.write({ group: 'events.k8s.io', resource: 'events', body })).toMatchObject({ code: 201 });
    expect(server.test.get('events', 'default', 'e')).toMatchObject({ apiVersion: 'v1', involvedObject: { name: 'p' }, message: 'n' });
  });
});

describe('owners in writes', () => {
  it('DS-256 collects what is created for an owner that is gone', () => {
    const server = new Server();
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'gone', uid: 'uid-gone' }];
    server.write({ body: configMap('c', { ownerReferences }) });
    server.test.decide(collectGarbage);
    const left: KubernetesObject | undefined = server.test.get('configmaps', 'default', 'c');
    expect(left).toBeUndefined();
  });
});
