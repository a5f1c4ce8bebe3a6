import { describe, expect, it } from 'vitest';
import type { PodReport } from '../event/fleet-event.ts';
import type { RunPod } from './node-commands.ts';
import { ENDED, NodeBench, RUNNING, registered, runPod } from './testing/node-bench.ts';

describe('KubeletMachine: active deadline', () => {
  const BEGUN: PodReport = { ...RUNNING, startedAt: 1_000 };
  const brief = (seconds: number): RunPod => runPod('p', { owner: '', spec: { ...runPod('p').spec, activeDeadlineSeconds: seconds } });
  const running = (seconds = 60): NodeBench => registered().commands(5, [brief(seconds)]).changed('p', BEGUN).acknowledge();
  const ends = (bench: NodeBench): readonly string[] => bench.asked().filter((text) => text.startsWith('stop'));
  const said = (bench: NodeBench): unknown => {
    const { message } = bench.newest('ReportNodes');
    return message.type === 'ReportNodes' ? message.nodes.at(-1)?.pods.find(({ uid }) => uid === 'p') : undefined;
  };
  const OVERDUE = {
    gone: true,
    report: { phase: 'Failed', ready: false, reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' },
  };

  it('ends a Pod that was active for too long, with its own grace, and reports it as failed', () => {
    const bench = running().tick(59_999);
    expect(ends(bench)).toEqual([]);
    expect(bench.machine.nextWakeAt()).toBeLessThanOrEqual(61_000);
    bench.tick(1);
    expect(ends(bench)).toEqual(['stop p 7']);
    bench.stopped('p').tick(10);
    expect(said(bench)).toMatchObject(OVERDUE);
    bench.acknowledge().tick(60_000);
    expect(ends(bench)).toHaveLength(1);
  });

  it('counts from the start of the Pod on the node, ready or not', () => {
    const waiting: PodReport = { phase: 'Pending', ready: false, startedAt: 1_000, containers: [{ name: 'c', state: 'waiting', ready: false, restartCount: 0 }] };
    const bench = registered().commands(5, [brief(60)]).changed('p', waiting).tick(50_000).changed('p', BEGUN).tick(10_000);
    expect(ends(bench)).toEqual(['stop p 7']);
  });

  it('takes a deadline that is set or moved up while the Pod runs', () => {
    expect(ends(running(600).tick(1_000).commands(6, [brief(30)]).tick(29_000))).toEqual(['stop p 7']);
    const late = running(600).tick(60_000).commands(6, [brief(30)]).tick();
    expect(ends(late)).toEqual(['stop p 7']);
  });

  it('waits on where the deadline was put off', () => {
    const bench = running(30).tick(1_000).commands(6, [brief(90)]).tick(29_000);
    expect(ends(bench)).toEqual([]);
    bench.tick(60_000);
    expect(ends(bench)).toEqual(['stop p 7']);
  });

  it('leaves a Pod alone that is over, or has no deadline', () => {
    const over = running().changed('p', { ...ENDED, startedAt: 1_000 }).tick(100_000);
    expect(ends(over)).toEqual([]);
    const free = registered().commands(5, [runPod('p')]).changed('p', BEGUN).tick(100_000_000);
    expect(ends(free)).toEqual([]);
  });

  it('goes on without the broker', () => {
    const bench = running().handle({ type: 'connection', isConnected: false });
    expect(bench.machine.nextWakeAt()).toBe(61_000);
    expect(ends(bench.tick(60_000))).toEqual(['stop p 7']);
  });

  it('remembers over a restart of its process what it counts and what it has ended', () => {
    const bench = running().tick(30_000);
    bench.machine = NodeBench.newMachine('i-2');
    bench.start([{ namespace: 'default', name: 'pod-p', uid: 'p', owner: '', report: BEGUN }]).tick(30_000);
    expect(ends(bench)).toEqual(['stop p 7']);
    bench.machine = NodeBench.newMachine('i-3');
    bench.start([]).register('node-uid', 2).tick(10);
    expect(said(bench)).toMatchObject(OVERDUE);
  });
});
