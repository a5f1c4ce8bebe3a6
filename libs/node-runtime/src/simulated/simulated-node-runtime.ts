import type { RunningPod, RuntimeEvent, RuntimeRequest } from '@everynode/core';
import type { NodeRuntime, Scheduler, StoredPod } from '../node-runtime.port.ts';
import { SimulatedRuntime, type SimulatedRuntimeConfig } from './simulated-runtime.ts';

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
  private timer: { readonly at: number; readonly callOff: () => void } | undefined;

  constructor(config: SimulatedRuntimeConfig, scheduler: Scheduler) {
    this.machine = new SimulatedRuntime(config);
    this.scheduler = scheduler;
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

  /** Containers of the node are lost at once, and nobody is told: what a power cut does. */
  reboot(node: string): void {
    this.machine.reboot(node);
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
    if (events.length > 0) this.listener(events);
    this.arm();
  }
}
