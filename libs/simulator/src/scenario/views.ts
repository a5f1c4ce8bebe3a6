import {
  controllerOf,
  daemonSetsOf,
  fitOn,
  GENERATION_ANNOTATION,
  GENERATION_LABEL,
  HASH_LABEL,
  isAvailable,
  isOfTemplate,
  nodesOf,
  placementOf,
  podsOf,
  revisionsOf,
  targetNodeOf,
  type ControllerRevision,
  type DaemonSet,
  type DaemonSetStatus,
  type FleetState,
  type Pod,
} from '@everynode/core';

/** Questions about a DaemonSet that are answered from the objects alone, without anything that the controller keeps. */

export const daemonSetNamed = (state: FleetState, name: string, namespace = 'default'): DaemonSet | undefined => daemonSetsOf(state).get(`${namespace}/${name}`);

/** Pods whose controller is the DaemonSet, on all nodes. */
export const ownPods = (state: FleetState, daemonSet: DaemonSet): readonly Pod[] => [...podsOf(state).values()].filter((pod) => controllerOf(pod)?.uid === daemonSet.metadata.uid);

const ownPodsOn = (state: FleetState, daemonSet: DaemonSet, node: string): readonly Pod[] =>
  [...(state.indexes.podsByNode.get(node)?.values() ?? [])].filter((pod) => controllerOf(pod)?.uid === daemonSet.metadata.uid);

const isOver = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** Pods on a node whose containers may run, those that are ending included. */
export const occupying = (state: FleetState, daemonSet: DaemonSet, node: string): readonly Pod[] => ownPodsOn(state, daemonSet, node).filter((pod) => !isOver(pod));

/** The same without those that are ending. */
export const living = (state: FleetState, daemonSet: DaemonSet, node: string): readonly Pod[] =>
  occupying(state, daemonSet, node).filter((pod) => pod.metadata.deletionTimestamp === undefined);

export const availablePods = (state: FleetState, daemonSet: DaemonSet, now: number): readonly Pod[] =>
  ownPods(state, daemonSet).filter((pod) => pod.metadata.deletionTimestamp === undefined && !isOver(pod) && isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, now));

export const revisionsOfDaemonSet = (state: FleetState, daemonSet: DaemonSet): readonly ControllerRevision[] =>
  [...revisionsOf(state).values()].filter((revision) => controllerOf(revision)?.uid === daemonSet.metadata.uid).toSorted((left, right) => left.revision - right.revision);

export const currentHash = (state: FleetState, daemonSet: DaemonSet): string | undefined =>
  revisionsOfDaemonSet(state, daemonSet).findLast((revision) => isOfTemplate(revision, daemonSet.spec.template))?.metadata.labels?.[HASH_LABEL];

type Counters = Pick<
  DaemonSetStatus,
  'desiredNumberScheduled' | 'currentNumberScheduled' | 'numberMisscheduled' | 'numberReady' | 'numberAvailable' | 'numberUnavailable' | 'updatedNumberScheduled'
>;

const compare = (left: Pod, right: Pod): number => {
  const [one, other] = [left.metadata.creationTimestamp ?? '', right.metadata.creationTimestamp ?? ''];
  if (one !== other) return one < other ? -1 : 1;
  return left.metadata.name < right.metadata.name ? -1 : 1;
};

/** By hash or by template generation; either suffices. */
const isOfCurrent = (daemonSet: DaemonSet, { metadata }: Pod, hash: string | undefined): boolean => {
  const generation = daemonSet.metadata.annotations?.[GENERATION_ANNOTATION];
  return (hash !== undefined && metadata.labels?.[HASH_LABEL] === hash) || (generation !== undefined && metadata.labels?.[GENERATION_LABEL] === generation);
};

/** The status counters, counted from nodes and Pods alone. The oldest Pod of a node is the one that counts. */
export const recount = (state: FleetState, daemonSet: DaemonSet, now: number): Required<Counters> => {
  const placement = placementOf(daemonSet.spec.template);
  const hash = currentHash(state, daemonSet);
  const counters = { desiredNumberScheduled: 0, currentNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0, numberAvailable: 0, numberUnavailable: 0, updatedNumberScheduled: 0 };
  for (const node of nodesOf(state).values()) {
    const { shouldRun } = fitOn(placement, node);
    const [pod] = ownPodsOn(state, daemonSet, node.metadata.name)
      .filter((candidate) => !(isOver(candidate) && candidate.metadata.deletionTimestamp !== undefined))
      .toSorted(compare);
    if (!shouldRun) {
      if (pod !== undefined) counters.numberMisscheduled += 1;
      continue;
    }
    counters.desiredNumberScheduled += 1;
    if (pod === undefined) continue;
    counters.currentNumberScheduled += 1;
    if (isAvailable(pod, 0, now)) counters.numberReady += 1;
    if (isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, now)) counters.numberAvailable += 1;
    if (isOfCurrent(daemonSet, pod, hash)) counters.updatedNumberScheduled += 1;
  }
  counters.numberUnavailable = counters.desiredNumberScheduled - counters.numberAvailable;
  return counters;
};

/** Nodes that should run a Pod of the DaemonSet. */
export const eligibleNodes = (state: FleetState, daemonSet: DaemonSet): readonly string[] => {
  const placement = placementOf(daemonSet.spec.template);
  return [...nodesOf(state).values()].filter((node) => fitOn(placement, node).shouldRun).map((node) => node.metadata.name);
};

export const nodeOfPod = (pod: Pod): string => targetNodeOf(pod) ?? '';
