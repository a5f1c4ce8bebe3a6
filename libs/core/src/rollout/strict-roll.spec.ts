// The strict policy: what it takes, what it leaves alone and what it says, step by step.
import { describe, expect, it } from 'vitest';
import { surging } from '../daemonset/daemon-set-fixtures.ts';
import { explainNode } from '../daemonset/explain-node.ts';
import { ROLLOUT_POLICY_ANNOTATION } from './rollout-policy.ts';
import { annotations, conditionOf, fleet, isNew, nameOn, newNodes, roll, setNodeReady } from './strict-fleet.ts';

describe('the strict policy without surge', () => {
  it('rolls all nodes within the budget when everything is well', () => {
    const world = fleet(4);
    world.setImage('v2');
    roll(world);
    expect(newNodes(world)).toHaveLength(4);
  });

  it('replaces old Pods that are not ready one by one and not all at once', () => {
    const world = fleet(5);
    for (const pod of world.pods) world.setReady(pod.metadata.name, false);
    world.setImage('v2');
    expect(world.sync().deleted).toBe(1);
    world.sync();
    expect(newNodes(world)).toEqual(['node-0']);
    expect(world.sync().deleted).toBe(0);
    world.setReady(nameOn(world, 'node-0'));
    expect(world.sync().deleted).toBe(1);
  });

  it('takes no available Pod while others are not ready, and those first', () => {
    const world = fleet(3);
    world.setReady(nameOn(world, 'node-2'), false);
    world.setImage('v2');
    world.sync();
    world.sync();
    expect(newNodes(world)).toEqual(['node-2']);
  });

  it('leaves Pods alone that are ready and wait for minReadySeconds', () => {
    const world = fleet(3, { minReadySeconds: 100 });
    world.at(20).setImage('v2');
    expect(world.sync().deleted).toBe(0);
    expect(explainNode(world.state, 'default/foo', 'node-0').decision).toMatch(/a ready Pod is not taken before/);
    world.at(101);
    expect(world.sync().deleted).toBe(1);
  });

  it('goes on without a node that was not Ready before, says so, and catches up when it is back', () => {
    const world = fleet(3);
    world.at(10);
    setNodeReady(world, 'node-1', 'Unknown');
    world.at(20).setImage('v2');
    roll(world, ['node-1']);
    expect(newNodes(world)).toEqual(['node-0', 'node-2']);
    expect(conditionOf(world, 'RolloutSkipsNodes')).toMatchObject({ status: 'True', message: expect.stringContaining('node-1') as string });
    expect(conditionOf(world, 'RolloutStalled')?.status).toBe('False');
    setNodeReady(world, 'node-1', 'True');
    roll(world);
    expect(newNodes(world)).toHaveLength(3);
    expect(conditionOf(world, 'RolloutSkipsNodes')?.status).toBe('False');
  });

  it('stops at a node that went not Ready with the new revision, and names it', () => {
    const world = fleet(3);
    world.at(10).setImage('v2');
    world.sync();
    world.sync();
    world.at(60);
    setNodeReady(world, 'node-0', 'Unknown');
    roll(world, ['node-0']);
    expect(newNodes(world)).toEqual(['node-0']);
    const stalled = conditionOf(world, 'RolloutStalled');
    expect(stalled).toMatchObject({ status: 'True', reason: 'NodesNotReadyAfterUpdate', message: expect.stringContaining('node-0') as string });
    expect(explainNode(world.state, 'default/foo', 'node-1').decision).toMatch(/the budget of 1 is used up by node-0/);
  });

  it('keeps holding when the new Pod on the lost node is deleted', () => {
    const world = fleet(2);
    world.at(10).setImage('v2');
    world.sync();
    world.sync();
    world.at(60);
    setNodeReady(world, 'node-0', 'Unknown');
    const { name, uid } = world.podsOn('node-0')[0]?.metadata ?? { name: '', uid: '' };
    world.put({ type: 'pod.deletion-requested.v1', namespace: 'default', name, uid, graceSeconds: 0, cause: 'api', by: 'someone' });
    expect(world.sync().deleted).toBe(0);
  });
});

describe('the strict policy with surge', () => {
  it('starts no more new Pods than maxSurge, also beside old ones that are not ready', () => {
    const world = fleet(4, { strategy: surging(1) });
    for (const pod of world.pods) world.setReady(pod.metadata.name, false);
    world.setImage('v2');
    expect(world.sync()).toMatchObject({ created: 1 });
    expect(world.sync()).toMatchObject({ created: 0 });
    world.setReady(world.podsOn('node-0').find((pod) => isNew(world, pod))?.metadata.name ?? '');
    expect(world.sync()).toMatchObject({ created: 1 });
  });

  it('rolls all nodes when everything is well', () => {
    const world = fleet(4, { strategy: surging(2) });
    world.setImage('v2');
    roll(world);
    expect(newNodes(world)).toHaveLength(4);
    expect(world.pods).toHaveLength(4);
  });
});

describe('the annotation', () => {
  it('takes effect when it changes, without a new generation', () => {
    const world = fleet(5, { annotations: {} });
    for (const pod of world.pods) world.setReady(pod.metadata.name, false);
    const { foo } = world;
    world.put({ type: 'daemonset.metadata-changed.v1', daemonSet: { ...foo, metadata: { ...foo.metadata, annotations } }, by: 'someone' });
    world.setImage('v2');
    expect(world.sync().deleted).toBe(1);
  });

  it('acts as kubernetes when its value is unknown, with a condition and a warning', () => {
    const world = fleet(3, { annotations: { [ROLLOUT_POLICY_ANNOTATION]: 'careful' } });
    expect(conditionOf(world, 'UnknownRolloutPolicy')).toMatchObject({ status: 'True', message: expect.stringContaining('"careful"') as string });
    expect([...(world.state.objects.get('events')?.values() ?? [])].filter((event) => event['reason'] === 'UnknownRolloutPolicy')).toMatchObject([{ type: 'Warning' }]);
    for (const pod of world.pods) world.setReady(pod.metadata.name, false);
    world.setImage('v2');
    expect(world.sync().deleted).toBe(3);
  });

  it('takes its conditions along when it goes', () => {
    const world = fleet(2);
    expect(conditionOf(world, 'RolloutStalled')?.status).toBe('False');
    const { foo } = world;
    world.put({ type: 'daemonset.metadata-changed.v1', daemonSet: { ...foo, metadata: { ...foo.metadata, annotations: {} } }, by: 'someone' });
    world.sync();
    expect(world.foo.status?.conditions?.map(({ type }) => type)).toEqual(['Progressing']);
  });
});
