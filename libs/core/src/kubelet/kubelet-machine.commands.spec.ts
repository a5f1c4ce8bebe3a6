import { describe, expect, it } from 'vitest';
import { KUBELET_DEFAULTS } from './kubelet-messages.ts';
import { NodeBench, registered, runPod } from './testing/node-bench.ts';

describe('KubeletMachine: commands', () => {
  it('starts what is in the set, and has it in the store before', () => {
    const bench = registered().commands(5, [runPod('p')]);
    expect(bench.last.map((action) => action.type)).toEqual(['persist', 'runtime']);
    expect(bench.asked()).toEqual(['start p']);
    expect(bench.records.get('n1')).toMatchObject({
      observedEpoch: 1,
      observedSequence: 5,
      pods: [{ stage: 'started', run: { uid: 'p' } }],
    });
  });

  it.each([
    ['stale', { epoch: 1, sequence: 4 }],
    ['stale', { epoch: 0, sequence: 9 }],
    ['foreign-node-uid', { sequence: 9, nodeUid: 'somebody' }],
    ['unknown-node', { sequence: 9, node: 'n2' }],
    ['contradiction', { sequence: 9, terminate: [{ namespace: 'default', name: 'pod-q', uid: 'q', graceSeconds: 1 }] }],
    ['too-many-pods', { sequence: 9, run: Array.from({ length: 251 }, (_, index) => runPod(`x${index}`)) }],
  ] as const)('refuses a set that is %s and counts it', (reason, more) => {
    const bench = registered().commands(5, [runPod('p')]);
    bench.handle({
      type: 'commands',
      sets: [{ node: 'n1', nodeUid: 'node-uid', epoch: 1, run: [runPod('q')], terminate: [], ...more }],
    });
    expect(bench.machine.counters.refusals[reason]).toBe(1);
    expect(bench.asked()).toEqual(['start p']);
    expect(bench.machine.nodes.get('n1')?.observedSequence).toBe(5);
  });

  it('has the runtime add ephemeral containers to a Pod that runs, once', () => {
    const { spec } = runPod('p');
    const looked = runPod('p', { spec: { ...spec, ephemeralContainers: [{ name: 'd', image: 'busybox' }] } });
    const bench = registered().commands(5, [runPod('p')]).commands(6, [looked]).commands(6, [looked]).commands(7, [looked]);
    expect(bench.asked()).toEqual(['start p', 'extend p']);
    expect(bench.requests[1]).toEqual({ type: 'extend', node: 'n1', pod: looked });
    expect(bench.records.get('n1')?.pods[0]?.run.spec.ephemeralContainers).toHaveLength(1);
    expect(registered().commands(5, [looked]).asked()).toEqual(['start p']);
  });

  it('takes a repeated set without doing anything twice', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .commands(5, [runPod('p')]);
    expect(bench.asked()).toEqual(['start p']);
    expect(bench.machine.counters).toMatchObject({ setsAccepted: 1, setsRepeated: 1 });
  });

  it('holds commands that overtake the answer to the registration, the newest only', () => {
    const bench = new NodeBench()
      .start()
      .commands(6, [runPod('new')])
      .commands(5, [runPod('old')]);
    expect(bench.asked()).toEqual([]);
    bench.register();
    expect(bench.asked()).toEqual(['start new']);
  });

  it('ends what is not in the set with its own grace period', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .commands(6, []);
    expect(bench.asked()).toEqual(['start p', 'stop p 7']);
  });

  it('shortens a grace period when asked, and never lengthens it', () => {
    const stop = (sequence: number, graceSeconds: number): void => {
      bench.commands(sequence, [], { terminate: [{ namespace: 'default', name: 'pod-p', uid: 'p', graceSeconds }] });
    };
    const bench = registered().commands(5, [runPod('p')]);
    stop(6, 30);
    stop(7, 60);
    stop(8, 0);
    expect(bench.asked()).toEqual(['start p', 'stop p 30', 'stop p 0']);
  });

  it('reports a Pod gone that it is to end and never had', () => {
    const bench = registered()
      .commands(5, [], { terminate: [{ namespace: 'default', name: 'pod-p', uid: 'p', graceSeconds: 30 }] })
      .tick(5);
    expect(bench.newest('ReportNodes').message).toMatchObject({
      nodes: [{ observedSequence: 5, pods: [{ uid: 'p', gone: true }] }],
    });
  });

  it('never runs a Pod again that was stopped, whatever an older leader wanted', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .commands(6, [])
      .stopped('p')
      .tick(5)
      .acknowledge();
    bench.commands(7, [runPod('p')]);
    expect(bench.asked()).toEqual(['start p', 'stop p 7']);
    expect(bench.machine.counters.refusals['pod-was-stopped']).toBe(1);
  });

  it('starts the next Pod of an owner only when the runtime says that the one before has stopped', () => {
    const bench = registered()
      .commands(5, [runPod('old')])
      .changed('old')
      .commands(6, [runPod('new')]);
    expect(bench.asked()).toEqual(['start old', 'stop old 7']);
    bench.stopped('old');
    expect(bench.asked().at(-1)).toBe('start new');
  });

  it('runs two Pods of an owner with surge, and not three', () => {
    const pods = ['a', 'b', 'c'].map((uid) => runPod(uid, { surge: true }));
    const bench = registered().commands(5, pods);
    expect(bench.asked()).toEqual(['start a', 'start b']);
    bench.commands(6, pods.slice(1)).stopped('a');
    expect(bench.asked().at(-1)).toBe('start c');
  });

  it('lets Pods of different owners, and Pods without owner, run side by side', () => {
    const bench = registered().commands(5, [
      runPod('a'),
      runPod('b', { owner: 'ds-2' }),
      runPod('c', { owner: '' }),
      runPod('d', { owner: '' }),
    ]);
    expect(bench.asked()).toEqual(['start a', 'start b', 'start c', 'start d']);
  });

  it('reads the commands of a node that lost its disk, and leaves those of a node in its first session to come', () => {
    expect(new NodeBench().start().register('node-uid', 1).resynced).toEqual([]);
    expect(new NodeBench().start().register('node-uid', 2).resynced).toEqual(['n1']);
  });

  it('reads the commands again after connecting, after a gap and on a timer', () => {
    const bench = registered();
    bench.handle({ type: 'connection', isConnected: false }).handle({ type: 'connection', isConnected: true });
    expect(bench.resynced).toEqual(['n1']);
    bench.handle({ type: 'gap', nodes: ['n1'] });
    expect(bench.resynced).toHaveLength(2);
    bench.tick(KUBELET_DEFAULTS.resyncIntervalMs);
    expect(bench.resynced).toHaveLength(3);
  });
});
