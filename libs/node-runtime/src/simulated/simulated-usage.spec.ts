import { describe, expect, it } from 'vitest';
import type { NodeUsage } from '../usage.port.ts';
import { SessionBench } from './sessions/testing/session-bench.ts';

const MEBIBYTE = 1_048_576;
const REQUESTING = { name: 'main', image: 'i', resources: { requests: { cpu: '500m', memory: '256Mi' } } };
const MODEST = { name: 'side', image: 'i', resources: { requests: { cpu: 'nonsense' } } };

describe('the use of simulated nodes and Pods', () => {
  const usageOf = async (bench: SessionBench): Promise<NodeUsage> => {
    const [usage] = await bench.runtime.usage(['n1']);
    if (usage === undefined) throw new Error('n1 is missing');
    return usage;
  };

  it('is related to what containers request, and small where they request nothing', async () => {
    const bench = await new SessionBench().start({ containers: [REQUESTING, MODEST] });
    const [pod] = (await usageOf(bench)).pods;
    const [main, side] = pod?.containers ?? [];
    expect(pod).toMatchObject({ namespace: 'default', name: 'agent-x7k2p', uid: 'u-1' });
    expect(main?.name).toBe('main');
    expect(main?.cpuMillicores).toBeGreaterThan(500 * 0.1);
    expect(main?.cpuMillicores).toBeLessThan(500);
    expect(main?.memoryBytes).toBeGreaterThan(256 * MEBIBYTE * 0.3);
    expect(main?.memoryBytes).toBeLessThan(256 * MEBIBYTE);
    expect(side?.cpuMillicores).toBeGreaterThanOrEqual(1);
    expect(side?.cpuMillicores).toBeLessThanOrEqual(30);
    expect(Number.isInteger(side?.memoryBytes)).toBe(true);
  });

  it('is the same for the same seed and time, and goes up and down', async () => {
    const series = async (seed: string): Promise<readonly number[]> => {
      const bench = await new SessionBench({}, seed).start({ containers: [REQUESTING] });
      const values: number[] = [];
      for (let step = 0; step < 10; step += 1) {
        values.push((await usageOf(bench)).pods[0]?.containers[0]?.cpuMillicores ?? 0);
        await bench.time.run(15_000);
      }
      return values;
    };
    const values = await series('s');
    expect(await series('s')).toEqual(values);
    expect(await series('t')).not.toEqual(values);
    expect(new Set(values).size).toBeGreaterThan(5);
    expect(Math.max(...values) / Math.min(...values)).toBeLessThan(1.6);
  });

  it('of a node is that of its Pods and its own', async () => {
    const bench = new SessionBench();
    const idle = await usageOf(bench);
    expect(idle.pods).toEqual([]);
    expect(idle.cpuMillicores).toBeGreaterThan(0);
    await bench.start();
    const busy = await usageOf(bench);
    const own = busy.pods.flatMap(({ containers }) => containers);
    expect(own).toHaveLength(2);
    expect(busy.cpuMillicores - idle.cpuMillicores).toBe(own.reduce((sum, { cpuMillicores }) => sum + cpuMillicores, 0));
    expect(busy.memoryBytes - idle.memoryBytes).toBe(own.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0));
  });

  it('counts only Pods that run, on the nodes that are asked for', async () => {
    const bench = await new SessionBench({ create: { min: 5_000, max: 5_000 } }).start();
    expect((await usageOf(bench)).pods).toEqual([]);
    await bench.time.run(5_000);
    expect((await usageOf(bench)).pods).toHaveLength(1);
    expect((await bench.runtime.usage(['n2', 'n3'])).map(({ node, pods }) => [node, pods])).toEqual([
      ['n2', []],
      ['n3', []],
    ]);
  });
});
