import { parseRecordBody } from '@everynode/core';
import type { PastLog } from './past-log.ts';
import type { Position } from './position.ts';

const timeOfRecord = async (log: PastLog, sequence: number): Promise<number | undefined> => {
  for await (const record of log.read(sequence, sequence)) return parseRecordBody(record.payload).at;
  return undefined;
};

/** Sequence of the first record that was made at `at` or later; one past the end when there is none. Times never go back along the log, so it is found by halving. */
const firstSequenceSince = async (log: PastLog, at: number): Promise<number> => {
  const { firstSequence, lastSequence } = await log.status();
  let low = Math.max(firstSequence, 1);
  let high = lastSequence + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const time = await timeOfRecord(log, middle);
    if (time === undefined || time >= at) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** The first record of everything since a position: of a time, the first one made at that time or later; one past the end when there is none. */
export const firstFrom = async (log: PastLog, since: Position): Promise<number> =>
  since.kind === 'sequence' ? since.sequence : firstSequenceSince(log, since.at);

/** The last record of everything up to a position: of a time, the last one made at that time or before; one before the first when there is none. */
export const lastUpTo = async (log: PastLog, until: Position): Promise<number> =>
  until.kind === 'sequence' ? until.sequence : (await firstSequenceSince(log, until.at + 1)) - 1;
