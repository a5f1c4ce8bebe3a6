import { describe, expect, it } from 'vitest';
import type { NodeHeartbeat } from '../controller/input.ts';
import type { FleetEvent } from '../event/fleet-event.ts';
import { isShuttingDown } from './conditions.ts';
import { aNode, FleetUnderTest, registered } from './fleet-under-test.ts';
import { declareLostNodes, laggards, nextLossAt, noteCommandsSent, startLiveness, takeHeartbeats, type NodeLiveness } from './heartbeats.ts';

const GRACE_MS = 40_000;

const fleetOf = (...events: readonly FleetEvent[]): { test: FleetUnderTest; liveness: NodeLiveness; beat: (name: string, more?: Partial<NodeHeartbeat>, agent?: string) => readonly string[]; loseSilent: () => void } => {
  const test = new FleetUnderTest().given(...events).settled();
  const liveness = startLiveness(test.state, test.now);
  return {
    test,
    liveness,
    beat: (name, more = {}, agent = 'agent-1') =>
      test.decide((decision) =>
        takeHeartbeats(decision, liveness, { type: 'Heartbeats', agent, nodes: [{ name, session: 1, ready: true, observedEpoch: 0, observedSequence: 0, ...more }] }),
      ),
    loseSilent: () => test.decide((decision) => declareLostNodes(decision, liveness, GRACE_MS)),
  };
};

const conditions = (test: FleetUnderTest, name: string): Record<string, string> =>
  Object.fromEntries((test.node(name).status?.conditions ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]));

describe('takeHeartbeats', () => {
  it('says nothing while nothing turns', () => {
    const { test, beat } = fleetOf(registered(aNode('n1')));
    expect(beat('n1')).toEqual([]);
    expect(test.emitted).toEqual([]);
  });

  it('asks nodes to register again that it does not know in this session', () => {
    const { beat } = fleetOf(registered(aNode('n1'), 'agent-1', 3));
    expect(beat('n1', { session: 2 })).toEqual(['n1']);
    expect(beat('n1', { session: 3 }, 'agent-2')).toEqual(['n1']);
    expect(beat('n2', { session: 3 })).toEqual(['n2']);
    expect(beat('n1', { session: 3 })).toEqual([]);
  });

  it('DS-270 turns the node not Ready and Ready again, once each', () => {
    const { test, beat } = fleetOf(registered(aNode('n1')));
    beat('n1', { ready: false });
    beat('n1', { ready: false });
    expect(conditions(test, 'n1')['Ready']).toBe('False KubeletNotReady');
    beat('n1');
    beat('n1');
    expect(conditions(test, 'n1')['Ready']).toBe('True KubeletReady');
    expect(test.reasons()).toEqual(['NodeNotReady: Node n1 status is now: NodeNotReady', 'NodeReady: Node n1 status is now: NodeReady']);
  });
});

describe('R65 a node that shuts down', () => {
  const message = (test: FleetUnderTest): string | undefined => test.node('n1').status?.conditions?.find(({ type }) => type === 'Ready')?.message;

  it('R65 says so in its Ready condition, once', () => {
    const { test, beat } = fleetOf(registered(aNode('n1')));
    for (let count = 0; count < 3; count += 1) beat('n1', { ready: false, shuttingDown: true });
    expect([conditions(test, 'n1')['Ready'], message(test)]).toEqual(['False KubeletNotReady', 'node is shutting down']);
    expect(test.of('node.became-not-ready.v1')).toHaveLength(1);
  });

  it('R65 says so also when it is not Ready already, and takes it back', () => {
    const { test, beat } = fleetOf(registered(aNode('n1')));
    beat('n1', { ready: false });
    const since = test.node('n1').status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
    test.after(5_000);
    beat('n1', { ready: false, shuttingDown: true });
    expect(message(test)).toBe('node is shutting down');
    expect(test.node('n1').status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime).toBe(since);
    beat('n1', { ready: false });
    expect(message(test)).toBe('the agent of the node cannot run Pods');
    beat('n1');
    expect(conditions(test, 'n1')['Ready']).toBe('True KubeletReady');
  });

  it('R65 is known to have shut down while it is silent, until it is heard of again', () => {
    const { test, beat, loseSilent } = fleetOf(registered(aNode('n1')));
    beat('n1', { ready: false, shuttingDown: true });
    test.after(GRACE_MS);
    loseSilent();
    expect(conditions(test, 'n1')['Ready']).toBe('Unknown NodeStatusUnknown');
    expect(isShuttingDown(test.node('n1'))).toBe(true);
    expect(test.node('n1').status?.conditions?.filter((condition) => condition.message?.includes('shutting down'))).toHaveLength(1);
    beat('n1');
    expect(isShuttingDown(test.node('n1'))).toBe(false);
  });
});

