// Every node is explained, whether its Pod is there or missing: the rule that decides and words for people.
import { describe, expect, it } from 'vitest';
import { readSnapshot, writeSnapshot } from '../fleet/snapshot.ts';
import type { PodSpec } from '../kubernetes/objects.ts';
import { KEY, ON_DELETE, surging, unavailable, type DaemonSetShape } from './daemon-set-fixtures.ts';
import { DaemonSetWorld } from './daemon-set-world.ts';
import { explainNode, explainNodes, type Explanation } from './explain-node.ts';

const explain = (world: DaemonSetWorld, node = 'node-0'): Explanation => {
  const explanation = explainNode(world.state, KEY, node);
  const copy = readSnapshot(writeSnapshot(world.state));
  expect(copy === undefined ? 'no copy' : explainNode(copy, KEY, node), 'the same on a fold that keeps nothing between decisions').toEqual(explanation);
  return explanation;
};

const rules = (explanation: Explanation): string[] => explanation.reasons.map((reason) => reason.rule);
const rolled = (shape: DaemonSetShape, nodes = 3): DaemonSetWorld => {
  const world = new DaemonSetWorld(shape).addNodes(nodes);
  world.sync();
  world.ready().sync();
  return world;
};
const affinity: PodSpec['affinity'] = {
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] }] } },
};

describe('explainNode, placement', () => {
  it('DS-104 says that the node suits', () => {
    const explanation = explain(rolled({}));
    expect(explanation).toMatchObject({ shouldRun: true, shouldContinueRunning: true, pods: [{ isReady: true, isAvailable: true, isUpdated: true }] });
    expect(explanation.decision).toMatch(/^the Pod is there and up to date/);
  });

  it.each<readonly [string, string, Partial<PodSpec>, Parameters<DaemonSetWorld['addNode']>[1], RegExp]>([
    ['DS-102', 'another node is named', { nodeName: 'elsewhere' }, {}, /names node elsewhere/],
    ['DS-111', 'a label is missing', { nodeSelector: { color: 'blue' } }, {}, /wants color=blue; the node has no such label/],
    ['DS-111', 'a label differs', { nodeSelector: { color: 'blue' } }, { labels: { color: 'red' } }, /the node has color=red/],
    ['DS-113', 'no affinity term matches', { affinity }, { labels: { zone: 'c' } }, /zone In \[a, b\] \(the node has "c"\)/],
    ['DS-105', 'a NoSchedule taint is not tolerated', {}, { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] }, /taint gpu=yes:NoSchedule is not tolerated: no Pod is created/],
    ['DS-105', 'a NoExecute taint is not tolerated', {}, { taints: [{ key: 'gpu', effect: 'NoExecute' }] }, /taint gpu:NoExecute is not tolerated, so no Pod may stay/],
  ])('%s says that %s', (rule, _what, spec, node, text) => {
    const world = new DaemonSetWorld({ spec }).addNode('node-0', node);
    world.sync();
    const explanation = explain(world);
    expect(explanation).toMatchObject({ shouldRun: false, pods: [] });
    expect(rules(explanation)).toEqual([rule]);
    expect(explanation.decision).toMatch(text);
  });

  it('DS-110 says that a node that is not ready counts again when it is', () => {
    const world = rolled({}).taint('node-0', [{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }]);
    world.sync();
    const explanation = explain(world);
    expect(explanation).toMatchObject({ shouldRun: false, shouldContinueRunning: true });
    expect(rules(explanation)).toEqual(['DS-105', 'DS-110']);
    expect(explanation.decision).toMatch(/^the Pod stays/);
  });

  it('DS-243 says that the node is not there', () => {
    const world = rolled({}).removeNode('node-0');
    world.sync();
    expect(rules(explain(world))).toEqual(['DS-243']);
  });
});

