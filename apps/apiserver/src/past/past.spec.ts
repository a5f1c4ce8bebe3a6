import { InMemoryEventLog, InMemoryLogStore, type LogRecord } from '@everynode/event-log';
import { eventually } from '@everynode/event-log/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { configMap, created, deleted, HandMadeLog, pod, updated } from '../testing/hand-made-log.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { WatchClient } from '../testing/watch-client.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
/** Time of the first hand-made record; each one after it is a millisecond later. */
const FIRST = Date.parse('2026-01-01T00:00:00Z');
const timeOf = (sequence: number): string => new Date(FIRST + sequence - 1).toISOString();

interface List {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly { readonly metadata: { readonly name: string; readonly resourceVersion: string }; readonly data?: unknown }[];
}

let api: TestServer;
afterEach(() => api.stop());

/** Records 1 to 4: a appears, b appears, a changes, b is deleted. */
const fourRecords = async (log = new HandMadeLog()): Promise<HandMadeLog> => {
  await log.append(created('configmaps', configMap('a')));
  await log.append(created('configmaps', configMap('b')));
  await log.append(updated('configmaps', { ...configMap('a'), data: { a: 'changed' } }));
  await log.append(deleted('configmaps', configMap('b')));
  return log;
};

const namesIn = (list: unknown): readonly string[] => (list as List).items.map(({ metadata }) => metadata.name);

describe('reading the past', () => {
  it.each([
    ['1', ['a'], '1'],
    ['2', ['a', 'b'], '2'],
    ['3', ['a', 'b'], '3'],
    ['4', ['a'], '4'],
    [timeOf(2), ['a', 'b'], '2'],
    ['2026-01-02', ['a'], '4'],
    ['-5m', ['a'], '4'],
  ])('lists what there was as of %s', async (asOf, names, sequence) => {
    api = await startTestServer((await fourRecords()).log);
    for (const path of [`${MAPS}?asOf=${asOf}`, `/as-of/${asOf}${MAPS}`]) {
      const response = await api.get(path);
      expect(response.headers.get('everynode-as-of-sequence')).toBe(sequence);
      const list = (await response.json()) as List;
      expect(namesIn(list)).toEqual(names);
      expect(list.metadata.resourceVersion).toBe(sequence);
    }
  });

  it('answers as the present did when it was the present', async () => {
    const log = new HandMadeLog();
    api = await startTestServer(log.log);
    const answers: string[] = [];
    const paths = [MAPS, `${MAPS}/a`, '/api/v1/pods', '/api/v1/namespaces'];
    const changes = [created('configmaps', configMap('a')), created('pods', pod('p')), updated('configmaps', { ...configMap('a'), data: { a: '2' } }), deleted('pods', pod('p'))];
    for (const change of changes) {
      await api.folded(await log.append(change));
      for (const path of paths) answers.push(await (await api.get(path)).text());
    }
    const again: string[] = [];
    for (const [index] of changes.entries()) for (const path of paths) again.push(await (await api.get(`${path}?asOf=${index + 1}`)).text());
    expect(again).toEqual(answers);
    expect(new Set(answers).size).toBeGreaterThan(changes.length);
  });

  it('counts ages from the moment that is shown', async () => {
    const log = new HandMadeLog();
    await log.append(created('pods', pod('p')));
    api = await startTestServer(log.log);
    const ageAsOf = async (asOf: string): Promise<unknown> => {
      const { columnDefinitions, rows } = (await api.json(`${PODS}?asOf=${asOf}`, TABLE)) as { columnDefinitions: { name: string }[]; rows: { cells: unknown[] }[] };
      return rows[0]?.cells[columnDefinitions.findIndex(({ name }) => name === 'Age')];
    };
    expect(await ageAsOf('2026-01-01T00:00:07Z')).toBe('7s');
    expect(await ageAsOf('2026-01-01T03:00:00Z')).toBe('3h');
    expect(await ageAsOf('1')).toBe('0s');
  });

  it('lists an exact resourceVersion before the moment, and none after it', async () => {
    api = await startTestServer((await fourRecords()).log);
    const exactly = (sequence: number): Promise<unknown> => api.json(`${MAPS}?asOf=3&resourceVersionMatch=Exact&resourceVersion=${sequence}`);
    expect(namesIn(await exactly(1))).toEqual(['a']);
    expect(namesIn(await exactly(3))).toEqual(['a', 'b']);
    expect(await exactly(4)).toMatchObject({ code: 504 });
  });

  it('says when a moment is no moment, in the future, or not kept', async () => {
    const log = new HandMadeLog(new InMemoryEventLog(new InMemoryLogStore({ maxRecords: 3 })));
    api = await startTestServer(log.log);
    for (const name of ['a', 'b', 'c', 'd']) await api.folded(await log.append(created('configmaps', configMap(name))));
    const failure = async (asOf: string): Promise<unknown> => api.json(`${MAPS}?asOf=${asOf}`);
    expect(await failure('yesterday')).toMatchObject({ code: 400, message: expect.stringContaining('"yesterday" is not a sequence (1042), a time') as string });
    expect(await failure('')).toMatchObject({ code: 400 });
    expect(await failure('5')).toMatchObject({ code: 400, message: 'asOf: record 5 lies in the future, the log ends at record 4' });
    expect(await failure('2999-01-01')).toMatchObject({ code: 400, message: 'asOf: 2999-01-01 lies in the future' });
    const gone = { code: 410, reason: 'Expired', message: expect.stringContaining('the oldest moment in the log is record 2') as string };
    for (const asOf of ['0', '1', '2020-01-01', '3']) expect(await failure(asOf), asOf).toMatchObject(gone);
    expect(await api.json(`/as-of/1${MAPS}?asOf=2`)).toMatchObject({ code: 400, message: expect.stringContaining('one moment') as string });
  });

  it('refuses every write at a moment, and answers reviews', async () => {
    api = await startTestServer((await fourRecords()).log);
    const send = async (method: string, path: string, type = 'application/json'): Promise<unknown> =>
      (await api.send(method, path, { body: '{}', headers: { 'content-type': type } })).json();
    const readOnly = (asOf: string): object => ({ code: 405, reason: 'MethodNotAllowed', message: `the fleet as of ${asOf} is read-only` });
    expect(await send('POST', `/as-of/2${MAPS}`)).toMatchObject(readOnly('2'));
    expect(await send('PUT', `/as-of/-5m${MAPS}/a`)).toMatchObject(readOnly('-5m'));
    expect(await send('PATCH', `${MAPS}/a?asOf=2&dryRun=All`, 'application/merge-patch+json')).toMatchObject(readOnly('2'));
    expect(await send('DELETE', `/as-of/2${MAPS}/a`)).toMatchObject(readOnly('2'));
    expect(await send('POST', '/as-of/2/apis/authentication.k8s.io/v1/selfsubjectreviews')).toMatchObject({ kind: 'SelfSubjectReview' });
  });

  it('serves discovery and schemas under the prefix', async () => {
    api = await startTestServer((await fourRecords()).log);
    for (const path of ['/version', '/api', '/apis', '/openapi/v3', '/api/v1']) expect(await api.json(`/as-of/2${path}`)).toEqual(await api.json(path));
    expect(await api.json('/as-of/2')).toHaveProperty('paths');
  });
});

