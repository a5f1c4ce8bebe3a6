import { describe, expect, it } from 'vitest';
import { KUBELET_DEFAULTS } from './kubelet-messages.ts';
import { NodeBench, description, registered, runPod } from './testing/node-bench.ts';

describe('KubeletMachine: registration', () => {
  it('registers with what it is and keeps the uid that it is given', () => {
    const bench = registered();
    expect(bench.newest('RegisterNodes').message).toMatchObject({
      agent: 'a',
      instance: 'i-1',
      nodes: [{ name: 'n1', bootId: 'boot-1' }],
    });
    expect(bench.records.get('n1')).toMatchObject({ uid: 'node-uid', bootId: 'boot-1' });
    expect(bench.newest('Heartbeats').message).toMatchObject({
      nodes: [{ name: 'n1', session: 1, ready: true, observedSequence: 0 }],
    });
  });

  it('sends nothing before it is connected', () => {
    const bench = new NodeBench();
    bench
      .handle({
        type: 'started',
        nodes: [{ description: description('n1'), record: undefined, bootId: 'b', running: [] }],
      })
      .tick(60_000);
    expect(bench.sent).toEqual([]);
    expect(bench.machine.nextWakeAt()).toBeUndefined();
  });

  it('tries again with growing, capped delays when nobody answers', () => {
    const bench = new NodeBench().start();
    const times: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const before = bench.count('RegisterNodes');
      bench.handle({ type: 'unanswered', id: bench.newest('RegisterNodes').id });
      const failedAt = bench.now;
      while (bench.count('RegisterNodes') === before)
        bench.tick(Math.max(1, (bench.machine.nextWakeAt() ?? 0) - bench.now));
      times.push(bench.now - failedAt);
    }
    expect(times[0]).toBeLessThanOrEqual(KUBELET_DEFAULTS.retryFirstMs);
    expect(Math.max(...times)).toBeLessThanOrEqual(KUBELET_DEFAULTS.retryMaxMs);
    expect(Math.max(...times)).toBeGreaterThan(KUBELET_DEFAULTS.retryMaxMs / 2 - 1);
  });

  it('notices by itself that nobody answers', () => {
    const bench = new NodeBench().start();
    bench.tick(KUBELET_DEFAULTS.requestTimeoutMs).tick(KUBELET_DEFAULTS.retryFirstMs);
    expect(bench.count('RegisterNodes')).toBe(2);
  });

  it('waits a short time for the first answer, because a fleet that comes up has no leader yet', () => {
    const bench = new NodeBench().start().tick(250).tick(KUBELET_DEFAULTS.retryFirstMs);
    expect(bench.count('RegisterNodes')).toBe(2);
    bench.tick(250).tick(KUBELET_DEFAULTS.retryFirstMs * 2);
    expect(bench.count('RegisterNodes')).toBe(2);
  });

  it('takes an answer that comes after it was given up', () => {
    const bench = new NodeBench().start();
    const { id } = bench.newest('RegisterNodes');
    bench.tick(300);
    bench.handle({
      type: 'answered',
      epoch: 1,
      id,
      answer: { type: 'Registered', nodes: [{ name: 'n1', uid: 'node-uid', session: 1 }] },
    });
    bench.tick(5_000);
    expect(bench.count('RegisterNodes')).toBe(1);
    bench
      .acknowledge()
      .commands(5, [runPod('p')])
      .changed('p');
    const report = bench.newest('ReportNodes').id;
    bench
      .handle({ type: 'unanswered', id: report })
      .handle({ type: 'answered', epoch: 1, id: report, answer: { type: 'Reported', refusedNodes: [] } });
    expect(bench.machine.nodes.get('n1')?.pods.get('p')?.acknowledged).toBe(1);
  });

  it('counts an answer of an older epoch for nothing: a deposed leader may still answer what it needs no append for', () => {
    const bench = new NodeBench().start();
    const ask = (): number => bench.newest('RegisterNodes').id;
    const nodes = [{ name: 'n1', uid: 'node-uid', session: 1 }];
    bench.handle({ type: 'answered', epoch: 2, id: ask(), answer: { type: 'Registered', nodes } });
    bench.commands(5, [runPod('p')]).changed('p');
    const report = bench.newest('ReportNodes').id;
    bench.handle({ type: 'answered', epoch: 1, id: report, answer: { type: 'Reported', refusedNodes: [] } });
    expect(bench.machine.nodes.get('n1')?.pods.get('p')?.acknowledged).toBe(0);
    expect(bench.machine.counters.answersStale).toBe(1);
  });

  it('takes the loss of many messages at once for one failure', () => {
    const bench = new NodeBench();
    const names = Array.from({ length: 5_000 }, (_, index) => `n${index}`);
    bench.handle({
      type: 'started',
      nodes: names.map((name) => ({ description: description(name), record: undefined, bootId: 'b', running: [] })),
    });
    bench.handle({ type: 'connection', isConnected: true });
    expect(bench.count('RegisterNodes')).toBe(10);
    for (const { id } of bench.sent.slice()) bench.handle({ type: 'unanswered', id });
    bench.tick(KUBELET_DEFAULTS.retryFirstMs);
    expect(bench.count('RegisterNodes')).toBe(20);
  });

  it('says why the controller refused a node, and asks again later', () => {
    const bench = new NodeBench().start();
    bench.handle({
      type: 'answered',
      epoch: 1,
      id: bench.newest('RegisterNodes').id,
      answer: { type: 'Registered', nodes: [{ name: 'n1', refused: 'the name is taken' }] },
    });
    expect(bench.notices).toEqual(['registration refused: the name is taken']);
    expect(bench.machine.counters.registrationsRefused).toBe(1);
    bench.tick(KUBELET_DEFAULTS.retryFirstMs);
    expect(bench.count('RegisterNodes')).toBe(2);
  });

  it('ends what ran for an earlier identity, and takes the commands of the new one from zero', () => {
    const bench = registered()
      .commands(9, [runPod('p')])
      .changed('p')
      .tick(10)
      .acknowledge(['n1']);
    bench.register('other-uid', 2);
    expect(bench.asked()).toEqual(['start p', 'stop p 7']);
    bench.commands(3, [], { nodeUid: 'other-uid' });
    expect(bench.machine.nodes.get('n1')?.observedSequence).toBe(3);
  });
});
