/** The built bundles, as a container gets them: without the sources and without node_modules. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const APPS = ['controller', 'apiserver', 'agent', 'cli'] as const;
const NODE = resolve('node_modules/node/bin/node');
let dir = '';

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'everynode-bundles-'));
  for (const app of APPS) cpSync(resolve('dist', `${app}.mjs`), join(dir, `${app}.mjs`));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const run = (...args: readonly string[]): ReturnType<typeof spawnSync> =>
  spawnSync(NODE, [...args], { cwd: dir, encoding: 'utf8' });

describe('the bundles', () => {
  it.each(APPS)('%s runs by itself and prints its help', (app) => {
    expect(run(join(dir, `${app}.mjs`), '--help')).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining('Usage: ') as string,
    });
  });

  it.each(APPS)('%s imports nothing at its start but Node’s own modules', (app) => {
    const imports = [...readFileSync(join(dir, `${app}.mjs`), 'utf8').matchAll(/^import .*from ["']([^"']+)["'];$/gm)];
    const names = imports.map(([, name = '']) => name.replace(/^node:/, ''));
    expect(names).toContain('module');
    expect(names.filter((name) => !builtinModules.includes(name))).toEqual([]);
  });

  it('become one another from the command line', () => {
    const help = run(join(dir, 'cli.mjs'), 'agent', '--help');
    expect(help.stdout).toBe(run(join(dir, 'agent.mjs'), '--help').stdout);
    expect(run(join(dir, 'cli.mjs'), 'controller', '--no-such-option')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("unknown option '--no-such-option'") as string,
    });
  });
});
