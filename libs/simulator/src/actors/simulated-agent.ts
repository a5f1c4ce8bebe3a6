import {
  KUBELET_DEFAULTS,
  KubeletMachine,
  NodeRecords,
  shutdownTimes,
  type ControllerAnswer,
  type KubeletAction,
  type KubeletMessage,
  type NodeCommands,
  type NodeDescription,
  type KubeletConfig,
  type Random,
  type RunningPod,
  type RuntimeEvent,
  type RuntimeRequest,
  type TaintChange,
} from '@everynode/core';
import { SimulatedRuntime, type RuntimeProfile } from '@everynode/node-runtime';
import type { RunningPods } from '../monitors/running-pods.ts';
import type { CommandTaker, World } from '../world/world.ts';

/** What runs the Pods of an agent's nodes: the simulated runtime, or one that does what a test tells it. */
export interface AgentRuntime {
  handle(message: { readonly type: 'requests'; readonly requests: readonly RuntimeRequest[] } | { readonly type: 'tick' }, now: number): readonly RuntimeEvent[];
  nextWakeAt(): number | undefined;
  running(node: string): readonly RunningPod[];
  reboot(node: string): void;
}

export interface SimulatedAgentConfig {
  readonly name: string;
  readonly nodes: readonly string[];
  readonly profile: RuntimeProfile;
  readonly zoneOf: (node: string) => string;
  /** Instead of a simulated runtime with the profile. */
  readonly runtime?: AgentRuntime;
  /** What a node joins with, beside its name. */
  readonly describe?: (node: string) => Partial<NodeDescription>;
  readonly timing?: Partial<Omit<KubeletConfig, 'agent' | 'instance' | 'seed'>>;
}

/** Shorter than an agent's own times, so that a run with many faults stays short. */
const TIMING = { heartbeatIntervalMs: 2_000, resyncIntervalMs: 5_000, retryMaxMs: 3_000 };

/**
 * The shell of an agent process in the simulator: the same kubelet and the same simulated runtime that the process carries. The runtime and the store live on when
 * the process crashes, as containers and disks do.
 */
export class SimulatedAgent implements CommandTaker {
  readonly name: string;
  machine: KubeletMachine;
  private readonly world: World;
  private readonly config: SimulatedAgentConfig;
  private readonly running: RunningPods;
  private readonly random: Random;
  private readonly runtime: AgentRuntime;
  private store = new NodeRecords();
  private readonly bootIds = new Map<string, string>();
  private isUp = false;
  private life = 0;

  constructor(world: World, config: SimulatedAgentConfig, running: RunningPods) {
    this.name = config.name;
    this.world = world;
    this.config = config;
    this.running = running;
    this.random = world.random(`agent/${config.name}`);
    this.runtime = config.runtime ?? new SimulatedRuntime({ seed: world.seed, profile: config.profile });
    this.machine = this.newMachine();
    for (const node of config.nodes) {
      world.host(node, config.name, this);
      this.bootIds.set(node, this.random.uid());
    }
    this.start();
  }

  start(): void {
    if (this.isUp) return;
    this.world.note(`${this.name} starts`);
    this.isUp = true;
    this.machine = this.newMachine();
    const nodes = this.config.nodes.map((name) => ({
      description: this.describe(name),
      record: this.store.get(name),
      bootId: this.bootIds.get(name) ?? '',
      running: this.runtime.running(name),
    }));
    this.feed({ type: 'started', nodes });
    this.feed({ type: 'connection', isConnected: true });
  }

  /** Kills the process. Containers go on, and so does the store. */
  crash(): void {
    if (!this.isUp) return;
    this.world.note(`${this.name} crashes`);
    this.isUp = false;
    this.life += 1;
  }

  /** One of its nodes boots anew: containers are lost, the disk is not. */
  reboot(node: string): void {
    this.world.note(`${node} reboots`);
    const bootId = this.random.uid();
    this.bootIds.set(node, bootId);
    this.runtime.reboot(node);
    this.running.rebooted(node);
    if (this.isUp) this.feed({ type: 'rebooted', node, bootId });
  }

  /** One of its nodes shuts down gracefully: it is not ready, takes no Pods and ends those that it has. */
  shutDown(node: string, graceSeconds?: number): void {
    this.world.note(`${node} shuts down`);
    if (this.isUp) this.feed({ type: 'shutdown', node, ...shutdownTimes(graceSeconds) });
  }

  /** The machine is off: process and containers of all of its nodes are gone, the disk is not. `powerOn` boots them. */
  powerOff(): void {
    this.crash();
    for (const node of this.config.nodes) {
      this.runtime.reboot(node);
      this.running.rebooted(node);
    }
  }

  powerOn(): void {
    for (const node of this.config.nodes) this.reboot(node);
    this.start();
  }

  /** The process is killed and its disk is lost with it; the nodes boot anew from an empty one under their old names. */
  loseDisk(): void {
    this.crash();
    this.world.note(`${this.name} loses its disk`);
    this.store = new NodeRecords();
    for (const node of this.config.nodes) this.reboot(node);
  }

