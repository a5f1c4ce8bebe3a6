import {
  connectBroker,
  isBrokerUnsuitable,
  readDurability,
  type Broker,
  type BrokerAccess,
  type Durability,
} from '@everynode/event-log-jetstream';
import { reasonOf } from '../terminal/command-failed.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** What everynode's own broker takes in one message. */
const MESSAGE_MIN_BYTES = 1024 * 1024;

export const brokerFinding = (broker: Broker, url: string): Finding => {
  const { server, version, maxPayload, cluster } = broker.status();
  const detail = `nats-server ${version} at ${server}${cluster === undefined ? '' : `, cluster ${cluster}`}, messages up to ${Math.floor(maxPayload / 1024)} KiB`;
  return maxPayload < MESSAGE_MIN_BYTES
    ? warn('broker', detail, `set max_payload to at least 1MB on ${url}: one decision of a large fleet is one message`)
    : ok('broker', detail);
};

export const durabilityFinding = (durability: Durability): Finding => {
  switch (durability.sync) {
    case 'always':
      return ok('durability', 'every record is on the disk before it is acknowledged');
    case 'interval':
      return warn(
        'durability',
        `the broker writes to the disk up to ${durability.intervalMs / 1000} s after it acknowledges: a power cut or a crash of the machine could lose the last ${durability.intervalMs / 1000} s of events, among them Pods that run; a crash of the broker alone loses nothing`,
        'set "sync_interval: always" in the jetstream block of nats-server.conf, or keep three servers on three machines and accept it',
      );
    case 'unknown':
      return warn(
        'durability',
        `it is not known when the broker writes to the disk: ${durability.reason}`,
        'name its monitoring with --monitor http://HOST:8222 (nats-server -m 8222)',
      );
  }
};

/** Reads back whether the streams are kept as they were asked for; makes none that is not there. */
export const checkStreams = async (access: BrokerAccess): Promise<Finding> => {
  try {
    const broker = await connectBroker({ ...access, name: 'everynode doctor', role: { kind: 'operator' }, connectTimeoutMs: 5000 });
    await broker.close();
    return ok('streams', 'the streams are kept as asked for');
  } catch (error) {
    return isBrokerUnsuitable(error)
      ? fail(
          'streams',
          reasonOf(error),
          'change the stream back with the nats command line, or use another broker or account; an older server ignores what it does not know',
        )
      : fail('streams', reasonOf(error), 'see whether JetStream is enabled on the server and has room');
  }
};

export const checkDurability = async (monitor: string | undefined): Promise<Finding> =>
  durabilityFinding(await readDurability(monitor));
