import { describe, expect, it } from 'vitest';
import { ORDINARY_RECORDS, START, smallLog } from '../testing/small-log.ts';
import { firstFrom, lastUpTo } from '@everynode/read-models';

const time = (seconds: number): { readonly kind: 'time'; readonly at: number } => ({
  kind: 'time',
  at: START + seconds * 1000,
});

describe('a time as a place in the log', () => {
  it.each([
    [-1, 1],
    [0, 1],
    [1, 2],
    [10, 2],
    [20, 3],
    [30, 4],
    [31, 5],
  ])('since second %i is record %i on', async (seconds, sequence) => {
    expect(await firstFrom(await smallLog(ORDINARY_RECORDS), time(seconds))).toBe(sequence);
  });

  it.each([
    [-1, 0],
    [0, 1],
    [9.999, 1],
    [10, 2],
    [29, 3],
    [100, 4],
  ])('until second %d is up to record %i', async (seconds, sequence) => {
    expect(await lastUpTo(await smallLog(ORDINARY_RECORDS), time(seconds))).toBe(sequence);
  });

  it('takes the records of one moment together', async () => {
    const log = await smallLog(ORDINARY_RECORDS.map((record) => ({ ...record, seconds: 5 })));
    expect(await firstFrom(log, time(5))).toBe(1);
    expect(await lastUpTo(log, time(5))).toBe(4);
  });
});
