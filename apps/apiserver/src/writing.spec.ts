import { InMemoryMessageHub } from '@everynode/event-log';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeLeader } from './testing/fake-leader.ts';
import { configMap, created, HandMadeLog } from './testing/hand-made-log.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const JSON_HEADERS = { 'content-type': 'application/json' };
const named = (name: string): string => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

describe('writing', () => {
  const hand = new HandMadeLog();
  const hub = new InMemoryMessageHub();
  let api: TestServer;
  let leader: FakeLeader;

  beforeAll(async () => {
    await hand.append(created('configmaps', configMap('a')));
    api = await startTestServer(hand.log, { hub });
    leader = new FakeLeader(hub, hand, () => api.server.follower.state);
  });
  afterAll(() => api.stop());
  beforeEach(() => {
    leader.writes.length = 0;
    leader.warnings = [];
  });

  it('answers a create when the new object can be read back', async () => {
    const answer = await api.send('POST', `${CONFIG_MAPS}?fieldManager=tester`, { body: named('made'), headers: JSON_HEADERS });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ metadata: { name: 'made', resourceVersion: String(hand.last) } });
    expect((await api.get(`${CONFIG_MAPS}/made`)).status).toBe(200);
    expect(leader.writes[0]).toMatchObject({ verb: 'create', group: '', resource: 'configmaps', namespace: 'default', fieldManager: 'tester', fieldValidation: 'Warn', dryRun: false });
  });

  it('reads bodies in JSON, YAML 1.1 and protobuf, and refuses others', async () => {
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\nmode: 0644\n';
    expect((await api.send('POST', CONFIG_MAPS, { body: yaml, headers: { 'content-type': 'application/yaml' } })).status).toBe(201);
    expect(leader.writes.at(-1)?.body).toMatchObject({ mode: 420 });
    const duplicate = await api.send('POST', CONFIG_MAPS, { body: 'a: 1\na: 2\n', headers: { 'content-type': 'application/yaml' } });
    expect(duplicate.status).toBe(400);
    const namespace = protobufNamespace('from-protobuf');
    expect((await api.send('POST', '/api/v1/namespaces', { body: namespace, headers: { 'content-type': 'application/vnd.kubernetes.protobuf' } })).status).toBe(201);
    expect(leader.writes.at(-1)?.body).toMatchObject({ kind: 'Namespace', metadata: { name: 'from-protobuf' } });
    const other = await api.send('POST', CONFIG_MAPS, { body: '<x/>', headers: { 'content-type': 'application/xml' } });
    expect(other.status).toBe(415);
    expect(await other.json()).toMatchObject({ reason: 'UnsupportedMediaType' });
    const torn = await api.send('POST', CONFIG_MAPS, { body: '{"a":', headers: JSON_HEADERS });
    expect(torn.status).toBe(400);
    expect(await torn.json()).toMatchObject({ kind: 'Status', reason: 'BadRequest' });
  });

  it('answers with the metadata alone when only that is asked for', async () => {
    const headers = { ...JSON_HEADERS, accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' };
    const answer = await api.send('POST', CONFIG_MAPS, { body: named('partial'), headers });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'partial' } });
  });

  it('shows kinds on which nothing acts as empty, and says why they cannot be written', async () => {
    const deployments = '/apis/apps/v1/namespaces/default/deployments';
    expect(await api.json(deployments)).toMatchObject({ kind: 'DeploymentList', items: [] });
    expect(await api.json(`${deployments}/web`)).toMatchObject({ code: 404, message: 'deployments.apps "web" not found' });
    const refused = await api.send('POST', deployments, { body: '{"kind":"Deployment","metadata":{"name":"web"}}', headers: JSON_HEADERS });
    expect(refused.status).toBe(405);
    expect(await refused.json()).toMatchObject({ reason: 'MethodNotAllowed', message: expect.stringContaining('deployments.apps can only be read') as string });
    expect(leader.writes).toEqual([]);
  });

  it('sends each kind of patch with its type, and refuses unknown ones', async () => {
    const types = { 'json-patch+json': 'json', 'merge-patch+json': 'merge', 'strategic-merge-patch+json': 'strategic', 'apply-patch+yaml': 'apply' };
    for (const [mediaType, patchType] of Object.entries(types)) {
      const answer = await api.send('PATCH', `${CONFIG_MAPS}/a?fieldManager=m${patchType === 'apply' ? '&force=true' : ''}`, {
        body: '{"metadata":{"labels":{"x":"y"}}}',
        headers: { 'content-type': `application/${mediaType}` },
      });
      expect(answer.status).toBe(200);
      expect(leader.writes.at(-1)).toMatchObject({ verb: 'patch', patchType, force: patchType === 'apply' });
    }
    expect((await api.send('PATCH', `${CONFIG_MAPS}/a`, { body: '{}', headers: JSON_HEADERS })).status).toBe(415);
    const nameless = await api.send('PATCH', `${CONFIG_MAPS}/a`, { body: '{}', headers: { 'content-type': 'application/apply-patch+yaml' } });
    expect(nameless.status).toBe(422);
    expect(await nameless.json()).toMatchObject({ message: 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch' });
  });

  it('takes the options of a deletion from the body and from the query', async () => {
    const options = { propagationPolicy: 'Orphan', gracePeriodSeconds: 7, preconditions: { uid: 'u' }, dryRun: ['All'] };
    await api.send('DELETE', `${CONFIG_MAPS}/a`, { body: JSON.stringify(options), headers: JSON_HEADERS });
    expect(leader.writes.at(-1)).toMatchObject({ verb: 'delete', propagationPolicy: 'Orphan', gracePeriodSeconds: 7, preconditionUid: 'u', dryRun: true });
    await api.send('DELETE', `${CONFIG_MAPS}/yaml?propagationPolicy=Foreground&gracePeriodSeconds=0`, { headers: JSON_HEADERS });
    expect(leader.writes.at(-1)).toMatchObject({ propagationPolicy: 'Foreground', gracePeriodSeconds: 0, dryRun: false });
    await api.send('DELETE', `${CONFIG_MAPS}?labelSelector=a%3Db`);
    expect(leader.writes.at(-1)).toMatchObject({ verb: 'deletecollection', labelSelector: 'a=b' });
    expect((await api.send('DELETE', `${CONFIG_MAPS}/a?dryRun=Some`)).status).toBe(422);
  });

  it.each([
    ['DELETE', '/api/v1/configmaps'],
    ['POST', '/api/v1/configmaps'],
    ['PUT', CONFIG_MAPS],
    ['POST', `${CONFIG_MAPS}/a`],
  ])('has no %s on %s', async (method, path) => {
    const answer = await api.send(method, path, { body: JSON.stringify(named('a')), headers: JSON_HEADERS });
    expect(answer.status).toBe(405);
    expect(await answer.json()).toMatchObject({ message: 'the server does not allow this method on the requested resource' });
    expect(leader.writes).toEqual([]);
  });

  it.each([
    ['PATCH', `${CONFIG_MAPS}/a?force=true`, {}, 'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch'],
    ['PATCH', `${CONFIG_MAPS}/a?fieldManager=${'x'.repeat(129)}`, {}, 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes'],
    [
      'DELETE',
      `${CONFIG_MAPS}/a`,
      { propagationPolicy: 'Orphan', orphanDependents: true },
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
    ],
  ])('refuses options that exclude each other: %s %s', async (method, path, body, message) => {
    const answer = await api.send(method, path, { body: JSON.stringify(body), headers: { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' } });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ message });
  });

  it('sends a write again under the same id until it is answered', async () => {
    leader.silent = 1;
    const answer = await api.send('POST', CONFIG_MAPS, { body: named('again'), headers: JSON_HEADERS });
    expect(answer.status).toBe(201);
    expect(leader.writes).toHaveLength(2);
    expect(leader.writes[1]).toEqual(leader.writes[0]);
  });

  it('says that the outcome is unknown when nobody answers in time', async () => {
    const silent = await startTestServer(hand.log, { hub: new InMemoryMessageHub() });
    const answer = await silent.send('POST', CONFIG_MAPS, { body: named('nobody'), headers: JSON_HEADERS });
    expect(answer.status).toBe(504);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({ reason: 'Timeout', message: expect.stringContaining('may or may not have been carried out') });
    await silent.stop();
  });

  it('passes warnings on as headers', async () => {
    leader.warnings = ['unknown field "spec.x"'];
    const answer = await api.send('POST', CONFIG_MAPS, { body: named('warned'), headers: JSON_HEADERS });
    expect(answer.headers.get('warning')).toBe(String.raw`299 - "unknown field \"spec.x\""`);
  });

  it('passes failures of the leader on', async () => {
    const answer = await api.send('PUT', `${CONFIG_MAPS}/nope`, { body: named('nope'), headers: JSON_HEADERS });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ kind: 'Status', reason: 'NotFound' });
  });

  it('writes events of events.k8s.io as core events and answers in the shape that was asked', async () => {
    const body = JSON.stringify({ apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { name: 'e' }, note: 'hello', regarding: { kind: 'Pod' }, reportingController: 'c' });
    const answer = await api.send('POST', '/apis/events.k8s.io/v1/namespaces/default/events', { body, headers: JSON_HEADERS });
    expect(await answer.json()).toMatchObject({ apiVersion: 'events.k8s.io/v1', note: 'hello', regarding: { kind: 'Pod' } });
    expect(leader.writes.at(-1)).toMatchObject({ group: '', resource: 'events', body: { apiVersion: 'v1', message: 'hello', involvedObject: { kind: 'Pod' }, reportingComponent: 'c' } });
  });
});

/** A Namespace as kubectl sends it: the magic bytes, the envelope and the message. */
const protobufNamespace = (name: string): Uint8Array => {
  const field = (number: number, ...bytes: readonly number[]): number[] => [(number << 3) | 2, bytes.length, ...bytes];
  const text = (value: string): number[] => [...new TextEncoder().encode(value)];
  const typeMeta = [...field(1, ...text('v1')), ...field(2, ...text('Namespace'))];
  const metadata = field(1, ...field(1, ...text(name)));
  return new Uint8Array([...text('k8s'), 0, ...field(1, ...typeMeta), ...field(2, ...metadata)]);
};
