import type { FleetEvent } from '@everynode/core';
import { describe, expect, it } from 'vitest';
import { recordingTerminal } from '../testing/recording-terminal.ts';
import { ORDINARY_RECORDS, smallLog } from '../testing/small-log.ts';
import { eventFilter } from './event-filter.ts';
import { printEventsOf, type EventsOptions } from './print-events.ts';

const OPTIONS: EventsOptions = { data: '.', follow: false, type: [], object: [], output: 'text' };
const NEVER = new Promise<void>(() => undefined);

const printed = async (options: Partial<EventsOptions>): Promise<string> => {
  const terminal = recordingTerminal();
  await printEventsOf(await smallLog(ORDINARY_RECORDS), { ...OPTIONS, ...options }, { terminal, stopped: NEVER });
  return terminal.written();
};

const sequencesIn = (text: string): number[] =>
  text
    .split('\n')
    .slice(1, -1)
    .map((line) => Number(line.trim().split(' ')[0]));

describe('everynode events', () => {
  it('prints one line with a sentence for every event of every record', async () => {
    const lines = (await printed({})).split('\n');
    expect(lines[0]).toMatch(/SEQ {2}TIME +TYPE +OBJECT +WHAT/);
    expect(lines.slice(1, -1)).toHaveLength(5);
    expect(lines[1]).toContain('2026-03-01T08:30:00.000Z  epoch.started.v1');
    expect(lines[1]).toContain('controller-0 leads from here on, in epoch 1');
    expect(lines[5]).toContain('node/node-2');
    expect(lines[5]).toContain('taints: dedicated=gpu:NoSchedule, by kubectl');
  });

  it('starts at and ends with the records asked for', async () => {
    expect(
      sequencesIn(
        await printed({ since: { kind: 'sequence', sequence: 2 }, until: { kind: 'sequence', sequence: 3 } }),
      ),
    ).toEqual([2, 2, 3]);
  });

  it('keeps the newest when the number is limited', async () => {
    expect(sequencesIn(await printed({ limit: 2 }))).toEqual([3, 4]);
  });

  it('prints JSON that holds the event itself', async () => {
    const documents = JSON.parse(await printed({ output: 'json', type: ['daemonset.*'] })) as {
      readonly event: FleetEvent;
      readonly object: object;
    }[];
    expect(documents).toHaveLength(1);
    expect(documents[0]).toMatchObject({
      sequence: 3,
      type: 'daemonset.created.v1',
      object: { kind: 'daemonset', namespace: 'default', name: 'fluentd' },
    });
  });

  it('says so when nothing matches, to people only', async () => {
    const complaints = async (options: Partial<EventsOptions>): Promise<string> => {
      const terminal = recordingTerminal();
      await printEventsOf(await smallLog(ORDINARY_RECORDS), { ...OPTIONS, ...options }, { terminal, stopped: NEVER });
      return terminal.complaints();
    };
    expect(await complaints({ type: ['no.such.*'] })).toBe('no event of the log matches\n');
    expect(await complaints({ type: ['no.such.*'], output: 'jsonl' })).toBe('');
    expect(await complaints({})).toBe('');
  });

  it('prints an empty JSON list when nothing matches', async () => {
    expect(JSON.parse(await printed({ output: 'json', type: ['pod.*'] }))).toEqual([]);
  });

  it('goes on with new records until it is stopped', async () => {
    const log = await smallLog(ORDINARY_RECORDS);
    const terminal = recordingTerminal();
    let stop = (): void => undefined;
    const stopped = new Promise<void>((resolve) => (stop = resolve));
    const printing = printEventsOf(log, { ...OPTIONS, follow: true, limit: 1 }, { terminal, stopped });
    await log.append({
      expectedLastSequence: 4,
      epoch: 1,
      messageId: '1-5',
      subject: 's',
      types: [],
      payload: JSON.stringify({ at: 0, events: [{ type: 'node.became-ready.v1', name: 'node-9', conditions: [] }] }),
    });
    await expect.poll(() => terminal.written()).toContain('node/node-9');
    stop();
    await printing;
    expect(sequencesIn(terminal.written())).toEqual([4, 5]);
  });
});

describe('eventFilter', () => {
  const created: FleetEvent = {
    type: 'pod.created.v1',
    namespace: 'kube-system',
    name: 'fluentd-x7k2p',
    uid: 'u',
    node: 'node-3',
    owner: 'o',
    revision: 'r',
  };
  const matches = (types: readonly string[], objects: readonly string[]): boolean =>
    eventFilter({ types, objects })(created);

  it.each([['pod.*'], ['pod.created'], ['pod.created.v1'], ['*created*']])(
    'takes a Pod’s creation for the type %s',
    (type) => {
      expect(matches([type], [])).toBe(true);
    },
  );

  it.each([['pod'], ['pod.created.v2'], ['node.*'], ['pod?created.v1']])('does not take it for %s', (type) => {
    expect(matches([type], [])).toBe(false);
  });

  it.each([['pod/fluentd-x7k2p'], ['po/fluentd-*'], ['pods/kube-system/fluentd-*'], ['node/node-3'], ['no/node-*']])(
    'is about %s',
    (object) => {
      expect(matches([], [object])).toBe(true);
    },
  );

  it.each([['pod/fluentd'], ['pod/default/fluentd-x7k2p'], ['node/node-30'], ['ds/fluentd-x7k2p']])(
    'is not about %s',
    (object) => {
      expect(matches([], [object])).toBe(false);
    },
  );

  it.each([['fluentd'], ['pod/'], ['a/b/c/d']])('refuses %s as an object', (object) => {
    expect(() => matches([], [object])).toThrow(/expected kind\/name/);
  });
});
