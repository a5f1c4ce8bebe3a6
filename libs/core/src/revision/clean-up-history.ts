import { HASH_LABEL } from '../daemonset/daemon-pod.ts';
import type { DaemonSetSync } from '../daemonset/daemon-set-sync.ts';
import { podsOf, type FleetState } from '../fleet/state.ts';
import type { ControllerRevision, DaemonSet } from '../kubernetes/objects.ts';
import { targetNodeOf } from '../placement/target-node.ts';
import { surplusOf } from './history.ts';
import { deleteRevision } from './sync-history.ts';

/** A Pod that is known to carry a hash, so that not all Pods have to be searched each time. Old Pods stand first, so the next witness is found soon. */
export type Witnesses = Map<string, string>;

const isLive = (state: FleetState, owner: string, hash: string, witnesses: Witnesses): boolean => {
  const pods = podsOf(state);
  const own = state.indexes.podsByOwner.get(owner);
  if (own === undefined) return false;
  const carries = (key: string): boolean => {
    const pod = pods.get(key);
    return pod?.metadata.labels?.[HASH_LABEL] === hash && targetNodeOf(pod) !== undefined;
  };
  const witness = witnesses.get(hash);
  if (witness !== undefined && own.has(witness) && carries(witness)) return true;
  for (const key of own) {
    if (!carries(key)) continue;
    witnesses.set(hash, key);
    return true;
  }
  witnesses.delete(hash);
  return false;
};

/**
 * Deletes old revisions beyond the history limit, the oldest first; one that a Pod still carries stays and does not count (DS-183, DS-184).
 * Returns the old revisions that are left.
 */
export const cleanUpHistory = (sync: DaemonSetSync, daemonSet: DaemonSet, history: { readonly old: readonly ControllerRevision[]; readonly witnesses: Witnesses }): readonly ControllerRevision[] => {
  let surplus = surplusOf(daemonSet, history.old);
  if (surplus === 0) return history.old;
  const left: ControllerRevision[] = [];
  for (const revision of history.old) {
    const hash = revision.metadata.labels?.[HASH_LABEL] ?? '';
    if (surplus > 0 && !isLive(sync.decision.state, daemonSet.metadata.uid, hash, history.witnesses)) {
      deleteRevision(sync.decision, revision);
      surplus -= 1;
    } else left.push(revision);
  }
  return left;
};
