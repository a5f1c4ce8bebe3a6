// How far a revision has come: what moves its time, what takes only its count back, and when it counts as stalled.
import { describe, expect, it } from 'vitest';
import { KEY, ON_DELETE, START, type DaemonSetShape } from '../daemonset/daemon-set-fixtures.ts';
import { DaemonSetWorld } from '../daemonset/daemon-set-world.ts';
import type { Condition } from '../kubernetes/objects.ts';
import { PROGRESS_DEADLINE_ANNOTATION, type RolloutProgress } from './rollout-progress.ts';
import { ROLLOUT_POLICY_ANNOTATION } from './rollout-policy.ts';

const progressOf = (world: DaemonSetWorld): RolloutProgress | undefined => world.state.rollouts.get('uid-foo');
const progressing = (world: DaemonSetWorld): Condition | undefined => world.foo.status?.conditions?.find(({ type }) => type === 'Progressing');
const statusWrites = (world: DaemonSetWorld): number => world.emitted.filter(({ type }) => type === 'daemonset.status-changed.v1').length;

const settled = (nodes: number, shape: DaemonSetShape = {}): DaemonSetWorld => {
  const world = new DaemonSetWorld(shape).addNodes(nodes);
  world.sync();
  world.ready().sync();
  return world;
};
const turned = (world: DaemonSetWorld): DaemonSetWorld => {
  world.setImage('v2').sync();
  return world;
};
/** One node further: the Pod that was created becomes ready, and the next old one goes. */
const step = (world: DaemonSetWorld): void => {
  world.sync();
  world.ready().sync();
};
const warnings = (world: DaemonSetWorld): readonly string[] =>
  world.emitted.flatMap((event) => (event.type === 'event.recorded.v1' && event.severity === 'Warning' ? [event.reason] : []));

describe.each([
  ['kubernetes', {}],
  ['strict', { [ROLLOUT_POLICY_ANNOTATION]: 'strict' }],
] as const)('progress of a rollout, policy %s', (_policy, annotations) => {
  it('moves its count and its time with each node that gets an available Pod of the revision', () => {
    const world = turned(settled(3, { annotations }));
    const seen: unknown[] = [];
    for (let second = 10; second <= 30; second += 10) {
      step(world.at(second));
      seen.push([progressOf(world)?.available, progressOf(world)?.progressedAt, progressing(world)?.reason]);
    }
    expect(seen).toEqual([
      [1, START + 10_000, 'RolloutInProgress'],
      [2, START + 20_000, 'RolloutInProgress'],
      [3, START + 30_000, 'NewRevisionAvailable'],
    ]);
    expect(progressing(world)).toMatchObject({ status: 'True', message: `revision ${world.hash} became available on all nodes (3) at 2026-01-01T00:00:30Z` });
  });

  it('is stalled by the clock alone when nothing moves for the deadline, says so once, and goes on with the next node', () => {
    const world = turned(settled(3, { annotations }));
    step(world.at(10));
    world.at(609).sync();
    expect(progressing(world)).toMatchObject({ status: 'True', reason: 'RolloutInProgress', message: `1 of 3 nodes have an available Pod of revision ${world.hash}; last progress at 2026-01-01T00:00:10Z` });
    world.at(610).sync();
    expect(progressing(world)).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded', lastTransitionTime: '2026-01-01T00:10:10Z' });
    expect(progressing(world)?.message).toMatch(/^no progress for 600 s: 1 of 3 nodes .*; without an available Pod: node-\d$/);
    expect(warnings(world)).toEqual(['ProgressDeadlineExceeded']);
    world.at(700).sync();
    expect(statusWrites(world)).toBe(0);
    step(world.at(710));
    expect(progressing(world)).toMatchObject({ status: 'True', reason: 'RolloutInProgress', lastTransitionTime: '2026-01-01T00:11:50Z' });
  });

  it('takes the count back with a Pod that is lost on the way, but not the time', () => {
    const world = turned(settled(3, { annotations }));
    step(world.at(10));
    const [updated] = world.pods.filter((pod) => pod.metadata.labels?.['controller-revision-hash'] === world.hash && pod.status?.conditions !== undefined);
    world.at(20).setReady(updated?.metadata.name ?? '', false).sync();
    expect(progressOf(world)).toMatchObject({ available: 0, progressedAt: START + 10_000 });
    world.at(30).setReady(updated?.metadata.name ?? '').sync();
    expect(progressOf(world)).toMatchObject({ available: 1, progressedAt: START + 30_000 });
  });

  it('is done once for each revision: nodes that fail, come and go afterwards change nothing', () => {
    const world = settled(3, { annotations });
    const done = progressing(world);
    for (const pod of world.pods) world.setReady(pod.metadata.name, false);
    world.at(100).addNode('late').sync();
    world.at(10_000).sync();
    expect(progressing(world)).toEqual(done);
    for (const node of ['node-0', 'node-1', 'node-2', 'late']) world.removeNode(node);
    world.sync();
    expect(progressing(world)).toMatchObject({ status: 'True', reason: 'WaitingForNodes' });
    world.addNode('back').sync();
    expect(progressing(world)).toEqual(done);
  });

  it('waits for nodes without a deadline, and runs from the moment that one comes', () => {
    const world = new DaemonSetWorld({ annotations });
    world.sync();
    world.at(100_000).sync();
    expect(progressing(world)).toMatchObject({ status: 'True', reason: 'WaitingForNodes', message: 'waiting for nodes: no node should run the Pod' });
    world.addNodes(1).sync();
    expect(progressing(world)).toMatchObject({ status: 'True', reason: 'RolloutInProgress' });
    world.at(100_600).sync();
    expect(progressing(world)).toMatchObject({ status: 'False' });
    expect(world.state.rollups.get(KEY)?.counts.rolledOut).toBe(0);
  });
});

