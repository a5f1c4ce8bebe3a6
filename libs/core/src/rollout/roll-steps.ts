import type { Reason } from '../daemonset/reason.ts';
import type { DeletionCause } from '../event/fleet-event.ts';

export interface RollCreation {
  readonly node: string;
  readonly reason: Reason;
}

export interface RollRemoval extends RollCreation {
  readonly cause: DeletionCause;
}

/** What the rolling step does: nodes that get a new Pod beside the old one, and nodes whose old Pod goes. */
export interface RollSteps {
  readonly create: readonly RollCreation[];
  readonly remove: readonly RollRemoval[];
}

export const NO_ROLL_STEPS: RollSteps = { create: [], remove: [] };

export const creations = (nodes: Iterable<string>, reason: Reason): RollCreation[] => [...nodes].sort().map((node) => ({ node, reason }));

export const removals = (nodes: Iterable<string>, cause: DeletionCause, reason: Reason): RollRemoval[] => [...nodes].sort().map((node) => ({ node, cause, reason }));

/** The first names in order, up to `count`; a negative count takes none. Sorts only where there is something to take. */
export const firstOf = (names: readonly string[], count: number): string[] => (count > 0 ? names.toSorted().slice(0, count) : []);
