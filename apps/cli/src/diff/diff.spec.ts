import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../run-program.ts';
import { recordingTerminal } from '../testing/recording-terminal.ts';
import { ORDINARY_RECORDS, smallDaemonSet, smallLog, START, type SmallRecord } from '../testing/small-log.ts';
import { differenceDocument, differenceText } from './difference-text.ts';
import { fleetDifference, type DiffQuestion } from './fleet-difference.ts';
import { resourcesOfKinds } from './resources-of-kinds.ts';

const fluentd = smallDaemonSet('fluentd');

/** Behind the ordinary records: another image in record 5, the DaemonSet gone in record 6, and another one of its name in record 7. */
const RECORDS: readonly SmallRecord[] = [
  ...ORDINARY_RECORDS,
  {
    seconds: 40,
    events: [
      {
        type: 'daemonset.template-changed.v1',
        daemonSet: { ...smallDaemonSet('fluentd', 'fluentd:1.17'), metadata: { ...fluentd.metadata, generation: 2 } },
        by: 'kubectl',
      },
    ],
  },
  {
    seconds: 50,
    events: [
      {
        type: 'object.deleted.v1',
        resource: 'daemonsets',
        namespace: 'default',
        name: 'fluentd',
        uid: 'uid-fluentd',
        by: 'kubectl',
      },
    ],
  },
  {
    seconds: 60,
    events: [
      {
        type: 'daemonset.created.v1',
        daemonSet: { ...fluentd, metadata: { ...fluentd.metadata, uid: 'another' } },
        by: 'kubectl',
      },
    ],
  },
];

const COLOURLESS = pico.createColors(false);

const differ = async (
  from: number,
  to: number,
  more: Partial<DiffQuestion> = {},
): Promise<Parameters<typeof differenceText>[0]> =>
  fleetDifference(await smallLog(RECORDS), {
    from: { kind: 'sequence', sequence: from },
    to: { kind: 'sequence', sequence: to },
    resources: resourcesOfKinds([]),
    ...more,
  });

const text = async (...args: Parameters<typeof differ>): Promise<string> =>
  differenceText(await differ(...args), COLOURLESS);

describe('everynode diff', () => {
  it('shows which fields changed, aligned, without what changes with every write', async () => {
    expect(await text(3, 5, { resources: ['daemonsets'] })).toBe(
      [
        'from record 3 (2026-03-01T08:30:20.000Z) to record 5 (2026-03-01T08:30:40.000Z)',
        '',
        '~ daemonset default/fluentd',
        '    spec.template.spec.containers[name=fluentd].image   fluentd:1.16 → fluentd:1.17',
        '    metadata.generation                                 1 → 2',
        '',
        '1 changed',
        '',
      ].join('\n'),
    );
  });

  it('shows what came, what went and what took the place of another', async () => {
    const arrivals = await text(1, 3);
    for (const line of ['+ node node-1', '+ node node-2', '+ daemonset default/fluentd', '3 added'])
      expect(arrivals.split('\n')).toContain(line);
    expect(await text(5, 6)).toContain('\n- daemonset default/fluentd\n');
    expect(await text(3, 7, { resources: ['daemonsets'] })).toMatch(
      /! daemonset default\/fluentd, another one of the same name\n +metadata\.uid +uid-fluentd → another\n/,
    );
  });

  it('compares backwards too', async () => {
    expect(await text(3, 1)).toContain('- node node-1\n');
  });

  it('takes a moment behind the end of the log for its end, and one before its start for nothing', async () => {
    expect(await text(7, 99)).toBe(
      'nothing changed from record 7 (2026-03-01T08:31:00.000Z) to record 7 (2026-03-01T08:31:00.000Z)\n',
    );
    const nothing = { kind: 'time', at: START - 1 } as const;
    expect(await text(0, 2, { from: nothing })).toContain('+ node node-1');
    expect(differenceDocument(await differ(0, 0))).toEqual({ from: { sequence: 0 }, to: { sequence: 0 }, objects: [] });
  });

  it('keeps to the namespace and the kinds that are asked for', async () => {
    expect((await differ(1, 4, { namespace: 'default' })).objects.map(({ resource }) => resource)).toEqual([
      'daemonsets',
    ]);
    expect((await differ(1, 4, { namespace: 'other' })).objects).toEqual([]);
    expect(
      (await differ(1, 4, { resources: resourcesOfKinds(['no']) })).objects.map(({ resource }) => resource),
    ).toEqual(['nodes', 'nodes']);
  });

  it('prints the same for programs, with whole values', async () => {
    expect(differenceDocument(await differ(3, 5, { resources: ['daemonsets'] }))).toEqual({
      from: { sequence: 3, time: '2026-03-01T08:30:20Z' },
      to: { sequence: 5, time: '2026-03-01T08:30:40Z' },
      objects: [
        {
          change: 'changed',
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          namespace: 'default',
          name: 'fluentd',
          fields: [
            {
              path: 'spec.template.spec.containers[name=fluentd].image',
              before: 'fluentd:1.16',
              after: 'fluentd:1.17',
            },
            { path: 'metadata.generation', before: 1, after: 2 },
          ],
        },
      ],
    });
  });

  it('reads kinds as kubectl does', () => {
    expect(resourcesOfKinds(['ds', 'pods,Node', 'ds'])).toEqual(['daemonsets', 'pods', 'nodes']);
    expect(resourcesOfKinds([])).not.toContain('events');
    expect(() => resourcesOfKinds(['sprocket'])).toThrow('there is no kind "sprocket"');
  });
});

describe('the command line of everynode diff', () => {
  const run = async (...args: readonly string[]): Promise<{ readonly code: number; readonly err: string }> => {
    const terminal = recordingTerminal();
    const code = await runProgram(['diff', ...args, '--nats', 'nats://127.0.0.1:1'], terminal);
    return { code, err: terminal.complaints() };
  };

  it('takes spans before now, and ends with 2 when it cannot be said what changed', async () => {
    expect(await run('-5m', 'now', 'ds')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no broker answers') as string,
    });
  });

  it('refuses what is no moment, no kind and no option', async () => {
    expect(await run('yesterday', '5m')).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected a sequence') as string,
    });
    expect(await run('-5m')).toMatchObject({
      code: 2,
      err: expect.stringContaining("missing required argument 'to'") as string,
    });
    expect(await run('-5m', '-1m', '--namspace', 'x')).toMatchObject({
      code: 2,
      err: expect.stringContaining('unknown option --namspace') as string,
    });
  });
});
