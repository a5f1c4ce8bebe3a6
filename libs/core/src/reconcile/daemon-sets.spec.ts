// Upstream's unit vectors of the DaemonSet controller, one sync at a time. Each sync is carried out on a fleet that is kept from sync to sync
// (marks, rollup) and planned from scratch; both have to create, delete and say the same.
import { describe, expect, it } from 'vitest';
import { L2, ON_DELETE, ROLLING, surging, unavailable, type DaemonSetShape } from '../daemonset/daemon-set-fixtures.ts';
import { brief, briefOfPlan, DaemonSetWorld } from '../daemonset/daemon-set-world.ts';
import type { PodSpec, Taint, Toleration } from '../kubernetes/objects.ts';

const sync = (world: DaemonSetWorld): string => {
  const outcome = brief(world.sync());
  expect(world.plan === undefined ? 'no plan' : briefOfPlan(world.plan), 'planned from scratch').toBe(outcome);
  return outcome;
};

const strategies = [
  ['OnDelete', ON_DELETE],
  ['RollingUpdate', ROLLING],
] as const;

interface Vector {
  readonly name: string;
  readonly spec?: Partial<PodSpec>;
  readonly shape?: DaemonSetShape;
  readonly given: (world: DaemonSetWorld) => void;
  readonly expected: string;
}

const PLAIN = { color: 'blue' };
const noSchedule: Taint = { key: 'dedicated', value: 'user1', effect: 'NoSchedule' };
const noExecute: Taint = { key: 'dedicated', value: 'user1', effect: 'NoExecute' };
const toleration: Toleration = { key: 'dedicated', value: 'user1', effect: 'NoSchedule' };
const nodeTaint = (name: string, effect: Taint['effect']): Taint => ({ key: `node.kubernetes.io/${name}`, effect });
const colored = (spec: Partial<PodSpec> = {}): Partial<PodSpec> => ({ ...spec, nodeSelector: PLAIN });
const plainAndColored = (world: DaemonSetWorld): void => {
  world.addNodes(4).addNodes(3, { from: 4, labels: PLAIN });
};
const inColor: Partial<PodSpec> = {
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'color', operator: 'In', values: ['blue'] }] }] } } },
};

