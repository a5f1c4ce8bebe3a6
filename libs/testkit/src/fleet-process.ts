import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from './project-root.ts';

const CLOCK_TICKS_PER_SECOND = 100;
/** As `everynode up` and docker-compose.yml start them. */
const NODE_OPTIONS = ['--max-semi-space-size=8'];

export interface FleetProcessOptions {
  readonly name: string;
  /** Name of the bundle under `dist/`, e.g. `controller`. */
  readonly bundle: string;
  readonly args: readonly string[];
  readonly logDir: string;
}

/** One real process of everynode, started from its bundle with the pinned Node. Its output goes to `<logDir>/<name>.log`. */
export class FleetProcess {
  readonly name: string;
  private readonly options: FleetProcessOptions;
  private child: ChildProcess | undefined;

  constructor(options: FleetProcessOptions) {
    this.name = options.name;
    this.options = options;
    this.start();
  }

  get pid(): number {
    const pid = this.child?.pid;
    if (pid === undefined) throw new Error(`${this.name} does not run`);
    return pid;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  start(): void {
    if (this.isRunning) return;
    const node = join(ROOT, 'node_modules/node/bin/node');
    const log = createWriteStream(join(this.options.logDir, `${this.name}.log`), { flags: 'a' });
    const child = spawn(node, [...NODE_OPTIONS, join(ROOT, 'dist', `${this.options.bundle}.mjs`), ...this.options.args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    this.child = child;
  }

  /** Sends a signal as a fault would; after SIGKILL and SIGTERM it resolves when the process is gone. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child === undefined || !this.isRunning) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await gone;
  }

  async restart(): Promise<void> {
    await this.signal('SIGKILL');
    this.start();
  }

  log(): string {
    return readFileSync(join(this.options.logDir, `${this.name}.log`), 'utf8');
  }
}

export interface ProcessUsage {
  /** CPU seconds so far. */
  readonly cpuSeconds: number;
  /** Peak resident memory in MiB. */
  readonly peakMiB: number;
}

/** CPU time and peak memory of a process, from /proc. */
export const usageOf = (pid: number): ProcessUsage => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const peak = /VmHWM:\s+(\d+)/.exec(status);
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND,
    peakMiB: Math.round(Number(peak?.[1] ?? 0) / 1024),
  };
};
