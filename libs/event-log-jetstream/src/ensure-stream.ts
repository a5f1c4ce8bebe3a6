import type { JetStreamManager, StreamConfig, StreamInfo } from '@nats-io/jetstream';
import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { BrokerUnsuitable } from './broker-errors.ts';
import type { WantedStream } from './stream-configs.ts';

const STREAM_NAME_IN_USE = 10_058;

/** True when the broker says that there is no such stream. */
export const isStreamNotFound = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;

/** True when the broker says that the stream holds no such message. */
export const isMessageNotFound = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === JetStreamApiCodes.NoMessageFound;

/**
 * Makes the stream if it does not exist and compares every wanted field with what the server keeps, because a server ignores fields that it does not know.
 * Throws `BrokerUnsuitable` naming the fields that differ.
 */
export const ensureStream = async (manager: JetStreamManager, wanted: WantedStream): Promise<StreamInfo> => {
  const existing = await infoOf(manager, wanted.name);
  if (existing !== undefined) {
    // How often an existing stream is replicated is the operator's choice.
    const { num_replicas: _replicas, ...rest } = wanted;
    assertSame(existing.config, rest);
    return existing;
  }
  try {
    await manager.streams.add(wanted);
  } catch (error) {
    // Somebody else made it at the same time, perhaps with other settings; what it is now decides.
    if (!(error instanceof JetStreamApiError && error.code === STREAM_NAME_IN_USE)) throw error;
  }
  const made = await manager.streams.info(wanted.name);
  assertSame(made.config, wanted);
  return made;
};

const infoOf = async (manager: JetStreamManager, name: string): Promise<StreamInfo | undefined> => {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (isStreamNotFound(error)) return undefined;
    throw error;
  }
};

const assertSame = (found: StreamConfig, wanted: Partial<StreamConfig>): void => {
  const differing = differences(found, wanted);
  if (differing.length > 0) throw new BrokerUnsuitable(`stream ${found.name}: ${differing.join('; ')}`);
};

/** One sentence for each wanted field that the server has otherwise. */
export const differences = (found: Partial<StreamConfig>, wanted: Partial<StreamConfig>): readonly string[] =>
  Object.entries(wanted)
    .map(([field, value]) => ({ field, value, actual: (found as Record<string, unknown>)[field] }))
    .filter(({ value, actual }) => !isSame(value, actual))
    .map(({ field, value, actual }) => `${field} is ${JSON.stringify(actual)}, ${JSON.stringify(value)} was asked for`);

const isSame = (wanted: unknown, found: unknown): boolean => {
  // Servers leave out what is false.
  if (wanted === false) return found === false || found === undefined;
  if (typeof wanted !== 'object' || wanted === null) return wanted === found;
  if (typeof found !== 'object' || found === null) return false;
  return Object.entries(wanted).every(([key, value]) => isSame(value, (found as Record<string, unknown>)[key]));
};
