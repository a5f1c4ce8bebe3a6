import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { brokerConfig } from './broker-config.ts';
import type { BrokerConfigOptions } from './broker-config.ts';

export interface StartBrokerOptions extends Omit<BrokerConfigOptions, 'port' | 'monitorPort'> {
  /** Path of the nats-server executable. */
  readonly binary: string;
  /** Client port; 0 takes a free one. */
  readonly port: number;
  /** Monitoring port; 0 takes a free one, left out there is none. */
  readonly monitorPort?: number;
  /** True keeps a terminal's interrupt (Ctrl-C) from reaching the server, for callers that end it themselves after everything else. Default false. */
  readonly ownProcessGroup?: boolean;
  /** How long the server may take until it accepts clients. Default 20 s. */
  readonly readyTimeoutMs?: number;
  /** Called when the process ends without `stop()` or `kill()`. */
  readonly onUnexpectedExit?: (detail: string) => void;
}

/** A nats-server that this process started. */
export interface BrokerProcess {
  /** `nats://127.0.0.1:4222` */
  readonly url: string;
  readonly port: number;
  /** `http://127.0.0.1:8222`, if asked for. */
  readonly monitorUrl: string | undefined;
  /** Process id while it runs. */
  readonly pid: number | undefined;
  readonly logFile: string;
  /** Asks it to end (SIGTERM) and makes it end (SIGKILL) when it has not done so after `graceMs` (default 5 s). */
  stop(graceMs?: number): Promise<void>;
  /** Sends a signal as a fault would, e.g. SIGKILL, SIGSTOP, SIGCONT; after SIGKILL it resolves when the process is gone. */
  signal(name: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port with the same store; ends it first when it runs. */
  restart(): Promise<void>;
}

/** A port that nobody listens on now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

/** Writes the configuration into the store folder, starts the server and resolves when it accepts clients. Rejects with the end of its log. */
export const startBroker = async (options: StartBrokerOptions): Promise<BrokerProcess> => {
  const port = options.port === 0 ? await freePort() : options.port;
  const monitorPort = options.monitorPort === 0 ? await freePort() : options.monitorPort;
  const host = options.host ?? '127.0.0.1';
  await mkdir(options.storeDir, { recursive: true });
  const files = { config: join(options.storeDir, 'nats-server.conf'), log: join(options.storeDir, 'nats-server.log') };
  const { monitorPort: _monitorPort, ...rest } = options;
  await writeFile(files.config, brokerConfig({ ...rest, port, ...(monitorPort === undefined ? {} : { monitorPort }) }));

  let running: RunningServer | undefined;
  const start = async (): Promise<void> => {
    running = await RunningServer.start(options, files);
    await running.untilReady(host, port, options.readyTimeoutMs ?? 20_000);
  };
  await start();
  return {
    url: `nats://${host}:${port}`,
    port,
    monitorUrl: monitorPort === undefined ? undefined : `http://${host}:${monitorPort}`,
    get pid() {
      return running?.pid;
    },
    logFile: files.log,
    stop: async (graceMs = 5000) => running?.stop(graceMs),
    signal: async (name) => running?.signal(name),
    restart: async () => {
      await running?.stop(5000);
      await start();
    },
  };
};

class RunningServer {
  readonly #child: ChildProcess;
  readonly #exited: Promise<string>;
  readonly #logFile: string;
  #isEndWanted = false;
  #end: string | undefined;

  private constructor(child: ChildProcess, logFile: string, onUnexpectedExit: (detail: string) => void) {
    this.#child = child;
    this.#logFile = logFile;
    this.#exited = new Promise((resolve) => {
      const settle = (detail: string): void => {
        if (this.#end !== undefined) return;
        this.#end = detail;
        resolve(detail);
        if (!this.#isEndWanted) onUnexpectedExit(detail);
      };
      child.once('error', (error) => settle(error.message));
      child.once('exit', (code, signal) => settle(`exit code ${code ?? '-'}, signal ${signal ?? '-'}`));
    });
  }

  static async start(options: StartBrokerOptions, files: { config: string; log: string }): Promise<RunningServer> {
    const log = await open(files.log, 'a');
    try {
      const child = spawn(options.binary, ['-c', files.config], {
        stdio: ['ignore', log.fd, log.fd],
        detached: options.ownProcessGroup ?? false,
      });
      return new RunningServer(child, files.log, options.onUnexpectedExit ?? (() => undefined));
    } finally {
      await log.close();
    }
  }

  get pid(): number | undefined {
    return this.#end === undefined ? this.#child.pid : undefined;
  }

  async untilReady(host: string, port: number, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await isAnswering(host, port))) {
      if (this.#end !== undefined || Date.now() > deadline) {
        const why = this.#end ?? `not ready within ${timeoutMs} ms`;
        await this.stop(0);
        throw new Error(`nats-server did not start: ${why}\n${await lastLines(this.#logFile)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(graceMs: number): Promise<void> {
    this.#isEndWanted = true;
    if (this.#end !== undefined) return;
    // A stopped process would keep SIGTERM waiting.
    this.#child.kill('SIGCONT');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), graceMs);
    await this.#exited;
    clearTimeout(timer);
  }

  async signal(name: NodeJS.Signals): Promise<void> {
    if (name === 'SIGKILL' || name === 'SIGTERM') this.#isEndWanted = true;
    if (this.#end !== undefined) return;
    this.#child.kill(name);
    if (name === 'SIGKILL') await this.#exited;
  }
}

/** Whether the server greets a client; it greets only when its streams are recovered. */
const isAnswering = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, host);
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('data', (greeting) => settle(greeting.toString().startsWith('INFO')));
    socket.once('close', () => settle(false));
  });

const lastLines = async (file: string): Promise<string> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-8).join('\n');
};
