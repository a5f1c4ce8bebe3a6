import type { FleetState } from '@everynode/core';
import type { WatchHistory } from '@everynode/read-models';

/** How the fold stands to the log. `broken` is final: the log is not the one that was read before, or a record could not be folded. */
export type FollowPhase = { readonly phase: 'starting' | 'following' | 'stopped' } | { readonly phase: 'broken'; readonly reason: string };

/** A fold of the log that reads and watches are answered from: the one that follows the log, or one that stands at a past moment. */
export interface FleetView {
  readonly state: FleetState;
  /** What the newest records of the fold changed. */
  readonly history: WatchHistory;
  readonly phase: FollowPhase;
  /** True once the fold has reached `sequence`, false when `timeoutMs` pass before it. */
  untilFolded(sequence: number, timeoutMs: number): Promise<boolean>;
  /** A number that changes whenever an object of the resource is created or deleted. */
  membershipOf(resource: string): number;
  /** Calls `listener` after each slice of records, and when the fold ends. */
  onFolded(listener: () => void): { unsubscribe(): void };
}
