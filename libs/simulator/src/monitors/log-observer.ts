import {
  allowsSurge,
  clearDirty,
  controllerOf,
  daemonSetsOf,
  emptyFleet,
  evolve,
  fitOn,
  HASH_LABEL,
  isAvailable,
  isCritical,
  isOfTemplate,
  isShuttingDown,
  keyOf,
  nodesOf,
  parseRecordBody,
  placementOf,
  podsOf,
  revisionsOf,
  rolloutLimits,
  type DaemonSet,
  type FleetEvent,
  type FleetState,
  type Pod,
} from '@everynode/core';
import type { ModelRecord } from '../world/log-model.ts';
import { failsPods, isLeftOut, isRolling, isStrict, nodesInHand, nodesWithFreshPods } from './strict-budget.ts';
import type { Violation } from './violation.ts';

/**
 * Folds the log record by record and judges each event on the state before it: the budget of a rolling update is kept whenever the controller takes an
 * available Pod, epochs never go back, and creates of one node are bounded.
 */
export class LogObserver {
  readonly state: FleetState = emptyFleet();
  readonly violations: Violation[] = [];
  /** Available Pods that a rolling update took; a run without any says nothing about the budget. */
  rolloutDeletions = 0;
  /** Pods that a rolling update under the strict policy took, available or not. */
  strictDeletions = 0;
  podsCreated = 0;
  /** Pods that came back at the stable revision because a strict rollout had no room for them. */
  stableCreations = 0;
  /** Pods that the shutdown of their node ended, or that it did not take in. */
  podsShutDown = 0;

  observe(record: ModelRecord, at: number): void {
    const body = parseRecordBody(record.payload);
    if (record.epoch < this.state.epoch) this.violations.push({ property: 'epochs never go back', detail: `record ${record.sequence} of epoch ${record.epoch} after epoch ${this.state.epoch}`, at });
    for (const event of body.events) {
      this.judge(event, body.at, at);
      evolve(this.state, event, { sequence: record.sequence, at: body.at });
    }
    this.state.sequence = record.sequence;
    this.state.at = body.at;
    clearDirty(this.state);
  }

