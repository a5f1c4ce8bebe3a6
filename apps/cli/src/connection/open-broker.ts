import { connectBroker, isBrokerUnreachable, isBrokerUnsuitable, type Broker } from '@everynode/event-log-jetstream';
import { isEventLogBroken, isEventLogUnavailable } from '@everynode/event-log';
import { CommandFailed } from '../terminal/command-failed.ts';
import { DEFAULT_NATS_URL, type ConnectionOptions } from './connection-options.ts';
import { runningFleet } from './running-fleet.ts';

const CONNECT_TIMEOUT_MS = 3000;

/** The broker that a command talks to: the one named, else that of the running `up`, else the default address. */
export const natsUrlOf = (options: ConnectionOptions): string => {
  if (options.nats !== undefined) return options.nats;
  const running = runningFleet(options.data);
  if (running !== undefined && running.nats === undefined) {
    throw new CommandFailed(`the fleet in ${options.data} runs in one process (pid ${running.pid}) and keeps its log in memory; this command needs a fleet with a broker`);
  }
  return running?.nats ?? DEFAULT_NATS_URL;
};

const explained = (error: unknown, url: string): unknown => {
  if (isBrokerUnreachable(error)) return new CommandFailed(`no broker answers at ${url} (${error.message}); start a fleet with "everynode up" or name its broker with --nats`);
  if (isBrokerUnsuitable(error)) return new CommandFailed(error.message);
  if (isEventLogUnavailable(error)) return new CommandFailed(`the log cannot be read at ${url}: ${error.message}`);
  if (isEventLogBroken(error)) return new CommandFailed(`the log is broken: ${error.message}`);
  return error;
};

/** Connects without making or changing anything on the broker, runs `use` and closes the connection. Faults of the broker become readable errors. */
export const withBroker = async <T>(options: ConnectionOptions, use: (broker: Broker, url: string) => Promise<T>): Promise<T> => {
  const url = natsUrlOf(options);
  let broker: Broker | undefined;
  try {
    broker = await connectBroker({ servers: url, name: 'everynode command line', streams: 'leave', connectTimeoutMs: CONNECT_TIMEOUT_MS });
    return await use(broker, url);
  } catch (error) {
    throw explained(error, url);
  } finally {
    await broker?.close();
  }
};