describe('watching the past', () => {
  it('ends after the objects that there were, when the client names no time', async () => {
    api = await startTestServer((await fourRecords()).log);
    const watch = await WatchClient.open(`${api.server.url}/as-of/2${MAPS}?watch=true`);
    expect(await watch.take(3)).toEqual(['ADDED a', 'ADDED b']);
  });

  it('has nothing to say behind the list of that moment', async () => {
    api = await startTestServer((await fourRecords()).log);
    const watch = await WatchClient.open(`${api.server.url}/as-of/3${MAPS}?watch=true&resourceVersion=3`);
    expect(await watch.next()).toBeUndefined();
  });

  it('tells from an earlier resourceVersion on what led to the moment, and no more', async () => {
    api = await startTestServer((await fourRecords()).log);
    const watch = await WatchClient.open(`${api.server.url}/as-of/3${MAPS}?watch=true&resourceVersion=1`);
    expect(await watch.take(5)).toEqual(['ADDED b', 'MODIFIED a']);
  });

  it('stays open for the time that the client names, as informers want it', async () => {
    api = await startTestServer((await fourRecords()).log);
    const startedAt = performance.now();
    const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1';
    const watch = await WatchClient.open(`${api.server.url}/as-of/2${MAPS}?${query}`);
    expect(await watch.take(3)).toEqual(['ADDED a', 'ADDED b', 'BOOKMARK']);
    await watch.take(2);
    expect(performance.now() - startedAt).toBeGreaterThan(900);
  });
});

describe('folding the past', () => {
  /** A log that counts how often it is read from its start. */
  class CountingLog extends InMemoryEventLog {
    folds = 0;

    override read(from: number, to?: number): ReturnType<InMemoryEventLog['read']> {
      if (from === 1 && to !== 1) this.folds += 1;
      return super.read(from, to);
    }
  }

  /** A log whose records are not given out before its gate is open. */
  class SlowLog extends InMemoryEventLog {
    readonly gate = Promise.withResolvers<void>();

    override async *read(from: number, to?: number): AsyncGenerator<LogRecord> {
      await this.gate.promise;
      yield* super.read(from, to);
    }
  }

  it('folds a moment once for all that ask at once, and keeps the last few', async () => {
    const log = new CountingLog();
    await fourRecords(new HandMadeLog(log));
    api = await startTestServer(log, { limits: { past: { kept: 2, folds: 1, waiting: 4 } } });
    await Promise.all(Array.from({ length: 10 }, () => api.json(`${MAPS}?asOf=4`)));
    expect(log.folds).toBe(1);
    await api.json(`${MAPS}?asOf=3`);
    await api.json(`${MAPS}?asOf=4`);
    expect(log.folds).toBe(2);
    await api.json(`${MAPS}?asOf=2`);
    await api.json(`${MAPS}?asOf=3`);
    expect(log.folds).toBe(3);
    expect(await (await api.get('/metrics')).text()).toMatch(/everynode_apiserver_past_fold_seconds_count 4/);
  });

  it('turns away who would have to wait behind too many others', async () => {
    const log = new SlowLog();
    await fourRecords(new HandMadeLog(log));
    api = await startTestServer(log, { limits: { past: { kept: 1, folds: 1, waiting: 1 } } });
    const codes: number[] = [];
    const asked = ['1', '2', '3', '4'].map(async (asOf) => codes.push((await api.get(`${MAPS}?asOf=${asOf}`)).status));
    await eventually('two are turned away', () => (codes.length === 2 ? true : undefined));
    log.gate.resolve();
    await Promise.all(asked);
    expect(codes).toEqual([429, 429, 200, 200]);
  });
});
