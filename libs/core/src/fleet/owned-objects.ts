import type { ControllerRevision, Pod } from '../kubernetes/objects.ts';
import { podsOf, revisionsOf, type FleetState, type Key } from './state.ts';

const present = <T>(table: ReadonlyMap<Key, T>, keys: ReadonlySet<Key> | undefined): T[] => [...(keys ?? [])].map((key) => table.get(key)).filter((object) => object !== undefined);

/** The Pods whose controller has a uid, in any namespace, the oldest first. Cost follows their number. */
export const podsOwnedBy = (state: FleetState, uid: string): Pod[] => present(podsOf(state), state.indexes.podsByOwner.get(uid));

/** The Pods of a namespace that have no controller. */
export const orphanPodsIn = (state: FleetState, namespace: string): Pod[] => present(podsOf(state), state.indexes.orphanPods.get(namespace));

/** The revisions whose controller has a uid. */
export const revisionsOwnedBy = (state: FleetState, uid: string): ControllerRevision[] => present(revisionsOf(state), state.indexes.revisionsByOwner.get(uid));
