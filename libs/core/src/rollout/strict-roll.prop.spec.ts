// The strict policy against random histories: Pods that turn, nodes that go and come, images that change. Each sync is judged on the fleet before it.
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { unavailable } from '../daemonset/daemon-set-fixtures.ts';
import type { DaemonSetWorld } from '../daemonset/daemon-set-world.ts';
import { conditionOf, fleet, isNew, isReadyPod, setNodeReady } from './strict-fleet.ts';

describe('the strict policy', () => {
  const seen = new Set<string>();
  afterAll(() => expect([...seen].toSorted()).toEqual(['caught up', 'held', 'skipped', 'took available', 'took not ready']));

  const step = fc.record({ type: fc.constantFrom('unready', 'ready', 'lose', 'return', 'sync', 'sync', 'image'), node: fc.nat(4) });

  it('keeps replacements in hand and takings of available Pods within maxUnavailable', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), fc.integer({ min: 1, max: 2 }), (steps, max) => {
        const world = fleet(5, { strategy: unavailable(max) });
        const lostBefore = new Set<string>();
        let image = 1;
        let seconds = 10;
        for (const { type, node } of [{ type: 'image', node: 0 }, ...steps]) {
          const name = `node-${node}`;
          seconds += 2;
          world.at(seconds);
          if (type === 'image') world.setImage(`v${(image += 1)}`);
          if (type === 'unready' || type === 'ready') for (const pod of world.podsOn(name)) if (!lostBefore.has(name)) world.setReady(pod.metadata.name, type === 'ready');
          if (type === 'lose') lostBefore.add(name);
          if (type === 'return') lostBefore.delete(name);
          if (type === 'lose' || type === 'return') setNodeReady(world, name, type === 'lose' ? 'Unknown' : 'True');
          if (type !== 'sync') continue;
          judge(world, max, lostBefore);
        }
      }),
      { numRuns: 60 },
    );
  });

  /** One sync, judged on the fleet before it: nodes whose own agent is well and that have no ready Pod, and those with a new Pod that is not. */
  const judge = (world: DaemonSetWorld, max: number, lost: ReadonlySet<string>): void => {
    const nodes = Array.from({ length: 5 }, (_, index) => `node-${index}`);
    const well = nodes.filter((node) => !lost.has(node));
    const unready = well.filter((node) => !world.podsOn(node).some(isReadyPod)).length;
    const inHand = well.filter((node) => !world.podsOn(node).some((pod) => isReadyPod(pod) || !isNew(world, pod))).length;
    const before = new Map(world.pods.map((pod) => [pod.metadata.uid, pod]));
    world.syncOnly();
    const taken = world.emitted.flatMap((event) => (event.type === 'pod.deletion-requested.v1' && event.cause === 'outdated' ? (before.get(event.uid) ?? []) : []));
    const takenReady = taken.filter(isReadyPod).length;
    expect(takenReady === 0 || unready + takenReady <= max).toBe(true);
    expect(taken.length === 0 || inHand + taken.length <= max).toBe(true);
    expect(taken.some((pod) => lost.has(pod.spec.nodeName ?? ''))).toBe(false);
    world.finishTerminations();
    if (takenReady > 0) seen.add('took available');
    if (taken.length > takenReady) seen.add('took not ready');
    const skips = conditionOf(world, 'RolloutSkipsNodes');
    if (skips?.status === 'True') seen.add('skipped');
    else if (skips?.lastTransitionTime !== undefined && Date.parse(skips.lastTransitionTime) > Date.parse('2026-01-01T00:00:10Z')) seen.add('caught up');
    if (conditionOf(world, 'RolloutStalled')?.status === 'True') seen.add('held');
  };
});