describe('progress deadline', () => {
  it.each([
    ['30', 30],
    ['30s', 600],
    ['0', 600],
    ['-1', 600],
    ['9999999999', 600],
  ])('of %j is %d s', (text, seconds) => {
    const world = turned(settled(1, { annotations: { [PROGRESS_DEADLINE_ANNOTATION]: text } }));
    world.at(seconds - 1).sync();
    expect(progressing(world)?.status).toBe('True');
    world.at(seconds).sync();
    expect(progressing(world)?.status).toBe('False');
  });

  it('gives Pods their minReadySeconds on top of the default', () => {
    const world = new DaemonSetWorld({ minReadySeconds: 700 }).addNodes(1);
    world.sync();
    world.ready().at(699).sync();
    expect(progressing(world)?.status).toBe('True');
    world.at(700).sync();
    expect(progressing(world)?.reason).toBe('NewRevisionAvailable');
  });

  it('does not run while OnDelete waits for somebody to delete Pods', () => {
    const world = turned(settled(2, { strategy: ON_DELETE }));
    world.at(10_000).sync();
    expect(progressing(world)).toMatchObject({ status: 'True', reason: 'WaitingForDeletion' });
    for (const { metadata } of world.pods) world.put({ type: 'pod.deleted.v1', namespace: 'default', name: metadata.name, uid: metadata.uid, cause: 'api', by: 'someone' });
    world.sync();
    expect(progressing(world)).toMatchObject({ status: 'True', reason: 'RolloutInProgress' });
    world.at(10_600).sync();
    expect(progressing(world)?.status).toBe('False');
  });

  it('is over with a DaemonSet that is gone', () => {
    const world = settled(1);
    world.put({ type: 'object.deleted.v1', resource: 'daemonsets', namespace: 'default', name: 'foo', uid: 'uid-foo', by: 'someone' });
    expect(world.state.rollouts.size).toBe(0);
  });
});

describe('a strict rollout', () => {
  it('is done without nodes that it leaves out, and waits when it leaves out all', () => {
    const world = settled(2, { annotations: { [ROLLOUT_POLICY_ANNOTATION]: 'strict' } }).at(50);
    const lose = (name: string): void => {
      world.put({ type: 'node.became-not-ready.v1', name, conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T00:00:20Z' }] });
    };
    lose('node-0');
    turned(world);
    step(world.at(60));
    step(world);
    expect(progressing(world)).toMatchObject({ reason: 'NewRevisionAvailable' });
    lose('node-1');
    world.at(70).setImage('v3').sync();
    expect(progressing(world)).toMatchObject({ status: 'True', reason: 'WaitingForNodes', message: 'waiting for nodes: all 2 that should run the Pod are NotReady and left out' });
  });
});
