import { watchEventOf, type Selects } from './watch-event.ts';
import type { WatchHistory } from './watch-history.ts';

export interface ResumeRequest {
  readonly resource: string;
  /** The resourceVersion that the client names: the newest that it has seen. */
  readonly sequence: number;
  readonly selects: Selects;
}

/** True when a record gives a watch more than one event, all under one resourceVersion, so that a client that has seen it may have missed the rest of it. */
export const isSplittable = (changes: readonly Parameters<typeof watchEventOf>[0][], selects: Selects): boolean => {
  let events = 0;
  for (const change of changes) {
    if (watchEventOf(change, selects) !== undefined) events += 1;
    if (events > 1) return true;
  }
  return false;
};

/**
 * The sequence after which a watch starts that the client wants from `sequence` on, or undefined when the records needed are not all held.
 * It starts after `sequence`, and with that record itself again if the record has several events for this watch: the connection may have been cut between them.
 */
export const resumeAfter = (history: WatchHistory, { resource, sequence, selects }: ResumeRequest): number | undefined => {
  if (sequence > history.heldAfter) return isSplittable(history.changesAt(sequence, resource), selects) ? sequence - 1 : sequence;
  return sequence === 0 && history.heldAfter === 0 ? 0 : undefined;
};
