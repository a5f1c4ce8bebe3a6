import { hostname } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';

/** Settings of one controller process, parsed once at the start and frozen. */
export interface ControllerOptions {
  readonly nats: string;
  /** Unique among the controllers of a fleet. */
  readonly name: string;
  readonly gracePeriodMs: number;
  readonly leaseTtlMs: number;
  readonly healthPort: number | undefined;
  readonly bind: string;
  readonly logLevel: string;
  readonly snapshotEvery: number;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `50s`, `1500ms`, `2m` in milliseconds. */
export const parseDuration = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match === null || unit === undefined) throw new InvalidArgumentError('expected a duration such as 50s, 1500ms or 2m.');
  return Number(match[1]) * unit;
};

const parseGrace = (text: string): number => {
  const ms = parseDuration(text);
  if (ms < 1_000) throw new InvalidArgumentError('the grace period must be at least 1s: heartbeats need time to arrive.');
  return ms;
};

export const parsePort = (text: string): number => {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('expected a port from 0 to 65535.');
  return port;
};

const parseCount = (text: string): number => {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('expected a whole number from 1.');
  return count;
};

interface RawOptions {
  nats: string;
  name: string;
  gracePeriod: number;
  leaseTtl: number;
  healthPort?: number;
  bind: string;
  logLevel: string;
  snapshotEvery: number;
}

/** The command line of the controller process. Throws commander's errors (exit code 2 at the edge). */
export const controllerCommand = (run: (options: ControllerOptions) => Promise<void>): Command =>
  new Command('everynode controller')
    .description('runs one controller: it leads if it can, and stands by otherwise')
    .option('--nats <url>', 'NATS server', 'nats://127.0.0.1:4222')
    .option('--name <name>', 'name of this controller, unique in the fleet', `${hostname()}-${process.pid}`)
    .option('--grace-period <duration>', 'silence after which a node is lost', parseGrace, 50_000)
    .option('--lease-ttl <duration>', 'time after which a silent leader may be replaced', parseDuration, 1_500)
    .option('--health-port <port>', 'serve /healthz, /readyz and /metrics here', parsePort)
    .option('--bind <address>', 'address of the health port', '127.0.0.1')
    .option('--snapshot-every <records>', 'records between two snapshots', parseCount, 2_000)
    .option('--log-level <level>', 'fatal, error, warn, info, debug', 'info')
    .action(async (raw: RawOptions) => {
      const { gracePeriod, leaseTtl, healthPort, ...rest } = raw;
      await run(Object.freeze({ ...rest, gracePeriodMs: gracePeriod, leaseTtlMs: leaseTtl, healthPort }));
    });
