import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isEventLogBroken, isEventLogUnavailable } from '../event-log-errors.ts';
import type { EventLog, LogRecord } from '../event-log.port.ts';
import { appendPipelined, appendRequest, collect, numbers } from './append-builder.ts';
import { eventually } from './eventually.ts';

/** One empty log of its own for one test. */
export interface EventLogHarness {
  /** Opens another handle of the same log, as another process would. */
  open(): Promise<EventLog>;
  /** Deletes the log and makes it again, empty, behind the back of every open handle. */
  breakLog(): Promise<void>;
  /** Damages the stored bytes of the newest snapshot; left out where a snapshot has no bytes. */
  corruptNewestSnapshot?(): Promise<void>;
  /** More UTF-8 bytes than one record may have. */
  readonly tooManyBytes: number;
  dispose(): Promise<void>;
}

/** The behaviour that every adapter of `EventLog` shows. `create` gives a new empty log for each test. */
export const describeEventLog = (name: string, create: () => Promise<EventLogHarness>): void => {
  describe(`${name} as an event log`, () => {
    let harness: EventLogHarness;
    let log: EventLog;
    beforeEach(async () => {
      harness = await create();
      log = await harness.open();
    });
    afterEach(() => harness.dispose());
    const state = { harness: () => harness, log: () => log };
    describeAppend(state);
    describeRead(state);
    describeFollow(state);
    describeSnapshots(state);
    describeStatus(state);
  });
};

interface State {
  harness(): EventLogHarness;
  log(): EventLog;
}

const accepted = (sequence: number, duplicate = false): object => ({ outcome: 'accepted', sequence, duplicate });
const refusedAsWrong = expect.objectContaining({ outcome: 'refused', reason: 'wrong-last-sequence' });

const describeAppend = (state: State): void => {
  describe('append', () => {
    it('accepts a record when the expected last sequence is the last one', async () => {
      expect(await state.log().append(appendRequest(1, 0))).toEqual(accepted(1));
      expect(await state.log().append(appendRequest(2, 1))).toEqual(accepted(2));
    });

    it('stores every field of the request as it was given', async () => {
      const request = appendRequest(1, 0, {
        epoch: 7,
        subject: 'everynode.v1.evt.node.-.ip-10-0-0-1=2Einternal',
        types: ['node.registered.v1', 'node.taint-added.v1'],
        payload: JSON.stringify({ text: 'dot . quote " newline \n snow ☃ 𝄞' }),
      });
      await state.log().append(request);
      const { expectedLastSequence: _expected, ...stored } = request;
      expect(await collect(state.log().read(1))).toEqual([{ ...stored, sequence: 1 }]);
    });

    it.each([
      ['behind', 0],
      ['ahead of', 2],
    ])('refuses an expected last sequence that is %s the last one and writes nothing', async (_where, expected) => {
      await state.log().append(appendRequest(1, 0));
      expect(await state.log().append(appendRequest(2, expected))).toEqual(refusedAsWrong);
      expect((await state.log().status()).lastSequence).toBe(1);
    });

    it('answers a repeated message id with the first sequence, even when the expectation is stale', async () => {
      await state.log().append(appendRequest(1, 0));
      await state.log().append(appendRequest(2, 1));
      expect(await state.log().append(appendRequest(1, 0))).toEqual(accepted(1, true));
      expect((await state.log().status()).lastSequence).toBe(2);
    });

    it('does not remember the message id of a refused append', async () => {
      expect(await state.log().append(appendRequest(1, 5))).toEqual(refusedAsWrong);
      expect(await state.log().append(appendRequest(1, 0))).toEqual(accepted(1));
    });

    it('accepts pipelined appends with predicted sequences in the order of the calls', async () => {
      const outcomes = await appendPipelined(state.log(), 0, 600);
      expect(outcomes).toEqual(numbers(600).map((sequence) => accepted(sequence)));
      const records = await collect(state.log().read(1));
      expect(records.map((record) => JSON.parse(record.payload).n)).toEqual(numbers(600));
    });

    it('refuses all that was pipelined after another writer has written', async () => {
      const other = await state.harness().open();
      await state.log().append(appendRequest(1, 0));
      await other.append(appendRequest(1, 1, { epoch: 2 }));
      const outcomes = await Promise.all(numbers(50).map((n) => state.log().append(appendRequest(n + 1, n))));
      expect(outcomes).toEqual(numbers(50).map(() => refusedAsWrong));
      expect((await other.status()).lastSequence).toBe(2);
    });

    it('gives each sequence to exactly one of two writers that race', async () => {
      const writers = [state.log(), await state.harness().open()];
      for (let last = 0; last < 30; last += 1) {
        const race = writers.map((writer, index) => writer.append(appendRequest(last + 1, last, { epoch: index + 1 })));
        const winners = (await Promise.all(race)).filter((outcome) => outcome.outcome === 'accepted');
        expect(winners).toEqual([accepted(last + 1)]);
      }
    });

    it('refuses a record that is too large, writes nothing and goes on', async () => {
      const payload = 'x'.repeat(state.harness().tooManyBytes);
      const refused = await state.log().append(appendRequest(1, 0, { payload }));
      expect(refused).toMatchObject({ outcome: 'refused', reason: 'too-large' });
      expect(await state.log().append(appendRequest(2, 0))).toEqual(accepted(1));
    });

    it('answers unknown once the log is closed', async () => {
      await state.log().close();
      expect(await state.log().append(appendRequest(1, 0))).toMatchObject({ outcome: 'unknown' });
    });
  });
};

