import { clearDirty, emptyFleet, evolveRecord, parseRecordBody, readSnapshot, type FleetState } from '@everynode/core';
import type { PastLog } from './past-log.ts';

export interface FoldOptions {
  /** Last sequence to fold; a smaller log is folded to its end. */
  readonly upTo: number;
  /** False folds from the first record even if there is a snapshot. Default true. */
  readonly mayUseSnapshot?: boolean;
  /** Called after every few hundred records with the sequence reached; folding goes on when it resolves. */
  readonly onProgress?: (sequence: number) => void | Promise<void>;
}

const PROGRESS_EVERY = 200;

const startingState = async (log: PastLog, options: FoldOptions): Promise<FleetState> => {
  if (options.mayUseSnapshot === false) return emptyFleet();
  const snapshot = await log.loadSnapshot(options.upTo);
  return (snapshot === undefined ? undefined : readSnapshot(snapshot.state)) ?? emptyFleet();
};

/** The fleet as it was after record `upTo`: the newest snapshot before it, and the records from there on. Rejects as the log does when it cannot be read. */
export const foldUpTo = async (log: PastLog, options: FoldOptions): Promise<FleetState> => {
  const state = await startingState(log, options);
  if (state.sequence >= options.upTo) return state;
  for await (const record of log.read(state.sequence + 1, options.upTo)) {
    evolveRecord(state, record.sequence, parseRecordBody(record.payload));
    if (record.sequence % PROGRESS_EVERY === 0) {
      clearDirty(state);
      await options.onProgress?.(record.sequence);
    }
  }
  clearDirty(state);
  return state;
};
