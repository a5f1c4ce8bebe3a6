import { controllerOf, daemonSetsOf, fitOn, isAvailable, HASH_LABEL, isOfTemplate, keyOf, nodesOf, placementOf, revisionsOf, type DaemonSet, type FleetState, type Pod } from '@everynode/core';

/** What still keeps a fleet from being as it is wanted, in words; empty when it is. `runningOn` says what a node's runtime really runs. */
export const unsettled = (state: FleetState, now: number, runningOn: (node: string) => readonly string[]): readonly string[] => {
  const reasons: string[] = [];
  for (const daemonSet of daemonSetsOf(state).values()) reasons.push(...unsettledDaemonSet(state, daemonSet, now));
  for (const node of nodesOf(state).values()) {
    const { name } = node.metadata;
    const wanted = [...(state.indexes.podsByNode.get(name)?.values() ?? [])].map((pod) => pod.metadata.uid).toSorted();
    const running = [...runningOn(name)].toSorted();
    if (JSON.stringify(wanted) !== JSON.stringify(running)) reasons.push(`${name} runs [${running.join(' ')}], the log says [${wanted.join(' ')}]`);
    const ready = (node.status?.conditions ?? []).find((condition) => condition.type === 'Ready');
    if (ready?.status !== 'True') reasons.push(`${name} is not Ready`);
  }
  return reasons;
};

const unsettledDaemonSet = (state: FleetState, daemonSet: DaemonSet, now: number): readonly string[] => {
  const { name, uid } = daemonSet.metadata;
  const reasons: string[] = [];
  const placement = placementOf(daemonSet.spec.template);
  let desired = 0;
  for (const node of nodesOf(state).values()) {
    const fit = fitOn(placement, node);
    if (fit.shouldRun) desired += 1;
    const pods: Pod[] = [...(state.indexes.podsByNode.get(node.metadata.name)?.values() ?? [])].filter((pod) => controllerOf(pod)?.uid === uid);
    const good = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, now) && isOfCurrentTemplate(state, daemonSet, pod));
    if (fit.shouldRun && (pods.length !== 1 || good.length !== 1)) reasons.push(`${name} has ${pods.length} Pods on ${node.metadata.name}, ${good.length} of them up to date and available`);
    if (!fit.shouldContinueRunning && pods.length > 0) reasons.push(`${name} has ${pods.length} Pods on ${node.metadata.name}, which is not eligible`);
  }
  if (!isCounted(daemonSet, desired)) reasons.push(`${name}: status ${JSON.stringify(daemonSet.status)} for ${desired} eligible nodes`);
  return reasons;
};

const isCounted = ({ status, metadata }: DaemonSet, desired: number): boolean =>
  status?.observedGeneration === metadata.generation && [status?.desiredNumberScheduled, status?.numberReady, status?.numberAvailable ?? 0].every((count) => count === desired);

const isOfCurrentTemplate = (state: FleetState, daemonSet: DaemonSet, pod: Pod): boolean => {
  const hash = pod.metadata.labels?.[HASH_LABEL];
  const revision = revisionsOf(state).get(keyOf(daemonSet.metadata.namespace, `${daemonSet.metadata.name}-${hash ?? ''}`));
  return revision !== undefined && isOfTemplate(revision, daemonSet.spec.template);
};
