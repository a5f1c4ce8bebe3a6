// The node lifecycle, level by level: whatever a node is like, reconciling it brings its taints and the readiness of its Pods in line.
import { describe, expect, it } from 'vitest';
import type { Condition, Node, Taint } from '../kubernetes/objects.ts';
import { aDaemonSet, aNode, aPod, applied, created, FleetUnderTest, ownedBy, registered, runningStatus } from '../node/fleet-under-test.ts';
import { takeDue } from '../kernel/delay-queue.ts';
import { reconcileNodes } from './nodes.ts';

const reconcile = (test: FleetUnderTest): FleetUnderTest => {
  for (const key of takeDue(test.state.wakeups, test.now)) {
    const [kind, name = ''] = key.split(' ');
    if (kind === 'node') test.state.dirty.nodes.add(name);
    if (kind === 'pod') test.state.dirty.pods.add(name);
  }
  test.decide(reconcileNodes);
  test.state.dirty.nodes.clear();
  test.state.dirty.pods.clear();
  return test;
};

const withCondition = (node: Node, type: string, status: Condition['status']): Node => ({
  ...node,
  status: { ...node.status, conditions: [...(node.status?.conditions ?? []).filter((entry) => entry.type !== type), { type, status }] },
});

const taintsAfter = (node: Node): readonly string[] => {
  const test = reconcile(new FleetUnderTest().given(registered(node)));
  return (test.node(node.metadata.name).spec?.taints ?? []).map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`);
};

const turnReady = (test: FleetUnderTest, status: Condition['status']): FleetUnderTest => {
  const conditions: readonly Condition[] = [{ type: 'Ready', status }];
  return reconcile(test.given({ type: 'node.condition-changed.v1', name: 'n1', conditions, by: 'test' }));
};

describe('taints that follow conditions', () => {
  it.each<[string, Condition['status'], readonly string[]]>([
    ['Ready', 'True', []],
    ['Ready', 'False', ['not-ready:NoSchedule', 'not-ready:NoExecute']],
    ['Ready', 'Unknown', ['unreachable:NoSchedule', 'unreachable:NoExecute']],
    ['MemoryPressure', 'True', ['memory-pressure:NoSchedule']],
    ['DiskPressure', 'True', ['disk-pressure:NoSchedule']],
    ['PIDPressure', 'True', ['pid-pressure:NoSchedule']],
    ['NetworkUnavailable', 'True', ['network-unavailable:NoSchedule']],
    ['NetworkUnavailable', 'Unknown', []],
  ])('DS-272 gives %s %s its taints', (type, status, taints) => {
    expect(taintsAfter(withCondition(aNode('n1'), type, status))).toEqual(taints);
  });

  it('DS-272 gives a cordoned node its taint', () => {
    expect(taintsAfter({ ...aNode('n1'), spec: { unschedulable: true } })).toEqual(['unschedulable:NoSchedule']);
  });

  it('DS-272 takes its own taints away and leaves those of others', () => {
    const foreign: readonly Taint[] = [
      { key: 'mine', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/memory-pressure', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/disk-pressure', effect: 'PreferNoSchedule' },
    ];
    const own: readonly Taint[] = [
      { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
    ];
    const test = reconcile(new FleetUnderTest().given(registered(aNode('n1', { taints: [...own, ...foreign] }))));
    expect(test.node('n1').spec?.taints).toEqual(foreign);
  });

  it('DS-273 swaps one NoExecute taint for the other and notes when', () => {
    const test = reconcile(new FleetUnderTest().given(registered(aNode('n1', { ready: 'False' }))));
    turnReady(test.after(5000), 'Unknown');
    expect(test.node('n1').spec?.taints).toEqual([
      { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule', timeAdded: '2026-01-01T09:30:05Z' },
      { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: '2026-01-01T09:30:05Z' },
    ]);
    turnReady(test, 'True');
    expect(test.node('n1').spec?.taints).toBeUndefined();
  });

  it('writes nothing when nothing has to change', () => {
    const test = reconcile(new FleetUnderTest().given(registered(aNode('n1', { ready: 'False' }))));
    test.emitted.length = 0;
    test.state.dirty.nodes.add('n1');
    expect(reconcile(test).emitted).toEqual([]);
  });
});

describe('a node that nobody reports on', () => {
  it('DS-268 becomes Unknown after the startup grace', () => {
    const bare: Node = { ...aNode('n1'), metadata: { ...aNode('n1').metadata, creationTimestamp: '2026-01-01T09:30:00Z' }, status: {} };
    const test = reconcile(new FleetUnderTest().given(created('nodes', bare)));
    expect(reconcile(test.after(59_000)).emitted).toEqual([]);
    reconcile(test.after(1000));
    expect(test.of('node.lost.v1')).toMatchObject([{ lastHeartbeatAt: null }]);
    expect(test.node('n1').status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
      lastHeartbeatTime: '2026-01-01T09:30:00Z',
    });
  });
});

describe('readiness of Pods', () => {
  const onNode = (): FleetUnderTest => {
    const daemonSet = aDaemonSet('web');
    const owned = aPod('owned', { nodeName: 'n1' }, { status: runningStatus, metadata: ownedBy(daemonSet) });
    const unready = aPod('unready', { nodeName: 'n1' }, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }, { type: 'ContainersReady', status: 'False' }] } });
    const bare = aPod('bare', { nodeName: 'n1' }, { status: runningStatus });
    return reconcile(
      new FleetUnderTest().given(registered(aNode('n1')), { type: 'daemonset.created.v1', daemonSet, by: 'user' }, applied(owned), applied(bare), applied(unready), applied(aPod('new', { nodeName: 'n1' }))),
    );
  };
  const readyOf = (test: FleetUnderTest, name: string): string | undefined => test.pod(name)?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;

  it.each(['False', 'Unknown'] as const)('DS-271 is lost with a node whose Ready is %s, for Pods of DaemonSets as for others', (status) => {
    const test = turnReady(onNode(), status);
    expect(['owned', 'bare', 'unready', 'new'].map((name) => readyOf(test, name))).toEqual(['False', 'False', 'False', undefined]);
    expect(test.of('event.recorded.v1').map(({ reason, message, severity, involved }) => [involved.name, severity, reason, message])).toEqual([
      ['owned', 'Warning', 'NodeNotReady', 'Node is not ready'],
      ['bare', 'Warning', 'NodeNotReady', 'Node is not ready'],
    ]);
  });

  it('comes back with the node for Pods whose containers are ready', () => {
    const test = turnReady(turnReady(onNode(), 'Unknown').after(60_000), 'True');
    expect(['owned', 'bare', 'unready', 'new'].map((name) => readyOf(test, name))).toEqual(['True', 'True', 'False', undefined]);
    expect(test.pod('owned')?.status?.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', lastTransitionTime: '2026-01-01T09:31:00Z' }));
  });
});

describe('Pods of a node that is gone', () => {
  const gone = (test: FleetUnderTest): FleetUnderTest =>
    reconcile(test.given({ type: 'object.deleted.v1', resource: 'nodes', namespace: '', name: 'n1', uid: 'uid-n1', by: 'user' }));

  it('DS-259 fail with the reason of the Pod collector and are removed, even while they terminate', () => {
    const test = reconcile(new FleetUnderTest().given(registered(aNode('n1')), applied(aPod('p', { nodeName: 'n1' }, { status: runningStatus })), applied(aPod('q', { nodeName: 'n2' }))));
    test.given({ type: 'pod.deletion-requested.v1', namespace: 'default', name: 'p', uid: 'uid-p', graceSeconds: 30, cause: 'api', by: 'user' });
    gone(test);
    expect(test.of('pod.status-changed.v1')[0]?.status).toMatchObject({
      phase: 'Failed',
      conditions: expect.arrayContaining([
        { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists', lastProbeTime: null, lastTransitionTime: '2026-01-01T09:30:00Z' },
      ]),
    });
    expect(test.of('pod.deleted.v1')).toMatchObject([{ name: 'p', cause: 'node-gone' }]);
    expect(test.pod('p')).toBeUndefined();
  });

  it('DS-259 leaves the phase of a Pod that is over', () => {
    const test = new FleetUnderTest().given(registered(aNode('n1')), applied(aPod('p', { nodeName: 'n1' }, { status: { phase: 'Succeeded' } })));
    gone(test);
    expect(test.emitted).toMatchObject([{ type: 'pod.deleted.v1', cause: 'node-gone' }]);
  });

  it('DS-259 waits 40 seconds for a node that was never there, and DS-262 no longer once it comes up', () => {
    const metadata = { creationTimestamp: '2026-01-01T09:30:00Z' };
    const test = reconcile(new FleetUnderTest().given(applied(aPod('p', { nodeName: 'n1' }, { metadata })), applied(aPod('q', { nodeName: 'n2' }, { metadata }))));
    expect(reconcile(test.after(39_000)).emitted).toEqual([]);
    test.given(registered(aNode('n2')));
    reconcile(test.after(1000));
    expect(test.of('pod.deleted.v1').map(({ name }) => name)).toEqual(['p']);
    expect(test.pod('q')).toBeDefined();
  });
});
