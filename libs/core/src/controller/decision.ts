import type { FleetEvent } from '../event/fleet-event.ts';
import type { FleetState } from '../fleet/state.ts';
import type { Random } from '../kernel/random.ts';
import type { Milliseconds } from '../kernel/time.ts';

/**
 * One decision under way. `emit` folds the event into `state` at once, so that what is decided next sees it; the log's fence makes sure
 * that the whole of it is accepted only if it was made on everything that is in the log.
 */
export interface Decision {
  readonly state: FleetState;
  readonly now: Milliseconds;
  readonly random: Random;
  /** Another controller keeps the DaemonSets: nothing is made, deleted, claimed, counted or said for them here. */
  readonly leavesDaemonSets?: boolean;
  /** Certificate, in PEM, by which Pods know the API server again; absent when there is none. */
  readonly rootCertificate?: string | undefined;
  emit(event: FleetEvent): void;
}