const placement: readonly Vector[] = [
  { name: 'SimpleDaemonSetLaunchesPods', given: (world) => world.addNodes(5), expected: '5/0/0' },
  { name: 'NoNodesDoesNothing', given: () => undefined, expected: '0/0/0' },
  { name: 'OneNodeDaemonLaunchesPod', given: (world) => world.addNode('only-node'), expected: '1/0/0' },
  { name: 'NotReadyNodeDaemonDoesLaunchPod', given: (world) => world.addNode('n', { conditions: [{ type: 'Ready', status: 'False' }] }), expected: '1/0/0' },
  { name: 'InsufficientCapacityNodeDaemonDoesNotUnscheduleRunningPod', spec: { nodeName: 'too-much-mem' }, given: (world) => world.addNode('too-much-mem').addPod('too-much-mem', { owner: 'none', labels: {} }), expected: '1/0/0' },
  { name: 'InsufficientCapacityNodeSufficientCapacityWithNodeLabel', spec: colored(), given: (world) => world.addNode('not-enough').addNode('enough', { labels: PLAIN }), expected: '1/0/0' },
  { name: 'NetworkUnavailableNodeDaemonLaunchesPod', given: (world) => world.addNode('n', { conditions: [{ type: 'NetworkUnavailable', status: 'True' }] }), expected: '1/0/0' },
  { name: 'PortConflictWithSameDaemonPodDoesNotDeletePod', given: (world) => world.addNode('n').addPod('n'), expected: '0/0/0' },
  { name: 'NoPortConflictNodeDaemonLaunchesPod', given: (world) => world.addNode('n').addPod('n', { owner: 'none', labels: {} }), expected: '1/0/0' },
  { name: 'SelectorDaemonLaunchesPods', spec: colored(), given: plainAndColored, expected: '3/0/0' },
  { name: 'NodeAffinityDaemonLaunchesPods', spec: inColor, given: plainAndColored, expected: '3/0/0' },
  { name: 'BadSelectorDaemonDoesNothing', spec: { nodeSelector: { color: 'red' } }, given: plainAndColored, expected: '0/0/0' },
  { name: 'NameDaemonSetLaunchesPods', spec: { nodeName: 'node-0' }, given: (world) => world.addNodes(5), expected: '1/0/0' },
  { name: 'BadNameDaemonSetDoesNothing', spec: { nodeName: 'node-10' }, given: (world) => world.addNodes(5), expected: '0/0/0' },
  { name: 'NameAndSelectorDaemonSetLaunchesPods', spec: colored({ nodeName: 'node-6' }), given: plainAndColored, expected: '1/0/0' },
  { name: 'InconsistentNameSelectorDaemonSetDoesNothing', spec: colored({ nodeName: 'node-0' }), given: plainAndColored, expected: '0/0/0' },
  { name: 'TaintedNodeDaemonDoesNotLaunchIntolerantPod', given: (world) => world.addNode('n', { taints: [noSchedule] }), expected: '0/0/0' },
  { name: 'TaintedNodeDaemonLaunchesToleratePod', spec: { tolerations: [toleration] }, given: (world) => world.addNode('n', { taints: [noSchedule] }), expected: '1/0/0' },
  { name: 'NodeDaemonLaunchesToleratePod', spec: { tolerations: [toleration] }, given: (world) => world.addNode('n'), expected: '1/0/0' },
  { name: 'NotReadyNodeDaemonLaunchesPod', given: (world) => world.addNode('n', { taints: [nodeTaint('not-ready', 'NoExecute')], conditions: [{ type: 'Ready', status: 'False' }] }), expected: '1/0/0' },
  { name: 'UnreachableNodeDaemonLaunchesPod', given: (world) => world.addNode('n', { taints: [nodeTaint('unreachable', 'NoExecute')], conditions: [{ type: 'Ready', status: 'Unknown' }] }), expected: '1/0/0' },
  { name: 'TaintPressureNodeDaemonLaunchesPod', given: (world) => world.addNode('n', { taints: ['disk-pressure', 'memory-pressure', 'pid-pressure'].map((name) => nodeTaint(name, 'NoSchedule')) }), expected: '1/0/0' },
  { name: 'NoScheduleTaintedDoesntEvicitRunningIntolerantPod', given: (world) => world.addNode('n', { taints: [noSchedule] }).addPod('n'), expected: '0/0/0' },
  { name: 'NoExecuteTaintedDoesEvicitRunningIntolerantPod', given: (world) => world.addNode('n', { taints: [noExecute] }).addPod('n'), expected: '0/1/0' },
];

