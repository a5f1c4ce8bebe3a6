import { heartbeatMistake, type KubeletConfig, type Labels, type Preparation, type Taint } from '@everynode/core';
import { apiPreparation } from '@everynode/kubernetes-api';
import { RUNTIME_PROFILES, type RuntimeProfile } from '@everynode/node-runtime';
import { SimulatedAgent } from '../actors/simulated-agent.ts';
import { SimulatedController } from '../actors/simulated-controller.ts';
import { RunningPods } from '../monitors/running-pods.ts';
import { EPOCH_MS, World } from '../world/world.ts';
import { ScenarioClient } from './scenario-client.ts';
import { ScenarioLog } from './scenario-log.ts';
import { ScriptedRuntime, type ScriptRule } from './scripted-runtime.ts';

export interface ScenarioNode {
  readonly name: string;
  readonly labels?: Labels;
  readonly taints?: readonly Taint[];
}

export interface ScenarioOptions {
  /** A number makes `n1` … `nK`. */
  readonly nodes?: number | readonly (string | ScenarioNode)[];
  /** Agent processes that share the nodes; one for each node by default. */
  readonly agents?: number;
  readonly controllers?: number;
  /** Pods run on the simulated runtime with this profile; without one they do what scripts say. */
  readonly profile?: RuntimeProfile;
  readonly seed?: string;
  /** Silence after which a node is lost; the controller's own default is 50 s. */
  readonly nodeGraceMs?: number;
  readonly kubelet?: Partial<Omit<KubeletConfig, 'agent' | 'instance' | 'seed'>>;
  /** How far the clock of the controller with this number (from 0) is ahead; 0 by default. */
  readonly skewMsOf?: (controller: number) => number;
  /** How the controller with this number (from 0) turns writes into objects; the API's own way by default. */
  readonly preparationOf?: (controller: number) => Preparation;
}

/** Times of real processes. */
const KUBELET_TIMES = { heartbeatIntervalMs: 10_000, resyncIntervalMs: 60_000, retryMaxMs: 10_000 };
const NODE_GRACE_MS = 50_000;
const STEPS_MAX = 20_000_000;
const START_MS_MAX = 30_000;

const nodeListOf = (nodes: ScenarioOptions['nodes']): readonly ScenarioNode[] => {
  if (nodes === undefined) return [];
  if (typeof nodes === 'number') return Array.from({ length: nodes }, (_, index) => ({ name: `n${index + 1}` }));
  return nodes.map((node) => (typeof node === 'string' ? { name: node } : node));
};

/** A fleet whose healthy nodes come and go tells nothing of what a story is about. */
const checkTimes = ({ nodeGraceMs = NODE_GRACE_MS, kubelet }: ScenarioOptions): void => {
  const mistake = heartbeatMistake(nodeGraceMs, kubelet?.heartbeatIntervalMs ?? KUBELET_TIMES.heartbeatIntervalMs);
  if (mistake !== undefined) throw new Error(`nodeGraceMs and kubelet.heartbeatIntervalMs: ${mistake}`);
};

/** The machines of a scenario on one virtual clock: controllers, agents, the broker's models between them, and the log with its judges. */
export class ScenarioFleet {
  readonly world: World;
  readonly log = new ScenarioLog();
  readonly running = new RunningPods();
  readonly controllers: readonly SimulatedController[];
  readonly client: ScenarioClient;
  readonly rules: ScriptRule[] = [];
  private readonly options: ScenarioOptions;
  private readonly agentOfNode = new Map<string, SimulatedAgent>();
  private readonly runtimes = new Map<string, ScriptedRuntime>();
  private steps = 0;

  constructor(options: ScenarioOptions) {
    checkTimes(options);
    this.options = options;
    this.world = new World(options.seed ?? 'scenario', { traceLength: 200, sabotage: undefined });
    this.world.onRecord = (record) => this.log.take(record, this.now);
    this.controllers = Array.from({ length: options.controllers ?? 1 }, (_, index) => this.newController(index));
    this.client = new ScenarioClient(this.world);
    const nodes = nodeListOf(options.nodes);
    this.runUntil(() => this.controllers.some((controller) => controller.isLeader), START_MS_MAX);
    const agents = options.agents ?? nodes.length;
    for (let index = 0; index < agents; index += 1) this.addAgent(nodes.filter((_, position) => position % agents === index));
  }

  /** Virtual milliseconds since the start. */
  get now(): number {
    return this.world.now - EPOCH_MS;
  }

  agentOf(node: string): SimulatedAgent {
    const agent = this.agentOfNode.get(node);
    if (agent === undefined) throw new Error(`no agent hosts ${node}`);
    return agent;
  }

  runtimeOf(node: string): ScriptedRuntime {
    const runtime = this.runtimes.get(this.agentOf(node).name);
    if (runtime === undefined) throw new Error('Pods of a scenario with a profile do not take orders');
    return runtime;
  }

  get nodes(): readonly string[] {
    return [...this.agentOfNode.keys()];
  }

  /** A new agent process that hosts the nodes from its start on. */
  addAgent(nodes: readonly ScenarioNode[]): void {
    const name = nodes.length === 1 ? `agent-${nodes[0]?.name ?? ''}` : `agent-${this.agentOfNode.size}`;
    const described = new Map(nodes.map((node) => [node.name, node]));
    const runtime = this.options.profile === undefined ? new ScriptedRuntime(this.rules) : undefined;
    if (runtime !== undefined) this.runtimes.set(name, runtime);
    const agent = new SimulatedAgent(
      this.world,
      {
        name,
        nodes: nodes.map((node) => node.name),
        profile: this.options.profile ?? RUNTIME_PROFILES.instant,
        zoneOf: () => '',
        describe: (node) => ({ labels: described.get(node)?.labels ?? {}, taints: described.get(node)?.taints ?? [] }),
        timing: { ...KUBELET_TIMES, ...this.options.kubelet },
        ...(runtime === undefined ? {} : { runtime }),
      },
      this.running,
    );
    for (const node of nodes) this.agentOfNode.set(node.name, agent);
  }

  /** Lets virtual time pass until the condition holds or the time is over; whether it holds. */
  runUntil(condition: () => boolean, forMs: number): boolean {
    const until = this.world.now + forMs;
    while (!condition()) {
      if (!this.world.schedule.step(until)) return condition();
      this.steps += 1;
      if (this.steps > STEPS_MAX) throw new Error(`${STEPS_MAX} steps and no end: something runs hot`);
    }
    return true;
  }

  private newController(index: number): SimulatedController {
    const preparation = this.options.preparationOf?.(index) ?? apiPreparation;
    const config = { holder: `controller-${index}`, nodeGraceMs: this.options.nodeGraceMs ?? NODE_GRACE_MS, commandsResendMs: 1_000, preparation };
    return new SimulatedController(this.world, config, this.options.skewMsOf?.(index));
  }
}
