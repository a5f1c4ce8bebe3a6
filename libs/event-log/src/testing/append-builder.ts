import type { AppendOutcome, AppendRequest, EventLog, LogRecord, Sequence } from '../event-log.port.ts';

/** An append request for tests: `n` becomes the message id `<epoch>-<n>` and part of the payload. */
export const appendRequest = (
  n: number,
  expectedLastSequence: Sequence,
  fields: Partial<AppendRequest> = {},
): AppendRequest => ({
  expectedLastSequence,
  epoch: 1,
  messageId: `${fields.epoch ?? 1}-${n}`,
  subject: 'everynode.v1.evt.daemonset.default.web',
  types: ['daemonset.created.v1'],
  payload: JSON.stringify({ n }),
  ...fields,
});

/** Appends `count` records one after the other's prediction, all at once, and gives the outcomes in order. */
export const appendPipelined = (log: EventLog, from: Sequence, count: number): Promise<AppendOutcome[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => log.append(appendRequest(from + index + 1, from + index))));

/** All records that `read` yields. */
export const collect = async (records: AsyncIterable<LogRecord>): Promise<LogRecord[]> => {
  const all: LogRecord[] = [];
  for await (const record of records) all.push(record);
  return all;
};

/** 1, 2, … `count`, or from `first`. */
export const numbers = (count: number, first = 1): number[] =>
  Array.from({ length: count }, (_, index) => first + index);