const existing: readonly Vector[] = [
  {
    name: 'DealsWithExistingPods',
    given: (world) => world.addNodes(5).addPods(1, 'node-1').addPods(2, 'node-2').addPods(5, 'node-3').addPods(2, 'node-4', { labels: L2 }),
    expected: '2/5/0',
  },
  {
    name: 'SelectorDaemonDeletesUnselectedPods',
    spec: colored(),
    given: (world) =>
      world.addNodes(5).addNodes(5, { from: 5, labels: PLAIN }).addPods(2, 'node-0', { labels: L2 }).addPods(3, 'node-1').addPods(1, 'node-1', { labels: L2 }).addPods(1, 'node-4'),
    expected: '5/4/0',
  },
  {
    name: 'SelectorDaemonDealsWithExistingPods',
    spec: colored(),
    given: (world) =>
      world
        .addNodes(5)
        .addNodes(5, { from: 5, labels: PLAIN })
        .addPods(1, 'node-0')
        .addPods(3, 'node-1')
        .addPods(2, 'node-1', { labels: L2 })
        .addPods(4, 'node-2')
        .addPods(13, 'node-6')
        .addPods(4, 'node-7', { labels: L2 })
        .addPods(1, 'node-9')
        .addPods(1, 'node-9', { labels: L2 }),
    expected: '3/20/0',
  },
  {
    name: 'PodIsNotDeletedByDaemonsetWithEmptyLabelSelector',
    shape: { selector: {}, spec: { nodeSelector: { color: 'red' } } },
    given: (world) => world.addNode('n').addPod('n', { owner: 'other' }),
    expected: '0/0/1',
  },
  {
    name: 'DontDoAnythingIfBeingDeleted',
    given: (world) =>
      world.addNodes(5).put({ type: 'object.deletion-requested.v1', resource: 'daemonsets', namespace: 'default', name: 'foo', uid: 'uid-foo', finalizers: ['foregroundDeletion'], by: 'someone' }),
    expected: '0/0/0',
  },
  { name: 'DaemonSetRespectsTermination', given: (world) => world.addNode('n').addPod('n', { terminating: true }), expected: '0/0/0' },
  ...(
    [
      [0, 1, '0/0/0'],
      [0, 0, '1/0/0'],
      [1, 0, '0/1/1'],
      [1, 3, '0/3/1'],
    ] as const
  ).map(
    ([failed, normal, expected]): Vector => ({
      name: `DaemonKillFailedPods with ${failed} failed and ${normal} normal`,
      given: (world) => world.addNode('n').addPods(failed, 'n', { phase: 'Failed' }).addPods(normal, 'n'),
      expected,
    }),
  ),
  {
    name: 'DeleteUnscheduledPodForNotExistingNode',
    given: (world) => {
      world.addNode('node-0').addPods(1, 'node-0').addPods(1, 'node-1').addPods(1, 'node-2', { unbound: true });
    },
    expected: '0/1/0',
  },
];

const surgeExisting: readonly Vector[] = [
  {
    name: 'SurgeDealsWithExistingPods',
    given: (world) => world.addNodes(5).addPods(1, 'node-1').addPods(2, 'node-2').addPods(5, 'node-3').addPods(2, 'node-4', { labels: L2 }),
    expected: '2/5/0',
  },
  {
    name: 'SurgePreservesReadyOldPods',
    given: (world) => {
      world.addNodes(5).addPods(1, 'node-1', { createdAt: 100 }).addPods(1, 'node-1', { hash: '', readyAt: 50, createdAt: 50 });
      world.addPods(1, 'node-1', { hash: '', readyAt: 60, createdAt: 60 }).addPods(1, 'node-2');
    },
    expected: '3/1/0',
  },
  {
    name: 'SurgeDeletesUnreadyOldPods',
    given: (world) => {
      world.addNodes(5).addPods(1, 'node-1', { createdAt: 100 }).addPods(1, 'node-1', { hash: '', createdAt: 50 });
      world.addPods(1, 'node-1', { hash: '', readyAt: 60, createdAt: 60 }).addPods(1, 'node-2');
    },
    expected: '3/2/0',
  },
  ...(
    [
      ['SurgePreservesOldReadyWithUnsatisfiedMinReady', 60, '3/1/0'],
      ['SurgeDeletesOldReadyWithUnsatisfiedMinReady', 70, '3/2/0'],
    ] as const
  ).map(
    ([name, clock, expected]): Vector => ({
      name,
      shape: { minReadySeconds: 15 },
      given: (world) => {
        world.at(clock).addNodes(5).addPods(1, 'node-1', { createdAt: 100, readyAt: 50 }).addPods(1, 'node-1', { hash: '', readyAt: 50, createdAt: 50 });
        world.addPods(1, 'node-1', { hash: '', readyAt: 60, createdAt: 60 }).addPods(1, 'node-2');
      },
      expected,
    }),
  ),
  {
    name: 'SurgeCreatesNewPodWhenAtMaxSurgeAndOldPodDeleted',
    given: (world) => {
      world.addNodes(5).addPods(1, 'node-0').addPods(1, 'node-0', { hash: '', readyAt: 0 });
      for (const node of ['node-1', 'node-2', 'node-3']) world.addPods(1, node, { hash: '', readyAt: 0 });
      world.addPods(1, 'node-4', { hash: '', readyAt: 0, terminating: true });
    },
    expected: '1/0/0',
  },
];