const describeRead = (state: State): void => {
  describe('read', () => {
    beforeEach(() => appendPipelined(state.log(), 0, 25));

    it.each([
      { from: 1, to: undefined, first: 1, count: 25 },
      { from: 7, to: 11, first: 7, count: 5 },
      { from: 25, to: 25, first: 25, count: 1 },
      { from: 20, to: 100, first: 20, count: 6 },
      { from: 26, to: undefined, first: 26, count: 0 },
      { from: 9, to: 8, first: 9, count: 0 },
    ])('yields $count records from $from to $to', async ({ from, to, first, count }) => {
      const records = await collect(state.log().read(from, to));
      expect(records.map((record) => record.sequence)).toEqual(numbers(count, first));
    });

    it('ends at the record that was the last one at the time of the call', async () => {
      const records = await collect(state.log().read(24));
      await state.log().append(appendRequest(26, 25));
      expect(records.map((record) => record.sequence)).toEqual([24, 25]);
    });

    it('lets the reader stop early and read again', async () => {
      for await (const record of state.log().read(1)) if (record.sequence === 3) break;
      expect(await collect(state.log().read(1))).toHaveLength(25);
    });

    it('throws a RangeError for a sequence below 1', () => {
      expect(() => state.log().read(0)).toThrow(RangeError);
    });

    it('throws EventLogBroken in a handle that was opened before the log was made again', async () => {
      await state.harness().breakLog();
      await appendPipelined(await state.harness().open(), 0, 25);
      const failure = await collect(state.log().read(2, 3)).catch((error: unknown) => error);
      expect(isEventLogBroken(failure)).toBe(true);
    });

    it('throws EventLogUnavailable once the log is closed', async () => {
      await state.log().close();
      const failure = await collect(state.log().read(1)).catch((error: unknown) => error);
      expect(isEventLogUnavailable(failure)).toBe(true);
    });
  });
};

const describeFollow = (state: State): void => {
  describe('follow', () => {
    const sequencesOf = (records: readonly LogRecord[]): number[] => records.map((record) => record.sequence);

    it.each([1, 40, 101])('delivers every record from %i on, in order, while others are appended', async (from) => {
      await appendPipelined(state.log(), 0, 100);
      const seen: LogRecord[] = [];
      const follower = (await state.harness().open()).follow(from, (records) => seen.push(...records));
      for (let last = 100; last < 400; last += 50) await appendPipelined(state.log(), last, 50);
      await eventually('record 400 is delivered', () => seen.at(-1)?.sequence === 400 || undefined);
      expect(sequencesOf(seen)).toEqual(numbers(400 - from + 1, from));
      expect(seen.map((record) => JSON.parse(record.payload).n)).toEqual(sequencesOf(seen));
      await follower.close();
    });

    it('delivers the same records to many followers that start at different places', async () => {
      await appendPipelined(state.log(), 0, 30);
      const seen = numbers(5).map((): number[] => []);
      const reader = await state.harness().open();
      for (const [index, own] of seen.entries())
        reader.follow(index * 5 + 1, (records) => own.push(...sequencesOf(records)));
      await appendPipelined(state.log(), 30, 30);
      await eventually('all have record 60', () => seen.every((own) => own.at(-1) === 60) || undefined);
      expect(seen).toEqual(seen.map((_, index) => numbers(60 - index * 5, index * 5 + 1)));
    });

    it('waits for the first record of an empty log', async () => {
      const seen: number[] = [];
      state.log().follow(1, (records) => seen.push(...sequencesOf(records)));
      await state.log().append(appendRequest(1, 0));
      await eventually('record 1 is delivered', () => seen[0]);
      expect(seen).toEqual([1]);
    });

    it('hands over several records a call when many wait', async () => {
      await appendPipelined(state.log(), 0, 500);
      const slices: number[] = [];
      state.log().follow(1, (records) => slices.push(records.length));
      const total = (): number => slices.reduce((sum, length) => sum + length, 0);
      await eventually('500 are delivered', () => total() === 500 || undefined);
      expect(slices.length).toBeLessThan(250);
    });

    it('delivers nothing more after close, and says that it was closed', async () => {
      const seen: number[] = [];
      const follower = state.log().follow(1, (records) => seen.push(...sequencesOf(records)));
      await state.log().append(appendRequest(1, 0));
      await eventually('record 1 is delivered', () => seen[0]);
      await follower.close();
      expect(await follower.ended).toEqual({ reason: 'closed' });
      await state.log().append(appendRequest(2, 1));
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(seen).toEqual([1]);
    });

    it('ends its followers when the log is closed', async () => {
      const follower = state.log().follow(1, () => undefined);
      await state.log().close();
      expect(await follower.ended).toEqual({ reason: 'closed' });
    });

    it('rejects `ended` with the error that the callback threw', async () => {
      const follower = state.log().follow(1, () => {
        throw new Error('a fault of the callback');
      });
      await state.log().append(appendRequest(1, 0));
      await expect(follower.ended).rejects.toThrow('a fault of the callback');
    });

    it('ends with log-broken when the log is made again, and delivers nothing of the new one', async () => {
      await appendPipelined(state.log(), 0, 5);
      const reader = await state.harness().open();
      const seen: LogRecord[] = [];
      const follower = reader.follow(1, (records) => seen.push(...records));
      await eventually('record 5 is delivered', () => seen[4]);
      await state.harness().breakLog();
      const writer = await state.harness().open();
      await Promise.all(numbers(9).map((n) => writer.append(appendRequest(n, n - 1, { epoch: 2 }))));
      expect(await follower.ended).toMatchObject({ reason: 'log-broken' });
      expect(seen.map((record) => record.epoch)).toEqual([1, 1, 1, 1, 1]);
    });

    it('ends with log-broken when it starts beyond the end of the log', async () => {
      await appendPipelined(state.log(), 0, 3);
      const follower = state.log().follow(9, () => undefined);
      expect(await follower.ended).toMatchObject({ reason: 'log-broken' });
    });
  });
};

