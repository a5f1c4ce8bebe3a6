import type { Decision } from '../controller/decision.ts';
import type { FleetState, Key } from '../fleet/state.ts';
import type { DaemonSet } from '../kubernetes/objects.ts';
import type { Reason } from './reason.ts';

/** Name under which the DaemonSet controller acts and records events (DS-58). */
export const COMPONENT = 'daemonset-controller';

/** Who tells of the rollout policy: what a component may say about one object is limited, and a rollout of some nodes says more than that about its Pods. */
export const ROLLOUT_COMPONENT = 'rollout-policy';

/** One look at one DaemonSet within a decision. */
export interface DaemonSetSync {
  readonly decision: Decision;
  readonly key: Key;
  /** Told why, before each event that changes something on a node; plans collect it. */
  readonly explain: ((node: string, reason: Reason) => void) | undefined;
}

/** The DaemonSet as it is now: its status may have changed since the sync began. */
export const daemonSetNow = (state: FleetState, key: Key): DaemonSet | undefined => state.objects.get('daemonsets')?.get(key) as DaemonSet | undefined;

/** No object can be created in a namespace that is being deleted (DS-149, DS-257). */
export const canCreateIn = (state: FleetState, namespace: string | undefined): boolean =>
  state.objects.get('namespaces')?.get(`/${namespace ?? ''}`)?.metadata.deletionTimestamp === undefined;
