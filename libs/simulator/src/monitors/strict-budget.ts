import { controllerOf, fitOn, HASH_LABEL, isAvailable, isOfTemplate, keyOf, nodesOf, placementOf, revisionsOf, ROLLOUT_POLICY_ANNOTATION, type DaemonSet, type FleetState, type Node, type Pod } from '@everynode/core';

export const isStrict = (daemonSet: DaemonSet): boolean => daemonSet.metadata.annotations?.[ROLLOUT_POLICY_ANNOTATION] === 'strict';

const ownPodsOn = (state: FleetState, daemonSet: DaemonSet, node: string): readonly Pod[] =>
  [...(state.indexes.podsByNode.get(node)?.values() ?? [])].filter((pod) => controllerOf(pod)?.uid === daemonSet.metadata.uid);

const isCurrent = (state: FleetState, daemonSet: DaemonSet, pod: Pod): boolean => {
  const revision = revisionsOf(state).get(keyOf(daemonSet.metadata.namespace, `${daemonSet.metadata.name}-${pod.metadata.labels?.[HASH_LABEL] ?? ''}`));
  return revision !== undefined && isOfTemplate(revision, daemonSet.spec.template);
};

/** The strict policy goes on without the node: it is not Ready, and none of its Pods of the current revision is older than that. */
export const isLeftOut = (state: FleetState, daemonSet: DaemonSet, node: Node): boolean => {
  const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready');
  if (!isStrict(daemonSet) || ready === undefined || ready.status === 'True') return false;
  const since = ready.lastTransitionTime ?? '';
  return !ownPodsOn(state, daemonSet, node.metadata.name).some((pod) => isCurrent(state, daemonSet, pod) && (pod.metadata.creationTimestamp ?? '') <= since);
};

/** The node ended the Pod, or did not take it in, because it shut down. */
const wasShutDown = ({ status }: Pod): boolean => status?.phase === 'Failed' && (status.reason === 'Terminated' || status.reason === 'NodeShutdown');

/** Pods of the DaemonSet have failed on the node and none became available since, or the node shut down and is not back; no rollout waits for it. */
export const failsPods = (state: FleetState, daemonSet: DaemonSet, node: Node): boolean => {
  if (state.failing.get(daemonSet.metadata.uid)?.has(node.metadata.name) === true) return true;
  const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready');
  return ready !== undefined && ready.status !== 'True' && ownPodsOn(state, daemonSet, node.metadata.name).some(wasShutDown);
};

/** Nodes that a strict rollout has in hand: no old Pod lives there and no new one is available; those that it goes on without do not count. */
export const nodesInHand = (state: FleetState, daemonSet: DaemonSet, now: number): number => {
  const placement = placementOf(daemonSet.spec.template);
  let count = 0;
  for (const node of nodesOf(state).values()) {
    const pods = ownPodsOn(state, daemonSet, node.metadata.name).filter((pod) => !(pod.metadata.deletionTimestamp !== undefined && ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')));
    if ((pods.length === 0 && !fitOn(placement, node).shouldRun) || isLeftOut(state, daemonSet, node) || failsPods(state, daemonSet, node)) continue;
    const living = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
    const isServed = living.some((pod) => !isCurrent(state, daemonSet, pod) || isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, now));
    if (!isServed) count += 1;
  }
  return count;
};

/** Nodes on which a Pod of the current revision lives that is not available, without those that a strict rollout goes on without. */
export const nodesWithFreshPods = (state: FleetState, daemonSet: DaemonSet, now: number): readonly string[] =>
  [...nodesOf(state).values()]
    .filter(
      (node) =>
        !isLeftOut(state, daemonSet, node) &&
        !failsPods(state, daemonSet, node) &&
        ownPodsOn(state, daemonSet, node.metadata.name).some(
          (pod) => pod.metadata.deletionTimestamp === undefined && isCurrent(state, daemonSet, pod) && !isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, now),
        ),
    )
    .map((node) => node.metadata.name);

/** A rollout is under way: an available Pod of another revision waits on a node that should run it. */
export const isRolling = (state: FleetState, daemonSet: DaemonSet, now: number): boolean => {
  const placement = placementOf(daemonSet.spec.template);
  return [...nodesOf(state).values()].some(
    (node) =>
      fitOn(placement, node).shouldRun &&
      ownPodsOn(state, daemonSet, node.metadata.name).some(
        (pod) => pod.metadata.deletionTimestamp === undefined && !isCurrent(state, daemonSet, pod) && isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, now),
      ),
  );
};
