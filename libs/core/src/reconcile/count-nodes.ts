// Counts nodes from nothing but Nodes and Pods, so that what the controller counts for itself is not judged by its own count.
import type { DaemonSetWorld } from '../daemonset/daemon-set-world.ts';
import { isAvailable, isOnlyHeld, isTerminal, isTerminating, isUpdated } from '../daemonset/pod-facts.ts';
import { nodesOf } from '../fleet/state.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { fitOn, placementOf } from '../placement/node-fit.ts';
import { targetNodeOf } from '../placement/target-node.ts';

export interface NodeCounts {
  /** Nodes that should run the Pod. */
  readonly desired: number;
  /** Nodes that should run the Pod or have one, without exactly one available Pod that does not terminate; not those that fail every Pod, unless an old one is there that has not failed and the back-off is over. */
  readonly unavailable: number;
  /** Nodes whose old Pod is available, or whose new one is where there is no old one. */
  readonly serving: number;
}

const isFailing = (world: DaemonSetWorld, node: string): boolean => world.state.failing.get(world.foo.metadata.uid)?.has(node) === true;

const isInBackoff = (world: DaemonSetWorld, node: string): boolean => {
  const { lastAt, delayMs } = world.state.backoffs.get(`${world.foo.metadata.uid}/${world.foo.metadata.generation ?? 0}/${node}`) ?? { lastAt: 0, delayMs: 0 };
  return world.now < lastAt + delayMs;
};

const holdsNoRollout = (world: DaemonSetWorld, node: string, isOldAlive: boolean): boolean => isFailing(world, node) && (isInBackoff(world, node) || !isOldAlive);

/** `pods` are those of the DaemonSet. */
export const countNodes = (world: DaemonSetWorld, pods: readonly Pod[], current: { readonly hash: string; readonly templateGeneration: string | undefined }): NodeCounts => {
  const { foo } = world;
  const counts = { desired: 0, unavailable: 0, serving: 0 };
  const available = (pod: Pod | undefined): boolean => pod !== undefined && isAvailable(pod, foo.spec.minReadySeconds ?? 0, world.now);
  for (const node of nodesOf(world.state).values()) {
    const present = pods.filter((pod) => targetNodeOf(pod) === node.metadata.name && !isOnlyHeld(pod));
    const { shouldRun } = fitOn(placementOf(foo.spec.template), node);
    if (shouldRun) counts.desired += 1;
    if (!shouldRun && present.length === 0) continue;
    const living = present.filter((pod) => !isTerminating(pod));
    const [oldPod, ...olds] = living.filter((pod) => !isUpdated(pod, current));
    const [newPod, ...news] = living.filter((pod) => isUpdated(pod, current));
    const isMixedUp = olds.length > 0 || news.length > 0;
    const isOldAlive = present.some((pod) => !isTerminal(pod) && !isUpdated(pod, current) && (isTerminating(pod) || !available(pod)));
    if (holdsNoRollout(world, node.metadata.name, isOldAlive)) continue;
    if (isMixedUp || living.length !== 1 || !available(oldPod ?? newPod)) counts.unavailable += 1;
    if (!isMixedUp && available(oldPod ?? newPod)) counts.serving += 1;
  }
  return counts;
};
