import { evolve, type FleetEvent, type FleetState } from '@everynode/core';
import pico from 'picocolors';
import { describe, expect, it, vi } from 'vitest';
import { foldUpTo } from '@everynode/read-models';
import { recordingTerminal } from '../../testing/recording-terminal.ts';
import { ORDINARY_RECORDS, smallLog, smallNode, START } from '../../testing/small-log.ts';
import { changeLines } from './change-lines.ts';
import { cutToWidth } from './cut-to-width.ts';
import { fleetScreen } from './fleet-screen.ts';
import { FleetWatch } from './fleet-watch.ts';
import { LiveView } from './live-view.ts';

const PLAIN = pico.createColors(false);
const logged = (event: FleetEvent): Parameters<typeof changeLines>[0][number] => ({
  sequence: 1,
  epoch: 1,
  at: START,
  event,
});
const ready = (name: string): FleetEvent => ({ type: 'node.became-ready.v1', name, conditions: [] });

const fleetOf = async (nodes: number): Promise<FleetState> => {
  const state = await foldUpTo(await smallLog(ORDINARY_RECORDS.slice(0, 1)), { upTo: 1 });
  for (let index = 1; index <= nodes; index += 1)
    evolve(
      state,
      { type: 'node.registered.v1', node: smallNode(`node-${index}`), agent: 'agent-0', session: 1, bootId: 'b' },
      { sequence: 2, at: START },
    );
  return state;
};

describe('changeLines', () => {
  it('has one line with the time for every change that is news', () => {
    expect(
      changeLines([
        logged(ready('node-1')),
        logged({ type: 'request.answered.v1', id: 'i', code: 200, resource: 'pods', namespace: '', name: '' }),
      ]),
    ).toBe('08:30:00.000  node/node-1             is Ready\n');
  });

  it('counts what is too much to read', () => {
    const lines = changeLines(Array.from({ length: 250 }, (_, index) => logged(ready(`node-${index}`)))).split('\n');
    expect(lines).toHaveLength(102);
    expect(lines[100]).toBe('… and 150 more changes');
  });
});

describe('fleetScreen', () => {
  it('shows DaemonSets, nodes and a sum', async () => {
    const state = await foldUpTo(await smallLog(ORDINARY_RECORDS), { upTo: 4 });
    const text = fleetScreen(state, { columns: 100, rows: 40 }, PLAIN).join('\n');
    expect(text).toMatch(/default +fluentd +0/);
    expect(text).toMatch(/node-2 +Ready +agent-0 +- +dedicated=gpu:NoSchedule/);
    expect(text).toContain('2 nodes, 2 Ready; 0 Pods, 0 Running; record 4, epoch 1');
  });

  it.each([10, 24, 60])('fits %i rows, however many nodes there are', async (rows) => {
    expect(fleetScreen(await fleetOf(500), { columns: 100, rows }, PLAIN).length).toBeLessThan(rows);
  });

  it('shows nodes with trouble before the others', async () => {
    const state = await fleetOf(500);
    evolve(
      state,
      {
        type: 'node.lost.v1',
        name: 'node-321',
        conditions: [{ type: 'Ready', status: 'Unknown' }],
        lastHeartbeatAt: null,
      },
      { sequence: 3, at: START },
    );
    const text = fleetScreen(state, { columns: 100, rows: 12 }, PLAIN).join('\n');
    expect(text).toMatch(/node-321 +Unknown/);
    expect(text).toMatch(/… and 49\d more nodes, 0 of them with trouble/);
  });
});

describe('cutToWidth', () => {
  it('counts visible characters and ends a colour that it cuts', () => {
    expect(cutToWidth('abcdef', 4)).toBe('abcd');
    expect(cutToWidth('abc', 4)).toBe('abc');
    expect(cutToWidth('\u001B[31mabcdef\u001B[39m', 4)).toBe('\u001B[31mabcd\u001B[0m');
  });
});

describe('LiveView', () => {
  it('draws the picture again in place, with news above it', async () => {
    vi.useFakeTimers();
    const terminal = { ...recordingTerminal(), isScreen: true };
    const view = new LiveView(terminal, () => ['footer']);
    view.show(await fleetOf(2));
    vi.advanceTimersByTime(300);
    const lines = terminal.written().split('\n').length - 1;
    expect(terminal.written()).toContain('footer');
    view.say('something ended');
    expect(terminal.written()).toContain(`\u001B[${lines}A\r\u001B[Jsomething ended\n`);
    vi.advanceTimersByTime(300);
    view.close();
    expect(terminal.written().match(/footer/g)?.length).toBeGreaterThanOrEqual(3);
    vi.useRealTimers();
  });

  it('never draws where there is no screen', async () => {
    const terminal = recordingTerminal();
    const view = new LiveView(terminal, () => ['footer']);
    view.show(await fleetOf(2));
    view.onEvents([logged(ready('node-1'))]);
    view.close();
    expect(terminal.written()).toBe('08:30:00.000  node/node-1             is Ready\n');
  });
});

describe('FleetWatch', () => {
  it('tells of the first Pod that starts to run, once, and of nothing that was before', async () => {
    const log = await smallLog(ORDINARY_RECORDS);
    const seen: string[] = [];
    let running = 0;
    const watch = await FleetWatch.start(log, {
      onEvents: (events) => void seen.push(...events.map(({ event }) => event.type)),
      onFirstPodRunning: () => (running += 1),
      onBroken: () => undefined,
    });
    expect(watch.state.sequence).toBe(4);
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default', uid: 'u' },
      spec: { nodeName: 'node-1', containers: [] },
    };
    const applied: FleetEvent = { type: 'pod.applied.v1', pod, by: 'x' };
    const runs: FleetEvent = {
      type: 'pod.reported.v1',
      namespace: 'default',
      name: 'p',
      uid: 'u',
      report: { phase: 'Running', ready: true, containers: [] },
    };
    for (const [index, event] of [applied, runs, runs].entries())
      await log.append({
        expectedLastSequence: 4 + index,
        epoch: 1,
        messageId: `x-${index}`,
        subject: 's',
        types: [],
        payload: JSON.stringify({ at: START + 60_000, events: [event] }),
      });
    await expect.poll(() => seen).toEqual(['pod.applied.v1', 'pod.reported.v1', 'pod.reported.v1']);
    expect(running).toBe(1);
    await watch.close();
  });
});
