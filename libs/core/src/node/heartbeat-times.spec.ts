import { describe, expect, it } from 'vitest';
import { KUBELET_DEFAULTS } from '../kubelet/kubelet-messages.ts';
import { FleetUnderTest, registration } from './fleet-under-test.ts';
import { HEARTBEAT_INTERVAL_ANNOTATION, heartbeatIntervalOf, heartbeatMistake, leastGraceMs } from './heartbeat-times.ts';
import { startLiveness } from './heartbeats.ts';
import { registerNodes } from './register-nodes.ts';

describe('heartbeatMistake', () => {
  it.each([
    [10_000, 10_000, false],
    [22_499, 10_000, false],
    [22_500, 10_000, true],
    [50_000, KUBELET_DEFAULTS.heartbeatIntervalMs, true],
    [1_000, 250, true],
    [749, 250, false],
  ])('R95 of a grace period of %d ms and an interval of %d ms: they go together is %s', (graceMs, intervalMs, isFine) => {
    expect(heartbeatMistake(graceMs, intervalMs) === undefined).toBe(isFine);
    expect(graceMs >= leastGraceMs(intervalMs)).toBe(isFine);
  });
});

describe('an agent that registers', () => {
  const START_GRACE_MS = 10_000;
  const hall = (): { readonly test: FleetUnderTest; readonly register: (names: readonly string[], heartbeatIntervalMs: number | undefined, instance?: string) => void } => {
    const test = new FleetUnderTest();
    const liveness = startLiveness(test.state, test.now);
    return {
      test,
      register: (names, heartbeatIntervalMs, instance = 'i1') => {
        const interval = heartbeatIntervalMs === undefined ? {} : { heartbeatIntervalMs };
        const nodes = names.map((name) => registration(name));
        test.decide((decision) => registerNodes(decision, { liveness, nodeGraceMs: START_GRACE_MS }, { type: 'RegisterNodes', agent: 'a', instance, ...interval, nodes }));
      },
    };
  };
  const warnings = (test: FleetUnderTest): readonly string[] => test.reasons().filter((text) => text.startsWith('HeartbeatsTooSlow'));

  it('R95 with heartbeats too slow for the grace period is warned of on one of its nodes, once for each of its starts', () => {
    const { test, register } = hall();
    register(['n1', 'n2', 'n3'], 10_000);
    register(['n4', 'n5'], 10_000);
    expect(warnings(test)).toEqual([
      'HeartbeatsTooSlow: Agent a: a heartbeat every 10 s is too slow for a grace period of 10 s: one that is lost takes a healthy node down; the grace period has to be 22.5 s or more',
    ]);
    register(['n1', 'n2'], 10_000, 'i2');
    expect(warnings(test)).toHaveLength(2);
  });

  it('leaves its interval on its nodes, and takes it away when it tells none any more', () => {
    const { test, register } = hall();
    register(['n1'], 2_000);
    expect(test.node('n1').metadata.annotations).toEqual({ [HEARTBEAT_INTERVAL_ANNOTATION]: '2000' });
    expect(heartbeatIntervalOf(test.node('n1'))).toBe(2_000);
    register(['n1'], undefined, 'i2');
    expect(test.node('n1').metadata.annotations).toEqual({});
    expect(heartbeatIntervalOf(test.node('n1'))).toBeUndefined();
    expect(warnings(test)).toEqual([]);
  });
});
