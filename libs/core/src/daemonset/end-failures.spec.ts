// Nodes that fail every Pod: what they keep from happening elsewhere (nothing), and until when they count as such.
import { describe, expect, it } from 'vitest';
import { annotations } from '../rollout/strict-fleet.ts';
import { FACT } from '../rollout/node-facts.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { HASH_LABEL } from './daemon-pod.ts';
import { KEY, surging, unavailable, type DaemonSetShape } from './daemon-set-fixtures.ts';
import { DaemonSetWorld } from './daemon-set-world.ts';
import { explainNode } from './explain-node.ts';
import { isReady, isTerminal, isTerminating } from './pod-facts.ts';

const BAD = 'node-0';
const isNew = (world: DaemonSetWorld, pod: Pod): boolean => pod.metadata.labels?.[HASH_LABEL] === world.hash;
const living = (world: DaemonSetWorld, node = BAD): readonly Pod[] => world.podsOn(node).filter((pod) => !isTerminating(pod) && !isTerminal(pod));
const nameOn = (world: DaemonSetWorld, node: string): string => living(world, node)[0]?.metadata.name ?? '';
const failOn = (world: DaemonSetWorld, which: (pod: Pod) => boolean = () => true): DaemonSetWorld => {
  for (const pod of living(world)) if (which(pod)) world.setPhase(pod.metadata.name, 'Failed');
  return world;
};
const isFailing = (world: DaemonSetWorld, node = BAD): boolean => world.state.failing.get('uid-foo')?.has(node) === true;
const isLeftOut = (world: DaemonSetWorld, node = BAD): boolean => ((world.state.rollups.get(KEY)?.facts.get(node) ?? 0) & FACT.failing) !== 0;

const started = (shape: DaemonSetShape, nodes = 4): DaemonSetWorld => {
  const world = new DaemonSetWorld(shape).addNodes(nodes);
  world.sync();
  world.ready().sync();
  return world;
};

/** Second by second: Pods become ready everywhere but on the bad node, where they do as told. */
const roll = (world: DaemonSetWorld, onBad: () => void, seconds = 40): void => {
  for (let second = 0; second < seconds; second += 1) {
    world.now += 1_000;
    onBad();
    for (const { metadata } of world.state.objects.get('nodes')?.values() ?? []) {
      for (const pod of living(world, metadata.name)) if (metadata.name !== BAD && !isReady(pod)) world.setReady(pod.metadata.name);
    }
    world.sync();
  }
};

const updatedNodes = (world: DaemonSetWorld): readonly string[] => [...new Set(world.pods.filter((pod) => isNew(world, pod) && isReady(pod)).map((pod) => pod.spec.nodeName ?? ''))].toSorted();

const policies: readonly (readonly [string, DaemonSetShape])[] = [
  ['default', { strategy: unavailable(1) }],
  ['strict', { strategy: unavailable(1), annotations }],
  ['surge', { strategy: surging(1) }],
  ['strict surge', { strategy: surging(1), annotations }],
];

describe('a node that fails every Pod', () => {
  it.each(policies)('R06 holds no rollout: %s', (_name, shape) => {
    const world = started(shape);
    world.setImage('v2');
    roll(world, () => failOn(world));
    expect(updatedNodes(world)).toEqual(['node-1', 'node-2', 'node-3']);
    expect(isFailing(world)).toBe(true);
  });

  it.each(policies.slice(2))('R06 holds no rollout when it fails new Pods beside an old one that is available: %s', (_name, shape) => {
    const world = started(shape);
    world.setImage('v2');
    const attempts = new Set<string>();
    roll(world, () => {
      for (const pod of living(world)) if (isNew(world, pod)) attempts.add(pod.metadata.uid);
      failOn(world, (pod) => isNew(world, pod));
    });
    expect(updatedNodes(world)).toEqual(['node-1', 'node-2', 'node-3']);
    expect(living(world).filter(isReady)).toHaveLength(1);
    // 1 s, 2 s, 4 s, 8 s, 16 s within 40 s.
    expect(attempts.size).toBeLessThanOrEqual(7);
    expect(attempts.size).toBeGreaterThanOrEqual(4);
  });

  it.each(policies)('R06 that is well again is updated like any other: %s', (_name, shape) => {
    const world = started(shape);
    world.setImage('v2');
    roll(world, () => failOn(world), 20);
    roll(world, () => void world.ready(), 60);
    expect(updatedNodes(world)).toEqual(['node-0', 'node-1', 'node-2', 'node-3']);
    expect(isFailing(world)).toBe(false);
    expect(world.planNow().steps).toEqual([]);
  });

  it.each(policies)('R06 a Pod that is merely not ready holds the rollout: %s', (_name, shape) => {
    const world = started(shape);
    world.setImage('v2');
    roll(world, () => {
      for (const pod of living(world)) if (isNew(world, pod)) world.setReady(pod.metadata.name, false);
    });
    expect(updatedNodes(world)).toEqual([]);
    expect(isFailing(world)).toBe(false);
  });

  it('R06 counts as failing until a Pod has become available, minReadySeconds included', () => {
    const world = started({ strategy: unavailable(1), minReadySeconds: 10 });
    world.now += 60_000;
    failOn(world).sync();
    expect(isFailing(world)).toBe(true);
    world.sync();
    expect(isLeftOut(world)).toBe(true);
    world.setReady(nameOn(world, BAD)).sync();
    expect([isFailing(world), isLeftOut(world)]).toEqual([true, true]);
    world.now += 10_000;
    world.sync();
    expect([isFailing(world), isLeftOut(world)]).toEqual([false, false]);
    expect(world.emitted).toContainEqual({ type: 'pod.failures-over.v1', owner: 'uid-foo', node: BAD });
    world.setReady(nameOn(world, BAD), false).sync();
    expect(isLeftOut(world)).toBe(false);
  });

  it('R06 is no longer failing when it may not keep a Pod, is gone, or the DaemonSet is', () => {
    const failing = (): DaemonSetWorld => {
      const world = started({ strategy: unavailable(1) });
      failOn(world).sync();
      expect(isFailing(world)).toBe(true);
      return world;
    };
    const refused = failing().taint(BAD, [{ key: 'k', effect: 'NoExecute' }]);
    refused.sync();
    expect(isFailing(refused)).toBe(false);
    expect(failing().removeNode(BAD).state.failing.size).toBe(0);
    const without = failing().put({ type: 'object.deleted.v1', resource: 'daemonsets', namespace: 'default', name: 'foo', uid: 'uid-foo', by: 'u' });
    expect(without.state.failing.size).toBe(0);
  });

  it('R06 an old Pod that lives and is not available is rolled there like anywhere', () => {
    const world = started({ strategy: unavailable(1) });
    failOn(world).sync();
    world.sync();
    world.setReady(nameOn(world, BAD), false).setImage('v2');
    world.sync();
    expect(world.emitted).toContainEqual(expect.objectContaining({ type: 'pod.deletion-requested.v1', cause: 'outdated' }));
  });

  it('R06 explain says that rollouts go on without it', () => {
    const world = started({ strategy: unavailable(1) });
    failOn(world).sync();
    world.sync();
    failOn(world).syncOnly();
    expect(explainNode(world.state, KEY, BAD).reasons.map(({ rule }) => rule)).toEqual(['DS-104', 'DS-140', 'failing', 'DS-197']);
  });
});
