import {
  allowsSurge,
  controllerOf,
  daemonSetsOf,
  fitOn,
  HASH_LABEL,
  isAvailable,
  keyOf,
  nodesOf,
  placementOf,
  podsOf,
  revisionsOf,
  rolloutLimits,
  targetNodeOf,
  type DaemonSet,
  type FleetEvent,
  type FleetState,
  type Pod,
} from '@everynode/core';
import { availabilityOf } from '../monitors/log-observer.ts';
import { isStrict, nodesInHand } from '../monitors/strict-budget.ts';
import type { Violation } from '../monitors/violation.ts';
import { currentHash, living, occupying, recount } from './views.ts';

/**
 * I1 at most one Pod that may run per DaemonSet and node, two of two revisions while a surge rolls · I2 at rest one living Pod on each eligible node and none where none may stay ·
 * I3 the controller takes no available Pod beyond the budget · I5 Pods of a node come and go no faster than the back-off lets them · I6 status equals a recount.
 * (I4, that no wait needs a nudge, is what every scenario that only lets time pass shows.)
 */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I5' | 'I6';

/** Creations of one DaemonSet on one node within a minute: 1 s, 2 s, 4 s … allow seven for Pods that always fail; rollouts and users take some more. */
const CREATIONS_PER_MINUTE_MAX = 16;

/** Judges a fold event by event, each on the state before it, and the fleet at rest. */
export class Invariants {
  readonly violations: Violation[] = [];
  /** Invariants that a scenario breaks on purpose. */
  readonly ignored = new Set<Invariant>();
  private readonly creations = new Map<string, number[]>();

  /** `before`: the fold without the event. */
  judge(before: FleetState, event: FleetEvent, at: number): void {
    if (event.type === 'pod.created.v1') {
      this.judgeRate(event, at);
      this.judgeOverlap(before, event, at);
    }
    if (event.type === 'pod.deletion-requested.v1') this.judgeBudget(before, event, at);
  }

  /** After a record: all nodes that it touched. */
  judgeNodes(state: FleetState, nodes: ReadonlySet<string>, at: number): void {
    for (const daemonSet of daemonSetsOf(state).values()) {
      const limit = allowsSurge(daemonSet.spec) ? 2 : 1;
      for (const node of nodes) {
        const pods = occupying(state, daemonSet, node);
        if (pods.length > limit) this.violate('I1', `${daemonSet.metadata.name} has ${pods.length} Pods on ${node}: ${pods.map((pod) => pod.metadata.name).join(', ')}`, at);
      }
    }
  }

  judgeAtRest(state: FleetState, now: number, at: number): void {
    for (const daemonSet of daemonSetsOf(state).values()) {
      if (daemonSet.metadata.deletionTimestamp !== undefined) continue;
      this.judgePlaces(state, daemonSet, at);
      const counted = recount(state, daemonSet, now);
      const wrong = Object.entries(counted).filter(([counter, value]) => ((daemonSet.status as Record<string, unknown> | undefined)?.[counter] ?? 0) !== value);
      if (wrong.length > 0) this.violate('I6', `${daemonSet.metadata.name}: a recount has ${JSON.stringify(Object.fromEntries(wrong))}, status is ${JSON.stringify(daemonSet.status)}`, at);
    }
  }

  private judgePlaces(state: FleetState, daemonSet: DaemonSet, at: number): void {
    const placement = placementOf(daemonSet.spec.template);
    for (const node of nodesOf(state).values()) {
      const fit = fitOn(placement, node);
      const count = living(state, daemonSet, node.metadata.name).length;
      const isGoing = occupying(state, daemonSet, node.metadata.name).length > count;
      // A surge that waits for its new Pods has two.
      const isSurging = count === 2 && allowsSurge(daemonSet.spec) && (daemonSet.status?.updatedNumberScheduled ?? 0) < (daemonSet.status?.desiredNumberScheduled ?? 0);
      if (fit.shouldRun && count !== 1 && !isGoing && !isSurging) this.violate('I2', `${daemonSet.metadata.name} has ${count} living Pods on ${node.metadata.name}`, at);
      if (!fit.shouldContinueRunning && count > 0) this.violate('I2', `${daemonSet.metadata.name} has a Pod on ${node.metadata.name}, where none may stay`, at);
    }
  }

