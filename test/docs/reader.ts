import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = resolve('.');
const LAUNCHER = join(ROOT, 'bin/everynode.mjs');
const COMMAND_MS = 60_000;
const POLL_MS = 50;

export interface Typed {
  readonly code: unknown;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** Someone who follows a document: types its commands in a folder of his own, one after the other, and keeps what he has exported. */
export class Reader {
  readonly home: string;
  private readonly exported: string[] = [];
  private fleet: ChildProcess | undefined;
  private said = '';

  constructor(name: string) {
    this.home = mkdtempSync(join(tmpdir(), `everynode-${name}-`));
  }

  /** Starts a fleet as `everynode up` does with the options, on free ports. */
  startFleet(...options: readonly string[]): void {
    const fleet = spawn(LAUNCHER, ['up', '--port', '0', '--nats-port', '0', ...options], { cwd: this.home, stdio: ['ignore', 'pipe', 'pipe'] });
    this.fleet = fleet;
    for (const stream of [fleet.stdout, fleet.stderr]) stream.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
  }

  /** Waits until the fleet has printed a text so many times; rejects with what it has printed when that takes too long. */
  async untilFleetSays(text: string, times: number, timeoutMs: number): Promise<void> {
    for (const deadline = performance.now() + timeoutMs; this.said.split(text).length <= times; ) {
      if (performance.now() > deadline) throw new Error(`the fleet did not say ${JSON.stringify(text)} ${times} times: ${this.said}`);
      await sleep(POLL_MS);
    }
  }

  /** Ends the fleet with Ctrl-C; gives its exit code and signal. */
  async stopFleet(): Promise<unknown> {
    const { fleet } = this;
    if (fleet === undefined) return undefined;
    const exited = once(fleet, 'exit');
    fleet.kill('SIGINT');
    return exited;
  }

  /** Runs a command; npm and npx do what they would do in the checkout. */
  async type(command: string): Promise<Typed> {
    const script = [
      'set -e',
      `npm() { (cd '${ROOT}' && command npm "$@"); }`,
      `npx() { [ "$1" = everynode ] && '${LAUNCHER}' "\${@:2}"; }`,
      ...this.exported,
      command,
    ].join('\n');
    const shell = spawn('bash', ['-c', script], {
      cwd: this.home,
      env: { ...process.env, KUBECACHEDIR: join(this.home, 'kubectl-cache') },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: COMMAND_MS,
    });
    let output = '';
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(shell, 'close')) as [unknown];
    if (command.startsWith('export ')) this.exported.push(command);
    return { code, output };
  }

  leave(): void {
    if (this.fleet?.exitCode === null) this.fleet.kill('SIGKILL');
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}