  private judge(event: FleetEvent, now: number, at: number): void {
    if (event.type === 'pod.created.v1') this.judgeCreation(event, { now, at });
    if (event.type === 'pod.reported.v1' && (event.report.reason === 'Terminated' || event.report.reason === 'NodeShutdown')) this.podsShutDown += 1;
    if (event.type !== 'pod.deletion-requested.v1' || event.cause !== 'outdated') return;
    const pod = podsOf(this.state).get(keyOf(event.namespace, event.name));
    const daemonSet = pod === undefined ? undefined : this.daemonSetOf(pod);
    if (pod !== undefined && daemonSet !== undefined) this.judgeStrictly(pod, daemonSet, { now, at });
    if (pod !== undefined && daemonSet !== undefined && isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, now)) this.judgeBudget(pod, daemonSet, { now, at });
  }

  /** Under the strict policy no more nodes than the budget have a Pod of the new revision that is not available, also where Pods were lost meanwhile. */
  private judgeCreation(event: Extract<FleetEvent, { type: 'pod.created.v1' }>, time: { readonly now: number; readonly at: number }): void {
    this.podsCreated += 1;
    const key = this.state.indexes.daemonSetByUid.get(event.owner);
    const daemonSet = key === undefined ? undefined : daemonSetsOf(this.state).get(key);
    const revision = revisionsOf(this.state).get(keyOf(event.namespace, event.revision));
    if (daemonSet !== undefined) this.judgePlace(event, daemonSet, time.at);
    if (daemonSet === undefined || revision === undefined || !isStrict(daemonSet) || !isRolling(this.state, daemonSet, time.now)) return;
    if (!isOfTemplate(revision, daemonSet.spec.template)) {
      this.stableCreations += 1;
      return;
    }
    const { desired } = availabilityOf(this.state, daemonSet, time.now);
    const limits = rolloutLimits(daemonSet.spec, desired);
    const limit = limits?.maxSurge === 0 ? limits.maxUnavailable : (limits?.maxSurge ?? 0);
    const others = nodesWithFreshPods(this.state, daemonSet, time.now).filter((node) => node !== event.node);
    if (others.length < limit) return;
    const detail = `${event.name} of the new revision was created on ${event.node} while it was not available on ${others.join(', ')} and ${limit} may`;
    this.violations.push({ property: 'the strict budget is kept', detail, at: time.at });
  }

  /** Two Pods of one revision never overlap on a node, and one that shuts down or is off gets critical Pods only. */
  private judgePlace(event: Extract<FleetEvent, { type: 'pod.created.v1' }>, daemonSet: DaemonSet, at: number): void {
    const hash = revisionsOf(this.state).get(keyOf(event.namespace, event.revision))?.metadata.labels?.[HASH_LABEL];
    const isOver = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';
    const others = [...(this.state.indexes.podsByNode.get(event.node)?.values() ?? [])].filter((pod) => controllerOf(pod)?.uid === event.owner && !isOver(pod) && pod.metadata.labels?.[HASH_LABEL] === hash);
    if (others.length > 0) this.violations.push({ property: 'Pods of one revision do not overlap', detail: `${event.name} was created on ${event.node} beside ${others.map((pod) => pod.metadata.name).join(', ')}`, at });
    const node = nodesOf(this.state).get(keyOf(undefined, event.node));
    if (node === undefined || !isShuttingDown(node) || isCritical(daemonSet.spec.template.spec)) return;
    this.violations.push({ property: 'a node that shuts down gets no Pods', detail: `${event.name} was created on ${event.node}`, at });
  }

  /** Under the strict policy every old Pod that a rolling update takes, available or not, takes a place in the budget. */
  private judgeStrictly(pod: Pod, daemonSet: DaemonSet, time: { readonly now: number; readonly at: number }): void {
    if (!isStrict(daemonSet) || allowsSurge(daemonSet.spec)) return;
    this.strictDeletions += 1;
    const { desired } = availabilityOf(this.state, daemonSet, time.now);
    const limit = rolloutLimits(daemonSet.spec, desired)?.maxUnavailable ?? 0;
    const inHand = nodesInHand(this.state, daemonSet, time.now);
    if (inHand < limit) return;
    this.violations.push({ property: 'the strict budget is kept', detail: `${pod.metadata.name} was taken while ${inHand} nodes were in hand and ${limit} may`, at: time.at });
  }

  /** An available Pod is about to be taken by a rolling update without surge. */
  private judgeBudget(pod: Pod, daemonSet: DaemonSet, time: { readonly now: number; readonly at: number }): void {
    if (allowsSurge(daemonSet.spec)) return;
    this.rolloutDeletions += 1;
    const { desired, unavailable } = availabilityOf(this.state, daemonSet, time.now);
    const limit = rolloutLimits(daemonSet.spec, desired)?.maxUnavailable ?? 0;
    if (unavailable < limit) return;
    const detail = `${pod.metadata.name} was taken while ${unavailable} of ${desired} nodes had no available Pod and ${limit} may`;
    this.violations.push({ property: 'the budget is kept', detail, at: time.at });
  }

  private daemonSetOf(pod: Pod): DaemonSet | undefined {
    const key = this.state.indexes.daemonSetByUid.get(controllerOf(pod)?.uid ?? '');
    return key === undefined ? undefined : daemonSetsOf(this.state).get(key);
  }
}

/** Nodes that should run the Pod, and those of them that have no available one that stays; those that a strict rollout goes on without, or that fail their Pods, do not count as such. */
export const availabilityOf = (state: FleetState, daemonSet: DaemonSet, now: number): { readonly desired: number; readonly unavailable: number } => {
  const placement = placementOf(daemonSet.spec.template);
  let desired = 0;
  let unavailable = 0;
  for (const node of nodesOf(state).values()) {
    if (!fitOn(placement, node).shouldRun) continue;
    desired += 1;
    const pods: Iterable<Pod> = state.indexes.podsByNode.get(node.metadata.name)?.values() ?? [];
    const isThere = [...pods].some(
      (pod) =>
        controllerOf(pod)?.uid === daemonSet.metadata.uid && pod.metadata.deletionTimestamp === undefined && isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, now),
    );
    if (!isThere && !isLeftOut(state, daemonSet, node) && !failsPods(state, daemonSet, node)) unavailable += 1;
  }
  return { desired, unavailable };
};
