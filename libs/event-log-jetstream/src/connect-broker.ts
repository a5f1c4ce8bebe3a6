import type { CommandStore, DeadLetterQueue, EventLog, Lease, MessageBus } from '@everynode/event-log';
import type { StreamInfo } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { connectionAccess, publicServers, type BrokerAccess } from './broker-access.ts';
import { BrokerConnection } from './broker-connection.ts';
import { BrokerUnreachable, BrokerUnsuitable, isBrokerUnsuitable, reasonOf } from './broker-errors.ts';
import { HOW_TO_GET_A_SERVER, MINIMUM_NATS_SERVER, isAtLeast } from './broker-process/nats-server-release.ts';
import { inboxOf, type BrokerRole } from './broker-users/broker-role.ts';
import { cellNamed } from './cell.ts';
import { ensureStream } from './ensure-stream.ts';
import { JetStreamCommandStore } from './jetstream-command-store.ts';
import { JetStreamDeadLetterQueue } from './jetstream-dead-letter-queue.ts';
import { JetStreamEventLog } from './jetstream-event-log.ts';
import { KvLease } from './kv-lease.ts';
import { LogIdentity } from './log-identity.ts';
import { NatsMessageBus } from './nats-message-bus.ts';
import { commandsStream, deadLetterStream, eventsStream, snapshotsStream } from './stream-configs.ts';

export interface BrokerOptions extends BrokerAccess {
  /** Name of this connection, shown by the server's monitoring. */
  readonly name: string;
  /** Answers are taken on subjects that nobody with another role may listen to. Without it, on those of anybody. */
  readonly role?: BrokerRole;
  /** Several cells share a broker under different names. Default: the cell without a name. */
  readonly cell?: string;
  /** Time after which a lease that is not renewed can be taken over. Default 1500 ms. */
  readonly leaseTtlMs?: number;
  /** Servers that keep each stream. Default 1. */
  readonly replicas?: number;
  /** `ensure` (default): make and check the streams at the start. `leave`: touch none, for agents that are not allowed to. */
  readonly streams?: 'ensure' | 'leave';
  /** How long the first connection may take before `BrokerUnreachable`. Default 30 s; later ones are tried for ever. */
  readonly connectTimeoutMs?: number;
  /** Told once why there is no connection yet, when the first one takes long enough for somebody to wonder. */
  readonly onWaiting?: (reason: string) => void;
  /** Told what no caller waits for, such as a refused subscription. */
  readonly onError?: (detail: string) => void;
}

/** What the broker is and how this connection to it stands. */
export interface BrokerStatus {
  readonly connected: boolean;
  /** `host:port` of the server. */
  readonly server: string;
  readonly serverName: string;
  readonly version: string;
  /** Largest message in bytes. */
  readonly maxPayload: number;
  readonly cluster: string | undefined;
}

