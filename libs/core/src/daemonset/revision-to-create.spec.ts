import { describe, expect, it } from 'vitest';
import { ON_DELETE, surging, unavailable } from './daemon-set-fixtures.ts';
import { GENERATION_ANNOTATION } from './daemon-pod.ts';
import { DaemonSetWorld } from './daemon-set-world.ts';

const STRICT = { 'everynode.dev/rollout-policy': 'strict' };

const held = (policy: Readonly<Record<string, string>>, strategy = unavailable(1)): DaemonSetWorld => {
  const world = new DaemonSetWorld({ strategy, annotations: policy, image: 'v1' });
  world.addNodes(4).sync();
  world.ready().sync();
  world.setImage('v2').sync();
  world.sync();
  return world;
};

const imagesOn = (world: DaemonSetWorld, node: string): readonly (string | undefined)[] => world.podsOn(node).map((pod) => pod.spec.containers[0]?.image);

const lose = (world: DaemonSetWorld, node: string): void => {
  for (const pod of world.podsOn(node)) world.put({ type: 'pod.deleted.v1', namespace: 'default', name: pod.metadata.name, uid: pod.metadata.uid, cause: 'stopped', by: node });
};

describe('the revision of a Pod that a node lacks', () => {
  it('is the current one by default, also in the middle of a rollout', () => {
    const world = held({});
    expect(imagesOn(world, 'node-0')).toEqual(['v2']);
    lose(world, 'node-3');
    world.sync();
    expect(imagesOn(world, 'node-3')).toEqual(['v2']);
  });

  it('is the stable one under the strict policy while the budget is used up', () => {
    const world = held(STRICT);
    lose(world, 'node-3');
    world.sync();
    expect(imagesOn(world, 'node-3')).toEqual(['v1']);
    expect(world.foo.status?.updatedNumberScheduled).toBe(1);
  });

  it('is the current one under the strict policy on the node whose turn it is', () => {
    const world = held(STRICT);
    lose(world, 'node-0');
    world.sync();
    expect(imagesOn(world, 'node-0')).toEqual(['v2']);
  });

  it('is the current one under the strict policy with a surge, on the node whose turn it is', () => {
    const world = held(STRICT, surging(1));
    lose(world, 'node-0');
    world.sync();
    expect(imagesOn(world, 'node-0')).toEqual(['v2']);
  });

  it('is the current one under the strict policy when nothing is rolled (OnDelete)', () => {
    const world = held(STRICT, ON_DELETE);
    lose(world, 'node-3');
    world.sync();
    expect(imagesOn(world, 'node-3')).toEqual(['v2']);
  });

  it('is the stable one while a surge has no room', () => {
    const world = held(STRICT, surging(1));
    lose(world, 'node-3');
    world.sync();
    expect(imagesOn(world, 'node-3')).toEqual(['v1']);
  });

  it('is the stable one on a node that joins while the last node has both', () => {
    const world = new DaemonSetWorld({ strategy: surging(1), annotations: STRICT, image: 'v1' });
    world.addNodes(1).sync();
    world.ready().sync();
    world.setImage('v2').sync();
    expect(new Set(imagesOn(world, 'node-0'))).toEqual(new Set(['v1', 'v2']));
    world.addNode('late').sync();
    expect(imagesOn(world, 'late')).toEqual(['v1']);
  });

  it('is the stable one while the old Pods that are left only wait for room beside Pods that are ending', () => {
    const world = new DaemonSetWorld({ strategy: surging(1), annotations: STRICT, image: 'v1' });
    world.addNodes(2).sync();
    world.ready().sync();
    world.setImage('v2').sync();
    expect(new Set(imagesOn(world, 'node-0'))).toEqual(new Set(['v1', 'v2']));
    const old = world.podsOn('node-0').find((pod) => pod.spec.containers[0]?.image === 'v1')?.metadata;
    world.put({ type: 'pod.deletion-requested.v1', namespace: 'default', name: old?.name ?? '', uid: old?.uid ?? '', graceSeconds: 30, cause: 'api', by: 'u' });
    world.addPod('node-1', { hash: 'other', terminating: true, createdAt: 60 });
    world.addNode('late').syncOnly();
    expect(imagesOn(world, 'late')).toEqual(['v1']);
  });

  it('is the current one when no Pod of another revision is available', () => {
    const world = held(STRICT);
    for (const node of ['node-1', 'node-2']) for (const pod of world.podsOn(node)) world.setReady(pod.metadata.name, false);
    lose(world, 'node-3');
    world.sync();
    expect(imagesOn(world, 'node-3')).toEqual(['v2']);
  });

  it('does not pass for updated by the number of the template', () => {
    const world = new DaemonSetWorld({ strategy: unavailable(1), annotations: { ...STRICT, [GENERATION_ANNOTATION]: '1' }, image: 'v1' });
    world.addNodes(4).sync();
    world.ready().sync();
    world.setImage('v2').change((foo) => ({ ...foo, metadata: { ...foo.metadata, annotations: { ...STRICT, [GENERATION_ANNOTATION]: '2' } } })).sync();
    world.sync();
    expect(world.podsOn('node-0')[0]?.metadata.labels).toHaveProperty('pod-template-generation', '2');
    lose(world, 'node-3');
    world.sync();
    expect(imagesOn(world, 'node-3')).toEqual(['v1']);
    expect(world.podsOn('node-3')[0]?.metadata.labels).not.toHaveProperty('pod-template-generation');
    expect(world.foo.status?.updatedNumberScheduled).toBe(1);
  });
});