const run = (vector: Vector, strategy: DaemonSetShape['strategy']): void => {
  const world = new DaemonSetWorld({ ...(strategy === undefined ? {} : { strategy }), ...(vector.spec === undefined ? {} : { spec: vector.spec }), ...vector.shape });
  vector.given(world);
  expect(sync(world)).toBe(vector.expected);
};

for (const [name, strategy] of strategies) {
  describe(`reconcileDaemonSets, ${name}`, () => {
    it.each(placement)('DS-103 places Pods: $name → $expected', (vector) => run(vector, strategy));
    it.each(existing)('DS-126 deals with Pods that are there: $name → $expected', (vector) => run(vector, strategy));
  });
}

describe('reconcileDaemonSets, surge', () => {
  it.each(surgeExisting)('DS-134 sorts out Pods of two revisions: $name → $expected', (vector) => run(vector, surging(1)));
});

const roundOf = (world: DaemonSetWorld, text: string): void => {
  for (const step of text.split(' ')) {
    if (step === 'ready!') world.ready();
    else expect(sync(world).split('/').slice(0, 2).join('/'), `in ${text}`).toBe(step);
  }
};

describe('reconcileDaemonSets, rolling update sequences', () => {
  it('DS-200 UpdatesPods: replaces two at a time', () => {
    const world = new DaemonSetWorld({ strategy: unavailable(2) }).addNodes(5);
    roundOf(world, '5/0 ready!');
    world.setImage('foo2/bar2');
    roundOf(world, '0/2 2/0 ready! 0/2 2/0 ready! 0/1 1/0 ready! 0/0');
  });

  it('DS-218 UpdatesPodsWithMaxSurge: starts two beside the old ones', () => {
    const world = new DaemonSetWorld({ strategy: surging(2) }).addNodes(5);
    roundOf(world, '5/0 ready!');
    world.setImage('foo2/bar2');
    roundOf(world, '2/0 0/0 ready! 2/2 0/0 ready! 1/2 0/0 ready! 0/1 0/0');
  });

  it('DS-216 UpdatesPodsNotMatchTainstWithMaxSurge: lets the Pod of a node that is no longer wanted go when enough others are available', () => {
    const taint: Taint = { key: 'foo', value: 'bar', effect: 'NoSchedule' };
    const world = new DaemonSetWorld({ strategy: surging(1), spec: { tolerations: [{ key: 'foo', operator: 'Exists' }] } });
    world.addNode('node-0', { taints: [taint] }).addNodes(4, { from: 1 });
    roundOf(world, '5/0 ready!');
    world.changeTemplate({ tolerations: [] });
    const before = world.podsOn('node-0');
    roundOf(world, '1/1');
    expect(before).toHaveLength(1);
    expect(world.podsOn('node-0')).toEqual([]);
    roundOf(world, '0/0 ready! 1/1 0/0 ready! 1/1 0/0 ready! 1/1 0/0 ready! 0/1 0/0');
  });

  it('DS-197 UpdatesWhenNewPodIsNotReady: stops while new Pods are not available', () => {
    const world = new DaemonSetWorld({ strategy: unavailable(3) }).addNodes(5);
    roundOf(world, '5/0 ready!');
    world.setImage('foo2/bar2');
    roundOf(world, '0/3 3/0 0/0');
  });

  it('DS-198 UpdatesSomeOldPodsNotReady: replaces old Pods that are not available first', () => {
    const world = new DaemonSetWorld({ strategy: unavailable(2) }).addNodes(5);
    roundOf(world, '5/0 ready!');
    world.setImage('foo2/bar2');
    roundOf(world, '0/2 2/0 0/0');
    world.setImage('foo3/bar3');
    roundOf(world, '0/2 2/0 0/0');
    expect(world.pods.filter((pod) => pod.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True'))).toHaveLength(3);
  });

  it('DS-202 UpdatesSaveOldHealthyPods: never touches healthy old Pods while as many as allowed are unavailable', () => {
    const world = new DaemonSetWorld({ strategy: unavailable(10) }).addNodes(20);
    roundOf(world, '20/0 ready!');
    world.setImage('image-0');
    roundOf(world, '0/10 10/0 0/0');
    const isReady = (pod: (typeof world.pods)[number]): boolean => pod.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true;
    const healthy = world.pods.filter(isReady).map((pod) => pod.metadata.name);
    expect(healthy).toHaveLength(10);
    for (let round = 0; round < 10; round += 1) {
      world.setStrategy(unavailable((round * 7) % 10)).setImage(`image-${round + 1}`);
      roundOf(world, '0/10 10/0 0/0');
      expect(world.pods.filter(isReady).map((pod) => pod.metadata.name)).toEqual(healthy);
    }
    world.setStrategy(unavailable(11)).setImage('image-11');
    roundOf(world, '0/11 11/0 0/0');
    expect(world.pods.filter(isReady)).toHaveLength(9);
  });

  it('DS-198 UpdatesAllOldNotReadyPodsAndNewNotReadyPods: replaces exactly the unavailable old ones', () => {
    const world = new DaemonSetWorld({ strategy: unavailable(10) }).addNodes(100);
    roundOf(world, '100/0 ready!');
    world.setImage('foo2/bar2');
    for (let round = 0; round < 10; round += 1) roundOf(world, '0/10 10/0 ready!');
    roundOf(world, '0/0');
    const others = world.pods.slice(10);
    world.setImage('foo3/bar3');
    for (const [index, { metadata, spec }] of others.entries()) {
      if (index < 2) world.setReady(metadata.name, false);
      else world.put({ type: 'pod.deleted.v1', namespace: 'default', name: metadata.name, uid: metadata.uid, cause: 'api', by: 'someone' }).addPods(1, spec.nodeName ?? '', { hash: 'current' });
    }
    roundOf(world, '0/2');
    expect(world.pods.filter((pod) => others.slice(0, 2).some((other) => other.metadata.name === pod.metadata.name))).toEqual([]);
    roundOf(world, '2/0 0/0');
  });

  it('DS-201 UpdatesAllOldPodsNotReady: replaces all at once when none is available', () => {
    const world = new DaemonSetWorld({ strategy: unavailable(3) }).addNodes(5);
    roundOf(world, '5/0');
    world.setImage('foo2/bar2');
    roundOf(world, '0/5 5/0 0/0');
  });

  it('DS-210 UpdatesAllOldPodsNotReadyMaxSurge: starts new ones beside all unavailable old ones, then keeps to the budget', () => {
    const world = new DaemonSetWorld({ strategy: surging(3) }).addNodes(5);
    roundOf(world, '5/0');
    world.setImage('foo2/bar2').at(100);
    roundOf(world, '5/0');
    world.at(200);
    roundOf(world, '0/5');
    world.ready().change((foo) => ({ ...foo, spec: { ...foo.spec, minReadySeconds: 15 } })).setImage('foo3/bar3').at(300);
    roundOf(world, '3/0');
    const fresh = world.pods.filter((pod) => pod.metadata.labels?.['controller-revision-hash'] === world.hash).map((pod) => pod.metadata.name);
    const withNew = new Set(world.pods.filter((pod) => fresh.includes(pod.metadata.name)).map((pod) => pod.spec.nodeName));
    const lonely = world.pods.find((pod) => !withNew.has(pod.spec.nodeName));
    world.setReady(fresh[0] ?? '').setReady(fresh[1] ?? '').setReady(lonely?.metadata.name ?? '', false).at(310);
    roundOf(world, '1/0');
    world.at(320);
    roundOf(world, '1/3');
    world.ready().at(340);
    roundOf(world, '0/2');
    world.at(350);
    roundOf(world, '0/0');
  });

  it('DS-227 UpdatesNoTemplateChanged: a change of strategy alone replaces nothing', () => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE }).addNodes(5);
    roundOf(world, '5/0');
    world.setStrategy(unavailable(3));
    roundOf(world, '0/0');
  });
});
