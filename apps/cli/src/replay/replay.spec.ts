import { describe, expect, it } from 'vitest';
import { ORDINARY_RECORDS, START, smallLog } from '../testing/small-log.ts';
import { replayText } from './print-replay.ts';

describe('everynode replay', () => {
  it('shows the fleet as it was after a record, without what came later', async () => {
    const text = await replayText(await smallLog(ORDINARY_RECORDS), {
      until: { kind: 'sequence', sequence: 2 },
      output: 'table',
    });
    expect(text).toContain('the fleet after record 2, 2026-03-01T08:30:10.000Z, epoch 1');
    expect(text).toMatch(/node-1 +Ready +agent-0 +0/);
    expect(text).toContain('no DaemonSets');
    expect(text).not.toContain('dedicated');
  });

  it('shows the end of the log by default', async () => {
    const text = await replayText(await smallLog(ORDINARY_RECORDS), { output: 'table' });
    expect(text).toMatch(/default +fluentd +0 +0/);
    expect(text).toContain('dedicated=gpu:NoSchedule');
  });

  it('prints whole objects as JSON and YAML', async () => {
    const log = await smallLog(ORDINARY_RECORDS);
    const { parse } = await import('yaml');
    const fromJson = JSON.parse(await replayText(log, { output: 'json' })) as { readonly nodes: readonly object[] };
    expect(fromJson).toMatchObject({ sequence: 4, daemonsets: [{ metadata: { name: 'fluentd' } }] });
    expect(fromJson.nodes).toHaveLength(2);
    expect(parse(await replayText(log, { output: 'yaml' }))).toEqual(fromJson);
  });

  it('names no time while no record has told one', async () => {
    const records = ORDINARY_RECORDS.slice(0, 1).map((record) => ({ ...record, seconds: -START / 1000 }));
    expect(await replayText(await smallLog(records), { output: 'table' })).toContain(
      'the fleet after record 1, epoch 1\n',
    );
  });

  it('shows an empty fleet before the first record', async () => {
    expect(
      await replayText(await smallLog(ORDINARY_RECORDS), { until: { kind: 'time', at: 0 }, output: 'table' }),
    ).toContain('nothing had happened yet');
  });
});
