import { evolve } from '../fleet/evolve.ts';
import { rebuildIndexes } from '../fleet/object-table.ts';
import { emptyFleet, keyOfObject, type FailureBackoff, type FleetState } from '../fleet/state.ts';
import type { Decision } from '../controller/decision.ts';
import type { FleetEvent } from '../event/fleet-event.ts';
import { nextDueAt } from '../kernel/delay-queue.ts';
import { randomFrom } from '../kernel/random.ts';
import type { Milliseconds } from '../kernel/time.ts';
import type { ControllerRevision, DaemonSet, DaemonSetStatus, KubernetesObject, Node, Pod } from '../kubernetes/objects.ts';
import { daemonSetNow } from './daemon-set-sync.ts';
import { stepOf, type PlanStep } from './plan-step.ts';
import type { Reason } from './reason.ts';
import { syncDaemonSet } from './sync-daemon-set.ts';

export interface PlanInput {
  readonly daemonSet: DaemonSet;
  readonly nodes: readonly Node[];
  /** Pods of any owner and namespace; the plan finds those that matter. */
  readonly pods: readonly Pod[];
  readonly revisions: readonly ControllerRevision[];
  /** The DaemonSet's Namespace; absent means that it is not being deleted. */
  readonly namespace?: KubernetesObject;
  /** ResourceQuotas of the DaemonSet's namespace. */
  readonly quotas?: readonly KubernetesObject[];
  /** Back-offs of failed Pods as `FleetState` keeps them. */
  readonly backoffs?: ReadonlyMap<string, FailureBackoff>;
  /** Nodes that fail Pods as `FleetState` keeps them. */
  readonly failing?: FleetState['failing'];
  /** Progress of rollouts as `FleetState` keeps it. */
  readonly rollouts?: FleetState['rollouts'];
  readonly now: Milliseconds;
}

/** What one sync of a DaemonSet would do and why. Plain JSON. */
export interface Plan {
  readonly steps: readonly PlanStep[];
  /** The status afterwards. */
  readonly status: DaemonSetStatus | undefined;
  /** When to look again although nothing changes (minReadySeconds, back-off, progress deadline); milliseconds. */
  readonly requeueAt: Milliseconds | undefined;
}

const stateOf = (input: PlanInput): FleetState => {
  const state = emptyFleet();
  state.at = input.now;
  const tables: readonly (readonly [string, readonly KubernetesObject[]])[] = [
    ['namespaces', input.namespace === undefined ? [] : [input.namespace]],
    ['resourcequotas', input.quotas ?? []],
    ['nodes', input.nodes],
    ['daemonsets', [input.daemonSet]],
    ['controllerrevisions', input.revisions],
    ['pods', input.pods],
  ];
  for (const [resource, objects] of tables) state.objects.set(resource, new Map(objects.map((object) => [keyOfObject(object), object])));
  for (const [key, backoff] of input.backoffs ?? []) state.backoffs.set(key, backoff);
  for (const [owner, nodes] of input.failing ?? []) state.failing.set(owner, new Map(nodes));
  for (const [owner, progress] of input.rollouts ?? []) state.rollouts.set(owner, progress);
  rebuildIndexes(state);
  return state;
};

/**
 * Plans one sync from nothing but the objects: the same code as the running controller's, on a fleet made for it, without anything kept from
 * before. Names of Pods to come are placeholders.
 */
export const planDaemonSet = (input: PlanInput): Plan => {
  const state = stateOf(input);
  const key = keyOfObject(input.daemonSet);
  const steps: PlanStep[] = [];
  let reason: Reason | undefined;
  const emit = (event: FleetEvent): void => {
    const step = stepOf(event, { state, reason });
    if (step !== undefined) steps.push(step);
    reason = undefined;
    evolve(state, event, { sequence: state.sequence, at: input.now });
  };
  const decision: Decision = { state, now: input.now, random: randomFrom(`plan ${key}`), emit };
  const explain = (_node: string, why: Reason): void => {
    reason = why;
  };
  syncDaemonSet({ decision, key, explain }, { isWhole: true, nodes: new Set() });
  return { steps, status: daemonSetNow(state, key)?.status, requeueAt: nextDueAt(state.wakeups) };
};
