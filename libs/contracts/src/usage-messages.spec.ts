import { describe, expect, it } from 'vitest';
import { parseAgentUsage, writeAgentUsage, type AgentUsage } from './usage-messages.ts';

const nodeUsage = (node: string, pods = 1): AgentUsage['nodes'][number] => ({
  node,
  cpuMillicores: 120.5,
  memoryBytes: 1_000_000,
  pods: Array.from({ length: pods }, (_, index) => ({
    namespace: 'default',
    name: `p-${index}`,
    uid: 'u',
    containers: [{ name: 'c', cpuMillicores: 1, memoryBytes: 2 }],
  })),
});
const usage = (nodes: AgentUsage['nodes']): AgentUsage => ({ agent: 'a"1', at: 1_000, windowMs: 15_000, nodes });

describe('parseAgentUsage', () => {
  it('reads what writeAgentUsage writes', () => {
    const [text = '', ...more] = writeAgentUsage(usage([nodeUsage('n1'), nodeUsage('n2', 0)]));
    expect(more).toEqual([]);
    expect(parseAgentUsage(text)).toEqual({ ok: true, value: usage([nodeUsage('n1'), nodeUsage('n2', 0)]) });
  });

  it('reads a large fleet from messages that are each small enough', () => {
    const nodes = Array.from({ length: 300 }, (_, index) => nodeUsage(`n${index}`, 50));
    const texts = writeAgentUsage(usage(nodes));
    expect(texts.length).toBeGreaterThan(2);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(520_000);
    expect(texts.flatMap((text) => {
      const parsed = parseAgentUsage(text);
      return parsed.ok ? parsed.value.nodes : [];
    })).toEqual(nodes);
  });

  it('says nothing of no nodes', () => {
    expect(writeAgentUsage(usage([]))).toEqual([]);
  });

  it.each([
    [{ agent: '' }, 'agent'],
    [{ at: -1 }, 'at: at must not be less than 0'],
    [{ windowMs: 0 }, 'windowMs'],
    [{ nodes: [{ ...nodeUsage('n'), memoryBytes: 1.5 }] }, 'nodes.0.memoryBytes'],
    [{ nodes: [{ ...nodeUsage('n'), cpuMillicores: '5' }] }, 'nodes.0.cpuMillicores'],
    [{ nodes: [{ ...nodeUsage('n'), pods: [{ name: 'p' }] }] }, 'nodes.0.pods.0.namespace'],
    [{ extra: 1 }, 'extra: property extra should not exist'],
  ])('refuses %j and names the field', (change, reason) => {
    const text = JSON.stringify({ ...usage([nodeUsage('n')]), ...change });
    expect(parseAgentUsage(text)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) as string });
  });
});
