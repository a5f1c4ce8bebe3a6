import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PodRecord, PodReport, StoreChange } from '@everynode/core';
import { NodeStore } from './node-store.ts';

const disk = vi.hoisted(() => ({ fails: false }));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const writeSync = (fd: number, bytes: Buffer, at: number): number => {
    if (!disk.fails) return fs.writeSync(fd, bytes, at);
    // A disk that fills up takes a part of what it is given first.
    fs.writeSync(fd, bytes.subarray(at, at + Math.floor((bytes.length - at) / 2)));
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  };
  return { ...fs, writeSync };
});

const template = { labels: { app: 'x' }, annotations: {}, spec: { containers: [{ name: 'c', image: 'i' }] } };
const report: PodReport = { phase: 'Running', ready: true, containers: [] };

const podOf = (uid: string): PodRecord => ({
  run: { namespace: 'default', name: uid, uid, owner: 'o', surge: false, ...template },
  stage: 'started',
  killAt: null,
  report: null,
});

const changesOf = (node: string, sequence: number): StoreChange[] => [
  { type: 'node', node, uid: `uid-${node}`, bootId: 'b', observedEpoch: 1, observedSequence: sequence },
  { type: 'pod', node, pod: podOf(`${node}-p`) },
  { type: 'pod', node, pod: podOf(`${node}-q`) },
  { type: 'pod-state', node, uid: `${node}-p`, stage: 'stopping', killAt: 5, report },
  { type: 'pod-forgotten', node, uid: `${node}-q` },
];

