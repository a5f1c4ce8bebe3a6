import { InMemoryEventLog, InMemoryLogStore } from '@everynode/event-log';
import { emptyFleet, evolveRecord, parseRecordBody, writeSnapshot } from '@everynode/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, created, HandMadeLog, updated } from '../testing/hand-made-log.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { WatchClient } from '../testing/watch-client.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

describe('a server that starts from a snapshot', () => {
  const hand = new HandMadeLog();
  let api: TestServer;

  beforeAll(async () => {
    await hand.append(created('configmaps', configMap('a')));
    await hand.append(created('configmaps', configMap('b')));
    const state = emptyFleet();
    for await (const record of hand.log.read(1)) evolveRecord(state, record.sequence, parseRecordBody(record.payload));
    const { incarnation } = await hand.log.status();
    await hand.log.saveSnapshot({ sequence: state.sequence, incarnation, state: writeSnapshot(state) });
    await hand.append(updated('configmaps', configMap('a', { new: 'label' })));
    api = await startTestServer(hand.log);
  });
  afterAll(() => api.stop());

  it('shows what it would show from the start of the log', async () => {
    expect(api.server.follower.history.heldAfter).toBe(2);
    expect(await api.json(CONFIG_MAPS)).toMatchObject({
      metadata: { resourceVersion: '3' },
      items: [{ metadata: { name: 'a', resourceVersion: '3', labels: { new: 'label' } } }, { metadata: { name: 'b', resourceVersion: '2' } }],
    });
  });

  it('replays what came before the snapshot from the log', async () => {
    const client = await WatchClient.open(`${api.server.url}${CONFIG_MAPS}?watch=true&resourceVersion=1`);
    expect(await client.take(2)).toEqual(['ADDED b', 'MODIFIED a']);
    client.close();
  });

  it('shows an older state, and goes on with its pages, from the log', async () => {
    const page = await api.json(`${CONFIG_MAPS}?resourceVersion=1&resourceVersionMatch=Exact`);
    expect(page).toMatchObject({ metadata: { resourceVersion: '1' }, items: [{ metadata: { name: 'a', resourceVersion: '1', labels: {} } }] });
    const token = Buffer.from(JSON.stringify({ rv: 1, after: 'default/A' })).toString('base64url');
    expect(await api.json(`${CONFIG_MAPS}?continue=${token}&limit=5`)).toMatchObject({ metadata: { resourceVersion: '1' }, items: [{ metadata: { name: 'a' } }] });
  });
});

describe('a log whose beginning is gone', () => {
  it('answers a watch and an exact list from there with 410, so that the client lists again; a watch in an event, as some clients need it', async () => {
    const hand = new HandMadeLog(new InMemoryEventLog(new InMemoryLogStore({ maxRecords: 50 })));
    await hand.append(created('configmaps', configMap('a')));
    const api = await startTestServer(hand.log, { limits: { history: { recordsMax: 10, changesMax: 1_000 } } });
    for (let round = 0; round < 100; round += 1) await api.folded(await hand.append(updated('configmaps', configMap('a', { round: String(round) }))));
    for (const accept of ['application/json', 'application/json;as=Table;v=v1;g=meta.k8s.io']) {
      const client = await WatchClient.open(`${api.server.url}${CONFIG_MAPS}?watch=true&resourceVersion=2`, accept);
      const object = { kind: 'Status', code: 410, reason: 'Expired', message: expect.stringContaining('too old resource version: 2') as string };
      expect(await client.next()).toMatchObject({ type: 'ERROR', object });
      expect(await client.next()).toBeUndefined();
    }
    expect(await api.json(`${CONFIG_MAPS}?resourceVersion=2&resourceVersionMatch=Exact`)).toMatchObject({ code: 410, reason: 'Expired', message: expect.stringContaining('The resourceVersion') as string });
    await api.stop();
  });

  it('offers to go on with a list whose state is gone in the newest one, as Kubernetes does', async () => {
    const hand = new HandMadeLog(new InMemoryEventLog(new InMemoryLogStore({ maxRecords: 20 })));
    await hand.append(...['a', 'b', 'c'].map((name) => created('configmaps', configMap(name))));
    const api = await startTestServer(hand.log, { limits: { history: { recordsMax: 10, changesMax: 1_000 } } });
    const page = (query: string): Promise<unknown> => api.json(`${CONFIG_MAPS}?limit=1${query}`);
    const { metadata } = (await page('')) as { metadata: { continue: string } };
    for (let round = 0; round < 30; round += 1) await api.folded(await hand.append(updated('configmaps', configMap('b', { round: String(round) }))));
    const expired = (await page(`&continue=${metadata.continue}`)) as { code: number; metadata: { continue: string } };
    expect(expired).toMatchObject({ code: 410, reason: 'Expired', message: expect.stringContaining('results in an inconsistent list') as string });
    const next = (await page(`&continue=${expired.metadata.continue}`)) as typeof expired;
    expect(next).toMatchObject({ metadata: { resourceVersion: String(hand.last) }, items: [{ metadata: { name: 'b', labels: { round: '29' } } }] });
    expect(await page(`&continue=${next.metadata.continue}`)).toMatchObject({ metadata: { resourceVersion: String(hand.last) }, items: [{ metadata: { name: 'c' } }] });
    await api.stop();
  });
});