  /** Two Pods of a node are of two revisions, also while one of them ends. */
  private judgeOverlap(state: FleetState, event: Extract<FleetEvent, { type: 'pod.created.v1' }>, at: number): void {
    const daemonSet = daemonSetsOf(state).get(state.indexes.daemonSetByUid.get(event.owner) ?? '');
    const hash = revisionsOf(state).get(keyOf(event.namespace, event.revision))?.metadata.labels?.[HASH_LABEL];
    if (daemonSet === undefined) return;
    for (const pod of occupying(state, daemonSet, event.node)) {
      if (pod.metadata.labels?.[HASH_LABEL] === hash) this.violate('I1', `${event.name} was created on ${event.node} beside ${pod.metadata.name} of the same revision`, at);
    }
  }

  private judgeRate(event: Extract<FleetEvent, { type: 'pod.created.v1' }>, at: number): void {
    const key = `${event.owner}/${event.node}`;
    const times = (this.creations.get(key) ?? []).filter((time) => time > at - 60_000);
    times.push(at);
    this.creations.set(key, times);
    if (times.length > CREATIONS_PER_MINUTE_MAX) this.violate('I5', `${times.length} Pods were created on ${event.node} within a minute`, at);
  }

  /** An available Pod of a node that should run it is about to go for a rollout. */
  private judgeBudget(state: FleetState, event: Extract<FleetEvent, { type: 'pod.deletion-requested.v1' }>, at: number): void {
    if (event.cause !== 'outdated' && event.cause !== 'surge-replaced') return;
    const pod = podsOf(state).get(keyOf(event.namespace, event.name));
    const daemonSet = pod === undefined ? undefined : daemonSetOf(state, pod);
    if (pod !== undefined && daemonSet !== undefined && event.cause === 'outdated') this.judgeStrictly(state, daemonSet, pod, at);
    if (pod === undefined || daemonSet === undefined || !isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, state.at)) return;
    if (event.cause === 'surge-replaced') this.judgeReplacement(state, daemonSet, pod, at);
    else this.judgeOutdated(state, daemonSet, pod, at);
  }

  private judgeReplacement(state: FleetState, daemonSet: DaemonSet, pod: Pod, at: number): void {
    const node = targetNodeOf(pod) ?? '';
    const hash = currentHash(state, daemonSet);
    const isReplaced = living(state, daemonSet, node).some((other) => other.metadata.labels?.[HASH_LABEL] === hash && isAvailable(other, daemonSet.spec.minReadySeconds ?? 0, state.at));
    if (!isReplaced) this.violate('I3', `${pod.metadata.name} was taken from ${node} before a new Pod was available there`, at);
  }

  private judgeOutdated(state: FleetState, daemonSet: DaemonSet, pod: Pod, at: number): void {
    const { desired, unavailable } = availabilityOf(state, daemonSet, state.at);
    const limit = rolloutLimits(daemonSet.spec, desired)?.maxUnavailable ?? 0;
    const isWanted = fitOn(placementOf(daemonSet.spec.template), nodesOf(state).get(keyOf(undefined, targetNodeOf(pod) ?? ''))).shouldRun;
    if (isWanted && unavailable >= limit) this.violate('I3', `${pod.metadata.name} was taken while ${unavailable} of ${desired} nodes had no available Pod and ${limit} may`, at);
  }

  /** Under the strict policy an old Pod takes a place in the budget, available or not. */
  private judgeStrictly(state: FleetState, daemonSet: DaemonSet, pod: Pod, at: number): void {
    if (!isStrict(daemonSet) || allowsSurge(daemonSet.spec)) return;
    const limit = rolloutLimits(daemonSet.spec, availabilityOf(state, daemonSet, state.at).desired)?.maxUnavailable ?? 0;
    const inHand = nodesInHand(state, daemonSet, state.at);
    if (inHand >= limit) this.violate('I3', `${pod.metadata.name} was taken while ${inHand} nodes were in hand and ${limit} may`, at);
  }

  private violate(invariant: Invariant, detail: string, at: number): void {
    if (!this.ignored.has(invariant)) this.violations.push({ property: invariant, detail, at });
  }
}

const daemonSetOf = (state: FleetState, pod: Pod): DaemonSet | undefined => {
  const key = state.indexes.daemonSetByUid.get(controllerOf(pod)?.uid ?? '');
  return key === undefined ? undefined : daemonSetsOf(state).get(key);
};
