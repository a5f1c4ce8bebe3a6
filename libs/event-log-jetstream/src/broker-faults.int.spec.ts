import type { EventLog, LogRecord } from '@everynode/event-log';
import { appendRequest, collect, eventually } from '@everynode/event-log/testing';
import type { TcpProxy, TestBroker } from '@everynode/testkit';
import { startTcpProxy, startTestBroker, startTestCluster } from '@everynode/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isBrokerUnsuitable } from './broker-errors.ts';
import { cellNamed } from './cell.ts';
import { eventsStream } from './stream-configs.ts';
import type { TestCell } from './testing/jetstream-harness.ts';
import { testCell } from './testing/jetstream-harness.ts';
import { writePersistently } from './testing/persistent-writer.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const expectWhole = (records: readonly LogRecord[], count: number): void => {
  expect(records.map((record) => record.sequence)).toEqual(numbers(count));
  expect(records.map((record) => record.messageId)).toEqual(numbers(count).map((n) => `1-${n}`));
};

describe('one nats-server that is killed and started again', () => {
  let broker: Awaited<ReturnType<typeof startTestBroker>>;
  let cell: TestCell;
  beforeEach(async () => {
    broker = await startTestBroker();
    cell = testCell(() => broker.url);
  });
  afterEach(async () => {
    await cell.dispose();
    await broker.dispose();
  });

  it('loses no acknowledged record and doubles none, and followers see each once and in order', async () => {
    const count = 12_000;
    const { log } = await cell.open();
    const seen: LogRecord[] = [];
    const follower = (await cell.open()).log.follow(1, (records) => seen.push(...records));
    const writing = writePersistently(log, count);
    for (const at of [2000, 5000, 8000]) {
      await eventually(`record ${at} is delivered`, () => seen.length >= at || undefined, 30_000);
      await broker.server.signal('SIGKILL');
      await broker.server.restart();
    }
    const report = await writing;
    expect(report.unknownOutcomes).toBeGreaterThan(0);
    expect(report.sequences).toEqual(numbers(count));
    await eventually('all are delivered', () => seen.length >= count || undefined, 20_000);
    expectWhole(seen, count);
    expectWhole(await collect(log.read(1)), count);
    await follower.close();
  });

  it('takes commands again though it forgot the stream of commands, and delivers them to old subscriptions', async () => {
    const controller = await cell.open();
    const agent = await cell.open();
    const seen: string[] = [];
    agent.commands.subscribe(['node-1'], (_node, payload) => seen.push(payload));
    await agent.bus.flush();
    expect(await controller.commands.put('node-1', 'before')).toBe(true);
    await broker.server.signal('SIGKILL');
    await broker.server.restart();
    await eventually(
      'both are connected again',
      () => (controller.status().connected && agent.status().connected) || undefined,
    );
    await agent.bus.flush();
    expect(await agent.commands.last('node-1')).toBeUndefined();
    await eventually('a put succeeds', async () => (await controller.commands.put('node-1', 'after')) || undefined);
    expect(await agent.commands.last('node-1')).toBe('after');
    await eventually('it is delivered', () => seen.includes('after') || undefined);
    expect(seen[0]).toBe('before');
  });

  it('gives its lease to one holder again', async () => {
    const [a, b] = [await cell.open(), await cell.open()];
    expect(await a.lease.acquireOrRenew('a')).toBe(true);
    await broker.server.signal('SIGKILL');
    expect(await a.lease.acquireOrRenew('a')).toBe(false);
    await broker.server.restart();
    await eventually('somebody holds it', async () => (await b.lease.acquireOrRenew('b')) || undefined);
    expect(await a.lease.acquireOrRenew('a')).toBe(false);
  });

  it('tells connection listeners, and answers unknown while it is away', async () => {
    const { bus, log } = await cell.open();
    const states: boolean[] = [];
    bus.onConnection((connected) => states.push(connected));
    await broker.server.signal('SIGKILL');
    await eventually('the loss is noticed', () => states.length === 2 || undefined);
    expect(await bus.request('anybody', '', 500)).toMatchObject({ outcome: 'unknown' });
    expect(await log.append(appendRequest(1, 0))).toMatchObject({ outcome: 'unknown' });
    await expect(log.status()).rejects.toMatchObject({ code: 'EVENT_LOG_UNAVAILABLE' });
    await broker.server.restart();
    await eventually('it is connected again', () => states.length === 3 || undefined);
    expect(states).toEqual([true, false, true]);
    expect(await log.append(appendRequest(1, 0))).toEqual({ outcome: 'accepted', sequence: 1, duplicate: false });
  });
});

