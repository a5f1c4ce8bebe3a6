import type { RunningPod, RuntimeEvent, RuntimeRequest } from '@everynode/core';
import type { NodeRuntime, Scheduler, StoredPod } from '../node-runtime.port.ts';
import type { RuntimeSessionOutcome, SessionRequest, SessionTarget } from '../session.port.ts';
import type { NodeUsage, PodUsage } from '../usage.port.ts';
import { openSimulatedSession } from './sessions/open-session.ts';
import type { SessionSurroundings } from './sessions/simulated-container.ts';
import { SimulatedRuntime, type SimulatedRuntimeConfig } from './simulated-runtime.ts';
import type { SimulatedPod } from './simulated-pod.ts';
import { SimulatedUsage } from './simulated-usage.ts';

const isUsing = ({ stage }: SimulatedPod): boolean => stage === 'running' || stage === 'ready' || stage === 'stopping';

/**
 * The simulated runtime in a process. Its containers "survive" the agent process because they live in the agent's store: `recover` takes them up again as they were.
 * One timer serves all Pods.
 */
export class SimulatedNodeRuntime implements NodeRuntime {
  readonly version = 'simulated://1.0';
  private readonly machine: SimulatedRuntime;
  private readonly scheduler: Scheduler;
  private listener: (events: readonly RuntimeEvent[]) => void = () => undefined;
  private waiting: RuntimeEvent[] = [];
  private readonly usages: SimulatedUsage;
  private readonly surroundings: SessionSurroundings;
  /** Sessions that want to know of changes of a Pod, by uid. */
  private readonly watchers = new Map<string, Set<() => void>>();
  private timer: { readonly at: number; readonly callOff: () => void } | undefined;

  constructor(config: SimulatedRuntimeConfig, scheduler: Scheduler) {
    this.machine = new SimulatedRuntime(config);
    this.scheduler = scheduler;
    this.usages = new SimulatedUsage(config.seed);
    this.surroundings = {
      seed: config.seed,
      now: () => scheduler.now(),
      at: (time, callback) => scheduler.at(time, callback),
      onChange: (uid, listener) => this.watch(uid, listener),
      endRun: (uid, exitCode) => this.crash(uid, exitCode),
      endEphemeral: (uid, container, exitCode) => {
        this.waiting.push(...this.machine.handle({ type: 'ephemeral-ended', uid, container, exitCode }, this.scheduler.now()));
        this.arm();
      },
    };
  }

  async recover(
    nodes: readonly string[],
    stored: readonly StoredPod[],
  ): Promise<ReadonlyMap<string, readonly RunningPod[]>> {
    const byNode = new Map<string, RunningPod[]>(nodes.map((node) => [node, []]));
    const adopted = this.machine.adopt(stored, this.scheduler.now());
    adopted.forEach((pod, index) => byNode.get(stored[index]?.node ?? '')?.push(pod));
    this.arm();
    return byNode;
  }

  request(requests: readonly RuntimeRequest[]): void {
    this.waiting.push(...this.machine.handle({ type: 'requests', requests }, this.scheduler.now()));
    this.arm();
  }

  onEvents(listener: (events: readonly RuntimeEvent[]) => void): void {
    this.listener = listener;
  }

  async openSession(node: string, target: SessionTarget, request: SessionRequest): Promise<RuntimeSessionOutcome> {
    return openSimulatedSession(node, target, request, this.machine.find(target.uid), this.surroundings);
  }

  async usage(nodes: readonly string[]): Promise<readonly NodeUsage[]> {
    const now = this.scheduler.now();
    const pods = new Map<string, PodUsage[]>(nodes.map((node) => [node, []]));
    for (const pod of this.machine.all())
      if (isUsing(pod)) pods.get(pod.node)?.push(this.usages.pod(pod, now));
    return nodes.map((node) => this.usages.node(node, pods.get(node) ?? [], now));
  }

  /** Containers of the node are lost at once, and nobody is told but the sessions, which end: what a power cut does. */
  reboot(node: string): void {
    const lost = this.machine.running(node);
    this.machine.reboot(node);
    for (const { uid } of lost) this.tell(uid);
  }

  /** A container of the Pod ends by itself. */
  crash(uid: string, exitCode: number): void {
    this.waiting.push(...this.machine.handle({ type: 'crash', uid, exitCode }, this.scheduler.now()));
    this.arm();
  }

  async close(): Promise<void> {
    this.timer?.callOff();
    this.timer = undefined;
    this.listener = () => undefined;
  }

  private watch(uid: string, listener: () => void): () => void {
    const listeners = this.watchers.get(uid) ?? new Set();
    this.watchers.set(uid, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.watchers.get(uid) === listeners) this.watchers.delete(uid);
    };
  }

  private tell(uid: string): void {
    for (const listener of this.watchers.get(uid) ?? []) listener();
  }

  private arm(): void {
    const at = this.waiting.length > 0 ? this.scheduler.now() : this.machine.nextWakeAt();
    if (at === undefined || (this.timer !== undefined && this.timer.at <= at)) return;
    this.timer?.callOff();
    this.timer = { at, callOff: this.scheduler.at(at, () => this.wake()) };
  }

  private wake(): void {
    this.timer = undefined;
    const events = [...this.waiting, ...this.machine.handle({ type: 'tick' }, this.scheduler.now())];
    this.waiting = [];
    for (const { uid } of events) this.tell(uid);
    if (events.length > 0) this.listener(events);
    this.arm();
  }
}