const describeSnapshots = (state: State): void => {
  describe('snapshots', () => {
    const save = async (sequence: number, text = `state at ${sequence}`): Promise<void> => {
      const { incarnation } = await state.log().status();
      await state.log().saveSnapshot({ sequence, incarnation, state: text });
    };

    it('has none at first', async () => {
      expect(await state.log().loadSnapshot()).toBeUndefined();
    });

    it('loads the newest one, from another handle too', async () => {
      await save(10);
      await save(20);
      const { incarnation } = await state.log().status();
      const other = await state.harness().open();
      expect(await other.loadSnapshot()).toEqual({ sequence: 20, incarnation, state: 'state at 20' });
    });

    it('loads the newest one that is not newer than asked for', async () => {
      await save(10);
      await save(20);
      expect(await state.log().loadSnapshot(19)).toMatchObject({ sequence: 10 });
      expect(await state.log().loadSnapshot(20)).toMatchObject({ sequence: 20 });
      expect(await state.log().loadSnapshot(9)).toBeUndefined();
    });

    it('keeps a state of several megabytes unchanged', async () => {
      // Random digits, so that compression does not hide the size.
      let seed = 1;
      const word = (): string => (seed = (seed * 48_271) % 2_147_483_647).toString(36);
      const large = JSON.stringify(Array.from({ length: 500_000 }, () => `${word()}☃`));
      expect(large.length).toBeGreaterThan(4_000_000);
      await save(5, large);
      const loaded = await state.log().loadSnapshot();
      expect(loaded?.state === large).toBe(true);
    });

    it('ignores a snapshot of another incarnation', async () => {
      await save(10);
      await state.log().saveSnapshot({ sequence: 99, incarnation: 'another log', state: 'foreign' });
      expect(await state.log().loadSnapshot()).toMatchObject({ sequence: 10 });
      await state.harness().breakLog();
      expect(await (await state.harness().open()).loadSnapshot()).toBeUndefined();
    });

    it('keeps only the last few', async () => {
      for (const sequence of numbers(8)) await save(sequence);
      expect(await state.log().loadSnapshot()).toMatchObject({ sequence: 8 });
      expect(await state.log().loadSnapshot(1)).toBeUndefined();
    });

    it('ignores a damaged snapshot in favour of an older one', async ({ skip }) => {
      if (state.harness().corruptNewestSnapshot === undefined)
        skip('this adapter keeps no bytes that could be damaged');
      await save(10);
      await save(20);
      await state.harness().corruptNewestSnapshot?.();
      expect(await state.log().loadSnapshot()).toMatchObject({ sequence: 10, state: 'state at 10' });
    });
  });
};

const describeStatus = (state: State): void => {
  describe('status', () => {
    it('describes an empty log', async () => {
      expect(await state.log().status()).toMatchObject({ firstSequence: 1, lastSequence: 0 });
    });

    it('counts up, with the same incarnation in every handle', async () => {
      const before = await state.log().status();
      await appendPipelined(state.log(), 0, 3);
      const after = await (await state.harness().open()).status();
      expect(after).toEqual({ incarnation: before.incarnation, firstSequence: 1, lastSequence: 3 });
    });

    it('has a new incarnation after the log was made again', async () => {
      const before = await state.log().status();
      await state.harness().breakLog();
      const after = await (await state.harness().open()).status();
      expect(after.incarnation).not.toBe(before.incarnation);
      expect(after.lastSequence).toBe(0);
    });
  });
};
