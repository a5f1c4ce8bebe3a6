import { emptyFleet, evolve, type FleetState } from '@everynode/core';
import { describe, expect, it } from 'vitest';
import { heartbeatFindings } from './check-heartbeats.ts';
import type { Presence } from './presence.ts';

const controller = (gracePeriodMs?: number): Presence => ({ holder: 'c', role: 'leader', epoch: 1, sequence: 1, detail: '', ...(gracePeriodMs === undefined ? {} : { gracePeriodMs }) });

/** Node names to the agent that hosts it and the interval that it tells. */
const fleet = (nodes: Readonly<Record<string, readonly [agent: string, intervalMs?: number]>>): FleetState => {
  const state = emptyFleet();
  for (const [name, [agent, intervalMs]] of Object.entries(nodes)) {
    const annotations = intervalMs === undefined ? {} : { 'everynode.dev/heartbeat-interval-ms': String(intervalMs) };
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name, uid: `uid-${name}`, annotations } };
    evolve(state, { type: 'node.registered.v1', node, agent, session: 1, bootId: 'b' }, { sequence: 1, at: 0 });
  }
  return state;
};

describe('what doctor says of heartbeats', () => {
  it('R95 warns of agents whose heartbeats are too slow for the grace period of any controller', () => {
    const state = fleet({ n1: ['a', 10_000], n2: ['b', 30_000], n3: ['b', 30_000], n4: ['c', 40_000] });
    expect(heartbeatFindings(state, [controller(50_000), controller(60_000)])).toMatchObject([
      { verdict: 'warn', subject: 'heartbeats', detail: 'b: a heartbeat every 30 s is too slow for a grace period of 50 s: one that is lost takes a healthy node down; the grace period has to be 67.5 s or more, and so are 1 more agents' },
    ]);
  });

  it('is content when they go together, and says nothing where nobody tells', () => {
    const state = fleet({ n1: ['a', 10_000] });
    expect(heartbeatFindings(state, [controller(50_000)])).toMatchObject([{ verdict: 'ok', detail: 'every 10 s or more often, for a grace period of 50 s' }]);
    expect(heartbeatFindings(state, [controller()])).toEqual([]);
    expect(heartbeatFindings(fleet({ n1: ['a'] }), [controller(50_000)])).toEqual([]);
  });
});
