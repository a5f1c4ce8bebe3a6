// The strict policy: what it takes, what it leaves alone and what it says, step by step; a property walks random histories against the budget.
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { surging, unavailable } from '../daemonset/daemon-set-fixtures.ts';
import { DaemonSetWorld } from '../daemonset/daemon-set-world.ts';
import { HASH_LABEL } from '../daemonset/daemon-pod.ts';
import { explainNode } from '../daemonset/explain-node.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { Condition, Pod } from '../kubernetes/objects.ts';
import { ROLLOUT_POLICY_ANNOTATION } from './rollout-policy.ts';

const annotations = { [ROLLOUT_POLICY_ANNOTATION]: 'strict' };

const fleet = (nodes: number, shape: ConstructorParameters<typeof DaemonSetWorld>[0] = {}): DaemonSetWorld => {
  const world = new DaemonSetWorld({ strategy: unavailable(1), annotations, ...shape });
  world.addNodes(nodes).sync();
  world.ready().sync();
  return world;
};

const isNew = (world: DaemonSetWorld, pod: Pod): boolean => pod.metadata.labels?.[HASH_LABEL] === world.hash;
const newNodes = (world: DaemonSetWorld): readonly string[] => world.pods.filter((pod) => isNew(world, pod)).map((pod) => pod.spec.nodeName ?? '');
const isReadyPod = (pod: Pod): boolean => pod.status?.conditions?.find((condition) => condition.type === 'Ready')?.status === 'True';
const nameOn = (world: DaemonSetWorld, node: string): string => world.podsOn(node)[0]?.metadata.name ?? '';
const conditionOf = (world: DaemonSetWorld, type: string): Condition | undefined => world.foo.status?.conditions?.find((condition) => condition.type === type);

const setNodeReady = (world: DaemonSetWorld, name: string, status: 'True' | 'Unknown'): void => {
  const condition = { type: 'Ready', status, lastTransitionTime: toRfc3339(world.now) } as const;
  world.put({ type: status === 'True' ? 'node.became-ready.v1' : 'node.lost.v1', name, conditions: [condition], lastHeartbeatAt: null } as never);
  for (const pod of world.podsOn(name)) world.setReady(pod.metadata.name, status === 'True');
};

/** Syncs until nothing is done any more; Pods become ready as soon as they are there, but for those on `sick` nodes. */
const roll = (world: DaemonSetWorld, sick: readonly string[] = []): void => {
  for (let step = 0; step < 60; step += 1) {
    world.at((world.now - Date.parse('2026-01-01T00:00:00Z')) / 1000 + 1);
    const { created, deleted } = world.sync();
    for (const pod of world.pods) if (!sick.includes(pod.spec.nodeName ?? '') && !isReadyPod(pod) && pod.metadata.deletionTimestamp === undefined) world.setReady(pod.metadata.name);
    if (created + deleted === 0 && step > 2) return;
  }
};

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
    expect(world.foo.status?.conditions).toBeUndefined();
  });
});

describe('whatever happens', () => {
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
