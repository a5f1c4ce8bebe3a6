import { beforeEach, describe, expect, it } from 'vitest';
import { USAGE_REQUEST_SUBJECT, usageSubject, writeAgentUsage } from '@everynode/contracts';
import { InMemoryMessageBus } from '@everynode/event-log';
import { UsageBook } from '@everynode/read-models';
import { UsageFeed } from './usage-feed.ts';

const USAGE = { agent: 'a', at: 1_000, windowMs: 15_000, nodes: [{ node: 'n1', cpuMillicores: 1.5, memoryBytes: 2, pods: [] }] };

describe('UsageFeed', () => {
  let bus: InMemoryMessageBus;
  let book: UsageBook;
  let unreadable: string[];
  let feed: UsageFeed;

  beforeEach(() => {
    bus = new InMemoryMessageBus();
    book = new UsageBook();
    unreadable = [];
    feed = new UsageFeed(bus, book, { now: () => 5, onUnreadable: (subject, reason) => unreadable.push(`${subject}: ${reason}`) });
  });

  it('keeps a book of what agents say', async () => {
    feed.start();
    for (const text of writeAgentUsage(USAGE)) bus.publish(usageSubject('a'), text);
    await bus.flush();
    expect(book.nodes(5)).toEqual([{ name: 'n1', at: 1_000, windowMs: 15_000, cpuMillicores: 1.5, memoryBytes: 2 }]);
    feed.stop();
    bus.publish(usageSubject('a'), JSON.stringify({ ...USAGE, at: 2_000 }));
    await bus.flush();
    expect(book.node('n1', 5)?.at).toBe(1_000);
    expect(unreadable).toEqual([]);
  });

  it('asks all agents at the start and after each reconnection', async () => {
    let asked = 0;
    bus.subscribe(USAGE_REQUEST_SUBJECT, () => (asked += 1));
    feed.start();
    await bus.flush();
    expect(asked).toBe(1);
    bus.setConnected(false);
    bus.setConnected(true);
    await bus.flush();
    expect(asked).toBe(2);
  });

  it('tells of what it cannot read, and of agents that speak for others', async () => {
    feed.start();
    bus.publish(usageSubject('a'), JSON.stringify({ ...USAGE, windowMs: 0 }));
    bus.publish(usageSubject('b'), JSON.stringify(USAGE));
    await bus.flush();
    expect(unreadable).toEqual([
      'everynode.v1.use.a: windowMs: windowMs must not be less than 1',
      'everynode.v1.use.b: agent: must be "b", the one in the subject',
    ]);
    expect(book.nodes(5)).toEqual([]);
  });
});
