import {
  InMemoryCommandStore,
  InMemoryDeadLetterQueue,
  InMemoryEventLog,
  InMemoryLease,
  InMemoryLogStore,
  InMemoryMessageBus,
  InMemoryMessageHub,
  type EventLog,
} from '@everynode/event-log';
import { freePort } from '@everynode/event-log-jetstream';
import type { Command } from 'commander';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { agentCommand } from '../../../agent/src/options.ts';
import { apiServerCommand } from '../../../apiserver/src/options.ts';
import { controllerCommand } from '../../../controller/src/options.ts';
import { openMemoryDoor } from '../memory-door/memory-door.ts';
import type { DataFolder } from './data-folder.ts';
import type { FleetHost, PartState } from './fleet-host.ts';
import { apiUrl, healthOf, planFleet, type PlannedProcess } from './fleet-plan.ts';
import { choosePort } from './ports.ts';
import { DEFAULTS, type UpOptions } from './up-options.ts';

export interface InProcessFleetParts {
  readonly options: UpOptions;
  readonly folder: DataFolder;
  readonly onNews: (line: string) => void;
}

interface Stoppable {
  stop(): Promise<void>;
}

type MemoryDoor = Awaited<ReturnType<typeof openMemoryDoor>>;

const LEASE_TTL_MS = 1500;
const LOG_LEVEL = ['--log-level', 'error'];

/** The adapters of one part: ends of its own to what all parts share in memory. */
interface Adapters {
  readonly log: InMemoryEventLog;
  readonly bus: InMemoryMessageBus;
  readonly commands: InMemoryCommandStore;
  readonly lease: InMemoryLease;
  readonly deadLetters: InMemoryDeadLetterQueue;
  close(): Promise<void>;
}

/** What a broker would be. */
class SharedMemory {
  private readonly store = new InMemoryLogStore();
  private readonly hub = new InMemoryMessageHub();
  private readonly commands = new InMemoryCommandStore();
  private readonly lease = new InMemoryLease({ ttlMs: LEASE_TTL_MS, now: Date.now });
  private readonly deadLetters = new InMemoryDeadLetterQueue();

  adapters(): Adapters {
    const [log, bus] = [new InMemoryEventLog(this.store), new InMemoryMessageBus(this.hub)];
    return {
      log,
      bus,
      commands: this.commands,
      lease: this.lease,
      deadLetters: this.deadLetters,
      close: async () => {
        await log.close();
        await bus.close();
      },
    };
  }
}

/** The app's own parser reads the command line, as it would in a process of its own. */
const parsed = async <T>(
  command: (run: (options: T) => Promise<void>) => Command,
  args: readonly string[],
): Promise<T> => {
  let options: T | undefined;
  await command(async (read) => void (options = read)).parseAsync([...args, ...LOG_LEVEL], { from: 'user' });
  if (options === undefined) throw new Error('a command line was not read');
  return options;
};

/** Starts one part. The apps are bundles of their own, loaded only here. */
const start = async ({ bundle, args }: PlannedProcess, adapters: Adapters): Promise<Stoppable> => {
  switch (bundle) {
    case 'controller': {
      const { runController } = await import('../../../controller/src/main.ts');
      return runController(await parsed(controllerCommand, args), adapters);
    }
    case 'apiserver': {
      const { runApiServer } = await import('../../../apiserver/src/main.ts');
      return runApiServer(await parsed(apiServerCommand, args), adapters);
    }
    case 'agent': {
      const { runAgent } = await import('../../../agent/src/main.ts');
      return runAgent(await parsed(agentCommand, args), adapters);
    }
  }
};

/** A fleet within this process, for machines on which no broker can be had: one controller, one API server, and the agents. */
export class InProcessFleet implements FleetHost {
  readonly api: string;
  readonly nats = undefined;
  readonly monitor = undefined;
  readonly memory: string;
  readonly health: Readonly<Record<string, string>>;
  private readonly shared: SharedMemory;
  private readonly door: MemoryDoor;
  private readonly rest: readonly PlannedProcess[];
  private readonly running: (Stoppable & { readonly name: string })[] = [];
  private readonly logs: EventLog[] = [];
  private isStopping = false;

  private constructor(
    parts: { readonly shared: SharedMemory; readonly door: MemoryDoor },
    api: string,
    plan: ReturnType<typeof planFleet>,
  ) {
    this.shared = parts.shared;
    this.door = parts.door;
    this.memory = parts.door.url;
    this.api = api;
    this.rest = plan.rest;
    this.health = healthOf([...plan.first, ...plan.rest], api);
  }

  static async start({ options, folder, onNews }: InProcessFleetParts): Promise<InProcessFleet> {
    const apiPort = await choosePort({
      option: '--port',
      asked: options.port,
      standard: DEFAULTS.port,
      onOther: onNews,
    });
    const agentPorts = await Promise.all(Array.from({ length: options.agents }, freePort));
    // One controller: a standby in the same process would die with the leader.
    const dataDir = join(folder.dir, 'in-process');
    // The log was in memory; agents that remembered Pods would remember what never happened in the new one.
    rmSync(dataDir, { recursive: true, force: true });
    const tlsDir = options.insecure ? undefined : folder.tls;
    const plan = planFleet(options, {
      nats: 'nats://in-process',
      brokerArgs: () => [],
      apiPort,
      dataDir,
      tlsDir,
      controllerPorts: [await freePort()],
      agentPorts,
    });
    const shared = new SharedMemory();
    const door = await openMemoryDoor(shared.adapters());
    const fleet = new InProcessFleet({ shared, door }, apiUrl(apiPort, tlsDir), plan);
    try {
      for (const planned of plan.first) await fleet.add(planned);
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    return fleet;
  }

  private async add(planned: PlannedProcess): Promise<void> {
    const part = await start(planned, this.shared.adapters());
    if (this.isStopping) await part.stop();
    else this.running.push({ name: planned.name, stop: () => part.stop() });
  }

  async openLog(): Promise<EventLog> {
    const { log } = this.shared.adapters();
    this.logs.push(log);
    return log;
  }

  async startRest(): Promise<void> {
    for (const planned of this.rest) if (!this.isStopping) await this.add(planned);
  }

  parts(): readonly PartState[] {
    return this.running.map(({ name }) => ({ name, state: 'running', restarts: 0 }));
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.running.map((part) => part.stop()));
    await Promise.all([this.door.close(), ...this.logs.map((log) => log.close())]);
  }

  kill(): void {
    process.exit(1);
  }
}
