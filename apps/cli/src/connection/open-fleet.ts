import { connectBroker, isBrokerUnreachable, isBrokerUnsuitable, type Broker } from '@everynode/event-log-jetstream';
import { isEventLogBroken, isEventLogUnavailable } from '@everynode/event-log';
import { CommandFailed } from '../terminal/command-failed.ts';
import { DEFAULT_NATS_URL, type ConnectionOptions } from './connection-options.ts';
import { memoryAccess } from '../memory-door/memory-client.ts';
import type { FleetAccess } from './fleet-access.ts';
import { runningFleet } from './running-fleet.ts';

const CONNECT_TIMEOUT_MS = 1500;

/** Where a command finds its fleet: at the broker that is named, else where the running `up` says, else at the default address. */
export type FleetPlace =
  { readonly kind: 'broker'; readonly url: string } | { readonly kind: 'memory'; readonly url: string };

export const placeOf = (options: ConnectionOptions): FleetPlace => {
  if (options.nats !== undefined) return { kind: 'broker', url: options.nats };
  const running = runningFleet(options.data);
  return running?.memory === undefined
    ? { kind: 'broker', url: running?.nats ?? DEFAULT_NATS_URL }
    : { kind: 'memory', url: running.memory };
};

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
  const { kind, url } = placeOf(options);
  if (kind === 'memory') return use(memoryAccess(url));
  let broker: Broker | undefined;
  try {
    broker = await connectBroker({
      servers: url,
      name: 'everynode command line',
      streams: 'leave',
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
    });
    return await use(broker);
  } catch (error) {
    throw explained(error, url);
  } finally {
    await broker?.close();
  }
};
