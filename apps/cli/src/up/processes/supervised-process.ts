import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { lastLine } from './last-line.ts';
import { RestartDelay } from './restart-delay.ts';

export interface SupervisedOptions {
  readonly name: string;
  /** Path of the script that Node runs. */
  readonly script: string;
  readonly args: readonly string[];
  readonly logFile: string;
  /** Told in a sentence when the process ends by itself and when it is started again. */
  readonly onNews: (line: string) => void;
}

const STOP_TIMEOUT_MS = 5000;
/** A smaller young generation keeps a third of the memory off a process that works in bursts. */
const NODE_OPTIONS = ['--max-semi-space-size=8'];

/**
 * One process that is started again whenever it ends. It is a group of its own, so that Ctrl-C reaches `up` alone, which then stops things in order;
 * when `up` itself is killed the channel between the two closes, and the process stops by itself.
 */
export class SupervisedProcess {
  readonly name: string;
  private readonly options: SupervisedOptions;
  private readonly delay = new RestartDelay();
  private child: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isStopping = false;
  restarts = 0;

  constructor(options: SupervisedOptions) {
    this.name = options.name;
    this.options = options;
    this.start();
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** `running`, or `waiting` between an end and the next start. */
  get state(): 'running' | 'waiting' {
    return this.child === undefined ? 'waiting' : 'running';
  }

  private start(): void {
    const log = openSync(this.options.logFile, 'a');
    const startedAt = Date.now();
    const child = spawn(process.execPath, [...NODE_OPTIONS, this.options.script, ...this.options.args], {
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    closeSync(log);
    this.child = child;
    let isOver = false;
    const over = (how: string): void => {
      if (isOver) return;
      isOver = true;
      this.child = undefined;
      if (!this.isStopping) this.startAgain(how, Date.now() - startedAt);
    };
    child.once('error', (error) => over(error.message));
    child.once('exit', (code, signal) => over(signal === null ? `exit code ${code ?? '?'}` : `killed by ${signal}`));
  }

  private startAgain(how: string, ranForMs: number): void {
    const delayMs = this.delay.next(ranForMs);
    this.restarts += 1;
    const last = signalled(how) ? '' : `, last said: ${lastLine(this.options.logFile)}`;
    this.options.onNews(
      `${this.name} ended (${how}${last}); starting it again in ${delayMs / 1000} s; log: ${this.options.logFile}`,
    );
    this.timer = setTimeout(() => this.start(), delayMs);
  }

  /** Asks it to end and makes it end when it has not done so after five seconds. */
  async stop(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    const { child } = this;
    if (child === undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      // A process that was frozen would keep SIGTERM waiting.
      child.kill('SIGCONT');
      child.kill('SIGTERM');
    });
  }

  /** Ends it at once. */
  kill(): void {
    this.isStopping = true;
    clearTimeout(this.timer);
    this.child?.kill('SIGKILL');
  }
}

const signalled = (how: string): boolean => how.startsWith('killed by');
