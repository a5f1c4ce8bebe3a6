import type { ApiWrite, Random } from '@everynode/core';
import { createDaemonSet, deleteDaemonSet, patchDaemonSet, patchNode, setImage } from './writes.ts';

/** One write of a user at a virtual time (milliseconds since the start), or the deletion of some Pod that is there then. */
export type Operation =
  | { readonly at: number; readonly type: 'write'; readonly write: ApiWrite }
  | { readonly at: number; readonly type: 'delete-pod'; readonly pick: number; readonly graceSeconds: number };

const ZONES = ['a', 'b'];

const nodePatch = (random: Random): unknown => {
  switch (random.below(5)) {
    case 0:
      return { metadata: { labels: { zone: ZONES[random.below(2)] } } };
    case 1:
      return { spec: { taints: [{ key: 'maintenance', value: 'yes', effect: random.below(2) === 0 ? 'NoExecute' : 'NoSchedule' }] } };
    case 2:
      return { spec: { taints: null } };
    case 3:
      return { spec: { unschedulable: true } };
    default:
      return { spec: { unschedulable: null } };
  }
};

/**
 * Draws what users do during a run: DaemonSets with and without selectors, surge and minReadySeconds, new images (some of them cannot be pulled, and are
 * replaced later), budgets that change, nodes that are labelled, tainted and cordoned, Pods that are deleted, a DaemonSet that goes.
 */
export const drawWorkload = (random: Random, options: { readonly nodes: readonly string[]; readonly durationMs: number }): readonly Operation[] => {
  const operations: Operation[] = [];
  const daemonSets = Array.from({ length: 1 + random.below(3) }, (_, index) => `ds${index}`);
  const id = (): string => random.uid();
  const imageOf = (): string => (random.below(8) === 0 ? 'registry.example/non-existent:1' : `registry.example/daemon:${random.below(1000)}`);
  for (const name of daemonSets) {
    const surges = random.below(4) === 0;
    const shape = {
      name,
      image: 'registry.example/daemon:0',
      maxUnavailable: surges ? 0 : 1 + random.below(3),
      maxSurge: surges ? 1 + random.below(2) : 0,
      minReadySeconds: random.below(3) === 0 ? 1 + random.below(5) : 0,
      nodeSelector: random.below(3) === 0 ? { zone: 'a' } : {},
      isStrict: random.below(3) === 0,
    };
    operations.push({ at: random.below(2_000), type: 'write', write: createDaemonSet(id(), shape) });
    for (let update = random.below(5); update > 0; update -= 1) {
      operations.push({ at: 3_000 + random.below(options.durationMs), type: 'write', write: setImage(id(), name, imageOf()) });
    }
    if (!surges && random.below(3) === 0) {
      const budget = { spec: { updateStrategy: { rollingUpdate: { maxUnavailable: 1 + random.below(3) } } } };
      operations.push({ at: 3_000 + random.below(options.durationMs), type: 'write', write: patchDaemonSet(id(), name, budget) });
    }
    // Whatever was tried before, and however late it arrived, a run ends with an image that can be had.
    operations.push({ at: options.durationMs + 25_000, type: 'write', write: setImage(id(), name, 'registry.example/daemon:final') });
  }
  for (let change = random.below(12); change > 0; change -= 1) {
    const node = options.nodes[random.below(options.nodes.length)] ?? '';
    operations.push({ at: 2_500 + random.below(options.durationMs), type: 'write', write: patchNode(id(), node, nodePatch(random)) });
  }
  for (let deletion = random.below(6); deletion > 0; deletion -= 1) {
    operations.push({ at: 2_500 + random.below(options.durationMs), type: 'delete-pod', pick: random.below(1000), graceSeconds: random.below(3) * 5 });
  }
  if (random.below(6) === 0) operations.push({ at: options.durationMs + 27_000, type: 'write', write: deleteDaemonSet(id(), daemonSets[0] ?? '') });
  return operations.toSorted((left, right) => left.at - right.at);
};
