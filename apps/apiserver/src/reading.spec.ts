import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, created, deleted, HandMadeLog, pod, updated } from './testing/hand-made-log.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

interface List {
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number };
  readonly items: readonly { readonly metadata: { readonly name: string; readonly resourceVersion: string } }[];
}

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const names = ({ items }: List): readonly string[] => items.map(({ metadata }) => metadata.name);

describe('reading', () => {
  const hand = new HandMadeLog();
  let api: TestServer;
  const list = async (path: string): Promise<List> => (await api.json(path)) as List;

  beforeAll(async () => {
    await hand.append(created('configmaps', configMap('b', { tier: 'edge' })), created('configmaps', configMap('a', { tier: 'core' })));
    await hand.append(created('configmaps', configMap('c', {}, 'other')), created('configmaps', configMap('d', {}, 'default-2')));
    await hand.append(created('pods', pod('p1', 'n1')), created('pods', pod('p2', 'n2')));
    api = await startTestServer(hand.log);
  });
  afterAll(() => api.stop());

  it('gives one object with the sequence of its last change as resourceVersion', async () => {
    expect(await api.json(`${CONFIG_MAPS}/a`)).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'a', resourceVersion: '1' } });
  });

  it('answers with a Status when there is no such object, path or method', async () => {
    const missing = await api.get(`${CONFIG_MAPS}/nope`);
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ kind: 'Status', reason: 'NotFound', message: 'configmaps "nope" not found', details: { name: 'nope', kind: 'configmaps' } });
    expect(await (await api.get('/apis/apps/v1/namespaces/x/pods')).json()).toMatchObject({ code: 404, message: 'the server could not find the requested resource' });
    expect((await api.send('PUT', CONFIG_MAPS)).status).toBe(405);
    expect((await api.get('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')).status).toBe(405);
  });

  it('lists a namespace in the order of names, and all namespaces', async () => {
    expect(names(await list(CONFIG_MAPS))).toEqual(['a', 'b']);
    const all = await list('/api/v1/configmaps');
    expect(all).toMatchObject({ kind: 'ConfigMapList', metadata: { resourceVersion: '3' } });
    expect(names(all)).toEqual(['d', 'a', 'b', 'c']);
  });

  it('selects by labels and by fields', async () => {
    expect(names(await list(`${CONFIG_MAPS}?labelSelector=tier%3Dedge`))).toEqual(['b']);
    expect(names(await list(`${CONFIG_MAPS}?labelSelector=tier%20notin%20(edge)`))).toEqual(['a']);
    expect(names(await list('/api/v1/pods?fieldSelector=spec.nodeName%3Dn2'))).toEqual(['p2']);
    expect(names(await list('/api/v1/configmaps?fieldSelector=metadata.name%3Dc'))).toEqual(['c']);
    expect(names(await list(`${CONFIG_MAPS}?fieldSelector=metadata.name%3Dc`))).toEqual([]);
    const refused = await api.get('/api/v1/pods?fieldSelector=foo%3Dbar');
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ message: 'field label not supported: foo' });
  });

  it('refuses options that contradict each other', async () => {
    expect((await api.get(`${CONFIG_MAPS}?resourceVersionMatch=Exact`)).status).toBe(422);
    expect((await api.get(`${CONFIG_MAPS}?resourceVersion=0&resourceVersionMatch=Exact`)).status).toBe(422);
    expect((await api.get(`${CONFIG_MAPS}?resourceVersion=x`)).status).toBe(400);
    expect((await api.get(`${CONFIG_MAPS}/d?resourceVersion=x`)).status).toBe(400);
    expect((await api.get(`${CONFIG_MAPS}?limit=x`)).status).toBe(400);
    expect((await api.get(`${CONFIG_MAPS}?timeoutSeconds=x`)).status).toBe(400);
    expect((await api.get(`${CONFIG_MAPS}?limit=-1`)).status).toBe(200);
    expect((await api.get(`${CONFIG_MAPS}?continue=bogus`)).status).toBe(400);
    expect((await api.get(`${CONFIG_MAPS}?sendInitialEvents=true`)).status).toBe(422);
    expect((await api.get(`${CONFIG_MAPS}?timeout=invalid`)).status).toBe(400);
    expect((await api.get('/version?timeout=invalid')).status).toBe(400);
    expect((await api.get(`${CONFIG_MAPS}?timeout=1m30s`)).status).toBe(200);
  });

  it('prints tables, metadata alone, and whole objects, as the Accept header asks', async () => {
    const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    expect(await api.json('/api/v1/pods', table)).toMatchObject({ kind: 'Table', rows: [{ cells: ['p1', '0/1', 'Running', '0', expect.any(String), '<none>', 'n1', '<none>', '<none>'] }, {}] });
    const metadata = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
    const partial = (await api.json('/api/v1/pods', metadata)) as { items: object[] };
    expect(partial.items[0]).toEqual({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: expect.objectContaining({ name: 'p1' }) });
    expect(await api.json('/api/v1/pods', 'application/vnd.kubernetes.protobuf,application/json')).toMatchObject({ kind: 'PodList' });
    expect((await api.get('/api/v1/pods', 'text/html')).status).toBe(406);
  });

  it('names kind and version of an object first, and of the items of a list not at all, in JSON without a charset', async () => {
    const answer = await api.get('/api/v1/pods');
    expect(answer.headers.get('content-type')).toBe('application/json');
    const { items } = (await answer.json()) as { items: object[] };
    expect(items.map((item) => Object.keys(item).includes('kind') || Object.keys(item).includes('apiVersion'))).toEqual([false, false]);
    const one = await api.get('/api/v1/namespaces/default/pods/p1');
    expect(one.headers.get('content-type')).toBe('application/json');
    expect(await one.text()).toMatch(/^\{"kind":"Pod","apiVersion":"v1","metadata":.*\}\n$/u);
  });

  it.each(['/api/v1/pods', '/api/v1/namespaces/default/pods/p1', '/apis', '/api/v1/namespaces/default/pods/none'])('indents %s for whoever asks for that', async (path) => {
    const plain = await (await api.get(path)).text();
    const pretty = await (await api.get(`${path}?pretty=true`)).text();
    expect(pretty).toBe(JSON.stringify(JSON.parse(plain), undefined, 2));
  });

  it('tells caches that discovery and schemas depend on what is accepted', async () => {
    const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    expect((await api.get('/apis', aggregated)).headers.get('vary')).toBe('Accept');
    expect((await api.get('/openapi/v2')).headers.get('vary')).toBe('Accept-Encoding, Accept');
    expect((await api.get('/apis')).headers.get('vary')).toBeNull();
  });

  it('keeps the pages of a list to the state of the first page, whatever happens meanwhile', async () => {
    const first = await list('/api/v1/configmaps?limit=2');
    expect(names(first)).toEqual(['d', 'a']);
    expect(first.metadata.remainingItemCount).toBe(2);
    await api.folded(await hand.append(deleted('configmaps', configMap('b')), created('configmaps', configMap('aa')), updated('configmaps', configMap('c', { x: 'y' }, 'other'))));
    const second = await list(`/api/v1/configmaps?limit=2&continue=${first.metadata.continue ?? ''}`);
    expect(names(second)).toEqual(['b', 'c']);
    expect(second.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion });
    expect(second.items[1]?.metadata.resourceVersion).toBe('2');
    expect(names(await list(CONFIG_MAPS))).toEqual(['a', 'aa']);
  });

  it('shows an earlier state when its resourceVersion is asked for exactly', async () => {
    expect(names(await list(`${CONFIG_MAPS}?resourceVersion=1&resourceVersionMatch=Exact`))).toEqual(['a', 'b']);
    expect(names(await list(`${CONFIG_MAPS}?resourceVersion=1`))).toEqual(['a', 'aa']);
  });

  it('shows it too when a page of it is asked for, but for resourceVersion 0, which is given whole', async () => {
    const page = await list(`${CONFIG_MAPS}?resourceVersion=1&limit=1`);
    expect([names(page), page.metadata.resourceVersion]).toEqual([['a'], '1']);
    expect(names(await list(`${CONFIG_MAPS}?resourceVersion=1&limit=1&resourceVersionMatch=NotOlderThan`))).toEqual(['a']);
    const whole = await list(`${CONFIG_MAPS}?resourceVersion=0&limit=1&resourceVersionMatch=NotOlderThan`);
    expect(names(whole)).toEqual(['a', 'aa']);
  });

  it('says everything that is wrong with a list at once', async () => {
    const refused = await api.json(`${CONFIG_MAPS}?resourceVersionMatch=Older&continue=x`);
    expect(refused).toMatchObject({ code: 422, details: { causes: [{}, {}, { message: 'Unsupported value: "Older": supported values: "Exact", "NotOlderThan", ""' }] } });
  });

  it('waits for a resourceVersion that is not folded yet, and says when it does not come', async () => {
    const pending = list(`${CONFIG_MAPS}?resourceVersion=${hand.last + 1}`);
    const sequence = await hand.append(created('configmaps', configMap('late')));
    expect((await pending).metadata.resourceVersion).toBe(String(sequence));
    const future = await api.get(`${CONFIG_MAPS}/a?resourceVersion=99999`);
    expect(future.status).toBe(504);
    expect(future.headers.get('retry-after')).toBe('1');
    expect(await future.json()).toMatchObject({ details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } });
  });

  it('shows core events under events.k8s.io in its own shape', async () => {
    const event = { ...configMap('e1'), kind: 'Event', involvedObject: { kind: 'Pod', name: 'p1', namespace: 'default' }, message: 'hello', reason: 'Started', source: { component: 'kubelet' }, count: 2 };
    await api.folded(await hand.append(created('events', event)));
    const path = '/apis/events.k8s.io/v1/namespaces/default/events';
    expect(await api.json(`${path}/e1`)).toMatchObject({ apiVersion: 'events.k8s.io/v1', note: 'hello', regarding: { name: 'p1' }, reportingController: 'kubelet', deprecatedCount: 2 });
    expect(names(await list(`${path}?fieldSelector=regarding.name%3Dp1`))).toEqual(['e1']);
    expect(names(await list('/api/v1/events?fieldSelector=involvedObject.name%3Dp1'))).toEqual(['e1']);
  });

  it('answers health, version, metrics and reviews', async () => {
    expect(await (await api.get('/readyz')).text()).toBe('ok');
    expect(await (await api.get('/readyz?verbose')).text()).toBe('[+]ping ok\n[+]event-log ok\n[+]broker ok\nreadyz check passed\n');
    expect(await (await api.get('/livez?verbose')).text()).toBe('[+]ping ok\nlivez check passed\n');
    expect(await api.json('/version')).toMatchObject({ gitVersion: expect.stringMatching(/^v1\.\d+\.0/) });
    expect(await (await api.get('/metrics')).text()).toContain('everynode_apiserver_requests_total');
    const body = JSON.stringify({ kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } });
    const review = await api.send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body, headers: { 'content-type': 'application/json' } });
    expect(review.status).toBe(201);
    expect(await review.json()).toMatchObject({ status: { allowed: true } });
    const token = JSON.stringify({ kind: 'TokenReview', apiVersion: 'authentication.k8s.io/v1', spec: { token: 'x' } });
    const tokenReview = await api.send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { body: token, headers: { 'content-type': 'application/json' } });
    expect(await tokenReview.json()).toMatchObject({ kind: 'TokenReview', metadata: {}, status: { user: {}, error: 'invalid bearer token' } });
    const asTable = { 'content-type': 'application/json', accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
    expect((await api.send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body, headers: asTable })).status).toBe(406);
  });

  it('refuses a body above three mebibytes with a Status', async () => {
    const refused = await api.send('POST', CONFIG_MAPS, { body: 'x'.repeat(3 * 1024 * 1024 + 1), headers: { 'content-type': 'application/json' } });
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ kind: 'Status', reason: 'RequestEntityTooLarge' });
  });
});
