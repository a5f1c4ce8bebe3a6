import { hashOf } from '../daemonset/daemon-pod.ts';
import type { DaemonSetSync } from '../daemonset/daemon-set-sync.ts';
import { controllerOf } from '../fleet/object-table.ts';
import { podsOwnedBy } from '../fleet/owned-objects.ts';
import { keyOfObject, podsOf, type FleetState } from '../fleet/state.ts';
import type { ControllerRevision, DaemonSet, Pod } from '../kubernetes/objects.ts';
import { targetNodeOf } from '../placement/target-node.ts';
import { surplusOf } from './history.ts';
import { deleteRevision } from './sync-history.ts';

/** A Pod that is known to carry a hash, so that not all Pods have to be searched each time. Old Pods stand first, so the next witness is found soon. */
export type Witnesses = Map<string, string>;

const isLive = (state: FleetState, owner: string, hash: string, witnesses: Witnesses): boolean => {
  const carries = (pod: Pod): boolean => hashOf(pod) === hash && targetNodeOf(pod) !== undefined;
  const witness = podsOf(state).get(witnesses.get(hash) ?? '');
  // Stryker disable next-line ConditionalExpression: without a witness all Pods are searched, to the same end
  if (witness !== undefined && controllerOf(witness)?.uid === owner && carries(witness)) return true;
  const found = podsOwnedBy(state, owner).find(carries);
  if (found === undefined) witnesses.delete(hash);
  else witnesses.set(hash, keyOfObject(found));
  return found !== undefined;
};

/**
 * Deletes old revisions beyond the history limit, the oldest first; one that a Pod still carries stays and does not count (DS-183, DS-184).
 * Returns the old revisions that are left.
 */
export const cleanUpHistory = (sync: DaemonSetSync, daemonSet: DaemonSet, history: { readonly old: readonly ControllerRevision[]; readonly witnesses: Witnesses }): readonly ControllerRevision[] => {
  let surplus = surplusOf(daemonSet, history.old);
  const left: ControllerRevision[] = [];
  for (const revision of history.old) {
    if (surplus > 0 && !isLive(sync.decision.state, daemonSet.metadata.uid, hashOf(revision), history.witnesses)) {
      deleteRevision(sync.decision, revision);
      surplus -= 1;
    } else left.push(revision);
  }
  return left;
};
