import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const TOOL = fileURLToPath(new URL('build-upstream.mjs', import.meta.url));

describe('the builder of upstream programs', () => {
  let cache: string;
  interface Built {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }
  const buildIn = (env: NodeJS.ProcessEnv, ...names: string[]): Built =>
    spawnSync(process.execPath, [TOOL, ...names], { encoding: 'utf8', env: { ...env, XDG_CACHE_HOME: cache } });
  const build = (...names: string[]): Built => buildIn(process.env, ...names);

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

  /** A `go` that writes down what it is asked for, and whose list names one package that is compiled and two that are not. */
  const FAKE_GO = `#!/bin/sh
case "$1 $2" in
  "env GOVERSION") echo go1.24.0; exit ;;
  "mod download") echo "{\\"Dir\\": \\"$SOURCES\\"}"; exit ;;
esac
echo "$*" >> "$SOURCES/asked"
case "$1" in
  list) printf 'a.example/cached\\tnot installed but available in build cache\\na.example/new\\tbuild ID mismatch\\nb.example/new\\tstale dependency: a.example/new\\nmain.test\\tbuild ID mismatch\\nb.example/new [main.test]\\tstale dependency: a.example/new\\n' ;;
  build) test "$2" = -v || printf program > "$4" ;;
  test) printf program > "$5" ;;
esac
`;

  it('compiles what is not compiled yet, says how much that is, and then makes the program', () => {
    const sources = join(cache, 'sources');
    mkdirSync(sources, { recursive: true });
    writeFileSync(join(sources, 'go'), FAKE_GO, { mode: 0o755 });
    writeFileSync(join(sources, 'go.mod'), 'module k8s.io/kubernetes\n');
    writeFileSync(join(sources, 'go.sum'), '');
    const env = { ...process.env, PATH: `${sources}:${process.env['PATH'] ?? ''}`, SOURCES: sources };
    const { status, stdout, stderr } = buildIn(env, 'e2e.test', 'kube-controller-manager');
    const folder = join(cache, 'everynode', 'upstream', 'v1.34.3');
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `${join(folder, 'e2e.test')}\n${join(folder, 'kube-controller-manager')}\n`,
    });
    expect(stderr).toContain('building e2e.test: 2 packages to compile\n');
    expect(readFileSync(join(folder, 'e2e.test'), 'utf8')).toBe('program');
    const asked = readFileSync(join(sources, 'asked'), 'utf8')
      .split('\n')
      .map((line) => line.replaceAll(/-o \S+/g, '-o FILE').split(' -ldflags ')[0]);
    expect(asked.filter((line) => !line?.startsWith('list '))).toEqual([
      'build -v -trimpath a.example/new b.example/new',
      'test -c -trimpath -o FILE',
      'build -v -trimpath a.example/new b.example/new',
      'build -trimpath -o FILE',
      '',
    ]);
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
