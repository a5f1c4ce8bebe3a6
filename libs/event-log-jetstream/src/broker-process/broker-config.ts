import { join } from 'node:path';

/** Member of a cluster of servers on this machine. */
export interface ClusterOptions {
  readonly name: string;
  readonly port: number;
  /** Cluster ports of all members. */
  readonly routes: readonly number[];
}

export interface BrokerConfigOptions {
  readonly storeDir: string;
  /** Client port on `host`. */
  readonly port: number;
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Port of the HTTP monitoring endpoint (`/varz`, `/jsz`); without it there is none. */
  readonly monitorPort?: number;
  /** True: every append reaches the disk before it is acknowledged. False: the server's default, two minutes later. */
  readonly syncAlways: boolean;
  readonly serverName?: string;
  readonly cluster?: ClusterOptions;
  /** More lines of nats-server configuration, e.g. an `authorization` block. */
  readonly extraConfig?: string;
}

/** Largest message in bytes: one decision with all of its events. */
export const BROKER_MAX_PAYLOAD = 8 * 1024 * 1024;

/** The text of a nats-server configuration file. */
export const brokerConfig = (options: BrokerConfigOptions): string => {
  const host = options.host ?? '127.0.0.1';
  const lines = [
    `listen: ${quote(`${host}:${options.port}`)}`,
    `server_name: ${quote(options.serverName ?? 'everynode-broker')}`,
    `max_payload: ${BROKER_MAX_PAYLOAD}`,
    // A reader that replays a long log may lag this far behind before the server cuts it off.
    `max_pending: ${256 * 1024 * 1024}`,
    'jetstream {',
    `  store_dir: ${quote(join(options.storeDir, 'jetstream'))}`,
    ...(options.syncAlways ? ['  sync_interval: always'] : []),
    '}',
  ];
  if (options.monitorPort !== undefined) lines.push(`http: ${quote(`${host}:${options.monitorPort}`)}`);
  if (options.cluster !== undefined) lines.push(...clusterLines(host, options.cluster));
  if (options.extraConfig !== undefined) lines.push(options.extraConfig);
  return `${lines.join('\n')}\n`;
};

const clusterLines = (host: string, cluster: ClusterOptions): readonly string[] => [
  'cluster {',
  `  name: ${quote(cluster.name)}`,
  `  listen: ${quote(`${host}:${cluster.port}`)}`,
  `  routes: [${cluster.routes.map((port) => quote(`nats://${host}:${port}`)).join(', ')}]`,
  '}',
];

const quote = (text: string): string => JSON.stringify(text);
