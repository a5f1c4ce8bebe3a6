import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InMemoryEventLog, InMemoryLogStore } from '@everynode/event-log';
import { configMap, created, deleted, HandMadeLog, pod, updated } from './testing/hand-made-log.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';
import { WatchClient } from './testing/watch-client.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps?watch=true';

describe('watching', () => {
  const hand = new HandMadeLog();
  let api: TestServer;
  const watch = (query: string, accept?: string): Promise<WatchClient> => WatchClient.open(`${api.server.url}${CONFIG_MAPS}${query}`, accept);

  beforeAll(async () => {
    await hand.append(created('configmaps', configMap('a', { tier: 'edge' })));
    await hand.append(created('configmaps', configMap('b')), created('configmaps', configMap('c')));
    api = await startTestServer(hand.log);
  });
  afterAll(() => api.stop());

  it('begins with everything there is when no resourceVersion is named, and goes on', async () => {
    const client = await watch('');
    expect(await client.take(3)).toEqual(['ADDED a', 'ADDED b', 'ADDED c']);
    const sequence = await hand.append(updated('configmaps', configMap('a', { tier: 'core' })));
    const event = await client.next();
    expect(event).toMatchObject({ type: 'MODIFIED', object: { metadata: { name: 'a', resourceVersion: String(sequence) } } });
    client.close();
  });

  it('marks the end of the initial events when asked to', async () => {
    const client = await watch('&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true');
    expect(await client.take(3)).toEqual(['ADDED a', 'ADDED b', 'ADDED c']);
    const bookmark = await client.next();
    expect(bookmark).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', metadata: { resourceVersion: String(hand.last), annotations: { 'k8s.io/initial-events-end': 'true' } } },
    });
    client.close();
  });

  it('begins with what comes next when no initial events are wanted and no resourceVersion is named', async () => {
    const clients = [await watch('&sendInitialEvents=false&resourceVersionMatch=NotOlderThan'), await watch('&sendInitialEvents=false&resourceVersionMatch=NotOlderThan&resourceVersion=0')];
    await hand.append(updated('configmaps', configMap('a', { tier: 'core', seen: 'next' })));
    for (const client of clients) {
      expect(await client.take(1)).toEqual(['MODIFIED a']);
      client.close();
    }
  });

  it('waits for the resourceVersion that it is to continue behind', async () => {
    const opening = watch(`&resourceVersion=${hand.last + 1}`);
    await hand.append(updated('configmaps', configMap('a', { tier: 'core' })));
    await hand.append(updated('configmaps', configMap('b', { both: 'yes' })), updated('configmaps', configMap('c', { both: 'yes' })));
    const client = await opening;
    expect(await client.take(2)).toEqual(['MODIFIED b', 'MODIFIED c']);
    client.close();
  });

  it.each(['', '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan'])('says in the watch that the state it is to begin with does not come up%s', async (query) => {
    const client = await watch(`&resourceVersion=${hand.last + 9}${query}`);
    expect(await client.next()).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 504, reason: 'Timeout' } });
    expect(await client.next()).toBeUndefined();
  });

  it('replays what came after the named resourceVersion, and a record of several objects again when it is that one', async () => {
    const behindOne = await watch('&resourceVersion=1');
    expect(await behindOne.take(3)).toEqual(['ADDED b', 'ADDED c', 'MODIFIED a']);
    behindOne.close();
    const behindTwo = await watch('&resourceVersion=2');
    expect(await behindTwo.take(3)).toEqual(['ADDED b', 'ADDED c', 'MODIFIED a']);
    behindTwo.close();
    const onlyOne = await watch('&resourceVersion=2&fieldSelector=metadata.name%3Db');
    await hand.append(updated('configmaps', configMap('b', { x: 'y' })));
    expect(await onlyOne.take(1)).toEqual(['MODIFIED b']);
    onlyOne.close();
  });

  it('shows objects that enter and leave the selection as added and deleted', async () => {
    const client = await watch(`&resourceVersion=${hand.last}&labelSelector=tier%3Dedge`);
    await hand.append(updated('configmaps', configMap('b', { tier: 'edge' })));
    const left = await hand.append(updated('configmaps', configMap('b', { tier: 'core' })));
    expect(await client.take(1)).toEqual(['ADDED b']);
    expect(await client.next()).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'b', resourceVersion: String(left), labels: { tier: 'edge' } } } });
    client.close();
  });

  it('gives the sequence of the deletion to a deleted object', async () => {
    const client = await watch(`&resourceVersion=${hand.last}`);
    const sequence = await hand.append(deleted('configmaps', configMap('c')));
    expect(await client.next()).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'c', resourceVersion: String(sequence) } } });
    client.close();
  });

  it('ends after timeoutSeconds with a last bookmark', async () => {
    const client = await watch(`&resourceVersion=${hand.last}&timeoutSeconds=1&allowWatchBookmarks=true`);
    expect(await client.next()).toMatchObject({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(hand.last) } } });
    expect(await client.next()).toBeUndefined();
  });

  it('sends the columns of a table once', async () => {
    const client = await watch('&resourceVersion=0', 'application/json;as=Table;v=v1;g=meta.k8s.io');
    const first = await client.next();
    const second = await client.next();
    expect(first?.object.columnDefinitions?.length).toBeGreaterThan(1);
    expect(first?.object.rows?.[0]?.cells[0]).toBe('a');
    expect(second?.object.columnDefinitions).toBeNull();
    client.close();
  });

  it('delivers a record of thousands of objects whole', async () => {
    const client = await WatchClient.open(`${api.server.url}/api/v1/pods?watch=true&resourceVersion=${hand.last}`);
    await hand.append(...Array.from({ length: 3_000 }, (_, index) => created('pods', pod(`p${String(index).padStart(4, '0')}`))));
    const events = await client.take(3_000);
    expect(new Set(events).size).toBe(3_000);
    client.close();
  });
});

