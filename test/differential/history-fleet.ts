import { fileURLToPath } from 'node:url';
import { labSubject } from '@everynode/contracts';
import { connectBroker } from '@everynode/event-log-jetstream';
import { Fleet, kubectlBinary } from '@everynode/testkit';
import { Cluster } from './cluster.ts';
import type { History } from './history.ts';
import { KubeControllerManager } from './kube-controller-manager.ts';
import { Player, playAll, type NodeAgents, type Outcome } from './play.ts';
import { daemonSet } from './requests.ts';

const PROFILE = fileURLToPath(new URL('histories.profile.yaml', import.meta.url));
const WIDTH = 8;
const FAULT_TIMEOUT_MS = 5_000;
const PACE = { quietMs: 700, timeoutMs: 40_000 } as const;

/** Agent that hosts a node of histories which kill agents. */
const AGENT_OF: Readonly<Record<string, string>> = { 'node-6': 'agent-2' };

const LEAVES_DAEMONSETS = ['--controllers', '*,-daemonset-controller'];

/** Six nodes of real agents; node-6 has an agent of its own. */
export class HistoryFleet {
  private readonly fleet: Fleet;
  private readonly cluster: Cluster;
  private readonly manager: KubeControllerManager | undefined;

  private constructor(fleet: Fleet, cluster: Cluster, manager: KubeControllerManager | undefined) {
    this.fleet = fleet;
    this.cluster = cluster;
    this.manager = manager;
  }

  /** With a binary of kube-controller-manager, its DaemonSet controller is the one that the fleet has. */
  static async start(kubeControllerManager?: string): Promise<HistoryFleet> {
    const fleet = await Fleet.start({
      profile: PROFILE,
      heartbeatInterval: '1s',
      gracePeriod: '8s',
      controllers: 1,
      ...(kubeControllerManager === undefined ? {} : { controllerArgs: LEAVES_DAEMONSETS }),
      agents: [
        { name: 'agent-1', nodes: 5, startIndex: 1, args: ['--lab'] },
        { name: 'agent-2', nodes: 1, startIndex: 6, args: ['--lab'] },
      ],
    });
    const cluster = await Cluster.open(fleet.kubeconfig, await kubectlBinary('1.35'));
    await fleet.until('six nodes are there', async () => (await cluster.list('/api/v1/nodes')).length === 6);
    const manager = kubeControllerManager === undefined ? undefined : await KubeControllerManager.start(kubeControllerManager, fleet.kubeconfig, fleet.dir);
    const started = new HistoryFleet(fleet, cluster, manager);
    await started.untilControlled();
    return started;
  }

  /** A first DaemonSet comes and goes: its controller is there. */
  private async untilControlled(): Promise<void> {
    const path = '/apis/apps/v1/namespaces/default/daemonsets';
    const status = async (): Promise<number | undefined> =>
      ((await this.cluster.send('GET', `${path}/first`)).body as { readonly status?: { readonly numberAvailable?: number } }).status?.numberAvailable;
    await this.cluster.send('POST', path, daemonSet({ name: 'first' }));
    await this.fleet.until('a first DaemonSet runs on all nodes', async () => (await status()) === 6);
    await this.cluster.send('DELETE', `${path}/first`, { propagationPolicy: 'Foreground' });
    await this.fleet.until('the first DaemonSet is gone', async () => (await this.cluster.send('GET', `${path}/first`)).code === 404);
  }

  async play(histories: readonly History[]): Promise<ReadonlyMap<string, readonly Outcome[] | Error>> {
    const agent = (node: string) => this.fleet.agents.get(AGENT_OF[node] ?? '');
    const agents: NodeAgents = {
      kill: async (node) => agent(node)?.signal('SIGKILL'),
      start: (node) => agent(node)?.start(),
      fault: (node, fault) => this.sendFault(node, fault),
    };
    return playAll(new Player(this.cluster, PACE, agents), histories, WIDTH);
  }

  private async sendFault(node: string, fault: object): Promise<void> {
    const broker = await connectBroker({ servers: this.fleet.broker.url, name: 'histories', streams: 'leave' });
    try {
      const outcome = await broker.bus.request(labSubject(node), JSON.stringify(fault), FAULT_TIMEOUT_MS);
      if (outcome.outcome === 'unknown' || outcome.payload.includes('refused')) throw new Error(`${node} did not take ${JSON.stringify(fault)}`);
    } finally {
      await broker.close();
    }
  }

  async stop(): Promise<void> {
    await this.manager?.stop();
    this.cluster.close();
    await this.fleet.stop();
  }
}
