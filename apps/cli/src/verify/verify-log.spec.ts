import { digestOf, evolve, writeSnapshot, type FleetState } from '@everynode/core';
import type { InMemoryEventLog } from '@everynode/event-log';
import { describe, expect, it } from 'vitest';
import { foldUpTo } from '@everynode/read-models';
import { ORDINARY_RECORDS, smallLog } from '../testing/small-log.ts';
import { verificationText } from './print-verify.ts';
import { claimOfSnapshot, verifyLog, type Claim, type Verification } from './verify-log.ts';

const snapshotOf = (state: FleetState): Claim | undefined =>
  claimOfSnapshot({ sequence: state.sequence, incarnation: 'i', state: writeSnapshot(state) });

const verify = (
  log: InMemoryEventLog,
  past: readonly (Claim | undefined)[],
  present: readonly Claim[] = [],
): Promise<Verification> =>
  verifyLog(log, { past: past.filter((claim) => claim !== undefined), present: async () => present }, () => undefined);

const leader = (sequence: number, digest: string): Claim => ({ who: 'controller-0 (leader)', sequence, digest });

describe('everynode log verify', () => {
  it('says same when snapshot and controller agree with the fold, each at its own record', async () => {
    const log = await smallLog(ORDINARY_RECORDS);
    const [earlier, end] = [await foldUpTo(log, { upTo: 2 }), await foldUpTo(log, { upTo: 4 })];
    const verification = await verify(log, [snapshotOf(earlier)], [leader(4, digestOf(end))]);
    expect(verification).toMatchObject({ records: 4, lastSequence: 4, digest: digestOf(end) });
    expect(verification.comparisons.map(({ who, sequence, result }) => [who, sequence, result])).toEqual([
      ['snapshot', 2, 'same'],
      ['controller-0 (leader)', 4, 'same'],
    ]);
  });

  it('names the first difference of a snapshot that holds something else', async () => {
    const log = await smallLog(ORDINARY_RECORDS);
    const state = await foldUpTo(log, { upTo: 3 });
    evolve(
      state,
      {
        type: 'node.taints-changed.v1',
        name: 'node-1',
        taints: [{ key: 'forged', effect: 'NoExecute' }],
        by: 'nobody',
      },
      { sequence: 3, at: state.at },
    );
    const { comparisons } = await verify(log, [snapshotOf(state)]);
    expect(comparisons[0]?.result).toBe('different');
    expect(comparisons[0]?.detail).toContain('forged');
  });

  it('says different when a controller has another digest or a record that the log lacks', async () => {
    const log = await smallLog(ORDINARY_RECORDS);
    const { comparisons } = await verify(log, [], [leader(4, 'ffffffffffffffff'), leader(9, 'ffffffffffffffff')]);
    expect(comparisons.map(({ result }) => result)).toEqual(['different', 'different']);
    expect(comparisons[1]?.detail).toContain('the log ends at 4');
  });

  it('folds on to the record that a running controller has reached meanwhile', async () => {
    const log = await smallLog(ORDINARY_RECORDS.slice(0, 3));
    const full = await smallLog(ORDINARY_RECORDS);
    const later = ORDINARY_RECORDS[3];
    const present = async (): Promise<readonly Claim[]> => {
      await log.append({
        expectedLastSequence: 3,
        epoch: 1,
        messageId: 'later',
        subject: 's',
        types: [],
        payload: JSON.stringify({
          at: later === undefined ? 0 : Date.UTC(2026, 2, 1, 8, 30, 30),
          events: later?.events,
        }),
      });
      return [leader(4, digestOf(await foldUpTo(full, { upTo: 4 })))];
    };
    const verification = await verifyLog(log, { past: [], present }, () => undefined);
    expect(verification.comparisons[0]?.result).toBe('same');
  });

  it('compares nothing with a controller that is behind or does not answer, and says which', async () => {
    const log = await smallLog(ORDINARY_RECORDS);
    const { comparisons } = await verify(log, [], [leader(2, 'ffffffffffffffff'), { ...leader(4, ''), digest: undefined }]);
    expect(comparisons.map(({ result, detail }) => [result, detail.split(';')[0]])).toEqual([
      ['not-compared', 'it is behind what is folded'],
      ['not-compared', 'it did not answer'],
    ]);
  });

  it('tells when there was nothing to compare with', async () => {
    const text = verificationText(await verify(await smallLog(ORDINARY_RECORDS), []));
    expect(text).toContain('no snapshot to compare with');
    expect(text).toContain('no controller answers');
  });
});
