import { USAGE_REQUEST_SUBJECT, usageSubject, writeAgentUsage } from '@everynode/contracts';
import type { MessageBus, Subscription } from '@everynode/event-log';
import type { NodeRuntime, Scheduler } from '@everynode/node-runtime';

export interface UsagePublisherPorts {
  readonly bus: MessageBus;
  readonly runtime: Pick<NodeRuntime, 'usage'>;
  readonly scheduler: Scheduler;
}

export interface UsagePublisherOptions {
  readonly agent: string;
  readonly nodes: readonly string[];
  /** Between two rounds. */
  readonly intervalMs: number;
  /** Between two rounds when somebody asks: who asks often gets no more. */
  readonly askedIntervalMs: number;
}

export const USAGE_INTERVALS = { intervalMs: 15_000, askedIntervalMs: 1_000 } as const;

/** Nodes of one step; the process sees to its other work in between. */
const NODES_AT_ONCE = 1_000;

const otherWork = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Says again and again, and when it is asked, what the nodes and Pods of this agent use. */
export class UsagePublisher {
  private readonly ports: UsagePublisherPorts;
  private readonly options: UsagePublisherOptions;
  private readonly onFault: (error: unknown) => void;
  private readonly asked: Subscription;
  private next: { readonly at: number; readonly callOff: () => void } | undefined;
  private lastAt = -Infinity;
  private isBusy = false;
  private isStopped = false;

  constructor(ports: UsagePublisherPorts, options: UsagePublisherOptions, onFault: (error: unknown) => void) {
    this.ports = ports;
    this.options = options;
    this.onFault = onFault;
    this.asked = ports.bus.subscribe(USAGE_REQUEST_SUBJECT, () => this.ask());
    // Soon, because what runs at the start has run for a while when the agent was only restarted.
    this.arm(ports.scheduler.now() + options.askedIntervalMs);
  }

  stop(): void {
    this.isStopped = true;
    this.asked.unsubscribe();
    this.next?.callOff();
  }

  private ask(): void {
    this.arm(Math.max(this.ports.scheduler.now(), this.lastAt + this.options.askedIntervalMs));
  }

  private arm(at: number): void {
    if (this.isStopped || (this.next !== undefined && this.next.at <= at)) return;
    this.next?.callOff();
    const callOff = this.ports.scheduler.at(at, () => {
      this.next = undefined;
      void this.round();
    });
    this.next = { at, callOff };
  }

  private async round(): Promise<void> {
    const { scheduler } = this.ports;
    const { intervalMs } = this.options;
    this.arm(scheduler.now() + intervalMs);
    if (this.isBusy) return;
    this.isBusy = true;
    this.lastAt = scheduler.now();
    try {
      await this.sayAll();
    } catch (error) {
      this.onFault(error);
    }
    this.isBusy = false;
  }

  private async sayAll(): Promise<void> {
    const { bus, runtime, scheduler } = this.ports;
    const { agent, nodes, intervalMs } = this.options;
    for (let from = 0; from < nodes.length && !this.isStopped; from += NODES_AT_ONCE) {
      const usages = await runtime.usage(nodes.slice(from, from + NODES_AT_ONCE));
      const messages = writeAgentUsage({ agent, at: scheduler.now(), windowMs: intervalMs, nodes: usages });
      for (const message of messages) bus.publish(usageSubject(agent), message);
      await otherWork();
    }
  }
}
