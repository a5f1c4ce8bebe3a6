import { describe, expect, it } from 'vitest';
import { SlowHeartbeats } from './slow-heartbeats.ts';

const registration = (heartbeatIntervalMs?: number, instance = 'i1', agent = 'a'): Parameters<SlowHeartbeats['warningOf']>[0] => ({
  type: 'RegisterNodes',
  agent,
  instance,
  ...(heartbeatIntervalMs === undefined ? {} : { heartbeatIntervalMs }),
  nodes: [],
});

describe('SlowHeartbeats', () => {
  it('R95 warns of an interval that is too long for the grace period, once for each start of an agent', () => {
    const heartbeats = new SlowHeartbeats(10_000);
    expect(heartbeats.warningOf(registration(10_000))).toBe(
      'a heartbeat every 10 s is too slow for a grace period of 10 s: one that is lost takes a healthy node down; the grace period has to be 22.5 s or more',
    );
    expect(heartbeats.warningOf(registration(10_000))).toBeUndefined();
    expect(heartbeats.warningOf(registration(10_000, 'i2'))).toBeDefined();
    expect(heartbeats.warningOf(registration(10_000, 'i1', 'b'))).toBeDefined();
  });

  it('says nothing of one that fits, of agents that tell none, and of other messages', () => {
    const heartbeats = new SlowHeartbeats(50_000);
    expect(heartbeats.warningOf(registration(10_000))).toBeUndefined();
    expect(heartbeats.warningOf(registration())).toBeUndefined();
    expect(heartbeats.warningOf({ type: 'Heartbeats', agent: 'a', nodes: [] })).toBeUndefined();
  });
});
