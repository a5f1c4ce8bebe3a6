/** Options of `everynode up` as they come from the command line. */
export interface UpOptions {
  readonly nodes: number;
  readonly agents: number;
  readonly controllers: number;
  readonly nodePrefix: string;
  readonly manifest: readonly string[];
  readonly profile: string;
  /** Duration as the controller takes it, e.g. `50s`. */
  readonly gracePeriod: string;
  readonly data: string;
  readonly port?: number;
  readonly nats?: string;
  readonly natsCa?: string;
  /** Folder with the keys of the broker's users. */
  readonly brokerUsers?: string;
  readonly natsPort?: number;
  readonly natsServer?: string;
  readonly inProcess: boolean;
  /** False leaves the DaemonSets to another controller; true when absent. */
  readonly daemonsetController?: boolean;
  /** Plain HTTP without credentials. */
  readonly insecure: boolean;
}

export const DEFAULTS = {
  nodes: 5,
  agents: 2,
  controllers: 2,
  nodePrefix: 'node-',
  profile: 'instant',
  gracePeriod: '50s',
  port: 8001,
  natsPort: 4222,
} as const;
