import type { Decision } from '../controller/decision.ts';
import { schedule, takeDue } from '../kernel/delay-queue.ts';
import type { FleetState } from '../fleet/state.ts';
import { collectGarbage } from '../garbage/collect.ts';
import { reconcileNamespaces } from '../namespace/namespaces.ts';
import { bindPods } from '../pod/bind-pods.ts';
import { evictPods } from '../pod/eviction.ts';
import { reconcileQuotas } from '../quota/reconcile-quotas.ts';
import { leaveDaemonSets, reconcileDaemonSets } from './daemon-sets.ts';
import { reconcileNodes } from './nodes.ts';

/** Rounds in one decision; one reconciler's events are the next one's input. Whatever is left waits a moment for the next decision. */
const ROUNDS_MAX = 8;
const LEFT_OVER_DELAY_MS = 50;

const isDirty = (state: FleetState): boolean => {
  const { dirty } = state;
  return [dirty.daemonSets, dirty.daemonSetNodes, dirty.nodes, dirty.pods, dirty.owners, dirty.namespaces, dirty.quotas].some((marks) => marks.size > 0);
};

/** Turns what has become due into dirty marks. */
const wake = (state: FleetState, now: number): void => {
  for (const key of takeDue(state.wakeups, now)) {
    const [kind, first = '', second] = key.split(' ');
    if (kind === 'daemonset') state.dirty.daemonSets.add(first);
    else if (kind === 'daemonset-status') state.dirty.daemonSetNodes.set(first, state.dirty.daemonSetNodes.get(first) ?? new Set());
    else if (kind === 'pod') state.dirty.pods.add(first);
    else if (kind === 'node') state.dirty.nodes.add(first);
    else if (kind === 'daemonset-node' && second !== undefined) {
      const nodes = state.dirty.daemonSetNodes.get(first) ?? new Set<string>();
      state.dirty.daemonSetNodes.set(first, nodes.add(second));
    }
  }
};

/** Brings the fleet towards what is wanted: everything that is dirty or due is looked at once more, until nothing is. */
export const reconcileFleet = (decision: Decision): void => {
  const { state } = decision;
  wake(state, decision.now);
  for (let round = 0; round < ROUNDS_MAX && isDirty(state); round += 1) {
    reconcileNamespaces(decision);
    reconcileNodes(decision);
    bindPods(decision);
    evictPods(decision);
    collectGarbage(decision);
    state.dirty.pods.clear();
    reconcileQuotas(decision);
    if (decision.leavesDaemonSets) leaveDaemonSets(state);
    else reconcileDaemonSets(decision);
    state.dirty.nodes.clear();
  }
  if (isDirty(state)) schedule(state.wakeups, 'left-over', decision.now + LEFT_OVER_DELAY_MS);
};
