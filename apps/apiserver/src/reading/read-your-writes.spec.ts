// Two API servers behind one log, each of which hears of records late by a time of its own: what is written through one is read through the other at once.
import { EventLogUnavailable, InMemoryEventLog, InMemoryLogStore, InMemoryMessageBus, InMemoryMessageHub } from '@everynode/event-log';
import { eventually } from '@everynode/event-log/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InProcessLeader } from '../testing/in-process-leader.ts';
import { LateLog } from '../testing/late-log.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { WatchClient } from '../testing/watch-client.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const INITIAL_EVENTS = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
/** Each makes nine writes and reads each of them back. */
const ROUNDS = 56;
const LATE_MS_MAX = 5;

interface Shown {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}

interface Side {
  readonly log: LateLog;
  readonly api: TestServer;
}

let leader: InProcessLeader;
let sides: readonly [Side, Side];

const startSide = async (store: InMemoryLogStore, hub: InMemoryMessageHub): Promise<Side> => {
  const log = new LateLog(store, () => Math.random() * LATE_MS_MAX);
  return { log, api: await startTestServer(log, { hub }) };
};

beforeEach(async () => {
  const store = new InMemoryLogStore();
  const hub = new InMemoryMessageHub();
  leader = new InProcessLeader(new InMemoryEventLog(store), new InMemoryMessageBus(hub));
  await eventually('the leader leads', () => (leader.machine.role === 'leader' ? true : undefined));
  sides = [await startSide(store, hub), await startSide(store, hub)];
});

afterEach(async () => {
  for (const { log, api } of sides) {
    log.resume();
    await api.stop();
  }
  await leader.stop();
});

const write = async ({ api }: Side, method: string, path: string, body?: object, type = 'application/json'): Promise<void> => {
  const response = await api.send(method, path, { ...(body === undefined ? {} : { body: JSON.stringify(body) }), headers: { 'content-type': type } });
  expect(response.ok, await response.clone().text()).toBe(true);
};

const create = (side: Side, name: string): Promise<void> => write(side, 'POST', MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { round: '0' } });
const patch = (side: Side, name: string, round: string): Promise<void> => write(side, 'PATCH', `${MAPS}/${name}`, { data: { round } }, 'application/merge-patch+json');

/** What a side shows of an object in each way of reading: undefined where there is none. */
const reads: Readonly<Record<string, (side: Side, name: string, query: string) => Promise<Shown | undefined>>> = {
  get: async ({ api }, name, query) => {
    const response = await api.get(`${MAPS}/${name}?${query}`);
    return response.ok ? ((await response.json()) as Shown) : undefined;
  },
  list: async ({ api }, name, query) => ((await api.json(`${MAPS}?limit=500&${query}`)) as { items: Shown[] }).items.find(({ metadata }) => metadata.name === name),
  'watch from the newest state': async ({ api }, name, query) => {
    const watch = await WatchClient.open(`${api.server.url}${MAPS}?${INITIAL_EVENTS}&${query}`);
    try {
      for (;;) {
        const event = await watch.next();
        if (event === undefined || event.type === 'BOOKMARK') return undefined;
        if (event.object.metadata.name === name) return event.object as unknown as Shown;
      }
    } finally {
      watch.close();
    }
  },
};

/** Writes through one side and reads through the other, to and fro; gives how often a read did not show the write. */
const staleReads = async (rounds: number): Promise<number> => {
  let stale = 0;
  for (let round = 0; round < rounds; round += 1) {
    const [writer, reader] = round % 2 === 0 ? sides : [sides[1], sides[0]];
    for (const [way, read] of Object.entries(reads)) {
      const name = `map-${round}-${way.split(' ')[0] ?? ''}`;
      await create(writer, name);
      if ((await read(reader, name, ''))?.data?.['round'] !== '0') stale += 1;
      await patch(writer, name, String(round));
      if ((await read(reader, name, ''))?.data?.['round'] !== String(round)) stale += 1;
      await write(writer, 'DELETE', `${MAPS}/${name}`);
      if ((await read(reader, name, '')) !== undefined) stale += 1;
    }
  }
  return stale;
};

describe('two API servers behind one log', () => {
  it('show through one what was written through the other', async () => {
    expect(await staleReads(ROUNDS)).toBe(0);
  }, 120_000);

  it('would not, if they answered from what they have folded, as they do for resourceVersion 0', async () => {
    const [writer, reader] = sides;
    reader.log.pause();
    await create(writer, 'a');
    for (const [way, read] of Object.entries(reads)) expect(await read(reader, 'a', 'resourceVersion=0'), way).toBeUndefined();
  });

  it('let a read wait while one hears of nothing, and answer it with the newest state', async () => {
    const [writer, reader] = sides;
    reader.log.pause();
    await create(writer, 'a');
    const waiting = reader.api.get(`${MAPS}/a`);
    expect((await reader.api.get(`${MAPS}/a?resourceVersion=0`)).status).toBe(404);
    reader.log.resume();
    expect((await waiting).status).toBe(200);
  });

  it('refuse a read that would have to show an old state, to be tried again', async () => {
    const [writer, reader] = sides;
    reader.log.pause();
    await create(writer, 'a');
    const refusal = { code: 504, reason: 'Timeout', message: expect.stringMatching(/^Timeout: Too large resource version: \d+, current: \d+$/) as string };
    for (const path of [`${MAPS}/a`, MAPS]) {
      const response = await reader.api.get(path);
      expect(await response.json()).toMatchObject(refusal);
      expect(response.headers.get('retry-after')).toBe('1');
    }
    expect(await reader.api.json(`${MAPS}?watch=true`)).toMatchObject({ type: 'ERROR', object: refusal });
  });

  it('answer from memory while the broker cannot be asked, and say how old that is', async () => {
    const [writer, reader] = sides;
    await create(writer, 'a');
    expect((await reader.api.get(`${MAPS}/a`)).headers.get('warning')).toBeNull();
    reader.log.failure = new EventLogUnavailable('no broker');
    const old = /^299 - "the broker cannot be reached: this is the fleet as it was \d+ s ago, after record \d+"$/;
    for (const path of [`${MAPS}/a`, MAPS, `${MAPS}?watch=true&timeoutSeconds=1`]) {
      const response = await reader.api.get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('warning')).toMatch(old);
    }
    const missing = await reader.api.get(`${MAPS}/b`);
    expect(missing.status).toBe(404);
    expect(missing.headers.get('warning')).toMatch(old);
    expect((await reader.api.get(`${MAPS}/a?resourceVersion=0`)).headers.get('warning')).toBeNull();
    reader.log.failure = undefined;
    expect((await reader.api.get(`${MAPS}/a`)).headers.get('warning')).toBeNull();
  });
});
