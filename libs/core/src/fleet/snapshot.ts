import type { KubernetesObject } from '../kubernetes/objects.ts';
import type { RolloutProgress } from '../rollout/rollout-progress.ts';
import { rebuildIndexes } from './object-table.ts';
import { emptyFleet, keyOfObject, type EventBudget, type Eviction, type FailureBackoff, type FleetState, type NodeSession, type RememberedAnswer } from './state.ts';

/**
 * Version of the snapshot's shape and of what the fold makes of a log: raised whenever the same records give another state. A snapshot of another version is
 * ignored and the log is folded from zero; one of this version has to be what the fold gives.
 */
const SNAPSHOT_VERSION = 4;

interface SnapshotBody {
  readonly version: number;
  readonly sequence: number;
  readonly epoch: number;
  readonly at: number;
  readonly objects: readonly (readonly [string, readonly KubernetesObject[]])[];
  readonly sessions: readonly (readonly [string, NodeSession])[];
  readonly backoffs: readonly (readonly [string, FailureBackoff])[];
  readonly failing: readonly (readonly [string, readonly (readonly [string, number])[]])[];
  readonly rollouts: readonly (readonly [string, RolloutProgress])[];
  readonly evictions: readonly (readonly [string, Eviction])[];
  readonly answers: readonly (readonly [string, RememberedAnswer])[];
  readonly eventBudgets: readonly (readonly [string, EventBudget])[];
}

/** The truth in a state as JSON text: everything but what is derived from it. */
export const writeSnapshot = (state: FleetState): string => {
  const body: SnapshotBody = {
    version: SNAPSHOT_VERSION,
    sequence: state.sequence,
    epoch: state.epoch,
    at: state.at,
    objects: [...state.objects].map(([resource, table]) => [resource, [...table.values()]]),
    sessions: [...state.sessions],
    backoffs: [...state.backoffs],
    failing: [...state.failing].map(([owner, nodes]) => [owner, [...nodes]]),
    rollouts: [...state.rollouts],
    evictions: [...state.evictions],
    answers: [...state.answers],
    eventBudgets: [...state.eventBudgets],
  };
  return JSON.stringify(body);
};

/** The state that a snapshot holds, or undefined when it is of another version. Throws `SyntaxError` on a torn text. */
export const readSnapshot = (text: string): FleetState | undefined => {
  const body = JSON.parse(text) as SnapshotBody;
  if (body.version !== SNAPSHOT_VERSION) return undefined;
  const state = emptyFleet();
  state.sequence = body.sequence;
  state.epoch = body.epoch;
  state.at = body.at;
  for (const [resource, objects] of body.objects) state.objects.set(resource, new Map(objects.map((object) => [keyOfObject(object), object])));
  for (const [name, session] of body.sessions) state.sessions.set(name, session);
  for (const [key, backoff] of body.backoffs) state.backoffs.set(key, backoff);
  for (const [owner, nodes] of body.failing) state.failing.set(owner, new Map(nodes));
  for (const [uid, progress] of body.rollouts) state.rollouts.set(uid, progress);
  for (const [uid, eviction] of body.evictions) state.evictions.set(uid, eviction);
  for (const [id, answer] of body.answers) state.answers.set(id, answer);
  for (const [key, budget] of body.eventBudgets) state.eventBudgets.set(key, budget);
  rebuildIndexes(state);
  return state;
};
