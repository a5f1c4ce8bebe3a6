import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const TOOL = fileURLToPath(new URL('build-upstream.mjs', import.meta.url));

describe('the builder of upstream programs', () => {
  let cache: string;
  const build = (
    ...names: string[]
  ): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
    spawnSync(process.execPath, [TOOL, ...names], { encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: cache } });

  beforeAll(() => {
    cache = mkdtempSync(join(tmpdir(), 'everynode-upstream-spec-'));
  });
  afterAll(() => rmSync(cache, { recursive: true, force: true }));

  it('refuses a program that it does not know and names those that it does', () => {
    expect(build('kubelet')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: 'kubelet is not one of e2e.test, kube-controller-manager\n',
    });
  });

  it('prints where a program is that was built before, and builds nothing', () => {
    const folder = join(cache, 'everynode', 'upstream', 'v1.34.3');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'kube-controller-manager'), '');
    expect(build('kube-controller-manager')).toMatchObject({
      status: 0,
      stdout: `${join(folder, 'kube-controller-manager')}\n`,
      stderr: '',
    });
  });
});
