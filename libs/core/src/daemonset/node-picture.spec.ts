import { describe, expect, it } from 'vitest';
import { RUNS } from '../placement/node-fit.ts';
import { aFoo, aPodOf } from './daemon-set-fixtures.ts';
import { DaemonSetWorld } from './daemon-set-world.ts';
import { allPictures, ownPodsOn, pictureOf, type NodePicture } from './node-picture.ts';
import { nodeRulesOf } from './node-rules.ts';

const rules = nodeRulesOf(aFoo(), undefined);
const brief = ({ name, node, pods }: NodePicture): string => [`${name}${node === undefined ? ' (gone)' : ''}:`, ...pods.map((pod) => pod.metadata.name)].join(' ');

/** Pods of every kind, on nodes that are added out of order. */
const crowd = (): DaemonSetWorld => {
  const world = new DaemonSetWorld().addNode('b').addNode('a').addNode('c');
  world.addPod('a', { createdAt: 20 });
  world.addPod('a', { createdAt: 10 });
  world.addPod('a', { unbound: true, createdAt: 0 });
  world.addPod('a', { phase: 'Succeeded', terminating: true, finalizers: ['test/hold'] });
  world.addPod('a', { owner: 'other' });
  world.addPod('a', { owner: 'none' });
  world.put({ type: 'pod.applied.v1', pod: aPodOf(world.foo, { node: 'a', name: 'far' }, { namespace: 'elsewhere' }), by: 'u' });
  world.put({ type: 'pod.applied.v1', pod: aPodOf(world.foo, { node: '', name: 'nowhere' }, {}), by: 'u' });
  world.addPod('gone');
  return world;
};

describe('ownPodsOn', () => {
  it('DS-122 gives the DaemonSet’s own Pods of its namespace on a node, those that are only held included', () => {
    const { state } = crowd();
    expect(ownPodsOn(state, rules, 'a').map((pod) => pod.metadata.name)).toEqual(['pod-001', 'pod-002', 'pod-003', 'pod-004']);
    expect(ownPodsOn(state, rules, 'b')).toEqual([]);
    expect(ownPodsOn(state, rules, 'nowhere-at-all')).toEqual([]);
  });
});

describe('allPictures', () => {
  it('DS-122 DS-124 DS-136 shows every node and every name that Pods are on, by name, with the Pods that count in their order', () => {
    const { state } = crowd();
    expect(allPictures(state, rules).map(brief)).toEqual(['a: pod-002 pod-001 pod-003', 'b:', 'c:', 'gone (gone): pod-007']);
  });

  it('shows of each node what is shown of it alone', () => {
    const { state } = crowd();
    const all = allPictures(state, rules);
    expect(all).toEqual(all.map(({ name }) => pictureOf(state, rules, name)));
    expect(all[1]).toMatchObject({ fit: RUNS, pods: [] });
  });

  it('shows nothing of an empty fleet', () => {
    expect(allPictures(new DaemonSetWorld(null).state, rules)).toEqual([]);
  });
});