  askForTaints(node: string, changes: readonly TaintChange[]): void {
    if (this.isUp) this.feed({ type: 'taints', node, changes });
  }

  /** The node says that it can (not) run Pods. */
  sayReady(node: string, ready: boolean): void {
    if (this.isUp) this.feed({ type: 'readiness', node, ready });
  }

  /** Something has happened in a runtime that is moved from outside. */
  runtimeSays(events: readonly RuntimeEvent[]): void {
    this.tell(events);
    this.watchRuntime();
  }

  takeCommands(_node: string, payload: string): void {
    if (this.isUp) this.feed({ type: 'commands', sets: [JSON.parse(payload) as NodeCommands] });
  }

  get nodes(): readonly string[] {
    return this.config.nodes;
  }

  private newMachine(): KubeletMachine {
    const instance = this.random.uid();
    return new KubeletMachine({ ...KUBELET_DEFAULTS, ...TIMING, ...this.config.timing, agent: this.config.name, instance, seed: `${this.world.seed}/${instance}` });
  }

  private describe(name: string): NodeDescription {
    return { ...descriptionOf(name, this.config.zoneOf(name)), ...this.config.describe?.(name) };
  }

  private feed(message: KubeletMessage): void {
    this.perform(this.machine.handle(message, this.world.now));
    this.sleep();
  }

  private sleep(): void {
    const at = this.machine.nextWakeAt();
    if (at === undefined) return;
    const { life } = this;
    this.world.schedule.at(Math.max(at, this.world.now + 1), () => {
      if (life !== this.life || !this.isUp) return;
      const due = this.machine.nextWakeAt();
      if (due !== undefined && due <= this.world.now) this.feed({ type: 'tick' });
    });
  }

  private perform(actions: readonly KubeletAction[]): void {
    for (const action of actions) {
      switch (action.type) {
        case 'persist':
          for (const change of action.changes) this.store.apply(change);
          break;
        case 'runtime':
          this.askRuntime(action.requests);
          break;
        case 'send':
          this.send(action);
          break;
        case 'resync':
          for (const node of action.nodes) this.world.readCommands(this.name, node, (payload) => this.takeCommands(node, payload));
          break;
        case 'notice':
          this.world.note(`${this.name} ${action.node}: ${action.text}`);
          break;
      }
    }
  }

  private send(action: Extract<KubeletAction, { type: 'send' }>): void {
    const { life } = this;
    this.world.request(this.name, action.message, (payload) => {
      if (life !== this.life || !this.isUp) return;
      const answer = JSON.parse(payload) as ControllerAnswer & { readonly epoch: number };
      this.feed({ type: 'answered', id: action.id, epoch: answer.epoch, answer });
    });
  }

  private askRuntime(requests: readonly RuntimeRequest[]): void {
    for (const request of requests) {
      if (request.type !== 'start') continue;
      this.world.note(`${request.node} runs ${request.pod.uid}`);
      this.running.started(this.world.now, request.node, request.pod);
    }
    const careless = this.world.sabotage === 'careless-agent' ? requests.filter((request) => request.type === 'stop') : [];
    this.tell(this.runtime.handle({ type: 'requests', requests: requests.filter((request) => careless.length === 0 || request.type !== 'stop') }, this.world.now));
    for (const request of careless) this.pretendStopped(request);
    this.watchRuntime();
  }

  /** The sabotage: says that the Pod has stopped and lets it run on. */
  private pretendStopped(request: Extract<RuntimeRequest, { type: 'stop' }>): void {
    const pod = this.runtime.running(request.node).find((running) => running.uid === request.uid);
    const { life } = this;
    if (pod === undefined) return;
    this.world.schedule.after(0, () => {
      if (life === this.life && this.isUp) this.feed({ type: 'runtime', events: [{ type: 'stopped', node: request.node, uid: request.uid, report: pod.report }] });
    });
  }

  private watchRuntime(): void {
    const at = this.runtime.nextWakeAt();
    if (at === undefined) return;
    this.world.schedule.at(at, () => {
      if ((this.runtime.nextWakeAt() ?? Number.POSITIVE_INFINITY) > this.world.now) return;
      this.tell(this.runtime.handle({ type: 'tick' }, this.world.now));
      this.watchRuntime();
    });
  }

  /** The runtime goes on without the process; what it tells a dead process is found again by the next one. */
  private tell(events: readonly RuntimeEvent[]): void {
    if (events.length === 0) return;
    for (const event of events) {
      if (event.type !== 'stopped') continue;
      this.world.note(`${event.node} stopped ${event.uid}`);
      this.running.stopped(event.node, event.uid);
    }
    const { life } = this;
    this.world.schedule.after(0, () => {
      if (life === this.life && this.isUp) this.feed({ type: 'runtime', events });
    });
  }
}

const descriptionOf = (name: string, zone: string): NodeDescription => ({
  name,
  labels: { zone },
  taints: [],
  address: '192.0.2.1',
  version: 'v1.34.0',
  capacity: { cpu: '4', memory: '8Gi', pods: '110' },
  osImage: 'simulated',
  kernelVersion: '0',
  architecture: 'amd64',
  runtime: 'simulated://1.0',
});