describe('a watch from before what is kept in memory', () => {
  it('is replayed from the log', async () => {
    const hand = new HandMadeLog();
    const records = 60;
    for (let index = 1; index <= records; index += 1) await hand.append(created('configmaps', configMap(`m${String(index).padStart(2, '0')}`)));
    const api = await startTestServer(hand.log, { limits: { history: { recordsMax: 10, changesMax: 1_000 } } });
    const client = await WatchClient.open(`${api.server.url}${CONFIG_MAPS}&resourceVersion=5`);
    await hand.append(created('configmaps', configMap('new')));
    expect(await client.take(56)).toEqual([...Array.from({ length: 55 }, (_, index) => `ADDED m${String(index + 6).padStart(2, '0')}`), 'ADDED new']);
    client.close();
    await api.stop();
  });

  it('goes on although nothing has changed of its kind since, while much did of others', async () => {
    const hand = new HandMadeLog();
    for (const name of ['a', 'b']) await hand.append(created('configmaps', configMap(name)));
    for (let round = 0; round < 30; round += 1) await hand.append(updated('pods', { ...pod('p'), metadata: { ...pod('p').metadata, labels: { round: String(round) } } }));
    const api = await startTestServer(hand.log, { limits: { history: { recordsMax: 10, changesMax: 1_000 } } });
    const client = await WatchClient.open(`${api.server.url}${CONFIG_MAPS}&resourceVersion=1`);
    expect(await client.take(1)).toEqual(['ADDED b']);
    await hand.append(created('configmaps', configMap('c')));
    expect(await client.take(1)).toEqual(['ADDED c']);
    client.close();
    await api.stop();
  });
});

describe('a log that cannot be trusted', () => {
  it('stops everything, and readyz says why', async () => {
    const store = new InMemoryLogStore();
    const hand = new HandMadeLog(new InMemoryEventLog(store));
    await hand.append(created('configmaps', configMap('a')));
    const api = await startTestServer(hand.log);
    const client = await WatchClient.open(`${api.server.url}${CONFIG_MAPS}&resourceVersion=${hand.last}`);
    store.recreate();
    expect(await client.next()).toBeUndefined();
    const ready = await api.get('/readyz');
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain('cannot be trusted');
    const verbose = await api.get('/readyz?verbose');
    expect(verbose.status).toBe(503);
    expect(await verbose.text()).toMatch(/^\[\+\]ping ok\n\[-\]event-log failed: .*cannot be trusted.*\n\[\+\]broker ok\nreadyz check failed\n$/);
    const refused = await api.get('/api/v1/namespaces/default/configmaps');
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ kind: 'Status', reason: 'ServiceUnavailable' });
    expect((await api.get('/livez')).status).toBe(200);
    await api.stop();
  });
});
