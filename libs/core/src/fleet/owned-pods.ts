import type { Pod } from '../kubernetes/objects.ts';
import { podsOf, type FleetState } from './state.ts';

/** The Pods whose controller has a uid, in any namespace, the oldest first. Cost follows their number. */
export const podsOwnedBy = (state: FleetState, uid: string): Pod[] => {
  const pods = podsOf(state);
  return [...(state.indexes.podsByOwner.get(uid) ?? [])].map((key) => pods.get(key)).filter((pod) => pod !== undefined);
};
