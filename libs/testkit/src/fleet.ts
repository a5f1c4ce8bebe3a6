import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findNatsServer, freePort, startBroker, type BrokerProcess } from '@everynode/event-log-jetstream';
import { administratorAccess, kubeconfigFor, requestFleet, type FleetAccess } from './fleet-access.ts';
import { FleetProcess } from './fleet-process.ts';
import { ROOT } from './project-root.ts';

const execute = promisify(execFile);

const tlsFolder = (dir: string): string => join(dir, 'tls');

export interface AgentSpec {
  readonly name: string;
  readonly nodes: number;
  readonly prefix?: string;
  readonly startIndex?: number;
  readonly labels?: string;
  readonly taints?: string;
  readonly args?: readonly string[];
}

export interface FleetSpec {
  readonly agents: readonly AgentSpec[];
  readonly controllers?: number;
  /** More of the command line of every controller. */
  readonly controllerArgs?: readonly string[];
  /** Profile of the simulated runtime: `instant`, `realistic` or a file. */
  readonly profile?: string;
  readonly gracePeriod?: string;
  readonly heartbeatInterval?: string;
  /** Serve the API over TLS, to the administrator of the fleet's own authority; plain HTTP otherwise. */
  readonly tls?: boolean;
}

/** Whether a broker can be had here; specs that need one are skipped with the reason otherwise. */
export const natsServerBinary = async (): Promise<string> => {
  const found = await findNatsServer();
  if (!found.found) throw new Error('no nats-server of version 2.10 or later can be had here');
  return found.path;
};

/** A fleet of real processes around a real broker, in a folder of its own. */
export class Fleet {
  readonly dir: string;
  readonly broker: BrokerProcess;
  readonly controllers: FleetProcess[] = [];
  readonly controllerHealthUrls: string[] = [];
  readonly agents = new Map<string, FleetProcess>();
  apiserver: FleetProcess;
  readonly apiUrl: string;
  readonly kubeconfig: string;
  private readonly access: FleetAccess;
  private readonly spec: FleetSpec;

  private constructor(parts: {
    readonly dir: string;
    readonly broker: BrokerProcess;
    readonly apiPort: number;
    readonly access: FleetAccess;
    readonly healthPorts: readonly number[];
    readonly spec: FleetSpec;
  }) {
    this.dir = parts.dir;
    this.broker = parts.broker;
    this.spec = parts.spec;
    this.access = parts.access;
    this.apiUrl = parts.access.url;
    this.kubeconfig = join(parts.dir, 'kubeconfig');
    writeFileSync(this.kubeconfig, kubeconfigFor(parts.access));
    for (const [index, port] of parts.healthPorts.entries()) {
      this.controllers.push(this.spawn(`controller-${index}`, 'controller', this.controllerArgs(index, port)));
      this.controllerHealthUrls.push(`http://127.0.0.1:${port}`);
    }
    this.apiserver = this.spawn('apiserver', 'apiserver', [
      '--nats',
      parts.broker.url,
      '--port',
      String(parts.apiPort),
      ...(parts.spec.tls === true ? ['--tls-dir', tlsFolder(parts.dir)] : ['--insecure']),
    ]);
    for (const agent of parts.spec.agents) this.addAgent(agent);
  }

  static async start(spec: FleetSpec): Promise<Fleet> {
    const dir = mkdtempSync(join(tmpdir(), 'everynode-fleet-'));
    mkdirSync(join(dir, 'logs'));
    const broker = await startBroker({
      binary: await natsServerBinary(),
      storeDir: join(dir, 'nats'),
      port: 0,
      syncAlways: true,
    });
    const healthPorts: number[] = [];
    while (healthPorts.length < (spec.controllers ?? 2)) healthPorts.push(await freePort());
    const apiPort = await freePort();
    const access =
      spec.tls === true
        ? await administratorAccess(`https://127.0.0.1:${apiPort}`, tlsFolder(dir))
        : { url: `http://127.0.0.1:${apiPort}` };
    const fleet = new Fleet({ dir, broker, apiPort, access, healthPorts, spec });
    await fleet.untilReady();
    return fleet;
  }