describe('NodeStore', () => {
  let folder: string;
  const file = (): string => join(folder, 'nodes.jsonl');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'everynode-store-'));
  });

  afterEach(() => {
    disk.fails = false;
    rmSync(folder, { recursive: true, force: true });
  });

  const reopened = (): ReturnType<typeof NodeStore.open> => {
    const loaded = NodeStore.open(folder);
    loaded.store.close();
    return loaded;
  };

  it('has after a restart what was appended', () => {
    const { store, records } = NodeStore.open(folder);
    expect(records.size).toBe(0);
    store.append(changesOf('n1', 7));
    store.close();
    expect(reopened().records.get('n1')).toEqual({
      name: 'n1',
      uid: 'uid-n1',
      bootId: 'b',
      observedEpoch: 1,
      observedSequence: 7,
      pods: [{ ...podOf('n1-p'), stage: 'stopping', killAt: 5, report }],
      buried: ['n1-q'],
    });
  });

  it('writes what Pods have in common once', () => {
    const { store } = NodeStore.open(folder);
    for (let node = 0; node < 100; node += 1) store.append(changesOf(`n${node}`, 1));
    store.close();
    expect(readFileSync(file(), 'utf8').match(/"containers":\[\{"name":"c"/g)).toHaveLength(1);
  });

  it('leaves out a line that was written half, and says so', () => {
    const { store } = NodeStore.open(folder);
    store.append(changesOf('n1', 7));
    store.close();
    appendFileSync(file(), '{"type":"node","node":"n2","ui');
    const { records, faults } = reopened();
    expect(records.names()).toEqual(['n1']);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`${file()}:`);
    expect(reopened().faults).toEqual([]);
  });

  it('keeps the rest when lines in the middle have rotted', () => {
    const { store } = NodeStore.open(folder);
    for (let node = 0; node < 5; node += 1)
      store.append([{ type: 'node', node: `n${node}`, uid: 'u', bootId: 'b', observedEpoch: 0, observedSequence: 0 }]);
    store.close();
    const lines = readFileSync(file(), 'utf8').split('\n');
    writeFileSync(file(), [...lines.slice(0, 2), '\u0000\u0000', '{"type":"other"}', ...lines.slice(3)].join('\n'));
    const { records, faults } = reopened();
    expect(records.names()).toEqual(['n0', 'n1', 'n3', 'n4']);
    expect(faults).toHaveLength(2);
  });

  it('is compacted to what it is told, and goes on from there', () => {
    const { store } = NodeStore.open(folder);
    for (let sequence = 0; sequence < 500; sequence += 1) store.append(changesOf('n1', sequence));
    const before = statSync(file()).size;
    store.compact(changesOf('n1', 499));
    expect(statSync(file()).size).toBeLessThan(before / 100);
    store.append(changesOf('n2', 1));
    store.close();
    expect(reopened().records.names()).toEqual(['n1', 'n2']);
  });

  it('is worth compacting when most of a large file is out of date', () => {
    const { store } = NodeStore.open(folder);
    const change: StoreChange = {
      type: 'node',
      node: 'n1',
      uid: 'u'.repeat(1_000_000),
      bootId: 'b',
      observedEpoch: 0,
      observedSequence: 0,
    };
    for (let count = 0; count < 16; count += 1) store.append([change]);
    expect(store.isWorthCompacting).toBe(false);
    store.append([change]);
    expect(store.isWorthCompacting).toBe(true);
    store.compact([change]);
    expect(store.isWorthCompacting).toBe(false);
    store.close();
  });

  it('writes later what a full disk has not taken, whole', () => {
    const { store } = NodeStore.open(folder);
    store.append(changesOf('n1', 1));
    disk.fails = true;
    expect(() => store.append(changesOf('n2', 1))).toThrow('no space left');
    expect(() => store.append(changesOf('n3', 1))).toThrow('no space left');
    expect(store.hasUnwritten).toBe(true);
    disk.fails = false;
    store.append([]);
    expect(store.hasUnwritten).toBe(false);
    store.close();
    const { records } = reopened();
    for (const node of ['n1', 'n2', 'n3'])
      expect(records.get(node)).toMatchObject({
        observedSequence: 1,
        pods: [{ stage: 'stopping' }],
        buried: [`${node}-q`],
      });
  });

  it('keeps the old file when a full disk does not take the compacted one', () => {
    const { store } = NodeStore.open(folder);
    store.append(changesOf('n1', 1));
    disk.fails = true;
    expect(() => store.compact(changesOf('n1', 1))).toThrow('no space left');
    disk.fails = false;
    store.append(changesOf('n2', 1));
    store.close();
    expect(reopened().records.names()).toEqual(['n1', 'n2']);
  });

  it('is not shared by two processes, and is taken over from one that is gone', () => {
    const { store } = NodeStore.open(folder);
    expect(() => NodeStore.open(folder)).toThrow(`--data: the process ${process.pid} uses this folder already`);
    store.close();
    writeFileSync(join(folder, 'agent.lock'), '999999999 1');
    expect(() => reopened()).not.toThrow();
    writeFileSync(join(folder, 'agent.lock'), `${process.pid} 1`);
    expect(() => reopened()).not.toThrow();
  });

  it('has everything that was appended when its process is killed, whenever that is', { timeout: 60_000 }, async () => {
    const script = join(folder, 'child.mjs');
    const root = fileURLToPath(new URL('../../../..', import.meta.url));
    await build({
      entryPoints: [fileURLToPath(new URL('../testing/write-until-killed.ts', import.meta.url))],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: script,
      tsconfig: join(root, 'tsconfig.json'),
      logLevel: 'error',
    });
    const data = join(folder, 'data');
    for (let round = 0; round < 6; round += 1) {
      const child = spawn(process.execPath, [script, data], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = 0;
      child.stdout.on('data', (chunk: Buffer) => {
        said = Number(chunk.toString().trimEnd().split('\n').at(-1));
      });
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, 20 + round * 37));
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(said).toBeGreaterThan(0);
      const { store, records, faults } = NodeStore.open(data);
      store.close();
      expect(faults.length).toBeLessThanOrEqual(1);
      expect(records.size).toBe(50);
      for (let node = 0; node < 50; node += 1) {
        const record = records.get(`n${node}`);
        // The sequence is written before the Pod, in one append; a kill may fall between two lines of the last append only.
        expect(record?.observedSequence).toBeGreaterThanOrEqual(said);
        expect(record?.pods.length).toBeLessThanOrEqual(1);
      }
      rmSync(data, { recursive: true });
    }
  });
});
