import { describe, expect, it } from 'vitest';
import { KUBELET_DEFAULTS } from './kubelet-messages.ts';
import { NodeBench, description, registered } from './testing/node-bench.ts';

describe('KubeletMachine: heartbeats', () => {
  it('sends at most 500 nodes in a message, spread over the interval', () => {
    const bench = new NodeBench();
    const names = Array.from({ length: 1_200 }, (_, index) => `n${index}`);
    bench.handle({
      type: 'started',
      nodes: names.map((name) => ({ description: description(name), record: undefined, bootId: 'b', running: [] })),
    });
    bench.handle({ type: 'connection', isConnected: true });
    const registrations = bench.sent;
    bench.sent = [];
    for (const { id, message } of registrations) {
      const nodes =
        message.type === 'RegisterNodes' ? message.nodes.map(({ name }) => ({ name, uid: name, session: 1 })) : [];
      bench.handle({ type: 'answered', epoch: 1, id, answer: { type: 'Registered', nodes } });
    }
    bench.sent = [];
    const times = new Set<number>();
    const heard = new Set<string>();
    const end = bench.now + KUBELET_DEFAULTS.heartbeatIntervalMs;
    while (bench.now < end) {
      const before = bench.count('Heartbeats');
      bench.tick(100);
      if (bench.count('Heartbeats') > before) times.add(bench.now);
    }
    for (const { message } of bench.sent) {
      if (message.type !== 'Heartbeats') continue;
      expect(message.nodes.length).toBeLessThanOrEqual(500);
      for (const { name } of message.nodes) heard.add(name);
    }
    expect(heard.size).toBe(1_200);
    expect(times.size).toBe(3);
  });

  it('says at once that a node cannot run Pods', () => {
    const bench = registered().handle({ type: 'readiness', node: 'n1', ready: false });
    expect(bench.newest('Heartbeats').message).toMatchObject({ nodes: [{ ready: false }] });
  });
});
