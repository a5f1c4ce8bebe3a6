import { hostname } from 'node:os';
import { parseDurationValue, parsePortValue, wholeNumberValue, withBroker, type BrokerSettings } from '@everynode/nest-kit';
import { Command, InvalidArgumentError, Option } from 'commander';
import { ALL_CONTROLLERS, parseControllers, type ControllerSelection } from './controller-selection.ts';

/** Settings of one controller process, parsed once at the start and frozen. */
export interface ControllerOptions extends BrokerSettings {
  /** Unique among the controllers of a fleet. */
  readonly name: string;
  readonly gracePeriodMs: number;
  readonly leaseTtlMs: number;
  readonly healthPort: number | undefined;
  readonly bind: string;
  readonly logLevel: string;
  readonly snapshotEvery: number;
  readonly controllers: ControllerSelection;
  /** File with the certificate of the API's authority. */
  readonly rootCaFile?: string;
}

const parseGrace = (text: string): number => {
  const ms = parseDurationValue(text);
  if (ms < 1_000) throw new InvalidArgumentError('the grace period must be at least 1s: heartbeats need time to arrive.');
  return ms;
};

const parseControllersValue = (text: string): ControllerSelection => {
  const selection = parseControllers(text);
  if (typeof selection === 'string') throw new InvalidArgumentError(selection);
  return selection;
};

interface RawOptions extends BrokerSettings {
  name: string;
  gracePeriod: number;
  leaseTtl: number;
  healthPort?: number;
  bind: string;
  logLevel: string;
  snapshotEvery: number;
  controllers: ControllerSelection;
  rootCaFile?: string;
}

/** The command line of the controller process. Throws commander's errors (exit code 2 at the edge). */
export const controllerCommand = (run: (options: ControllerOptions) => Promise<void>): Command =>
  withBroker(new Command('everynode controller').description('runs one controller: it leads if it can, and stands by otherwise'))
    .option('--name <name>', 'name of this controller, unique in the fleet', `${hostname()}-${process.pid}`)
    .addOption(new Option('--grace-period <duration>', 'silence after which a node is lost').argParser(parseGrace).default(50_000, '50s'))
    .addOption(new Option('--lease-ttl <duration>', 'time after which a silent leader may be replaced').argParser(parseDurationValue).default(1_500, '1500ms'))
    .option('--health-port <port>', 'serve /healthz, /readyz and /metrics here', parsePortValue)
    .option('--bind <address>', 'address of the health port', '127.0.0.1')
    .option('--snapshot-every <records>', 'records between two snapshots', wholeNumberValue(1, 1_000_000), 2_000)
    .addOption(
      new Option('--controllers <list>', "controllers to run, as kube-controller-manager spells it: '*' for all, '*,-daemonset' for all but the DaemonSet controller")
        .argParser(parseControllersValue)
        .default(ALL_CONTROLLERS, '*'),
    )
    .option('--root-ca-file <file>', "certificate of the API's authority, for the ConfigMap kube-root-ca.crt of every namespace")
    .option('--log-level <level>', 'fatal, error, warn, info, debug', 'info')
    .action(async (raw: RawOptions) => {
      const { gracePeriod, leaseTtl, healthPort, ...rest } = raw;
      await run(Object.freeze({ ...rest, gracePeriodMs: gracePeriod, leaseTtlMs: leaseTtl, healthPort }));
    });
