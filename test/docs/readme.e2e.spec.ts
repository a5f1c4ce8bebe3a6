/**
 * The README's commands, in its order, against a fleet that runs in a folder of its own on free ports.
 * A command that is not known here fails the test, so nobody documents what nobody has tried.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shellCommands } from './shell-commands.ts';

const ROOT = resolve('.');
const LAUNCHER = join(ROOT, 'bin/everynode.mjs');
const START_MS = 30_000;
const COMMAND_MS = 60_000;
/** How long a command that only reads may give another answer at first. */
const READS_MS = 15_000;

/** Commands that are run here, with what they say. */
const SAYS: ReadonlyMap<string, RegExp> = new Map([
  ['export KUBECONFIG=$PWD/.everynode/kubeconfig', /^$/],
  ['export PATH=$PATH:$(npm run --silent kubectl-folder)', /^$/],
  [
    'kubectl get nodes,daemonsets,pods -o wide',
    /^node\/node-5 +Ready[^]*^daemonset\.apps\/fluentd +5 [^]*^pod\/fluentd-\w{5} +1\/1 +Running/m,
  ],
  ['kubectl set image ds/fluentd fluentd=registry.example/fluentd:2', /^daemonset\.apps\/fluentd image updated$/m],
  ['kubectl rollout status ds/fluentd', /successfully rolled out/],
  ['kubectl taint node node-1 maintenance=yes:NoExecute', /^node\/node-1 tainted$/m],
  ['kubectl taint node node-1 maintenance-', /^node\/node-1 untainted$/m],
  ['kubectl rollout undo ds/fluentd', /^daemonset\.apps\/fluentd rolled back$/m],
  ['npx everynode explain fluentd --node node-1', /DS-\d+ [^]*because of record \d+/],
  ['npx everynode events --since -5m', /pod\.created\.v1 +pod\/fluentd-[^]* node\/node-1 .*has no taint/],
  ['npx everynode replay --until -10s', /^the fleet after record \d+/],
  ['npx everynode log verify', /^folded \d+ records from zero/],
  ['npx everynode doctor', /, 0 failed$/m],
  ['npx everynode lab run --seeds 20', /^20 seeds [^]*^every property held$/m],
]);

/** Commands whose run would be a test run or an installation of its own: the npm script has to exist, and the file that proves it. */
const PROVEN_BY: ReadonlyMap<string, string> = new Map([
  ['npm ci', 'package-lock.json'],
  ['npm test', 'vitest.config.ts'],
  ['npm run image', 'test/compose/fleet.compose.spec.ts'],
  ['docker compose up', 'test/compose/fleet.compose.spec.ts'],
  ['kubectl --server http://127.0.0.1:8080 get nodes', 'test/compose/fleet.compose.spec.ts'],
]);

const commands = shellCommands(readFileSync('README.md', 'utf8'));
const scripts = (
  JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: Readonly<Record<string, string>> }
).scripts;

let home = '';
let fleet: ChildProcess | undefined;
let fleetSays = '';
const exported: string[] = [];

/** What a reader types, in the folder where the fleet's data is; npm and npx do what they would do in the checkout. */
const type = async (command: string): Promise<{ readonly code: unknown; readonly output: string }> => {
  const script = [
    'set -e',
    `npm() { (cd '${ROOT}' && command npm "$@"); }`,
    `npx() { [ "$1" = everynode ] && '${LAUNCHER}' "\${@:2}"; }`,
    ...exported,
    command,
  ].join('\n');
  const shell = spawn('bash', ['-c', script], {
    cwd: home,
    env: { ...process.env, KUBECACHEDIR: join(home, 'kubectl-cache') },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: COMMAND_MS,
  });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(shell, 'close')) as [unknown];
  if (command.startsWith('export ')) exported.push(command);
  return { code, output };
};

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'everynode-readme-'));
});

afterAll(async () => {
  if (fleet?.exitCode === null) fleet.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

describe('README.md', () => {
  it('has no command that is unknown here, and none is known that it has not', () => {
    const known = [...SAYS.keys(), ...PROVEN_BY.keys(), 'npm start'];
    expect(commands.filter((command) => !known.includes(command))).toEqual([]);
    expect(known.filter((command) => !commands.includes(command))).toEqual([]);
  });

  it.each([...PROVEN_BY])('names npm scripts and files that exist: %s', (command, proof) => {
    const script = /^npm (?:run )?(?!ci\b)(\S+)/.exec(command)?.[1];
    if (script !== undefined) expect(scripts).toHaveProperty(script);
    expect(existsSync(proof)).toBe(true);
  });

  it('builds on "npm ci", and serves containers on the port that it says', () => {
    expect(scripts['prepare']).toBe(scripts['build']);
    expect(readFileSync('docker-compose.yml', 'utf8')).toContain('127.0.0.1:${EVERYNODE_PORT:-8080}:8080');
  });

  it('starts a fleet with "npm start" and shows its first Pod', async () => {
    expect(scripts['start']).toBe('node bin/everynode.mjs up');
    const started = spawn(LAUNCHER, ['up', '--port', '0', '--nats-port', '0'], {
      cwd: home,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    fleet = started;
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk: Buffer) => (fleetSays += chunk.toString()));
    await expect.poll(() => fleetSays, { timeout: START_MS }).toMatch(/first Pod Running after \d/);
    await expect.poll(() => fleetSays.match(/is Running and ready/g)?.length, { timeout: START_MS }).toBe(5);
  });

  it.each(commands.filter((command) => SAYS.has(command)))('%s', async (command) => {
    const expected = SAYS.get(command) ?? /^never/;
    let { code, output } = await type(command);
    // Ten seconds ago there may have been no fleet yet; what only reads may be asked again.
    for (
      const deadline = Date.now() + READS_MS;
      command.startsWith('npx') && !expected.test(output) && Date.now() < deadline;
    )
      ({ code, output } = await type(command));
    expect(output).toMatch(expected);
    expect(code).toBe(0);
  });

  it('stops all of it on Ctrl-C', async () => {
    const exited = fleet === undefined ? [1] : once(fleet, 'exit');
    fleet?.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
    expect(existsSync(join(home, '.everynode/up.json'))).toBe(false);
  });
});
