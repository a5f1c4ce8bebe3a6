/** The door and its client speak to each other over a real port; the log behind is one in memory. */
import { InMemoryDeadLetterQueue, InMemoryMessageBus, type LogRecord } from '@everynode/event-log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FleetAccess } from '../connection/fleet-access.ts';
import { ORDINARY_RECORDS, smallLog } from '../testing/small-log.ts';
import { memoryAccess } from './memory-client.ts';
import { openMemoryDoor } from './memory-door.ts';

let door: Awaited<ReturnType<typeof openMemoryDoor>>;
let access: FleetAccess;
let log: Awaited<ReturnType<typeof smallLog>>;
let bus: InMemoryMessageBus;
let deadLetters: InMemoryDeadLetterQueue;

beforeEach(async () => {
  [log, bus, deadLetters] = [await smallLog(ORDINARY_RECORDS), new InMemoryMessageBus(), new InMemoryDeadLetterQueue()];
  door = await openMemoryDoor({ log, bus, deadLetters });
  access = memoryAccess(door.url);
});
afterEach(() => door.close());

const append = (sequence: number): Promise<unknown> =>
  log.append({
    expectedLastSequence: sequence - 1,
    epoch: 1,
    messageId: `x-${sequence}`,
    subject: 's',
    types: [],
    payload: '{"text":"zwölf\\n"}',
  });

const collected = async (records: AsyncIterable<LogRecord>): Promise<LogRecord[]> => {
  const all: LogRecord[] = [];
  for await (const record of records) all.push(record);
  return all;
};

describe('reading a log in the memory of another process', () => {
  it('gives the same records, status and snapshots', async () => {
    await append(5);
    await log.saveSnapshot({ sequence: 3, incarnation: (await log.status()).incarnation, state: '{"a":1}' });
    expect(await access.log.status()).toEqual(await log.status());
    expect(await collected(access.log.read(1))).toEqual(await collected(log.read(1)));
    expect((await collected(access.log.read(2, 3))).map(({ sequence }) => sequence)).toEqual([2, 3]);
    expect(await access.log.loadSnapshot()).toEqual(await log.loadSnapshot());
    expect(await access.log.loadSnapshot(2)).toBeUndefined();
  });

  it('follows until it is closed', async () => {
    const seen: number[] = [];
    const follower = access.log.follow(4, (records) => void seen.push(...records.map(({ sequence }) => sequence)));
    await expect.poll(() => seen).toEqual([4]);
    await append(5);
    await expect.poll(() => seen).toEqual([4, 5]);
    await follower.close();
    expect(await follower.ended).toEqual({ reason: 'closed' });
  });

  it('ends following with a reason when the process is gone', async () => {
    const follower = access.log.follow(1, () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await door.close();
    expect(await follower.ended).toMatchObject({
      reason: 'log-broken',
      detail: expect.stringContaining('its process ended') as string,
    });
    await expect(access.log.status()).rejects.toThrow('does "everynode up" still run?');
    door = await openMemoryDoor({ log, bus, deadLetters });
  });
});

describe('messages through the door', () => {
  it('asks, publishes and listens', async () => {
    bus.subscribe('ask.me', ({ payload, reply }) => reply?.(`${payload}!`));
    expect(await access.bus.request('ask.me', 'well', 1000)).toEqual({ outcome: 'answered', payload: 'well!' });
    expect(await access.bus.request('nobody', '', 50)).toMatchObject({ outcome: 'unknown' });
    const heard: string[] = [];
    const subscription = access.bus.subscribe(
      'news.*',
      ({ subject, payload }) => void heard.push(`${subject} ${payload}`),
    );
    await expect
      .poll(async () => {
        access.bus.publish('news.today', 'rain');
        await access.bus.flush();
        return heard[0];
      })
      .toBe('news.today rain');
    subscription.unsubscribe();
  });

  it('lists, shows and removes refused messages', async () => {
    await deadLetters.bury({ at: 'now', source: 'heartbeat', subject: 's', reason: 'torn', payload: '{' });
    expect(await access.deadLetters.list(10)).toMatchObject([{ id: 1, reason: 'torn' }]);
    expect(await access.deadLetters.get(1)).toMatchObject({ payload: '{' });
    expect(await access.deadLetters.get(2)).toBeUndefined();
    expect(await access.deadLetters.remove(1)).toBe(true);
    expect(await access.deadLetters.list(10)).toEqual([]);
  });
});