describe('explainNode, what is done or waited for', () => {
  it('DS-86 says that there is no such DaemonSet', () => {
    expect(explain(new DaemonSetWorld(null))).toMatchObject({ reasons: [{ rule: 'DS-86' }], decision: 'there is no DaemonSet default/foo' });
  });

  it('DS-88 says that an empty selector stops everything', () => {
    expect(rules(explain(new DaemonSetWorld({ selector: {} }).addNodes(1)))).toEqual(['DS-88']);
  });

  it('DS-89 says that the DaemonSet is being deleted', () => {
    const world = rolled({});
    world.put({ type: 'object.deletion-requested.v1', resource: 'daemonsets', namespace: 'default', name: 'foo', uid: 'uid-foo', finalizers: ['foregroundDeletion'], by: 'u' }).sync();
    expect(explain(world).decision).toMatch(/being deleted/);
  });

  it('DS-140 says until when a failed Pod is left alone', () => {
    const world = rolled({});
    for (const _time of ['first', 'second']) {
      world.setPhase(world.podsOn('node-0')[0]?.metadata.name ?? '', 'Failed').syncOnly();
      world.syncOnly();
    }
    expect(explain(world)).toMatchObject({ decision: expect.stringMatching(/left alone until 2026-01-01T00:00:01Z/) as string, pods: [{ phase: 'Failed' }] });
    expect(rules(explain(world))).toContain('DS-140');
  });

  it('DS-125 says that the next Pod waits until the old one is gone', () => {
    const world = rolled({ strategy: unavailable(1) }).setImage('new');
    world.syncOnly();
    const explanation = explain(world);
    expect(explanation.pods).toMatchObject([{ isTerminating: true, isUpdated: false }]);
    expect(explanation.decision).toMatch(/is terminating; the next Pod is created when it is gone/);
  });

  it('DS-124 says that a Pod which only waits for its finalizers does not count', () => {
    const world = new DaemonSetWorld().addNodes(1);
    world.addPod('node-0', { phase: 'Succeeded', finalizers: ['test/hold'], terminating: true });
    world.sync();
    const explanation = explain(world);
    expect(rules(explanation)).toContain('DS-124');
    expect(explanation.pods).toHaveLength(2);
  });

  it('DS-149 says that nothing can be created in a namespace that is being deleted', () => {
    const world = new DaemonSetWorld().addNodes(1);
    world.put({ type: 'object.created.v1', resource: 'namespaces', object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', uid: 'ns', deletionTimestamp: '2026-01-01T00:00:00Z' } }, by: 'u' });
    world.sync();
    expect(rules(explain(world))).toEqual(['DS-104', 'DS-149']);
  });

  it('DS-200 names the nodes that use up maxUnavailable', () => {
    const world = rolled({ strategy: unavailable(2) }, 4).setImage('new');
    world.sync();
    expect(explain(world, 'node-3').decision).toBe(`old Pod ${world.podsOn('node-3')[0]?.metadata.name} waits: maxUnavailable 2 is used up by node-0, node-1`);
  });

  it('DS-200 says that an old Pod is next', () => {
    const world = rolled({ strategy: unavailable(2) }, 4).setImage('new');
    world.sync();
    world.setStrategy(unavailable(3));
    world.state.rollups.clear();
    expect(explain(world, 'node-3').decision).toMatch(/is next to be replaced/);
  });

  it('DS-218 names the nodes that use up maxSurge', () => {
    const world = rolled({ strategy: surging(1) }).setImage('new');
    world.sync();
    expect(explain(world, 'node-1').decision).toMatch(/waits: maxSurge 1 is used up by node-0$/);
    expect(rules(explain(world, 'node-0'))).toContain('DS-214');
  });

  it('DS-214 says from when on the new Pod is available', () => {
    const world = rolled({ strategy: surging(1), minReadySeconds: 30 }).at(60).setImage('new');
    world.sync();
    world.ready().sync();
    expect(explain(world).decision).toMatch(/ready and becomes available at 2026-01-01T00:01:30Z \(minReadySeconds 30\)/);
  });

  it('DS-216 says that a Pod on a node that is no longer wanted waits for others', () => {
    const world = rolled({ strategy: surging(1) }).taint('node-2', [{ key: 'k', effect: 'NoSchedule' }]);
    for (const node of ['node-0', 'node-1']) world.setReady(world.podsOn(node)[0]?.metadata.name ?? '', false);
    world.setImage('new').sync();
    expect(explain(world, 'node-2')).toMatchObject({ shouldRun: false, shouldContinueRunning: true, decision: expect.stringMatching(/goes when more Pods are available elsewhere than the 2 desired/) as string });
  });

  it('DS-197 says that the new Pod is not available', () => {
    const world = new DaemonSetWorld().addNodes(1);
    world.sync();
    expect(explain(world).decision).toMatch(/of the current revision but not available: it is not ready/);
  });

  it('DS-224 says that an old Pod stays until somebody deletes it', () => {
    const world = rolled({ strategy: ON_DELETE }).setImage('new');
    world.sync();
    expect(explain(world).decision).toMatch(/stays until somebody deletes it \(OnDelete\)/);
  });

  it('DS-126 says what is about to happen when nobody has acted yet', () => {
    const world = new DaemonSetWorld().addNodes(1);
    expect(explain(world).decision).toBe('the node should run a Pod and has none');
    expect(rules(explain(world))).toEqual(['DS-104', 'DS-126']);
  });
});

describe('explainNode, words', () => {
  const texts = (explanation: Explanation): readonly string[] => explanation.reasons.map(({ rule, text }) => `${rule} ${text}`);
  const blocked: Parameters<DaemonSetWorld['addNode']>[1] = { taints: [{ key: 'k', effect: 'NoSchedule' }] };
  const suits = 'the node matches nodeSelector and affinity, and all of its NoSchedule and NoExecute taints are tolerated';
  const blocks = 'taint k:NoSchedule is not tolerated: no Pod is created, one that is there stays';

  it('tells everything about the Pods of a node', () => {
    const world = rolled({ minReadySeconds: 10 }, 1).at(5);
    world.state.at = world.now;
    const [pod] = world.pods;
    expect(explain(world)).toStrictEqual({
      daemonSet: KEY,
      node: 'node-0',
      shouldRun: true,
      shouldContinueRunning: true,
      reasons: [
        { rule: 'DS-104', text: suits },
        { rule: 'DS-197', text: `${pod?.metadata.name} is of the current revision but not available: it is ready and becomes available at 2026-01-01T00:00:10Z (minReadySeconds 10)` },
      ],
      pods: [{ name: pod?.metadata.name, uid: pod?.metadata.uid, phase: 'Running', isReady: true, isAvailable: false, isUpdated: true, isTerminating: false, hash: world.hash }],
      decision: `${pod?.metadata.name} is of the current revision but not available: it is ready and becomes available at 2026-01-01T00:00:10Z (minReadySeconds 10)`,
    });
  });

  it('knows little of a Pod that says little', () => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE }).addNodes(1);
    world.addPod('node-0', { hash: '' });
    world.put({ type: 'pod.status-changed.v1', namespace: 'default', name: 'pod-001', uid: 'uid-pod-001', status: {}, by: 'u' });
    world.sync();
    expect(explain(world).pods).toStrictEqual([{ name: 'pod-001', uid: 'uid-pod-001', phase: 'Unknown', isReady: false, isAvailable: false, isUpdated: false, isTerminating: false, hash: '' }]);
  });

  it.each<readonly [string, Parameters<DaemonSetWorld['addNode']>[1], boolean, string]>([
    ['a Pod where one is wanted', {}, true, `the Pod is there and up to date: ${suits}`],
    ['a Pod where none is wanted', blocked, true, `the Pod stays, but the node gets no new one: ${blocks}`],
    ['no Pod where none is wanted', blocked, false, `no Pod is wanted: ${blocks}`],
  ])('DS-104 DS-105 sums up %s', (_what, node, hasPod, decision) => {
    const world = new DaemonSetWorld().addNode('node-0', node);
    if (hasPod) world.addPod('node-0', { readyAt: 0, hash: 'current' });
    world.sync();
    expect(explain(world).decision).toBe(decision);
  });

  it('DS-88 DS-89 says why nothing is done at all', () => {
    expect(explain(new DaemonSetWorld({ selector: {} }).addNodes(1))).toStrictEqual({
      daemonSet: KEY,
      node: 'node-0',
      shouldRun: false,
      shouldContinueRunning: false,
      reasons: [{ rule: 'DS-88', text: 'the selector is empty and would select all Pods, so nothing is done' }],
      pods: [],
      decision: 'the selector is empty and would select all Pods, so nothing is done',
    });
    const going = rolled({}).put({ type: 'object.deletion-requested.v1', resource: 'daemonsets', namespace: 'default', name: 'foo', uid: 'uid-foo', finalizers: ['foregroundDeletion'], by: 'u' });
    expect(texts(explain(going))).toEqual(['DS-89 the DaemonSet is being deleted, so nothing is created or replaced']);
    expect(explain(going).pods, 'Pods that hold the deletion up are told').toMatchObject(going.podsOn('node-0').map(({ metadata }) => ({ name: metadata.name })));
    expect(explain(going).pods).toHaveLength(1);
  });

  it('DS-243 says that there is no such node', () => {
    expect(texts(explain(rolled({}), 'node-9'))).toEqual(['DS-243 there is no node node-9; Pods bound to it end when it is garbage-collected']);
  });

  it('DS-149 says why the namespace keeps Pods from being made, where one is missing', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', uid: 'ns', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    const world = rolled({}, 1).addNode('empty').addNode('blocked', blocked).put({ type: 'object.created.v1', resource: 'namespaces', object: namespace, by: 'u' });
    world.sync();
    expect(texts(explain(world, 'empty'))).toEqual([`DS-104 ${suits}`, 'DS-149 the namespace is being deleted, so no Pod can be created']);
    expect(texts(explain(world, 'blocked'))).toEqual([`DS-105 ${blocks}`]);
    expect(texts(explain(world))).toEqual([`DS-104 ${suits}`]);
  });

  it('DS-125 names Pods that terminate, and says what comes after', () => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE }).addNode('node-0').addNode('blocked', blocked);
    world.sync();
    world.addPods(2, 'node-0', { terminating: true }).addPods(1, 'blocked', { terminating: true });
    const gone = world.podsOn('node-0')[0]?.metadata;
    world.put({ type: 'pod.deleted.v1', namespace: 'default', name: gone?.name ?? '', uid: gone?.uid ?? '', cause: 'api', by: 'u' });
    world.sync();
    expect(explain(world).decision).toBe('pod-001, pod-002 is terminating; the next Pod is created when it is gone');
    expect(explain(world, 'blocked').decision).toBe('pod-003 is terminating; taint k:NoSchedule is not tolerated: no Pod is created, one that is there stays');
    world.addPods(1, 'node-0', { hash: 'current' });
    expect(explain(world).decision).toMatch(/^pod-001, pod-002 is terminating; pod-004 is of the current revision/);
  });

  it('DS-124 DS-128 DS-140 says what is done with Pods that have ended', () => {
    const world = new DaemonSetWorld().addNodes(1);
    world.sync();
    for (const { metadata } of world.pods) world.put({ type: 'pod.deleted.v1', namespace: 'default', name: metadata.name, uid: metadata.uid, cause: 'api', by: 'u' });
    world.addPod('node-0', { phase: 'Succeeded', terminating: true, finalizers: ['test/hold'] });
    world.addPod('node-0', { phase: 'Succeeded' });
    world.addPod('node-0', { phase: 'Failed' });
    world.state.backoffs.set('uid-foo/1/node-0', { delayMs: 60_000, lastAt: world.now });
    expect(texts(explain(world)).slice(1)).toEqual([
      'DS-124 pod-001 has ended and only waits for its finalizers; it does not count',
      'DS-128 pod-002 goes: a Pod that succeeded is replaced',
      'DS-140 a Pod failed here; it is left alone until 2026-01-01T00:01:00Z (back-off)',
    ]);
    expect(explain(world).pods.map((pod) => pod.name)).toEqual(['pod-002', 'pod-003', 'pod-001']);
  });
});

describe('explainNodes', () => {
  it('says of each node what it says of it alone', () => {
    const world = rolled({}, 4).setImage('new');
    const names = ['node-0', 'node-1', 'node-2', 'node-3', 'nowhere'];
    expect(explainNodes(world.state, KEY, names)).toEqual(names.map((name) => explainNode(world.state, KEY, name)));
    expect(explainNodes(world.state, 'default/nothing', names).map(({ decision }) => decision)).toEqual(names.map(() => 'there is no DaemonSet default/nothing'));
  });
});
