import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseAgentUsage, USAGE_REQUEST_SUBJECT, usageSubject, type AgentUsage } from '@everynode/contracts';
import { InMemoryMessageBus } from '@everynode/event-log';
import type { NodeUsage } from '@everynode/node-runtime';
import { ProcessScheduler } from './process-scheduler.ts';
import { UsagePublisher } from './usage-publisher.ts';

const usageOf = (node: string): NodeUsage => ({ node, cpuMillicores: 1, memoryBytes: 2, pods: [] });

describe('UsagePublisher', () => {
  let bus: InMemoryMessageBus;
  let publisher: UsagePublisher | undefined;
  let heard: AgentUsage[];
  let faults: unknown[];

  beforeEach(() => {
    bus = new InMemoryMessageBus();
    heard = [];
    faults = [];
    bus.subscribe(usageSubject('a'), ({ payload }) => {
      const parsed = parseAgentUsage(payload);
      if (parsed.ok) heard.push(parsed.value);
      else faults.push(parsed.reason);
    });
  });
  afterEach(() => publisher?.stop());

  const start = (nodes: readonly string[], intervals: { readonly intervalMs: number; readonly askedIntervalMs: number }, usage = async (asked: readonly string[]) => asked.map(usageOf)): void => {
    publisher = new UsagePublisher(
      { bus, runtime: { usage }, scheduler: new ProcessScheduler() },
      { agent: 'a', nodes, ...intervals },
      (error) => faults.push(error),
    );
  };

  it('says soon and then again and again what its nodes use', async () => {
    start(['n1', 'n2'], { intervalMs: 50, askedIntervalMs: 5 });
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(2));
    expect(heard[0]).toMatchObject({ agent: 'a', windowMs: 50, nodes: [usageOf('n1'), usageOf('n2')] });
    expect(faults).toEqual([]);
  });

  it('says it when it is asked, but not more often than it may', async () => {
    start(['n1'], { intervalMs: 60_000, askedIntervalMs: 100 });
    const started = performance.now();
    for (let index = 0; index < 50; index += 1) bus.publish(USAGE_REQUEST_SUBJECT, '');
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    expect(performance.now() - started).toBeLessThan(90);
    for (let index = 0; index < 50; index += 1) bus.publish(USAGE_REQUEST_SUBJECT, '');
    await vi.waitFor(() => expect(heard).toHaveLength(2));
    expect(performance.now() - started).toBeGreaterThan(95);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(heard).toHaveLength(2);
  });

  it('says everything of many nodes in messages that a server passes on', async () => {
    const pods = Array.from({ length: 10 }, (_, index) => ({
      namespace: 'default',
      name: `a-pod-with-quite-a-long-name-${index}`,
      uid: '0'.repeat(36),
      containers: [{ name: 'c', cpuMillicores: 1, memoryBytes: 1_000_000 }],
    }));
    const sizes: number[] = [];
    bus.subscribe(usageSubject('a'), ({ payload }) => sizes.push(payload.length));
    const nodes = Array.from({ length: 2_500 }, (_, index) => `n${index}`);
    start(nodes, { intervalMs: 60_000, askedIntervalMs: 1 }, async (asked) => asked.map((node) => ({ ...usageOf(node), pods })));
    await vi.waitFor(() => expect(heard.flatMap((message) => message.nodes.map(({ node }) => node))).toEqual(nodes));
    expect(sizes.length).toBeGreaterThan(3);
    expect(Math.max(...sizes)).toBeLessThan(600_000);
  });

  it('goes on after a runtime that could not say', async () => {
    let calls = 0;
    start(['n1'], { intervalMs: 20, askedIntervalMs: 1 }, async (asked) => {
      calls += 1;
      if (calls === 1) throw new Error('not now');
      return asked.map(usageOf);
    });
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(0));
    expect(faults).toEqual([new Error('not now')]);
  });
});
