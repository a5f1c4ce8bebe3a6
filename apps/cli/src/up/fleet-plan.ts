import { join } from 'node:path';
import type { BrokerRole } from '@everynode/event-log-jetstream';
import { parseDuration } from '@everynode/read-models';
import type { UpOptions } from './up-options.ts';

/** One process of the fleet: the bundle to run and its command line. */
export interface PlannedProcess {
  readonly name: string;
  readonly bundle: 'controller' | 'apiserver' | 'agent';
  readonly args: readonly string[];
  /** Where it serves /healthz, /readyz and /metrics. */
  readonly healthPort: number;
}

export interface AgentShare {
  readonly name: string;
  readonly nodes: number;
  /** Number of its first node. */
  readonly startIndex: number;
}

/** Gives every agent its share of the nodes, as even as it gets, numbered through; agents without a node are left out. */
export const shareNodes = (nodes: number, agents: number): readonly AgentShare[] => {
  const shares: AgentShare[] = [];
  let startIndex = 1;
  for (let index = 0; index < agents; index += 1) {
    const share = Math.floor(nodes / agents) + (index < nodes % agents ? 1 : 0);
    if (share > 0) shares.push({ name: `agent-${index}`, nodes: share, startIndex });
    startIndex += share;
  }
  return shares;
};

/** What the processes have to know of where they run. */
export interface FleetPlace {
  readonly nats: string;
  /** More of the command line for the broker, by what the process is there. */
  readonly brokerArgs: (role: BrokerRole) => readonly string[];
  readonly apiPort: number;
  readonly dataDir: string;
  /** Folder of the authority; undefined when the API is plain HTTP. */
  readonly tlsDir: string | undefined;
  /** One port for the health endpoint of each controller. */
  readonly controllerPorts: readonly number[];
  /** One port for the health endpoint of each agent. */
  readonly agentPorts: readonly number[];
}

const natsArgs = ({ nats, brokerArgs }: FleetPlace, role: BrokerRole): readonly string[] => ['--nats', nats, ...brokerArgs(role)];

const rootCaArgs = ({ tlsDir }: FleetPlace): readonly string[] => (tlsDir === undefined ? [] : ['--root-ca-file', join(tlsDir, 'ca.crt')]);

const controllers = (options: UpOptions, place: FleetPlace): readonly PlannedProcess[] =>
  place.controllerPorts.map((healthPort, index) => {
    const name = `controller-${index}`;
    return {
      name,
      bundle: 'controller',
      healthPort,
      args: [
        ...natsArgs(place, { kind: 'controller' }),
        '--name',
        name,
        '--health-port',
        String(healthPort),
        '--grace-period',
        options.gracePeriod,
        ...rootCaArgs(place),
        ...(options.daemonsetController === false ? ['--controllers', '*,-daemonset-controller'] : []),
      ],
    };
  });

const HEARTBEAT_MS_MAX = 10_000;
const HEARTBEAT_MS_MIN = 200;
/** A node is lost after so many heartbeats in a row did not arrive: with fewer, healthy nodes would come and go. */
const HEARTBEATS_PER_GRACE = 4;

/** Agents keep their own interval unless the grace period is too short for it. */
const heartbeatArgs = (gracePeriod: string): readonly string[] => {
  const interval = Math.floor((parseDuration(gracePeriod) ?? Number.POSITIVE_INFINITY) / HEARTBEATS_PER_GRACE);
  return interval >= HEARTBEAT_MS_MAX ? [] : ['--heartbeat-interval', `${Math.max(interval, HEARTBEAT_MS_MIN)}ms`];
};

const agents = (options: UpOptions, place: FleetPlace): readonly PlannedProcess[] =>
  shareNodes(options.nodes, options.agents).map(({ name, nodes, startIndex }, index) => {
    const healthPort = place.agentPorts[index] ?? 0;
    const where = [
      ...natsArgs(place, { kind: 'agent', name }),
      '--agent-name',
      name,
      '--data',
      join(place.dataDir, 'agents', name),
      '--health-port',
      String(healthPort),
    ];
    const what = [
      '--nodes',
      String(nodes),
      '--start-index',
      String(startIndex),
      '--name-prefix',
      options.nodePrefix,
      '--profile',
      options.profile,
      ...heartbeatArgs(options.gracePeriod),
    ];
    return { name, bundle: 'agent', healthPort, args: [...where, ...what] };
  });

const tlsArgs = ({ tlsDir }: FleetPlace): readonly string[] => (tlsDir === undefined ? ['--insecure'] : ['--tls-dir', tlsDir]);

/** The processes in two waves: what the first Pod needs, and the rest, which would only make it wait on a machine with few cores. */
export const planFleet = (
  options: UpOptions,
  place: FleetPlace,
): { readonly first: readonly PlannedProcess[]; readonly rest: readonly PlannedProcess[] } => {
  const apiserver: PlannedProcess = {
    name: 'apiserver',
    bundle: 'apiserver',
    healthPort: place.apiPort,
    args: [...natsArgs(place, { kind: 'apiserver' }), '--port', String(place.apiPort), ...tlsArgs(place)],
  };
  const [controller, ...standbys] = controllers(options, place);
  const [agent, ...others] = agents(options, place);
  return {
    first: [controller, apiserver, agent].filter((process) => process !== undefined),
    rest: [...standbys, ...others],
  };
};

/** Address of the API. */
export const apiUrl = (port: number, tlsDir: string | undefined): string => `${tlsDir === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;

/** Addresses of the health endpoints, by the names of the processes; that of the API server is the API's own. */
export const healthOf = (processes: readonly PlannedProcess[], api: string): Readonly<Record<string, string>> =>
  Object.fromEntries(processes.map(({ name, bundle, healthPort }) => [name, bundle === 'apiserver' ? api : `http://127.0.0.1:${healthPort}`]));
