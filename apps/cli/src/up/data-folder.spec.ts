import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runningFleet } from '../connection/running-fleet.ts';
import { takeDataFolder } from './data-folder.ts';
import { isSameProcess, processIdentity } from './process-identity.ts';

const NOBODY = 2 ** 22 - 1;
let dir = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'everynode-data-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('takeDataFolder', () => {
  it('refuses a folder that another process has, naming its pid', () => {
    takeDataFolder(dir);
    expect(() => takeDataFolder(dir)).toThrow(new RegExp(`already: "everynode up" with pid ${process.pid}`));
  });

  it('takes it once it is released', () => {
    takeDataFolder(dir).release();
    expect(existsSync(join(dir, 'up.lock'))).toBe(false);
    expect(takeDataFolder(dir).dir).toBe(dir);
  });

  it.each([JSON.stringify({ pid: NOBODY }), JSON.stringify({ pid: process.pid, startTicks: '1' }), 'torn{'])(
    'takes over from %s, which is nobody any more',
    (lock) => {
      writeFileSync(join(dir, 'up.lock'), lock);
      expect(takeDataFolder(dir).dir).toBe(dir);
    },
  );

  it('tells other commands what runs, from the moment it is announced until it is released', () => {
    const folder = takeDataFolder(dir);
    expect(runningFleet(dir)).toBeUndefined();
    folder.announce({
      nats: 'nats://x',
      memory: undefined,
      monitor: undefined,
      api: 'http://y',
      kubeconfig: 'k',
      health: {},
    });
    expect(runningFleet(dir)).toMatchObject({ pid: process.pid, nats: 'nats://x', api: 'http://y' });
    folder.release();
    expect(runningFleet(dir)).toBeUndefined();
  });

  it('names the option when the folder cannot be made', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(() => takeDataFolder(join(dir, 'file', 'below'))).toThrow(/^--data: /);
  });
});

describe('processIdentity', () => {
  it('tells a process from a later one with its id', () => {
    const own = processIdentity(process.pid);
    expect(isSameProcess(own)).toBe(true);
    expect(isSameProcess({ ...own, startTicks: '1' })).toBe(false);
    expect(isSameProcess({ pid: NOBODY })).toBe(false);
  });
});
