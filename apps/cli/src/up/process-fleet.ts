import { connectBroker, freePort, publicServers, type Broker } from '@everynode/event-log-jetstream';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explained } from '../connection/open-fleet.ts';
import { CommandFailed } from '../terminal/command-failed.ts';
import { FleetBroker } from './broker/fleet-broker.ts';
import { usersOfBroker, type UsersOfBroker } from './broker/users-of-broker.ts';
import type { DataFolder } from './data-folder.ts';
import type { FleetHost, PartState } from './fleet-host.ts';
import { apiUrl, healthOf, planFleet, type FleetPlace, type PlannedProcess } from './fleet-plan.ts';
import { choosePort } from './ports.ts';
import { SupervisedProcess } from './processes/supervised-process.ts';
import { DEFAULTS, type UpOptions } from './up-options.ts';

export interface ProcessFleetParts {
  readonly options: UpOptions;
  readonly folder: DataFolder;
  /** nats-server executable, unless the options name a running server. */
  readonly binary: string | undefined;
  readonly onNews: (line: string) => void;
}

const bundleOf = (app: string): string => {
  // Beside the bundle that this is part of; in the sources, where there is none, in the built ones.
  const beside = fileURLToPath(new URL(`./${app}.mjs`, import.meta.url));
  const built = fileURLToPath(new URL(`../../../../dist/${app}.mjs`, import.meta.url));
  const found = [beside, built].find((file) => existsSync(file));
  if (found === undefined) throw new CommandFailed(`${app}.mjs is not built; run "npm run build"`);
  return found;
};

/** A fleet of real processes around a real broker. */
export class ProcessFleet implements FleetHost {
  readonly api: string;
  readonly nats: string;
  readonly memory = undefined;
  readonly health: Readonly<Record<string, string>>;
  private readonly setup: ProcessFleetParts;
  private readonly users: UsersOfBroker;
  private readonly rest: readonly PlannedProcess[];
  private readonly processes: SupervisedProcess[] = [];
  private readonly connections: Broker[] = [];
  private broker: FleetBroker | undefined;
  private isStopping = false;

  private constructor(parts: ProcessFleetParts, place: FleetPlace, users: UsersOfBroker) {
    this.setup = parts;
    this.users = users;
    this.api = apiUrl(place.apiPort, place.tlsDir);
    this.nats = place.nats;
    const { first, rest } = planFleet(parts.options, place);
    this.rest = rest;
    const all = [...first, ...rest];
    this.health = healthOf(all, this.api);
    // All of them before any is started, so that a missing one leaves nothing behind.
    for (const { bundle } of all) bundleOf(bundle);
    for (const planned of first) this.spawn(planned);
  }

  /** Starts the broker and, at the same time, what the first Pod needs. */
  static async start(parts: ProcessFleetParts): Promise<ProcessFleet> {
    const { options, folder, onNews } = parts;
    const [apiPort, natsPort, monitorPort, ...others] = await Promise.all([
      choosePort({ option: '--port', asked: options.port, standard: DEFAULTS.port, onOther: onNews }),
      options.nats === undefined
        ? choosePort({ option: '--nats-port', asked: options.natsPort, standard: DEFAULTS.natsPort, onOther: onNews })
        : 0,
      freePort(),
      ...Array.from({ length: options.controllers + options.agents }, freePort),
    ]);
    const nats = options.nats ?? `nats://127.0.0.1:${natsPort}`;
    const users = usersOfBroker(options, parts.binary !== undefined);
    const place = {
      nats,
      brokerArgs: users.argsOf,
      apiPort,
      controllerPorts: others.slice(0, options.controllers),
      agentPorts: others.slice(options.controllers),
      dataDir: folder.dir,
      tlsDir: options.insecure ? undefined : folder.tls,
    };
    const fleet = new ProcessFleet(parts, place, users);
    if (parts.binary === undefined) return fleet;
    try {
      fleet.broker = await FleetBroker.start({
        binary: parts.binary,
        storeDir: folder.nats,
        port: natsPort,
        monitorPort,
        ...(users.authorization === undefined ? {} : { authorization: users.authorization }),
        onNews,
      });
      return fleet;
    } catch (error) {
      fleet.kill();
      throw new CommandFailed(
        `the broker cannot be started: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  get natsCreds(): string | undefined {
    return this.users.operatorKey;
  }

  get monitor(): string | undefined {
    return this.broker?.monitorUrl;
  }

  private spawn({ name, bundle, args }: PlannedProcess): void {
    const { folder, onNews } = this.setup;
    this.processes.push(
      new SupervisedProcess({
        name,
        script: bundleOf(bundle),
        args,
        logFile: join(folder.logs, `${name}.log`),
        onNews,
      }),
    );
  }

  async openLog(): ReturnType<FleetHost['openLog']> {
    const { natsCa } = this.setup.options;
    const broker = await connectBroker({
      servers: this.nats,
      name: 'everynode up',
      role: { kind: 'operator' },
      credentialsFile: this.natsCreds,
      caFile: natsCa,
      onWaiting: (reason) => this.setup.onNews(`no broker answers at ${publicServers(this.nats)} yet (${reason}); still trying`),
    }).catch((error: unknown) => {
      throw explained(error, publicServers(this.nats));
    });
    this.connections.push(broker);
    return broker.log;
  }

  async startRest(): Promise<void> {
    if (!this.isStopping) for (const planned of this.rest) this.spawn(planned);
  }

  parts(): readonly PartState[] {
    const broker: readonly PartState[] =
      this.broker === undefined
        ? []
        : [
            {
              name: 'broker',
              state: this.broker.pid === undefined ? 'waiting' : 'running',
              restarts: this.broker.restarts,
            },
          ];
    return [...broker, ...this.processes.map(({ name, state, restarts }) => ({ name, state, restarts }))];
  }

  /** The broker goes last: the others say good-bye through it. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all([
      ...this.processes.map((process) => process.stop()),
      ...this.connections.map((connection) => connection.close()),
    ]);
    await this.broker?.stop();
  }

  kill(): void {
    this.isStopping = true;
    for (const process of this.processes) process.kill();
    for (const connection of this.connections) void connection.close();
    void this.broker?.stop(0);
  }
}
