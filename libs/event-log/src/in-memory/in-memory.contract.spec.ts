import { describe, expect, it } from 'vitest';
import { collect, appendPipelined } from '../testing/append-builder.ts';
import { describeCommandStore } from '../testing/describe-command-store.ts';
import { describeDeadLetterQueue } from '../testing/describe-dead-letter-queue.ts';
import { describeEventLog } from '../testing/describe-event-log.ts';
import { describeLease } from '../testing/describe-lease.ts';
import { describeMessageBus } from '../testing/describe-message-bus.ts';
import { InMemoryCommandStore } from './in-memory-command-store.ts';
import { InMemoryDeadLetterQueue } from './in-memory-dead-letter-queue.ts';
import { InMemoryEventLog } from './in-memory-event-log.ts';
import { InMemoryLease } from './in-memory-lease.ts';
import { InMemoryLogStore } from './in-memory-log-store.ts';
import { InMemoryMessageBus, InMemoryMessageHub } from './in-memory-message-bus.ts';

const nothingToDispose = async (): Promise<void> => undefined;

describeEventLog('InMemoryEventLog', async () => {
  const store = new InMemoryLogStore({ maxPayloadBytes: 10_000 });
  return {
    open: async () => new InMemoryEventLog(store),
    breakLog: async () => store.recreate(),
    tooManyBytes: 10_001,
    dispose: nothingToDispose,
  };
});

describeMessageBus('InMemoryMessageBus', async () => {
  const hub = new InMemoryMessageHub();
  return { open: async () => new InMemoryMessageBus(hub), dispose: nothingToDispose };
});

describeCommandStore('InMemoryCommandStore', async () => {
  const store = new InMemoryCommandStore();
  return { open: async () => store, settled: nothingToDispose, dispose: nothingToDispose };
});

describeLease('InMemoryLease', async () => {
  let now = 0;
  const lease = new InMemoryLease({ ttlMs: 1500, now: () => now });
  const elapse = async (ms: number): Promise<void> => void (now += ms);
  return { open: async () => lease, ttlMs: 1500, elapse, dispose: nothingToDispose };
});

describeDeadLetterQueue('InMemoryDeadLetterQueue', async () => {
  const queue = new InMemoryDeadLetterQueue();
  return { open: async () => queue, dispose: nothingToDispose };
});

describe('limits of the in-memory adapters', () => {
  it('drops the oldest records of a full log and breaks the follower that still needs them', async () => {
    const log = new InMemoryEventLog(new InMemoryLogStore({ maxRecords: 20 }));
    const late = log.follow(1, () => undefined);
    await appendPipelined(log, 0, 21);
    expect(await log.status()).toMatchObject({ firstSequence: 3, lastSequence: 21 });
    expect(await late.ended).toMatchObject({ reason: 'log-broken' });
    await expect(collect(log.read(2))).rejects.toMatchObject({ code: 'EVENT_LOG_BROKEN' });
    expect(await collect(log.read(3))).toHaveLength(19);
  });

  it('measures payloads in UTF-8 bytes', async () => {
    const log = new InMemoryEventLog(new InMemoryLogStore({ maxPayloadBytes: 9 }));
    const request = { expectedLastSequence: 0, epoch: 1, messageId: '1-1', subject: 's', types: [] };
    expect(await log.append({ ...request, payload: '☃☃☃x' })).toMatchObject({
      outcome: 'refused',
      reason: 'too-large',
    });
    expect(await log.append({ ...request, payload: '☃☃☃' })).toMatchObject({ outcome: 'accepted' });
  });

  it('drops the oldest dead letter of a full queue', async () => {
    const queue = new InMemoryDeadLetterQueue({ maxLetters: 2 });
    for (const source of ['a', 'b', 'c']) await queue.bury({ at: '', source, subject: '', reason: '', payload: '' });
    expect((await queue.list(9)).map((letter) => letter.source)).toEqual(['c', 'b']);
  });

  it('loses messages in both directions while a bus is cut off', async () => {
    const hub = new InMemoryMessageHub();
    const [a, b] = [new InMemoryMessageBus(hub), new InMemoryMessageBus(hub)];
    const seen: string[] = [];
    const states: boolean[] = [];
    b.subscribe('x', (message) => seen.push(message.payload));
    b.onConnection((connected) => states.push(connected));
    b.setConnected(false);
    a.publish('x', 'lost');
    b.publish('x', 'lost');
    await a.flush();
    b.setConnected(true);
    a.publish('x', 'heard');
    await a.flush();
    expect(seen).toEqual(['heard']);
    expect(states).toEqual([true, false, true]);
  });
});