/** One connection to a NATS server with the adapters of all ports. */
export interface Broker {
  readonly log: EventLog;
  readonly bus: MessageBus;
  readonly commands: CommandStore;
  readonly lease: Lease;
  readonly deadLetters: DeadLetterQueue;
  readonly version: string;
  /** Settles when the connection has ended for good, with the reason if it was not `close()`. */
  readonly closed: Promise<string | undefined>;
  status(): BrokerStatus;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 30_000;
const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 1000;
/** A broker that is started at the same time is there by then. */
const WAITING_AFTER_MS = 2_000;

/**
 * Connects, checks the server's version and makes the streams. Rejects with `BrokerUnreachable` when that does not succeed in time,
 * and with `BrokerUnsuitable` at once when the server is too old or keeps a stream otherwise than asked for.
 */
export const connectBroker = async (options: BrokerOptions): Promise<Broker> => {
  const deadline = Date.now() + (options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
  const cell = cellNamed(options.cell);
  const nats = await retried({ deadline, attempt: () => connectOnce(options, deadline).catch(explainRefusal(options.servers)), onWaiting: options.onWaiting });
  try {
    assertVersion(nats);
    const connection = await BrokerConnection.of(nats, { cell, onError: options.onError ?? (() => undefined) });
    const replicas = options.replicas ?? 1;
    if (options.streams === 'leave') return assemble(connection, options, new LogIdentity(connection));
    const events = await retried({ deadline, attempt: () => ensureStreams(connection, replicas) });
    return assemble(connection, options, new LogIdentity(connection, events));
  } catch (error) {
    await nats.close();
    throw error;
  }
};

const connectOnce = (options: BrokerOptions, deadline: number): Promise<NatsConnection> => {
  const { role } = options;
  return connect({
    ...connectionAccess(options),
    name: options.name,
    timeout: Math.max(1000, Math.min(5000, deadline - Date.now())),
    // Capturing a stack for every request costs a third of the throughput.
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    pingInterval: 5000,
    ...(role === undefined ? {} : { inboxPrefix: inboxOf(role) }),
  });
};

const explainRefusal =
  (servers: BrokerAccess['servers']) =>
  (error: unknown): never => {
    if (!(error instanceof Error) || error.name !== 'AuthorizationError') throw error;
    const refused = `the broker at ${publicServers(servers)} lets nobody in without valid credentials (${error.message})`;
    throw new BrokerUnsuitable(`${refused}; name a file that holds them with --nats-creds, or put user and password before the host in --nats`, { cause: error });
  };

const ensureStreams = async (connection: BrokerConnection, replicas: number): Promise<StreamInfo> => {
  const { manager, cell } = connection;
  const events = await ensureStream(manager, eventsStream(cell, replicas));
  for (const wanted of [commandsStream, deadLetterStream, snapshotsStream])
    await ensureStream(manager, wanted(cell, replicas));
  return events;
};

const assemble = (connection: BrokerConnection, options: BrokerOptions, identity: LogIdentity): Broker => {
  const { nats, manager, cell } = connection;
  const replicas = options.replicas ?? 1;
  const log = new JetStreamEventLog(connection, identity);
  const bus = new NatsMessageBus(connection);
  const ensureCommands = async (): Promise<void> => void (await ensureStream(manager, commandsStream(cell, replicas)));
  const version = nats.info?.version ?? '';
  return {
    log,
    bus,
    commands: new JetStreamCommandStore(connection, ensureCommands),
    lease: new KvLease(connection, { ttlMs: options.leaseTtlMs ?? 1500, replicas }),
    deadLetters: new JetStreamDeadLetterQueue(connection),
    version,
    closed: nats.closed().then((error) => (error instanceof Error ? error.message : undefined)),
    status: () => ({
      connected: connection.isConnected,
      server: nats.getServer(),
      serverName: nats.info?.server_name ?? '',
      version: nats.info?.version ?? version,
      maxPayload: nats.info?.max_payload ?? 0,
      cluster: nats.info?.cluster,
    }),
    close: async () => {
      await log.close();
      await bus.close();
      await connection.close();
    },
  };
};

const assertVersion = (nats: NatsConnection): void => {
  const found = nats.info?.version ?? 'unknown';
  if (isAtLeast(found, MINIMUM_NATS_SERVER)) return;
  const ways = HOW_TO_GET_A_SERVER.map((way) => `  ${way}`).join('\n');
  throw new BrokerUnsuitable(
    `the server at ${nats.getServer()} is nats-server ${found}, everynode needs ${MINIMUM_NATS_SERVER} or later. A newer one can be had by any of:\n${ways}`,
  );
};

interface RetriedParts<T> {
  readonly deadline: number;
  readonly attempt: () => Promise<T>;
  readonly onWaiting?: ((reason: string) => void) | undefined;
}

/** Repeats what fails until the deadline, except for what will not change by waiting. */
const retried = async <T>({ deadline, attempt, onWaiting }: RetriedParts<T>): Promise<T> => {
  const wonderedAt = Date.now() + WAITING_AFTER_MS;
  let isTold = false;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (isBrokerUnsuitable(error)) throw error;
      if (Date.now() + pause > deadline || isFinal(error)) {
        throw new BrokerUnreachable(`the broker could not be used: ${reasonOf(error)}`, { cause: error });
      }
      if (!isTold && Date.now() >= wonderedAt) {
        isTold = true;
        onWaiting?.(reasonOf(error));
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
};

const isFinal = (error: unknown): boolean => error instanceof Error && error.name === 'InvalidArgumentError';
