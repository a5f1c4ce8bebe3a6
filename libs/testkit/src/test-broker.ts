import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrokerProcess, StartBrokerOptions } from '@everynode/event-log-jetstream';
import { findNatsServer, freePort, startBroker } from '@everynode/event-log-jetstream';

/** Versions that everynode is tested on: the oldest line that it supports, one between, and the one that it fetches. */
export const TESTED_NATS_SERVERS = ['2.10.26', '2.12.8', '2.15.1'] as const;

export type TestedNatsServer = (typeof TESTED_NATS_SERVERS)[number];

/** Path of that server; it is fetched on first use and kept in the cache. Throws with everything that was tried. */
export const testedNatsServer = async (version: TestedNatsServer): Promise<string> => {
  const found = await findNatsServer({ version });
  if (found.found) return found.path;
  const tried = found.attempts.map(({ source, reason }) => `  ${source}: ${reason}`).join('\n');
  throw new Error(`there is no nats-server ${version}:\n${tried}`);
};

export interface TestBrokerOptions extends Partial<
  Pick<StartBrokerOptions, 'syncAlways' | 'extraConfig' | 'monitorPort'>
> {
  /** Default: the newest tested one. */
  readonly version?: TestedNatsServer;
}

/** A server, or servers, in a temporary folder. */
export interface TestBroker {
  readonly servers: readonly BrokerProcess[];
  /** Addresses of all servers, separated by commas. */
  readonly url: string;
  /** Ends the servers and removes their files. */
  dispose(): Promise<void>;
}

/** Starts one server with an empty store. */
export const startTestBroker = async (
  options: TestBrokerOptions = {},
): Promise<TestBroker & { readonly server: BrokerProcess }> => {
  const { version = '2.15.1', ...rest } = options;
  const binary = await testedNatsServer(version);
  const storeDir = await mkdtemp(join(tmpdir(), 'everynode-broker-'));
  const server = await startBroker({ syncAlways: true, ...rest, binary, storeDir, port: 0 });
  return { server, ...testBroker([server], storeDir) };
};

/** Starts three servers that form one cluster with an empty store. */
export const startTestCluster = async (options: TestBrokerOptions = {}): Promise<TestBroker> => {
  const { version = '2.15.1', ...rest } = options;
  const binary = await testedNatsServer(version);
  const storeDir = await mkdtemp(join(tmpdir(), 'everynode-cluster-'));
  const routes = await Promise.all([freePort(), freePort(), freePort()]);
  const servers = await Promise.all(
    routes.map((port, index) =>
      startBroker({
        syncAlways: true,
        ...rest,
        binary,
        storeDir: join(storeDir, `server-${index}`),
        port: 0,
        serverName: `server-${index}`,
        cluster: { name: 'everynode-test', port, routes },
      }),
    ),
  );
  return testBroker(servers, storeDir);
};

const testBroker = (servers: readonly BrokerProcess[], directory: string): TestBroker => ({
  servers,
  url: servers.map((server) => server.url).join(','),
  dispose: async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(directory, { recursive: true, force: true });
  },
});
