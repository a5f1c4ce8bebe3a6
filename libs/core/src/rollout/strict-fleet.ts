import { unavailable } from '../daemonset/daemon-set-fixtures.ts';
import { HASH_LABEL } from '../daemonset/daemon-pod.ts';
import { DaemonSetWorld } from '../daemonset/daemon-set-world.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { Condition, Pod } from '../kubernetes/objects.ts';
import { ROLLOUT_POLICY_ANNOTATION } from './rollout-policy.ts';

/** Annotations that ask for the strict policy. */
export const annotations = { [ROLLOUT_POLICY_ANNOTATION]: 'strict' };

/** Foo under the strict policy, ready on all nodes. */
export const fleet = (nodes: number, shape: ConstructorParameters<typeof DaemonSetWorld>[0] = {}): DaemonSetWorld => {
  const world = new DaemonSetWorld({ strategy: unavailable(1), annotations, ...shape });
  world.addNodes(nodes).sync();
  world.ready().sync();
  return world;
};

export const isNew = (world: DaemonSetWorld, pod: Pod): boolean => pod.metadata.labels?.[HASH_LABEL] === world.hash;
export const newNodes = (world: DaemonSetWorld): readonly string[] => world.pods.filter((pod) => isNew(world, pod)).map((pod) => pod.spec.nodeName ?? '');
export const isReadyPod = (pod: Pod): boolean => pod.status?.conditions?.find((condition) => condition.type === 'Ready')?.status === 'True';
export const nameOn = (world: DaemonSetWorld, node: string): string => world.podsOn(node)[0]?.metadata.name ?? '';
export const conditionOf = (world: DaemonSetWorld, type: string): Condition | undefined => world.foo.status?.conditions?.find((condition) => condition.type === type);

/** The node turns, and its Pods with it. */
export const setNodeReady = (world: DaemonSetWorld, name: string, status: 'True' | 'Unknown'): void => {
  const condition = { type: 'Ready', status, lastTransitionTime: toRfc3339(world.now) } as const;
  world.put({ type: status === 'True' ? 'node.became-ready.v1' : 'node.lost.v1', name, conditions: [condition], lastHeartbeatAt: null } as never);
  for (const pod of world.podsOn(name)) world.setReady(pod.metadata.name, status === 'True');
};

/** Syncs until nothing is done any more; Pods become ready as soon as they are there, but for those on `sick` nodes. */
export const roll = (world: DaemonSetWorld, sick: readonly string[] = []): void => {
  for (let step = 0; step < 60; step += 1) {
    world.at((world.now - Date.parse('2026-01-01T00:00:00Z')) / 1000 + 1);
    const { created, deleted } = world.sync();
    for (const pod of world.pods) if (!sick.includes(pod.spec.nodeName ?? '') && !isReadyPod(pod) && pod.metadata.deletionTimestamp === undefined) world.setReady(pod.metadata.name);
    if (created + deleted === 0 && step > 2) return;
  }
};