describe('declareLostNodes', () => {
  it('DS-269 makes the health of a silent node Unknown after the grace period, not before', () => {
    const network = { type: 'NetworkUnavailable', status: 'False' as const, reason: 'RouteCreated' };
    const node = aNode('n1');
    const { test, loseSilent } = fleetOf(registered({ ...node, status: { conditions: [network, ...(node.status?.conditions ?? [])] } }));
    test.after(GRACE_MS - 1);
    loseSilent();
    expect(test.emitted).toEqual([]);
    test.after(1);
    loseSilent();
    expect(conditions(test, 'n1')).toEqual({
      NetworkUnavailable: 'False RouteCreated',
      Ready: 'Unknown NodeStatusUnknown',
      MemoryPressure: 'Unknown NodeStatusNeverUpdated',
      DiskPressure: 'Unknown NodeStatusNeverUpdated',
      PIDPressure: 'Unknown NodeStatusNeverUpdated',
    });
    const ready = test.node('n1').status?.conditions?.find((entry) => entry.type === 'Ready');
    expect(ready).toMatchObject({ message: 'Kubelet stopped posting node status.', lastHeartbeatTime: '2026-01-01T09:00:00Z', lastTransitionTime: '2026-01-01T09:30:40Z' });
    expect(test.node('n1').status?.conditions?.find((entry) => entry.type === 'PIDPressure')).toMatchObject({
      message: 'Kubelet never posted node status.',
      lastHeartbeatTime: '2026-01-01T09:00:00Z',
    });
    expect(test.reasons()).toEqual(['NodeNotReady: Node n1 status is now: NodeNotReady']);
  });

  it('DS-266 DS-267 counts from the newest heartbeat on the clock of the leader, and a heartbeat alone keeps the node', () => {
    const { test, liveness, beat, loseSilent } = fleetOf(registered(aNode('n1')), registered(aNode('n2')));
    test.after(30_000);
    beat('n1');
    expect(nextLossAt(liveness, GRACE_MS)).toBe(test.now + 10_000);
    test.after(10_000);
    loseSilent();
    expect(test.of('node.lost.v1').map(({ name }) => name)).toEqual(['n2']);
    expect(nextLossAt(liveness, GRACE_MS)).toBe(test.now + 30_000);
  });

  it('DS-274 DS-275 DS-276 DS-277 loses all silent nodes at once, in whatever zones they stand', () => {
    const names = ['n1', 'n2', 'n3', 'n4'];
    const { test, loseSilent } = fleetOf(...names.map((name, index) => registered(aNode(name, { labels: { 'topology.kubernetes.io/zone': `z${index % 2}` } }))));
    test.after(GRACE_MS);
    loseSilent();
    expect(test.of('node.lost.v1').map(({ name }) => name)).toEqual(names);
  });

  it('says it once, and not again under a new leader', () => {
    const { test, loseSilent } = fleetOf(registered(aNode('n1')));
    test.after(GRACE_MS);
    loseSilent();
    test.after(GRACE_MS);
    loseSilent();
    const next = startLiveness(test.state, test.now);
    test.after(GRACE_MS).decide((decision) => declareLostNodes(decision, next, GRACE_MS));
    expect(test.of('node.lost.v1')).toHaveLength(1);
    expect(nextLossAt(next, GRACE_MS)).toBeUndefined();
  });

  it('says nothing more of a not Ready node in an event, but that its state is Unknown', () => {
    const { test, loseSilent } = fleetOf(registered(aNode('n1', { ready: 'False' })));
    test.after(GRACE_MS);
    loseSilent();
    expect(conditions(test, 'n1')['Ready']).toBe('Unknown NodeStatusUnknown');
    expect(test.reasons()).toEqual([]);
  });

  it('gives every node a full grace period under a new leader', () => {
    const { test } = fleetOf(registered(aNode('n1')));
    test.after(GRACE_MS * 10);
    const next = startLiveness(test.state, test.now);
    test.after(GRACE_MS - 1).decide((decision) => declareLostNodes(decision, next, GRACE_MS));
    expect(test.emitted).toEqual([]);
  });

  it('forgets a node that was deleted', () => {
    const { test, liveness, loseSilent } = fleetOf(registered(aNode('n1')));
    test.given({ type: 'object.deleted.v1', resource: 'nodes', namespace: '', name: 'n1', uid: 'uid-n1', by: 'user' });
    test.after(GRACE_MS);
    loseSilent();
    expect(test.emitted).toEqual([]);
    expect(liveness.heardAt.size).toBe(0);
  });

  it('makes a lost node Ready when it is heard of again, and sends its commands once more', () => {
    const { test, beat, loseSilent } = fleetOf(registered(aNode('n1')));
    test.after(GRACE_MS);
    loseSilent();
    test.state.dirty.commands.clear();
    expect(beat('n1')).toEqual([]);
    expect(conditions(test, 'n1')).toEqual({
      Ready: 'True KubeletReady',
      MemoryPressure: 'False KubeletHasSufficientMemory',
      DiskPressure: 'False KubeletHasNoDiskPressure',
      PIDPressure: 'False KubeletHasSufficientPID',
    });
    expect([...test.state.dirty.commands]).toEqual(['n1']);
  });
});

describe('laggards', () => {
  it('names the nodes that have not observed what was last sent', () => {
    const { test, liveness, beat, loseSilent } = fleetOf(...['n1', 'n2', 'n3'].map((name) => registered(aNode(name))));
    noteCommandsSent(liveness, 'n1', { epoch: 2, sequence: 10, at: test.now });
    noteCommandsSent(liveness, 'n2', { epoch: 2, sequence: 10, at: test.now });
    noteCommandsSent(liveness, 'n3', { epoch: 2, sequence: 11, at: test.now + 500 });
    expect(laggards(liveness, test.now + 999, 1000)).toEqual([]);
    expect(laggards(liveness, test.now + 1000, 1000)).toEqual(['n1', 'n2']);
    beat('n1', { observedEpoch: 1, observedSequence: 99 });
    beat('n2', { observedEpoch: 2, observedSequence: 10 });
    expect(laggards(liveness, test.now + 1500, 1000)).toEqual(['n1', 'n3']);
    noteCommandsSent(liveness, 'n1', { epoch: 2, sequence: 12, at: test.now + 1500 });
    beat('n1', { observedEpoch: 2, observedSequence: 10 });
    expect(laggards(liveness, test.now + 2500, 1000)).toEqual(['n3', 'n1']);
    test.after(GRACE_MS);
    loseSilent();
    expect(laggards(liveness, test.now, 0)).toEqual([]);
  });
});
