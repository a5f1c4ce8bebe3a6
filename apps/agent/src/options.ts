import { hostname } from 'node:os';
import { join } from 'node:path';
import { Command, Option, InvalidArgumentError } from 'commander';
import { KUBELET_DEFAULTS, LIMITS, type Labels, type Taint, type TaintEffect } from '@everynode/core';
import { parseDurationValue, parsePortValue, wholeNumberValue, withBroker, type BrokerSettings } from '@everynode/nest-kit';

/** Settings of one agent process, parsed once at the start and frozen. */
export interface AgentOptions extends BrokerSettings {
  /** Unique among the agents of a fleet. */
  readonly name: string;
  readonly nodes: number;
  readonly namePrefix: string;
  readonly startIndex: number;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  /** Folder of the store. */
  readonly data: string;
  /** `instant`, `realistic` or a file. */
  readonly profile: string;
  readonly seed: string;
  readonly heartbeatIntervalMs: number;
  readonly healthPort: number | undefined;
  readonly bind: string;
  /** Take faults from the lab's subjects. */
  readonly lab: boolean;
  readonly logLevel: string;
}

const EFFECTS: readonly TaintEffect[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const NODE_PREFIX = /^[a-z0-9]([-a-z0-9.]{0,240})?$/;
const HEARTBEAT_MIN_MS = 200;

const checkKey = (key: string): string => {
  if (!LABEL_KEY.test(key)) throw new InvalidArgumentError(`${JSON.stringify(key)} is not a label key.`);
  return key;
};

const checkValue = (value: string): string => {
  if (!LABEL_VALUE.test(value))
    throw new InvalidArgumentError(
      `${JSON.stringify(value)} is not a label value: at most 63 letters, digits, "-", "_" and ".".`,
    );
  return value;
};

/** `key=value,…` */
export const parseLabels = (text: string): Labels =>
  Object.fromEntries(
    text.split(',').map((entry): [string, string] => {
      const at = entry.indexOf('=');
      if (at < 0) throw new InvalidArgumentError(`expected key=value, found ${JSON.stringify(entry)}.`);
      return [checkKey(entry.slice(0, at)), checkValue(entry.slice(at + 1))];
    }),
  );

const parseTaint = (text: string): Taint => {
  const [left = '', effectText = '', ...rest] = text.split(':');
  const effect = EFFECTS.find((candidate) => candidate === effectText);
  if (effect === undefined || rest.length > 0)
    throw new InvalidArgumentError(
      `expected key=value:Effect or key:Effect with ${EFFECTS.join(', ')}, found ${JSON.stringify(text)}.`,
    );
  const at = left.indexOf('=');
  if (at < 0) return { key: checkKey(left), effect };
  return { key: checkKey(left.slice(0, at)), value: checkValue(left.slice(at + 1)), effect };
};

/** `key=value:Effect,key:Effect,…` */
export const parseTaints = (text: string): readonly Taint[] => text.split(',').map(parseTaint);

const parsePrefix = (text: string): string => {
  if (!NODE_PREFIX.test(text))
    throw new InvalidArgumentError('expected lowercase letters, digits, "-" and ".", starting with a letter or digit.');
  return text;
};

const parseHeartbeat = (text: string): number => {
  const ms = parseDurationValue(text);
  if (ms < HEARTBEAT_MIN_MS)
    throw new InvalidArgumentError(`the heartbeat interval must be at least ${HEARTBEAT_MIN_MS}ms.`);
  return ms;
};

interface RawOptions extends Omit<AgentOptions, 'name' | 'heartbeatIntervalMs' | 'data' | 'healthPort'> {
  readonly agentName: string;
  readonly heartbeatInterval: number;
  readonly data?: string;
  readonly healthPort?: number;
}

/** The command line of the agent process. */
export const agentCommand = (run: (options: AgentOptions) => Promise<void>): Command =>
  withBroker(new Command('everynode agent').enablePositionalOptions().description('hosts nodes: keeps them alive for the controller and runs their Pods'))
    .option('--agent-name <name>', 'name of this agent, unique in the fleet', `agent-${hostname()}`)
    .option('--nodes <count>', 'nodes that this agent hosts', wholeNumberValue(1, LIMITS.nodesPerAgentMax), 1)
    .option('--name-prefix <prefix>', 'a node is named by prefix and number', parsePrefix, 'node-')
    .option('--start-index <number>', 'number of the first node', wholeNumberValue(0, 100_000_000), 1)
    .addOption(new Option('--labels <labels>', 'labels of the nodes: key=value,…').argParser(parseLabels).default({}, 'none'))
    .addOption(
      new Option('--taints <taints>', 'taints that the nodes join with: key=value:Effect,…').argParser(parseTaints).default([], 'none'),
    )
    .option('--data <folder>', 'what survives a restart is kept here (default: .everynode/agents/<agent name>)')
    .option('--profile <name>', 'how simulated Pods behave: instant, realistic, or a YAML file', 'realistic')
    .option('--seed <text>', 'seeds the behaviour of simulated Pods', 'everynode')
    .addOption(
      new Option('--heartbeat-interval <duration>', 'time between two heartbeats of a node')
        .argParser(parseHeartbeat)
        .default(KUBELET_DEFAULTS.heartbeatIntervalMs, `${KUBELET_DEFAULTS.heartbeatIntervalMs / 1000}s`),
    )
    .option('--health-port <port>', 'serve /healthz, /readyz and /metrics here', parsePortValue)
    .option('--bind <address>', 'address of the health port', '127.0.0.1')
    .option('--lab', 'take faults from the lab', false)
    .option('--log-level <level>', 'fatal, error, warn, info, debug', 'info')
    .action(async (raw: RawOptions) => {
      const { agentName, heartbeatInterval, data, healthPort, ...rest } = raw;
      await run(
        Object.freeze({
          ...rest,
          name: agentName,
          heartbeatIntervalMs: heartbeatInterval,
          data: data ?? join('.everynode', 'agents', agentName.replaceAll(/[^A-Za-z0-9_.-]/g, '_')),
          healthPort,
        }),
      );
    });
