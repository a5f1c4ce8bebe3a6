import { describe, expect, it } from 'vitest';
import { NodeRecords } from './node-record.ts';
import type { RunningPod } from './runtime.ts';
import { NodeBench, RUNNING, registered, runPod } from './testing/node-bench.ts';

describe('KubeletMachine: restart and reboot', () => {
  const busy = (): NodeBench =>
    registered()
      .commands(5, [runPod('p')])
      .changed('p')
      .tick(5)
      .acknowledge();
  const restarted = (bench: NodeBench, running: readonly RunningPod[], bootId?: string): NodeBench => {
    bench.machine = NodeBench.newMachine('i-2');
    bench.requests = [];
    bench.sent = [];
    return bench.start(running, bootId);
  };
  const survivor: RunningPod = { namespace: 'default', name: 'pod-p', uid: 'p', owner: 'ds-1', report: RUNNING };

  it('keeps identity, observed commands and Pods over a restart of the agent, and starts nothing again', () => {
    const bench = restarted(busy(), [survivor]);
    expect(bench.newest('RegisterNodes').message).toMatchObject({
      instance: 'i-2',
      nodes: [{ uid: 'node-uid', bootId: 'boot-1' }],
    });
    bench.register('node-uid', 2).commands(4, []).tick(5);
    expect(bench.asked()).toEqual([]);
    expect(bench.machine.counters.refusals.stale).toBe(1);
    expect(bench.newest('ReportNodes').message).toMatchObject({
      nodes: [{ session: 2, observedSequence: 5, pods: [{ uid: 'p', report: { ready: true } }] }],
    });
  });

  it('starts a Pod again that the store has and the runtime has lost', () => {
    const bench = restarted(busy(), []);
    expect(bench.requests).toMatchObject([{ type: 'start', pod: { uid: 'p' }, before: RUNNING }]);
  });

  it('keeps a Pod that only the runtime knows until the commands decide on it', () => {
    const stranger = { ...survivor, name: 'pod-s', uid: 's' };
    const bench = restarted(busy(), [survivor, stranger]).register('node-uid', 2);
    expect(bench.asked()).toEqual([]);
    bench.commands(5, [runPod('p')]);
    expect(bench.asked()).toEqual(['stop s 30']);
  });

  it('goes on with what is left of a grace period', () => {
    const bench = busy().commands(6, []);
    bench.now += 5_000;
    restarted(bench, [survivor]);
    expect(bench.asked()).toHaveLength(1);
    expect(bench.requests[0]).toMatchObject({ type: 'stop', uid: 'p' });
    expect(bench.requests[0]).toHaveProperty('graceSeconds', 2);
  });

  it('loses the containers with a boot, registers the new boot and starts the same Pods with what they were', () => {
    const bench = busy();
    bench.handle({ type: 'rebooted', node: 'n1', bootId: 'boot-2' });
    expect(bench.newest('RegisterNodes').message).toMatchObject({ nodes: [{ uid: 'node-uid', bootId: 'boot-2' }] });
    expect(bench.requests.at(-1)).toMatchObject({ type: 'start', pod: { uid: 'p' }, before: RUNNING });
    expect(bench.machine.counters.reboots).toBe(1);
  });

  it('gives the changes that a compacted store holds', () => {
    const bench = busy()
      .commands(6, [runPod('q', { owner: 'ds-2' })])
      .stopped('p')
      .tick(5)
      .acknowledge();
    const compacted = new NodeRecords();
    for (const change of bench.machine.storedChanges()) compacted.apply(change);
    expect(compacted.get('n1')).toEqual(bench.records.get('n1'));
    expect(bench.records.get('n1')).toMatchObject({ buried: ['p'], pods: [{ run: { uid: 'q' } }] });
  });

  it('has a stopping Pod gone with the boot, and starts the next one', () => {
    const bench = busy().commands(6, [runPod('new')]);
    bench.handle({ type: 'rebooted', node: 'n1', bootId: 'boot-2' });
    expect(bench.asked()).toEqual(['start p', 'stop p 7', 'start new']);
  });

  it('takes a boot while the agent was down for a boot', () => {
    const bench = restarted(busy(), [], 'boot-2');
    expect(bench.records.get('n1')?.bootId).toBe('boot-2');
    expect(bench.asked()).toEqual(['start p']);
  });

  it('starts a wanted Pod again that ended without being asked to', () => {
    const bench = busy().stopped('p');
    expect(bench.asked()).toEqual(['start p', 'start p']);
  });
});
