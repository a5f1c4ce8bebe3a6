import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '../kubernetes/objects.ts';
import { aNode, aPod, applied, FleetUnderTest, registered } from '../node/fleet-under-test.ts';
import { bindPods } from './bind-pods.ts';

const reconcile = (test: FleetUnderTest): FleetUnderTest => {
  test.decide(bindPods);
  test.state.dirty.nodes.clear();
  test.state.dirty.pods.clear();
  return test;
};
const place = (pod: Pod, ...nodes: readonly Node[]): string | undefined =>
  reconcile(new FleetUnderTest().given(...nodes.map((node) => registered(node)), applied(pod))).pod(pod.metadata.name)?.spec.nodeName;

describe('bindPods', () => {
  it('binds a Pod without a node to the first Ready node that fits', () => {
    const cordoned: Node = { ...aNode('n2'), spec: { unschedulable: true } };
    const tainted = aNode('n3', { taints: [{ key: 'a', effect: 'NoSchedule' }] });
    expect(place(aPod('p'), aNode('n1', { ready: 'False' }), cordoned, tainted, aNode('n4'), aNode('n5'))).toBe('n4');
    expect(place(aPod('p'), aNode('n5'), aNode('n4'), aNode('n1', { ready: 'False' })), 'by name, not by age').toBe('n4');
  });

  it('takes no toleration for granted that Pods of DaemonSets have', () => {
    const pressed = aNode('n1', { taints: [{ key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' }] });
    expect(place(aPod('p'), pressed)).toBeUndefined();
    expect(place(aPod('p', { tolerations: [{ operator: 'Exists' }] }), pressed)).toBe('n1');
  });

  const aimedAt = (...nodes: readonly string[]): Pod =>
    aPod('p', {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: nodes.map((name) => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] })) },
        },
      },
    });

  it('binds a Pod whose affinity names one node to that one, also before it is Ready', () => {
    expect(place(aimedAt('n2'), aNode('n1'), aNode('n2'))).toBe('n2');
    expect(place(aimedAt('n2'), aNode('n1'), aNode('n2', { ready: 'False' }))).toBe('n2');
    expect(place(aimedAt('n3'), aNode('n1'), aNode('n2'))).toBeUndefined();
  });

  it('does not bind it while a taint of that node keeps it off, and does once the taint is gone', () => {
    const taints = [{ key: 'a', effect: 'NoSchedule' }] as const;
    const test = reconcile(new FleetUnderTest().given(registered(aNode('n1')), registered(aNode('n2', { taints })), applied(aimedAt('n2'))));
    test.given(registered(aNode('n1')));
    expect(reconcile(test).pod('p')?.spec.nodeName).toBeUndefined();
    test.given({ type: 'node.taints-changed.v1', name: 'n2', taints: [], by: 'user' });
    expect(reconcile(test).pod('p')?.spec.nodeName).toBe('n2');
  });

  it('chooses among the nodes that the terms name', () => {
    expect(place(aimedAt('n2', 'n3'), aNode('n1'), aNode('n2', { ready: 'False' }), aNode('n3'))).toBe('n3');
  });

  it('respects the node selector', () => {
    expect(place(aPod('p', { nodeSelector: { zone: 'b' } }), aNode('n1', { labels: { zone: 'a' } }), aNode('n2', { labels: { zone: 'b' } }))).toBe('n2');
  });

  it('says once that no node fits and binds when one comes up', () => {
    const test = reconcile(new FleetUnderTest().given(registered(aNode('n1', { ready: 'False' })), applied(aPod('p'))));
    expect(test.reasons()).toEqual(['FailedScheduling: 0/1 nodes are available: none is Ready, open to new Pods and fits this one.']);
    test.emitted.length = 0;
    test.given(registered(aNode('n2', { ready: 'Unknown' })));
    expect(reconcile(test).emitted).toEqual([]);
    test.given(registered(aNode('n3')));
    reconcile(test);
    expect(test.pod('p')?.spec.nodeName).toBe('n3');
    expect(test.reasons()).toEqual(['Scheduled: Successfully assigned default/p to n3']);
    expect(test.pod('p')?.status?.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True' }]);
  });

  it('lets a Pod wait in silence until its last scheduling gate is gone', () => {
    const gated = (...gates: readonly string[]): Pod => aPod('p', { schedulingGates: gates.map((name) => ({ name })) });
    const test = reconcile(new FleetUnderTest().given(registered(aNode('n1')), applied(gated('a', 'b'))));
    const loseGate = (...left: readonly string[]): Pod | undefined => {
      const pod = test.pod('p');
      if (pod === undefined) throw new Error('no Pod');
      test.given({ type: 'pod.updated.v1', namespace: 'default', name: 'p', uid: pod.metadata.uid, pod: { ...pod, spec: gated(...left).spec }, by: 'user' });
      return reconcile(test).pod('p');
    };
    test.given(registered(aNode('n2')));
    expect(reconcile(test).pod('p')?.spec.nodeName).toBeUndefined();
    expect(loseGate('b')?.spec.nodeName).toBeUndefined();
    expect(test.reasons()).toEqual([]);
    expect(loseGate()?.spec.nodeName).toBe('n1');
  });

  it('leaves Pods of other schedulers alone', () => {
    expect(place(aPod('p', { schedulerName: 'mine' }), aNode('n1'))).toBeUndefined();
  });
});
