import { parseRecordBody } from '@everynode/core';
import type { LogRecord } from '@everynode/event-log';
import type { LogReader } from '../connection/fleet-access.ts';
import type { Position } from './position.ts';

const recordAt = async (log: LogReader, sequence: number): Promise<LogRecord | undefined> => {
  for await (const record of log.read(sequence, sequence)) return record;
  return undefined;
};

/** Sequence of the first record that was made at `at` or later; one past the end when there is none. Times never go back along the log, so it is found by halving. */
const firstSequenceSince = async (log: LogReader, at: number): Promise<number> => {
  const { firstSequence, lastSequence } = await log.status();
  let low = Math.max(firstSequence, 1);
  let high = lastSequence + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const record = await recordAt(log, middle);
    if (record === undefined || parseRecordBody(record.payload).at >= at) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** The first record to be read for `--since`. */
export const firstFrom = async (log: LogReader, since: Position): Promise<number> =>
  since.kind === 'sequence' ? since.sequence : firstSequenceSince(log, since.at);

/** The last record to be read for `--until`: of a time, the last one made at that time or before. */
export const lastUpTo = async (log: LogReader, until: Position): Promise<number> =>
  until.kind === 'sequence' ? until.sequence : (await firstSequenceSince(log, until.at + 1)) - 1;
