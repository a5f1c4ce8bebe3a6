import { describe, expect, it } from 'vitest';
import { KUBELET_DEFAULTS } from './kubelet-messages.ts';
import { NodeBench, RUNNING, description, registered, runPod } from './testing/node-bench.ts';

describe('KubeletMachine: reports', () => {
  it('says a lone change at once, and gathers changes while it waits for the answer', () => {
    const bench = registered().commands(5, [runPod('a'), runPod('b', { owner: 'ds-2' })]);
    bench.changed('a', { ...RUNNING, ready: false });
    expect(bench.reported()).toEqual({ a: 1 });
    bench.changed('a').changed('b');
    expect(bench.count('ReportNodes')).toBe(1);
    bench.tick(KUBELET_DEFAULTS.reportWindowMs);
    expect(bench.count('ReportNodes')).toBe(2);
    expect(bench.reported()).toEqual({ a: 2, b: 1 });
  });

  it('repeats a report with growing delays until it is acknowledged, and then no more', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .changed('p')
      .tick(5);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect(bench.count('ReportNodes')).toBe(attempt);
      expect(bench.reported()).toEqual({ p: 1 });
      bench
        .handle({ type: 'unanswered', id: bench.newest('ReportNodes').id })
        .tick(KUBELET_DEFAULTS.retryFirstMs / 2 - 1);
      expect(bench.count('ReportNodes')).toBe(attempt);
      bench.tick(KUBELET_DEFAULTS.retryFirstMs * 2 ** (attempt - 1));
    }
    bench.acknowledge().tick(600);
    expect(bench.count('ReportNodes')).toBe(6);
  });

  it('says the newest state only, when an older one was lost', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .changed('p', { ...RUNNING, ready: false })
      .tick(5);
    bench
      .changed('p')
      .handle({ type: 'unanswered', id: bench.newest('ReportNodes').id })
      .tick(KUBELET_DEFAULTS.retryMaxMs);
    expect(bench.reported()).toEqual({ p: 2 });
  });

  it('says again at once what an earlier leader has not answered when a new one is heard of', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .changed('p')
      .tick(5);
    bench.commands(6, [runPod('p')], { epoch: 2 });
    expect(bench.count('ReportNodes')).toBe(2);
    expect(bench.reported()).toEqual({ p: 1 });
  });

  it('says everything again now and then, with newer revisions', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .changed('p')
      .tick(5)
      .acknowledge();
    bench.tick(KUBELET_DEFAULTS.resyncIntervalMs).tick(5);
    expect(bench.reported()).toEqual({ p: 2 });
  });

  it('forgets a Pod that is gone when the controller knows it, not before', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .commands(6, [])
      .stopped('p')
      .tick(5);
    expect(bench.records.get('n1')?.pods).toMatchObject([{ stage: 'gone' }]);
    bench.acknowledge();
    expect(bench.records.get('n1')).toMatchObject({ pods: [], buried: ['p'] });
  });

  it('says soon that commands were observed, even if no Pod changes', () => {
    const bench = registered().commands(5, []).tick(KUBELET_DEFAULTS.observedWindowMs);
    expect(bench.newest('ReportNodes').message).toMatchObject({
      nodes: [{ name: 'n1', observedEpoch: 1, observedSequence: 5, pods: [] }],
    });
  });

  it('registers again when its session is refused, and then reports everything again', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .changed('p')
      .tick(5)
      .acknowledge();
    bench.changed('p').tick(5).acknowledge(['n1']);
    expect(bench.machine.counters.sessionsLost).toBe(1);
    bench.register('node-uid', 2).tick(5);
    expect(bench.newest('ReportNodes').message).toMatchObject({ nodes: [{ session: 2, pods: [{ uid: 'p' }] }] });
  });

  it('registers again when a heartbeat is answered with its name', () => {
    const bench = registered();
    const before = bench.count('RegisterNodes');
    bench.handle({
      type: 'answered',
      epoch: 1,
      id: bench.newest('Heartbeats').id,
      answer: { type: 'Reported', refusedNodes: ['n1'] },
    });
    expect(bench.count('RegisterNodes')).toBe(before + 1);
  });

  it('gives up a single Pod that the controller cannot read, and goes on with the others', () => {
    const bench = registered()
      .commands(5, [runPod('bad'), runPod('good', { owner: 'ds-2' })])
      .changed('bad')
      .changed('good')
      .tick(5);
    for (let round = 0; round < 10; round += 1) {
      const { id } = bench.newest('ReportNodes');
      if ('bad' in bench.reported()) bench.handle({ type: 'rejected', id, reason: 'no' });
      else bench.acknowledge();
      bench.tick(KUBELET_DEFAULTS.retryFirstMs * 8);
    }
    expect(bench.machine.nodes.get('n1')?.pods.get('good')?.acknowledged).toBeGreaterThan(0);
    expect(bench.machine.counters.reportsRejected).toBeGreaterThan(0);
    expect(bench.machine.counters.reportsRejected).toBeLessThan(5);
  });

  it('sends at most 1,000 Pods in a message and eight messages at once', () => {
    const bench = new NodeBench();
    const names = Array.from({ length: 60 }, (_, index) => `n${index}`);
    bench.handle({
      type: 'started',
      nodes: names.map((name) => ({ description: description(name), record: undefined, bootId: 'b', running: [] })),
    });
    bench.handle({ type: 'connection', isConnected: true });
    bench.handle({
      type: 'answered',
      epoch: 1,
      id: bench.newest('RegisterNodes').id,
      answer: { type: 'Registered', nodes: names.map((name) => ({ name, uid: name, session: 1 })) },
    });
    for (const name of names) {
      const run = Array.from({ length: 200 }, (_, index) => runPod(`${name}-${index}`, { owner: '' }));
      bench.handle({
        type: 'commands',
        sets: [{ node: name, nodeUid: name, epoch: 1, sequence: 2, run, terminate: [] }],
      });
      bench.handle({
        type: 'runtime',
        events: run.map((pod) => ({ type: 'changed', node: name, uid: pod.uid, report: RUNNING })),
      });
    }
    bench.tick(KUBELET_DEFAULTS.reportWindowMs);
    const sizes = bench.sent.flatMap(({ message }) =>
      message.type === 'ReportNodes' ? [message.nodes.reduce((sum, node) => sum + node.pods.length, 0)] : [],
    );
    expect(sizes).toEqual([200, ...Array<number>(7).fill(1_000)]);
    bench.acknowledge().tick();
    expect(bench.count('ReportNodes')).toBe(9);
  });

  it('says now what would wait for its window when it is flushed', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .changed('p')
      .handle({ type: 'flush' });
    expect(bench.reported()).toEqual({ p: 1 });
  });

  it('gives a Pod on the host network the address of its node', () => {
    const pod = runPod('p', { spec: { hostNetwork: true, containers: [{ name: 'c' }] } });
    const bench = registered().commands(5, [pod]).changed('p').tick(5);
    expect(bench.newest('ReportNodes').message).toMatchObject({
      nodes: [{ pods: [{ report: { podIP: '10.0.0.1' } }] }],
    });
  });
});
