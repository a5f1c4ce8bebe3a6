import type { Decision } from '../controller/decision.ts';
import { recordEvent } from '../fleet/record-event.ts';
import { nodeNamed, nodesOf, podsOf, type FleetState } from '../fleet/state.ts';
import { LIMITS } from '../kernel/limits.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { Node, Pod } from '../kubernetes/objects.ts';
import { readyStatusOf } from '../node/conditions.ts';
import { placementOf, selectionRefusal, untoleratedTaints, type Placement } from '../placement/node-fit.ts';
import { tolerates } from '../placement/tolerations.ts';
import { keyOfPod } from './delete-pod.ts';
import { podConditionOf } from './readiness.ts';
import { isGated } from './scheduling-gates.ts';

const SCHEDULER = 'default-scheduler';

const isSchedulable = (node: Node, placement: Placement): boolean =>
  node.spec?.unschedulable !== true ||
  placement.tolerations.some((toleration) => tolerates(toleration, { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }));

const hasRoom = (state: FleetState, node: Node): boolean => (state.indexes.podsByNode.get(node.metadata.name)?.size ?? 0) < LIMITS.podsPerNodeMax;

/**
 * The one node that a Pod without a node can only go to: its affinity names that node in every term, as the Pods of DaemonSet controllers do that
 * leave the binding to a scheduler.
 */
const onlyNodeOf = ({ spec }: Pod): string | undefined => {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const names = terms.map((term) => {
    const field = term.matchFields?.find(({ key, operator, values }) => key === 'metadata.name' && operator === 'In' && values?.length === 1);
    return field?.values?.[0];
  });
  return names.every((name) => name === names[0]) ? names[0] : undefined;
};

/** Of many nodes a Ready one is taken. Where there is no choice, taints alone tell whether the Pod may wait on the node for it to become Ready. */
const fits = (state: FleetState, node: Node, placement: Placement, hasChoice: boolean): boolean =>
  (!hasChoice || readyStatusOf(node) === 'True') &&
  node.metadata.deletionTimestamp === undefined &&
  isSchedulable(node, placement) &&
  selectionRefusal(placement, node) === undefined &&
  untoleratedTaints(placement, node).blocking === undefined &&
  hasRoom(state, node);

const bind = (decision: Decision, pod: Pod, node: string): void => {
  decision.emit({ type: 'pod.bound.v1', ...keyOfPod(pod), node });
  const message = `Successfully assigned ${pod.metadata.namespace ?? ''}/${pod.metadata.name} to ${node}`;
  recordEvent(decision, pod, { severity: 'Normal', reason: 'Scheduled', message, component: SCHEDULER });
};

const sayUnschedulable = (decision: Decision, pod: Pod): void => {
  const message = `0/${nodesOf(decision.state).size} nodes are available: none is Ready, open to new Pods and fits this one.`;
  const before = podConditionOf(pod, 'PodScheduled');
  if (before?.status === 'False' && before.message === message) return;
  const condition = { type: 'PodScheduled', status: 'False', lastProbeTime: null, lastTransitionTime: toRfc3339(decision.now), reason: 'Unschedulable', message } as const;
  decision.emit({ type: 'pod.condition-changed.v1', ...keyOfPod(pod), condition });
  recordEvent(decision, pod, { severity: 'Warning', reason: 'FailedScheduling', message, component: SCHEDULER });
};

/** Pods ask for a place without the tolerations that Pods of DaemonSets get. */
const placementOfPod = (pod: Pod): Placement => ({ ...placementOf({ spec: pod.spec }), tolerations: pod.spec.tolerations ?? [] });

const candidatesFor = (state: FleetState, only: string | undefined, isNew: boolean): Iterable<Node | undefined> => {
  if (only !== undefined) return isNew || state.dirty.nodes.has(only) ? [nodeNamed(state, only)] : [];
  return isNew ? nodesOf(state).values() : [...state.dirty.nodes].map((name) => nodeNamed(state, name));
};

/** A Pod that is new is tried on all nodes, one that has waited only on those that have changed since. */
const tryToBind = (decision: Decision, pod: Pod, isNew: boolean): void => {
  const { state } = decision;
  const placement = placementOfPod(pod);
  const only = onlyNodeOf(pod);
  let first: string | undefined;
  for (const node of candidatesFor(state, only, isNew)) {
    if (node === undefined || (first !== undefined && first < node.metadata.name)) continue;
    if (fits(state, node, placement, only === undefined)) first = node.metadata.name;
  }
  if (first !== undefined) bind(decision, pod, first);
  else if (isNew) sayUnschedulable(decision, pod);
};

/**
 * Gives Pods that were created without a node the first Ready node by name that fits them, in whatever order nodes registered. Pods of DaemonSets are
 * bound from the start; this is for the few others, so it neither weighs nodes nor counts resources.
 */
export const bindPods = (decision: Decision): void => {
  const { state } = decision;
  const hasChangedNodes = state.dirty.nodes.size > 0;
  for (const key of state.indexes.unboundPods) {
    const isNew = state.dirty.pods.has(key);
    if (!isNew && !hasChangedNodes) continue;
    const pod = podsOf(state).get(key);
    if (pod === undefined || isGated(pod) || (pod.spec['schedulerName'] ?? SCHEDULER) !== SCHEDULER) continue;
    tryToBind(decision, pod, isNew);
  }
};
