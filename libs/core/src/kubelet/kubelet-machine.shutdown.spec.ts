import { describe, expect, it } from 'vitest';
import { KUBELET_DEFAULTS } from './kubelet-messages.ts';
import { NodeBench, registered, runPod } from './testing/node-bench.ts';

describe('KubeletMachine: graceful shutdown', () => {
  const critical = { spec: { ...runPod('x').spec, priorityClassName: 'system-node-critical' } };
  const shutdown = { type: 'shutdown', node: 'n1', graceMs: 60_000, criticalMs: 20_000 } as const;
  const running = (): NodeBench =>
    registered()
      .commands(5, [runPod('low'), runPod('high', { owner: 'ds-2', ...critical })])
      .changed('low')
      .changed('high')
      .acknowledge();
  const podsSaid = (bench: NodeBench): readonly unknown[] => {
    const { message } = bench.newest('ReportNodes');
    return message.type === 'ReportNodes'
      ? message.nodes.flatMap((node) => node.pods.map(({ uid, gone, report }) => [uid, gone, report.phase, report.reason]))
      : [];
  };

  it('R65 says at once that the node shuts down, and with every report', () => {
    const bench = running().handle(shutdown);
    expect(bench.newest('Heartbeats').message).toMatchObject({ nodes: [{ ready: false, shuttingDown: true }] });
    bench.stopped('low').tick(10);
    expect(bench.newest('ReportNodes').message).toMatchObject({ nodes: [{ name: 'n1', shuttingDown: true }] });
    expect(bench.machine.nodes.get('n1')?.ready).toBe(false);
  });

  it('R65 says so when it registers in the middle of it', () => {
    const bench = new NodeBench().start().handle(shutdown).tick(KUBELET_DEFAULTS.requestTimeoutMs).tick(KUBELET_DEFAULTS.retryMaxMs);
    expect(bench.newest('RegisterNodes').message).toMatchObject({ nodes: [{ name: 'n1', shuttingDown: true }] });
  });

  it('R65 ends Pods by priority, each with its own grace at most, and reports them as failed', () => {
    const bench = running().handle(shutdown);
    expect(bench.asked().slice(2)).toEqual(['stop low 7']);
    bench.stopped('low').tick(10);
    expect(podsSaid(bench)).toContainEqual(['low', true, 'Failed', 'Terminated']);
    bench.acknowledge().tick(39_989);
    expect(bench.asked().slice(3)).toEqual([]);
    bench.tick(1);
    expect(bench.asked().slice(3)).toEqual(['stop high 7']);
    bench.stopped('high').tick(10);
    expect(podsSaid(bench)).toContainEqual(['high', true, 'Failed', 'Terminated']);
  });

  it('R65 goes on without the broker', () => {
    const bench = running().handle({ type: 'connection', isConnected: false }).handle(shutdown);
    expect(bench.machine.nextWakeAt()).toBe(bench.now + 40_000);
    bench.tick(40_000);
    expect(bench.asked().slice(2)).toEqual(['stop low 7', 'stop high 7']);
    expect(bench.machine.nextWakeAt()).toBeUndefined();
  });

  it('R65 takes in critical Pods while it ends none of them, and refuses all others', () => {
    const bench = running().handle(shutdown).stopped('low').acknowledge();
    const both = [runPod('high', { owner: 'ds-2', ...critical }), runPod('late', { owner: 'ds-3' }), runPod('urgent', { owner: 'ds-4', ...critical })];
    bench.commands(6, both).tick(10);
    expect(bench.asked().slice(3)).toEqual(['start urgent']);
    expect(podsSaid(bench)).toEqual([['late', true, 'Failed', 'NodeShutdown']]);
    expect(bench.records.get('n1')?.pods.find(({ run }) => run.uid === 'late')).toMatchObject({ stage: 'gone', report: { reason: 'NodeShutdown' } });
    bench.acknowledge().tick(40_000);
    bench.commands(7, [runPod('too-late', { owner: 'ds-5', ...critical })]).tick(10);
    expect(podsSaid(bench)).toContainEqual(['too-late', true, 'Failed', 'NodeShutdown']);
    expect(bench.asked().filter((text) => text.startsWith('start'))).toHaveLength(3);
  });

  it('R65 refuses what waited for room', () => {
    const bench = registered().commands(5, [runPod('old')]).changed('old').acknowledge();
    bench.commands(6, [runPod('new')], { terminate: [{ namespace: 'default', name: 'pod-old', uid: 'old', graceSeconds: 30 }] });
    bench.handle(shutdown).tick(10);
    expect(podsSaid(bench)).toContainEqual(['new', true, 'Failed', 'NodeShutdown']);
    expect(bench.asked().filter((text) => text.startsWith('start'))).toEqual(['start old']);
  });

  it.each([
    ['boots', { type: 'rebooted', node: 'n1', bootId: 'boot-2' }],
    ['is ready', { type: 'readiness', node: 'n1', ready: true }],
  ] as const)('R65 is over when the node %s; what it ended does not come back', (_how, message) => {
    const bench = running().handle(shutdown).stopped('low').handle(message).register('node-uid', 2);
    expect(bench.machine.nodes.get('n1')).toMatchObject({ ready: true, shutdown: undefined });
    bench.commands(8, [runPod('low'), runPod('next', { owner: 'ds-6' })]);
    expect(bench.asked().at(-1)).toBe('start next');
    expect(bench.machine.counters.refusals['pod-was-stopped']).toBe(1);
    bench.tick(60_000);
    expect(bench.asked()).not.toContain('stop next 7');
  });

  it('R65 begins once', () => {
    const bench = running().handle(shutdown).tick(30_000).handle(shutdown).tick(10_000);
    expect(bench.asked().slice(2)).toEqual(['stop low 7', 'stop high 7']);
  });
});
