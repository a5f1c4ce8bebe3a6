// Answers of writes that the controller's machine decides: what a deletion of many deleted, and fields that a body gives twice.
import { InMemoryEventLog, InMemoryMessageBus, InMemoryMessageHub } from '@everynode/event-log';
import { eventually } from '@everynode/event-log/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InProcessLeader } from '../testing/in-process-leader.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const MERGE = 'application/merge-patch+json';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

interface List {
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

let api: TestServer;
let leader: InProcessLeader;

beforeAll(async () => {
  const log = new InMemoryEventLog();
  const hub = new InMemoryMessageHub();
  leader = new InProcessLeader(log, new InMemoryMessageBus(hub));
  await eventually('the leader leads', () => (leader.machine.role === 'leader' ? true : undefined));
  api = await startTestServer(log, { hub });
});
afterAll(async () => {
  await api.stop();
  await leader.stop();
});

const send = (method: string, path: string, body?: string, type = 'application/json', accept = 'application/json'): Promise<Response> =>
  api.send(method, path, { ...(body === undefined ? {} : { body }), headers: { 'content-type': type, accept } });

const create = async (name: string, tier: string): Promise<void> => {
  expect((await send('POST', MAPS, JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { tier } } }))).status).toBe(201);
};

/** Those that a test has made; every namespace has one of its own. */
const names = async (): Promise<readonly string[]> => ((await api.json(`${MAPS}?labelSelector=tier`)) as List).items.map(({ metadata }) => metadata.name);

describe('a deletion', () => {
  it('that is done names no code in its Status, as in Kubernetes', async () => {
    await create('gone', 'x');
    expect(await (await send('DELETE', `${MAPS}/gone`)).json()).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'gone', kind: 'configmaps', uid: expect.any(String) },
    });
  });

  it('of an object that is sent along is refused, and deletes nothing', async () => {
    await create('kept', 'x');
    expect((await send('DELETE', `${MAPS}/kept`, JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap' }))).status).toBe(400);
    expect((await send('DELETE', `${MAPS}/kept`, JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions' }))).status).toBe(200);
  });
});

describe('a deletion of many', () => {
  beforeEach(async () => {
    await send('DELETE', MAPS);
    for (const name of ['a', 'b', 'c']) await create(name, name === 'c' ? 'core' : 'edge');
  });

  it('answers with the list of what it has deleted', async () => {
    const response = await send('DELETE', `${MAPS}?labelSelector=tier%3Dedge`);
    expect(response.status).toBe(200);
    const list = (await response.json()) as List;
    expect(list).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1', metadata: { resourceVersion: String(api.server.follower.state.sequence) } });
    expect(list.items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    expect(await names()).toEqual(['c']);
  });

  it('answers with an empty list when there is nothing to delete, and with what it would delete on a dry run', async () => {
    expect(await (await send('DELETE', `${MAPS}?labelSelector=tier%3Dnone`)).json()).toMatchObject({ kind: 'ConfigMapList', items: [] });
    const list = (await (await send('DELETE', `${MAPS}?dryRun=All&fieldSelector=metadata.name%3Db`)).json()) as List;
    expect(list.items.map(({ metadata }) => metadata.name)).toEqual(['b']);
    expect(await names()).toEqual(['a', 'b', 'c']);
  });

  it('is printed as a table for whom asks for one, and refused with a Status as ever', async () => {
    expect(await (await send('DELETE', `${MAPS}?labelSelector=tier`, undefined, 'application/json', TABLE)).json()).toMatchObject({ kind: 'Table', rows: [{}, {}, {}] });
    expect(await (await send('DELETE', '/api/v1/namespaces')).json()).toMatchObject({ kind: 'Status', code: 405 });
  });
});

describe('fields that a body gives twice', () => {
  const body = (name: string): string => `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}","labels":{"a":"1","a":"2"}},"data":{"x":"1"},"data":{"x":"2"}}`;

  it('are refused when the client is strict', async () => {
    const response = await send('POST', `${MAPS}?fieldValidation=Strict`, body('strict'));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      reason: 'BadRequest',
      message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "metadata.labels.a", duplicate field "data"',
    });
    expect((await api.get(`${MAPS}/strict`)).status).toBe(404);
  });

  it.each(['', '?fieldValidation=Warn'])('are warned of otherwise, and the last one counts: %j', async (query) => {
    const response = await send('POST', `${MAPS}${query}`, body(`warned-${query.length}`));
    expect(response.status).toBe(201);
    expect(response.headers.get('warning')).toBe(String.raw`299 - "duplicate field \"metadata.labels.a\"", 299 - "duplicate field \"data\""`);
    expect(await response.json()).toMatchObject({ metadata: { labels: { a: '2' } }, data: { x: '2' } });
  });

  it('are taken in silence when nothing is to be validated', async () => {
    expect((await send('POST', `${MAPS}?fieldValidation=Ignore`, body('ignored'))).headers.get('warning')).toBeNull();
  });

  it('are refused together with fields that nobody knows, in the order of the body', async () => {
    const twice = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"n","bogus":1,"name":"n","bogus":2},"data":{},"date":{"a":1,"a":2},"data":{}}';
    for (const [method, path] of [['POST', MAPS], ['PUT', `${MAPS}/n`]] as const) {
      const response = await send(method, `${path}?fieldValidation=Strict`, twice);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        message: 'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "metadata.name", unknown field "metadata.bogus", unknown field "date", duplicate field "data"',
      });
    }
    await create('strange', 'x');
    const patch = '{"metadata":{"labels":{"x":"1","x":"2"},"$setElementOrder/finalizers":[]},"bogus":1}';
    const refused = await send('PATCH', `${MAPS}/strange?fieldValidation=Strict`, patch, MERGE);
    expect(await refused.json()).toMatchObject({
      code: 422,
      message: expect.stringContaining(': strict decoding error: duplicate field "metadata.labels.x", unknown field "bogus"') as string,
    });
    const operations = '[{"op":"add","op":"add","path":"/metadata/labels","value":{}}]';
    const refusedOperations = await send('PATCH', `${MAPS}/strange?fieldValidation=Strict`, operations, 'application/json-patch+json');
    expect(await refusedOperations.json()).toMatchObject({ code: 422, message: expect.stringContaining('json patch duplicate field "[0].op"') as string });
  });

  it('are found in patches too', async () => {
    await create('patched', 'x');
    const patch = '{"data":{"k":"1","k":"2"}}';
    const warned = await send('PATCH', `${MAPS}/patched`, patch, MERGE);
    expect(warned.headers.get('warning')).toBe(String.raw`299 - "duplicate field \"data.k\""`);
    const refused = await send('PATCH', `${MAPS}/patched?fieldValidation=Strict`, patch, MERGE);
    expect(await refused.json()).toMatchObject({ code: 422, reason: 'Invalid', message: expect.stringContaining('strict decoding error: duplicate field "data.k"') as string });
  });
});
