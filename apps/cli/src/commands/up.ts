import { InvalidArgumentError, Option, type Command } from 'commander';
import { existsSync } from 'node:fs';
import { dataOption, natsCaOption, natsOption } from '../connection/connection-options.ts';
import { parseDuration } from '@everynode/read-models';
import { DEFAULTS, type UpOptions } from '../up/up-options.ts';
import { collect } from './collect.ts';
import type { CommandContext } from './context.ts';
import { examples } from './examples.ts';
import { parseCount, parsePort } from './parse-number.ts';

const MANY = 100;
const GRACE_MIN_MS = 1000;

const processes = (text: string): number => {
  const count = parseCount(text);
  if (count > MANY) throw new InvalidArgumentError(`expected at most ${MANY}: each is a process on this machine.`);
  return count;
};

const gracePeriod = (text: string): string => {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined || milliseconds < GRACE_MIN_MS)
    throw new InvalidArgumentError('expected a duration from 1s on, such as 50s or 2m.');
  return text;
};

const PROFILES = ['instant', 'realistic'];

const profile = (text: string): string => {
  if (!PROFILES.includes(text) && !existsSync(text))
    throw new InvalidArgumentError('expected instant, realistic or a file that exists.');
  return text;
};

const nodePrefix = (text: string): string => {
  if (!/^[a-z0-9][-a-z0-9.]{0,200}$/.test(text))
    throw new InvalidArgumentError('expected lowercase letters, digits, "-" and ".", starting with a letter or digit.');
  return text;
};

export const addUpCommand = (program: Command, { terminal, setExitCode }: CommandContext): void => {
  const command = program
    .command('up')
    .description('start a whole fleet on this machine and show it until Ctrl-C')
    .option('--nodes <count>', 'nodes of the fleet, spread over the agents', parseCount, DEFAULTS.nodes)
    .option('--agents <count>', 'agent processes', processes, DEFAULTS.agents)
    .option(
      '--controllers <count>',
      'controller processes: one leads, the others stand by',
      processes,
      DEFAULTS.controllers,
    )
    .option('--node-prefix <text>', 'names of the nodes are this and a number', nodePrefix, DEFAULTS.nodePrefix)
    .addOption(
      new Option('--manifest <file>', 'apply this YAML or JSON file when the fleet runs; may be repeated')
        .argParser(collect)
        .default([], 'a fluentd DaemonSet at the first start'),
    )
    .option('--profile <profile>', 'how Pods behave: instant, realistic or a file', profile, DEFAULTS.profile)
    .option('--grace-period <duration>', 'silence after which a node is lost', gracePeriod, DEFAULTS.gracePeriod)
    .addOption(dataOption())
    .option(
      '--port <port>',
      `port of the Kubernetes API (default: ${DEFAULTS.port}, or a free one when that is taken)`,
      parsePort,
    )
    .addOption(natsOption('use this NATS server instead of starting one'))
    .addOption(natsCaOption())
    .option(
      '--nats-port <port>',
      `port of the NATS server (default: ${DEFAULTS.natsPort}, or a free one when that is taken)`,
      parsePort,
    )
    .option('--nats-server <path>', 'nats-server executable (default: one on PATH, else a fetched one)')
    .option('--broker-users <dir>', 'let each process do only its own at the broker, with keys in this folder (see "everynode broker-users")')
    .option('--in-process', 'run everything in one process, with the log in memory', false)
    .option('--no-daemonset-controller', 'leave DaemonSets to another controller, such as kube-controller-manager')
    .option('--insecure', 'serve the API as plain HTTP without credentials', false)
    .action(async (options: UpOptions) => {
      const { runUp } = await import('../up/run-up.ts');
      setExitCode(await runUp(options, terminal));
    });
  examples(command, [
    'everynode up',
    'everynode up --nodes 50 --agents 4 --profile realistic',
    'everynode up --manifest my-daemonset.yaml --data /tmp/fleet --port 8080',
    'everynode up --nats nats://broker:4222',
    'everynode up --broker-users .everynode/broker-users',
  ]);
};