describe('a log that changes behind our back', () => {
  let broker: TestBroker;
  let cell: TestCell;
  beforeAll(async () => {
    broker = await startTestBroker();
  });
  afterAll(() => broker.dispose());
  beforeEach(() => {
    cell = testCell(() => broker.url);
  });
  afterEach(() => cell.dispose());

  it('ends followers with log-broken when the stream is deleted', async () => {
    const { log } = await cell.open();
    await writePersistently(log, 10);
    const seen: LogRecord[] = [];
    const follower = log.follow(1, (records) => seen.push(...records));
    await eventually('10 are delivered', () => seen.length === 10 || undefined);
    await cell.withManager((manager) => manager.streams.delete(cellNamed(cell.cell).streams.events));
    const end = await follower.ended;
    expect(end).toMatchObject({ reason: 'log-broken', detail: expect.stringContaining('is gone') });
    expect(await log.append(appendRequest(11, 10))).toMatchObject({ outcome: 'unknown' });
  });

  it('is not used when the stream was made otherwise than everynode needs it', async () => {
    const names = cellNamed(cell.cell);
    const { deny_purge: _denied, ...lax } = eventsStream(names, 1);
    await cell.withManager((manager) => manager.streams.add({ ...lax, deny_delete: false }));
    const failure = await cell.open().catch((error: unknown) => error);
    expect(isBrokerUnsuitable(failure)).toBe(true);
    expect((failure as Error).message).toMatch(/EVENTS-.*deny_delete is false, true was asked for; deny_purge is/);
  });

  it('is not made by a connection that shall leave the streams alone, which still reads it once it is there', async () => {
    const agent = await cell.open({ streams: 'leave' });
    await expect(agent.log.status()).rejects.toMatchObject({ code: 'EVENT_LOG_UNAVAILABLE' });
    await writePersistently((await cell.open()).log, 2);
    expectWhole(await collect(agent.log.read(1)), 2);
  });

  it('refuses to delete or purge records', async () => {
    const { log } = await cell.open();
    await writePersistently(log, 3);
    const { events } = cellNamed(cell.cell).streams;
    await cell.withManager(async (manager) => {
      await expect(manager.streams.deleteMessage(events, 2)).rejects.toThrow();
      await expect(manager.streams.purge(events)).rejects.toThrow();
    });
    expectWhole(await collect(log.read(1)), 3);
  });
});

describe('a network or a server that keeps silent', () => {
  let broker: Awaited<ReturnType<typeof startTestBroker>>;
  let proxy: TcpProxy;
  let cell: TestCell;
  let behindProxy: EventLog;
  let direct: EventLog;
  beforeEach(async () => {
    broker = await startTestBroker();
    proxy = await startTcpProxy(broker.server.port);
    cell = testCell(() => broker.url);
    behindProxy = (await cell.open({ servers: `nats://127.0.0.1:${proxy.port}` })).log;
    direct = (await cell.open()).log;
  });
  afterEach(async () => {
    await broker.server.signal('SIGCONT');
    proxy.release();
    await cell.dispose();
    await proxy.close();
    await broker.dispose();
  });

  it('leaves the outcome unknown when the answer does not come, and the same id resolves it', async () => {
    proxy.hold('to-client');
    expect(await behindProxy.append(appendRequest(1, 0))).toMatchObject({ outcome: 'unknown' });
    expect((await direct.status()).lastSequence).toBe(1);
    proxy.release();
    expect(await behindProxy.append(appendRequest(1, 0))).toEqual({
      outcome: 'accepted',
      sequence: 1,
      duplicate: true,
    });
    expect((await direct.status()).lastSequence).toBe(1);
  });

  it('leaves the outcome unknown when the connection breaks, and the same id resolves it', async () => {
    proxy.hold('to-client');
    const outcomes = Promise.all(numbers(20).map((n) => behindProxy.append(appendRequest(n, n - 1))));
    await eventually('they are stored', async () => (await direct.status()).lastSequence === 20 || undefined);
    proxy.cut();
    expect((await outcomes).every(({ outcome }) => outcome === 'unknown')).toBe(true);
    proxy.release();
    const again = await Promise.all(numbers(20).map((n) => behindProxy.append(appendRequest(n, n - 1))));
    expect(again).toEqual(numbers(20).map((sequence) => ({ outcome: 'accepted', sequence, duplicate: true })));
  });

  it('leaves the outcome unknown when the server is frozen, and the same id resolves it', async () => {
    await broker.server.signal('SIGSTOP');
    await pause(50);
    expect(await direct.append(appendRequest(1, 0))).toMatchObject({ outcome: 'unknown' });
    await broker.server.signal('SIGCONT');
    expect(await direct.append(appendRequest(1, 0))).toMatchObject({ outcome: 'accepted', sequence: 1 });
    expectWhole(await collect(direct.read(1)), 1);
  });

  it.each([1, 2, 7])(
    'refuses all that a held-up writer had pipelined when another one wrote %i records meanwhile',
    async (foreign) => {
      await direct.append(appendRequest(1, 0));
      proxy.hold('to-server');
      const late = Promise.all(numbers(50).map((n) => behindProxy.append(appendRequest(n + 1, n))));
      await pause(50);
      for (const n of numbers(foreign)) await direct.append(appendRequest(n, n, { epoch: 2 }));
      proxy.release();
      const outcomes = await late;
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(numbers(50).map(() => 'refused'));
      const epochs = (await collect(direct.read(1))).map((record) => record.epoch);
      expect(epochs).toEqual([1, ...numbers(foreign).map(() => 2)]);
    },
  );
});

describe('three nats-servers', () => {
  let broker: TestBroker;
  let cell: TestCell;
  beforeAll(async () => {
    broker = await startTestCluster();
    cell = testCell(() => broker.url, 3);
  });
  afterAll(async () => {
    await cell.dispose();
    await broker.dispose();
  });

  it('lose no acknowledged record and double none when the leading server is killed', async () => {
    const count = 3000;
    const { log } = await cell.open();
    const seen: LogRecord[] = [];
    (await cell.open()).log.follow(1, (records) => seen.push(...records));
    const writing = writePersistently(log, count);
    await eventually('record 1000 is delivered', () => seen.length >= 1000 || undefined, 30_000);
    const leader = await cell.withManager(
      async (manager) => (await manager.streams.info(cellNamed(cell.cell).streams.events)).cluster?.leader,
    );
    const server = broker.servers[Number(leader?.split('-')[1])];
    await server?.signal('SIGKILL');
    const report = await writing;
    await server?.restart();
    expect(report.sequences).toEqual(numbers(count));
    await eventually('all are delivered', () => seen.length >= count || undefined, 30_000);
    expectWhole(seen, count);
    expectWhole(await collect(log.read(1)), count);
  });
});
