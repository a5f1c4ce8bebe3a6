import { describe, expect, it } from 'vitest';
import { KUBELET_DEFAULTS } from './kubelet-messages.ts';
import { NodeBench, RUNNING, registered, runPod } from './testing/node-bench.ts';

describe('KubeletMachine: taints', () => {
  const plugin = runPod('cni', {
    annotations: { 'everynode.dev/clears-taint': 'node.kubernetes.io/network-unavailable:NoSchedule' },
  });
  const taintsOf = (bench: NodeBench): unknown => {
    const { message } = bench.newest('ReportNodes');
    return message.type === 'ReportNodes' ? message.nodes[0]?.taints : undefined;
  };
  const cleared = [{ key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule', present: false }];

  it('clears the taints that a Pod asks to have cleared when it becomes ready, until it is acknowledged', () => {
    const bench = registered()
      .commands(5, [plugin])
      .changed('cni', { ...RUNNING, ready: false })
      .tick(5);
    expect(taintsOf(bench)).toEqual([]);
    bench.acknowledge().changed('cni').tick(5);
    expect(taintsOf(bench)).toEqual(cleared);
    bench.handle({ type: 'unanswered', id: bench.newest('ReportNodes').id }).tick(KUBELET_DEFAULTS.retryMaxMs);
    expect(taintsOf(bench)).toEqual(cleared);
    bench.acknowledge().changed('cni').tick(5);
    expect(taintsOf(bench)).toEqual([]);
  });

  it('clears all effects of a key without effect, and leaves unknown effects alone', () => {
    const pod = runPod('x', { annotations: { 'everynode.dev/clears-taint': 'a, b:NoExecute,c:Nonsense' } });
    const bench = registered().commands(5, [pod]).changed('x').tick(5);
    expect(taintsOf(bench)).toHaveLength(4);
  });

  it('publishes what is asked for on the node, the last request for a taint only', () => {
    const bench = registered();
    const taint = { key: 'k', effect: 'NoExecute' as const };
    bench.handle({ type: 'taints', node: 'n1', changes: [{ ...taint, present: true, value: 'v' }] });
    bench.handle({ type: 'taints', node: 'n1', changes: [{ ...taint, present: false }] }).tick(5);
    expect(taintsOf(bench)).toEqual([{ ...taint, present: false }]);
  });
});
