import { connectBroker, isBrokerUnreachable, isBrokerUnsuitable, publicServers, type Broker, type BrokerAccess } from '@everynode/event-log-jetstream';
import { isEventLogBroken, isEventLogUnavailable } from '@everynode/event-log';
import { CommandFailed } from '../terminal/command-failed.ts';
import { DEFAULT_NATS_URL, type ConnectionOptions } from './connection-options.ts';
import { memoryAccess } from '../memory-door/memory-client.ts';
import type { FleetAccess } from './fleet-access.ts';
import { runningFleet } from './running-fleet.ts';

const CONNECT_TIMEOUT_MS = 1500;

/** Where a command finds its fleet: at the broker that is named, else where the running `up` says, else at the default address. */
export type FleetPlace =
  { readonly kind: 'broker'; readonly url: string; readonly access: BrokerAccess } | { readonly kind: 'memory'; readonly url: string };

const atBroker = (nats: string, natsCreds: string | undefined, natsCa: string | undefined): FleetPlace => ({
  kind: 'broker',
  url: publicServers(nats),
  access: { servers: nats, credentialsFile: natsCreds, caFile: natsCa },
});

export const placeOf = ({ nats, natsCreds, natsCa, data }: ConnectionOptions): FleetPlace => {
  if (nats !== undefined) return atBroker(nats, natsCreds, natsCa);
  const running = runningFleet(data);
  if (running?.memory !== undefined) return { kind: 'memory', url: running.memory };
  return atBroker(running?.nats ?? DEFAULT_NATS_URL, natsCreds ?? running?.natsCreds, natsCa ?? running?.natsCa);
};

/** Connects as the person at the command line. Nothing is made or changed on the broker. */
export const connectOperator = (access: BrokerAccess, name: string, connectTimeoutMs: number): Promise<Broker> =>
  connectBroker({ ...access, name, role: { kind: 'operator' }, streams: 'leave', connectTimeoutMs });

/** What a user can be told about a fault of the broker at `url`; other errors as they are. */
export const explained = (error: unknown, url: string): unknown => {
  if (isBrokerUnreachable(error))
    return new CommandFailed(
      `no broker answers at ${url} (${error.message}); start a fleet with "everynode up" or name its broker with --nats`,
    );
  if (isBrokerUnsuitable(error)) return new CommandFailed(error.message);
  if (isEventLogUnavailable(error)) return new CommandFailed(`the log cannot be read at ${url}: ${error.message}`);
  if (isEventLogBroken(error)) return new CommandFailed(`the log is broken: ${error.message}`);
  return error;
};

/** Finds the fleet, runs `use` and closes the connection; nothing is made or changed on a broker. Faults of the broker become readable errors. */
export const withFleet = async <T>(
  options: ConnectionOptions,
  use: (access: FleetAccess) => Promise<T>,
): Promise<T> => {
  const place = placeOf(options);
  if (place.kind === 'memory') return use(memoryAccess(place.url));
  let broker: Broker | undefined;
  try {
    broker = await connectOperator(place.access, 'everynode command line', CONNECT_TIMEOUT_MS);
    return await use(broker);
  } catch (error) {
    throw explained(error, place.url);
  } finally {
    await broker?.close();
  }
};
