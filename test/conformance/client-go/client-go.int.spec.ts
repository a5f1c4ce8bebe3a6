// A program on Kubernetes' Go client, which sends protobuf and keeps informers, as every controller and operator does.
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Fleet } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findGo } from '../../../tools/upstream/go-toolchain.mjs';
import { startConformanceFleet, TRANSPORTS } from '../conformance-fleet.ts';

const execute = promisify(execFile);
const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const PROGRAM = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'everynode', 'conformance', 'client-go');
/** The first build compiles the whole client. */
const BUILD_MS = 600_000;
const RUN_MS = 120_000;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Why the program cannot be built here; a program that does not compile is no reason. */
const reasonAgainst = async (): Promise<string | undefined> => {
  const { path: go, reason } = findGo();
  if (go === undefined) return reason;
  try {
    await execute(go, ['mod', 'download'], { cwd: FOLDER, timeout: BUILD_MS });
    return undefined;
  } catch (error) {
    return `the modules of the Go client cannot be fetched: ${messageOf(error).split('\n')[1] ?? ''}`;
  }
};

const build = async (): Promise<void> => {
  mkdirSync(join(PROGRAM, '..'), { recursive: true });
  await execute(findGo().path ?? 'go', ['build', '-mod=readonly', '-o', PROGRAM, '.'], { cwd: FOLDER, timeout: BUILD_MS, env: { ...process.env, GOFLAGS: '-buildvcs=false' } });
};

interface Check {
  readonly shows: string;
  readonly problem: string;
}

const checksIn = (output: string): readonly Check[] =>
  output.split('\n').flatMap((line) => {
    const match = /^(not ok|ok) \d+ - (.*)$/.exec(line);
    if (match === null) return [];
    const [, outcome, text = ''] = match;
    const at = outcome === 'ok' ? text.length : text.indexOf(': ');
    return [{ shows: text.slice(0, at), problem: text.slice(at) }];
  });

const CHECKS = 18;
const reason = await reasonAgainst();

if (reason !== undefined) it.skip(reason);

describe.skipIf(reason !== undefined).each(TRANSPORTS)('a program on client-go, over %s', (_name, tls) => {
  let fleet: Fleet;

  beforeAll(async () => {
    await build();
    fleet = await startConformanceFleet(tls);
  }, BUILD_MS);
  afterAll(async () => {
    await fleet.stop();
  });

  const run = async (env: Readonly<Record<string, string>>): Promise<readonly Check[]> => {
    const settings = { env: { ...process.env, KUBECONFIG: fleet.kubeconfig, ...env }, timeout: RUN_MS };
    // The exit code repeats what the lines say.
    const output = await execute(PROGRAM, [], settings).then(
      ({ stdout }) => stdout,
      (error: unknown) => (error instanceof Error && 'stdout' in error ? String(error.stdout) : messageOf(error)),
    );
    const checks = checksIn(output);
    expect(checks, output).toHaveLength(CHECKS);
    return checks;
  };

  it.each([
    ['that list and then watch', 'false'],
    ['that watch from the first object on', 'true'],
  ])('finds all that it asks for, with informers %s', async (_kind, watchList) => {
    const checks = await run({ KUBE_FEATURE_WatchListClient: watchList });
    expect(checks.filter(({ problem }) => problem !== '')).toEqual([]);
  });
});
