import { describe, expect, it } from 'vitest';
import { objectsOf } from '../fleet/state.ts';
import { nextDueAt } from '../kernel/delay-queue.ts';
import type { DaemonSetStatus } from '../kubernetes/objects.ts';
import { ROLLOUT_POLICY_ANNOTATION } from '../rollout/rollout-policy.ts';
import { aFoo, ON_DELETE, surging, type DaemonSetShape } from './daemon-set-fixtures.ts';
import { DaemonSetWorld } from './daemon-set-world.ts';
import { statusOf } from './daemon-set-status.ts';

const statusAfter = (world: DaemonSetWorld): DaemonSetStatus | undefined => {
  world.sync();
  return world.foo.status;
};
const writes = (world: DaemonSetWorld): number => world.emitted.filter((event) => event.type === 'daemonset.status-changed.v1').length;
const onDelete = (shape: DaemonSetShape = {}): DaemonSetWorld => new DaemonSetWorld({ strategy: ON_DELETE, ...shape });
const put = (world: DaemonSetWorld, status: DaemonSetStatus): DaemonSetWorld => world.put({ type: 'daemonset.status-changed.v1', namespace: 'default', name: 'foo', uid: 'uid-foo', status, by: 'u' });

describe('status of a DaemonSet', () => {
  it('DS-240 desires as many as there are nodes that should run the Pod', () => {
    const world = onDelete({ spec: { nodeSelector: { color: 'blue' } } }).addNodes(2).addNodes(3, { from: 2, labels: { color: 'blue' } });
    world.addNode('tainted', { labels: { color: 'blue' }, taints: [{ key: 'k', effect: 'NoSchedule' }] });
    expect(statusAfter(world)).toMatchObject({ desiredNumberScheduled: 3 });
  });

  it('DS-241 counts a node once, whatever its Pods are like', () => {
    const world = onDelete().addNodes(4);
    world.addPod('node-0', { phase: 'Failed' });
    world.addPod('node-1', { terminating: true });
    world.addPod('node-2', { unbound: true });
    world.addPods(2, 'node-3');
    world.put({ type: 'object.created.v1', resource: 'namespaces', object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', uid: 'ns', deletionTimestamp: '2026-01-01T00:00:00Z' } }, by: 'u' });
    world.state.backoffs.set('uid-foo/1/node-0', { delayMs: 60_000, lastAt: world.now });
    world.sync();
    expect(world.foo.status).toMatchObject({ desiredNumberScheduled: 4, currentNumberScheduled: 4 });
  });

  it('DS-242 counts nodes that should not run the Pod but have one, those that may keep it too', () => {
    const world = onDelete().addNodes(2).addNode('stays', { taints: [{ key: 'k', effect: 'NoSchedule' }] }).addNode('goes', { taints: [{ key: 'k', effect: 'NoExecute' }] });
    world.addPod('stays');
    world.addPod('goes');
    world.syncOnly();
    expect(world.foo.status).toMatchObject({ desiredNumberScheduled: 2, numberMisscheduled: 2 });
    world.finishTerminations();
    expect(statusAfter(world)).toMatchObject({ numberMisscheduled: 1 });
  });

  it('DS-243 counts no Pod of a node that is not there', () => {
    const world = onDelete().addNodes(1);
    world.addPod('gone', { readyAt: 0 });
    expect(statusAfter(world)).toMatchObject({ desiredNumberScheduled: 1, currentNumberScheduled: 1, numberMisscheduled: 0, numberReady: 0 });
  });

  it('DS-124 does not count a Pod that has ended and is only held by a finalizer', () => {
    const world = onDelete().addNode('n', { taints: [{ key: 'k', effect: 'NoSchedule' }] });
    world.addPod('n', { phase: 'Failed', terminating: true, finalizers: ['test/hold'] });
    expect(statusAfter(world)).toMatchObject({ numberMisscheduled: 0 });
  });

  it('DS-244 judges one Pod of a node: bound, then oldest, then by name, so the old one during a surge', () => {
    const world = new DaemonSetWorld({ strategy: surging(1) }).addNodes(1);
    world.addPod('node-0', { hash: 'old', readyAt: 0, createdAt: -10 });
    world.addPod('node-0', { createdAt: 0 });
    expect(statusAfter(world)).toMatchObject({ numberReady: 1, numberAvailable: 1 });
    expect(world.foo.status).not.toHaveProperty('updatedNumberScheduled');
  });

  it('DS-245 counts ready, available and updated Pods', () => {
    const world = onDelete({ minReadySeconds: 10 }).addNodes(4).at(15);
    world.addPod('node-0', { readyAt: 0 });
    world.addPod('node-1', { readyAt: 10 });
    world.addPod('node-2', { hash: 'old', readyAt: 0 });
    world.addPod('node-3');
    expect(statusAfter(world)).toMatchObject({ numberReady: 3, numberAvailable: 2, updatedNumberScheduled: 3 });
  });

  it('DS-245 does not count ready Pods on nodes that should not run them', () => {
    const world = onDelete().addNode('n', { taints: [{ key: 'k', effect: 'NoSchedule' }] });
    world.addPod('n', { readyAt: 0 });
    expect(statusAfter(world)).toMatchObject({ numberMisscheduled: 1, numberReady: 0, currentNumberScheduled: 0 });
  });

  it('DS-246 takes what is desired and not available as unavailable, nodes without Pod included', () => {
    const world = onDelete().addNodes(3);
    world.addPod('node-0', { readyAt: 0 });
    expect(statusAfter(world)).toMatchObject({ desiredNumberScheduled: 3, numberAvailable: 1, numberUnavailable: 2 });
  });

  it('DS-247 raises observedGeneration with every sync of a newer generation', () => {
    const world = onDelete().addNodes(1);
    expect(statusAfter(world)).toMatchObject({ observedGeneration: 1 });
    world.setImage('new');
    expect(statusAfter(world)).toMatchObject({ observedGeneration: 2 });
  });

  it('DS-248 writes nothing when nothing changed', () => {
    const world = onDelete().addNodes(2);
    world.sync();
    expect(writes(world)).toBe(1);
    world.addNode('other', { taints: [{ key: 'k', effect: 'NoExecute' }] }).sync();
    expect(writes(world)).toBe(0);
    world.change((foo) => foo).sync();
    expect(writes(world)).toBe(1);
  });

  it('DS-248 writes one status for a DaemonSet without nodes', () => {
    const conditions = [{ type: 'Progressing', status: 'True', reason: 'WaitingForNodes', message: 'waiting for nodes: no node should run the Pod', lastTransitionTime: '2026-01-01T00:00:00Z' }];
    expect(statusAfter(onDelete())).toStrictEqual({ currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0, observedGeneration: 1, conditions });
  });

  it('DS-4 DS-248 keeps conditions and collision count', () => {
    const world = onDelete().addNodes(1);
    const conditions = [{ type: 'Mine', status: 'True', reason: 'R' }] as const;
    put(world, { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0, collisionCount: 3, conditions });
    expect(statusAfter(world)).toMatchObject({ desiredNumberScheduled: 1, collisionCount: 3, conditions: [...conditions, { type: 'Progressing' }] });
  });

  it('DS-314 repairs counters that somebody else wrote', () => {
    const world = onDelete().addNodes(2);
    world.sync();
    world.ready().sync();
    const before = world.foo.status;
    put(world, { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0, conditions: [{ type: 'StatusPatched', status: 'True' }] });
    expect(statusAfter(world)).toEqual({ ...before, conditions: [{ type: 'StatusPatched', status: 'True' }, ...(before?.conditions ?? [])] });
  });

  it('DS-250 looks again when Pods that are ready become available', () => {
    const world = onDelete({ minReadySeconds: 30 }).addNodes(2);
    world.sync();
    world.ready().sync();
    world.at(29).sync();
    expect(world.foo.status).not.toHaveProperty('numberAvailable');
    world.at(30);
    expect(statusAfter(world)).toMatchObject({ numberReady: 2, numberAvailable: 2 });
    expect(world.foo.status).not.toHaveProperty('numberUnavailable');
    expect(nextDueAt(world.state.wakeups), 'and then not before a rollout that does not move would be stalled').toBe(world.now + 600_000);
  });

  it('warns once when a condition of the rollout turns True, and says nothing of the conditions of others', () => {
    const world = onDelete({ annotations: { 'everynode.dev/rollout-policy': 'careful' } }).addNodes(1);
    const said = (): string[] => world.emitted.flatMap((event) => (event.type === 'event.recorded.v1' && event.severity === 'Warning' ? [`${event.reason} ${event.message}`] : []));
    const mine = { type: 'Mine', status: 'True', reason: 'R', message: 'mine' } as const;
    put(world, { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0, conditions: [mine] });
    world.sync();
    expect(said()).toEqual(['UnknownRolloutPolicy everynode.dev/rollout-policy: "careful" is neither "kubernetes" nor "strict"; the rollout acts as "kubernetes"']);
    world.addNode('another').sync();
    expect(world.foo.status?.conditions).toMatchObject([mine, { type: 'UnknownRolloutPolicy', status: 'True' }, { type: 'Progressing' }]);
    expect(said()).toEqual([]);
    put(world, { ...world.foo.status, currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0, conditions: [mine, { type: 'UnknownRolloutPolicy', status: 'False' }] });
    world.sync();
    expect(said()).toHaveLength(1);
  });

  it('does not warn of a condition that is False', () => {
    const world = new DaemonSetWorld({ annotations: { 'everynode.dev/rollout-policy': 'strict' } }).addNodes(1);
    world.sync();
    expect(world.foo.status?.conditions?.map(({ type, status }) => `${type} ${status}`)).toEqual(['RolloutStalled False', 'RolloutSkipsNodes False', 'Progressing True']);
    expect(world.emitted.filter((event) => event.type === 'event.recorded.v1' && event.severity === 'Warning')).toEqual([]);
  });

  it('DS-3 leaves zeros out where Kubernetes does, and only there', () => {
    const counts = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };
    expect(Object.keys(statusOf(aFoo(), counts, undefined))).toEqual(['currentNumberScheduled', 'numberMisscheduled', 'desiredNumberScheduled', 'numberReady', 'observedGeneration']);
    expect(Object.keys(statusOf(aFoo(), { ...counts, desired: 3, available: 1, updated: 1 }, undefined))).toEqual([
      'currentNumberScheduled',
      'numberMisscheduled',
      'desiredNumberScheduled',
      'numberReady',
      'observedGeneration',
      'updatedNumberScheduled',
      'numberAvailable',
      'numberUnavailable',
    ]);
  });

  it('tells of a condition also when the events about Pods have used up what a controller may say', () => {
    const world = new DaemonSetWorld({ annotations: { [ROLLOUT_POLICY_ANNOTATION]: 'strictly' } }).addNodes(40);
    world.sync();
    const said = [...objectsOf(world.state, 'events').values()].map((event) => event['reason']);
    expect(said.filter((reason) => reason === 'SuccessfulCreate')).toHaveLength(25);
    expect(said).toContain('UnknownRolloutPolicy');
  });
});