  /** Waits until the API server answers that it is ready. */
  async untilReady(): Promise<void> {
    await this.until('the API server is ready', async () => (await this.api<string>('GET', '/readyz')) === 'ok');
  }

  private spawn(name: string, bundle: string, args: readonly string[]): FleetProcess {
    return new FleetProcess({ name, bundle, args, logDir: join(this.dir, 'logs') });
  }

  private controllerArgs(index: number, healthPort: number): readonly string[] {
    return [
      '--nats',
      this.broker.url,
      '--name',
      `controller-${index}`,
      '--health-port',
      String(healthPort),
      ...(this.spec.gracePeriod === undefined ? [] : ['--grace-period', this.spec.gracePeriod]),
      ...(this.spec.controllerArgs ?? []),
    ];
  }

  addAgent(agent: AgentSpec): FleetProcess {
    const args = [
      '--nats',
      this.broker.url,
      '--agent-name',
      agent.name,
      '--nodes',
      String(agent.nodes),
      '--name-prefix',
      agent.prefix ?? 'node-',
    ];
    args.push(
      '--start-index',
      String(agent.startIndex ?? 1),
      '--data',
      join(this.dir, 'agents', agent.name),
      '--profile',
      this.spec.profile ?? 'instant',
    );
    if (this.spec.heartbeatInterval !== undefined) args.push('--heartbeat-interval', this.spec.heartbeatInterval);
    if (agent.labels !== undefined) args.push('--labels', agent.labels);
    if (agent.taints !== undefined) args.push('--taints', agent.taints);
    const process = this.spawn(agent.name, 'agent', [...args, ...(agent.args ?? [])]);
    this.agents.set(agent.name, process);
    return process;
  }

  /** One request to the API server; rejects with the Status message when the code is 300 or more. */
  async api<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    type = 'application/json',
  ): Promise<T> {
    const { status, text } = await requestFleet(this.access, {
      method,
      path,
      ...(body === undefined ? {} : { body: JSON.stringify(body), contentType: type }),
    });
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text.slice(0, 300)}`);
    return (text.startsWith('{') ? JSON.parse(text) : text) as T;
  }

  /** Waits until `probe` is true; says what it waited for and what it saw last when it is not in time. Returns the milliseconds waited. */
  async until(what: string, probe: () => Promise<boolean>, timeoutMs = 30_000, intervalMs = 50): Promise<number> {
    const startedAt = performance.now();
    let last = '';
    for (;;) {
      try {
        if (await probe()) return performance.now() - startedAt;
        last = 'not yet';
      } catch (error) {
        last = error instanceof Error ? error.message : String(error);
      }
      if (performance.now() - startedAt > timeoutMs)
        throw new Error(`waited ${timeoutMs} ms until ${what}; last: ${last}; logs in ${this.dir}/logs`);
      await new Promise((resolve) => setTimeout(resolve, intervalMs));
    }
  }

  /** Runs a command of the command line against this fleet; rejects with what it printed when it fails. */
  async everynode(...args: readonly string[]): Promise<string> {
    const { stdout } = await execute(
      join(ROOT, 'node_modules/node/bin/node'),
      [join(ROOT, 'dist/cli.mjs'), ...args, '--nats', this.broker.url],
      { maxBuffer: 256 << 20 },
    );
    return stdout;
  }

  get processes(): readonly FleetProcess[] {
    return [...this.controllers, this.apiserver, ...this.agents.values()];
  }

  /** Stops everything; `keep` leaves the folder for a look. */
  async stop(keep = false): Promise<void> {
    await Promise.all(this.processes.map((process) => process.signal('SIGKILL')));
    await this.broker.stop();
    if (!keep) rmSync(this.dir, { recursive: true, force: true });
  }
}
