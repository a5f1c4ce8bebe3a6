import {
  type AgentMessage,
  type KubeletAction,
  type KubeletMachine,
  type KubeletMessage,
  type NodeCommands,
  type NodeDescription,
  type NodeRecords,
  type StartedNode,
} from '@everynode/core';
import {
  heartbeatSubject,
  NodeCommandsReader,
  parseAgentAnswer,
  registrationSubject,
  reportSubject,
  writeAgentMessage,
} from '@everynode/contracts';
import type { CommandStore, MessageBus, RequestOutcome, Subscription } from '@everynode/event-log';
import type { NodeRuntime, Scheduler, StoredPod } from '@everynode/node-runtime';
import type { Logger } from 'pino';
import type { AgentMetrics } from './agent-metrics.ts';
import type { NodeStore } from './store/node-store.ts';

export interface AgentPorts {
  readonly bus: MessageBus;
  readonly commands: CommandStore;
  readonly runtime: NodeRuntime;
  readonly store: NodeStore;
  readonly scheduler: Scheduler;
}

export interface AgentHostOptions {
  readonly agent: string;
  readonly requestTimeoutMs: number;
  readonly nodes: readonly NodeDescription[];
  readonly newBootId: () => string;
}

const RESYNCS_AT_ONCE = 32;
/** Commands that may wait for the event loop to come round; more are dropped and read again by the next resync. */
const SETS_WAITING_MAX = 50_000;
const STORE_RETRY_MS = 1_000;
const NOTICES_PER_SECOND_MAX = 20;

const SUBJECTS: Readonly<Record<AgentMessage['type'], (agent: string) => string>> = {
  RegisterNodes: registrationSubject,
  Heartbeats: heartbeatSubject,
  ReportNodes: reportSubject,
};

/**
 * Carries the kubelet machine in a process: brings it messages with the time, carries out its actions in their order, and decides nothing itself.
 * All commands that wait when the event loop comes round are taken at once.
 */
export class AgentHost {
  readonly machine: KubeletMachine;
  private readonly ports: AgentPorts;
  private readonly options: AgentHostOptions;
  private readonly logger: Logger;
  private readonly metrics: AgentMetrics;
  private readonly reader = new NodeCommandsReader();
  private readonly subscriptions: Subscription[] = [];
  private waiting: NodeCommands[] = [];
  private wake: { readonly at: number; readonly callOff: () => void } | undefined;
  private storeRetry: (() => void) | undefined;
  private readonly resyncQueue: string[] = [];
  private readonly resyncing = new Set<string>();
  private isStopped = false;
  private notices = { second: 0, count: 0 };

  constructor(
    ports: AgentPorts,
    machine: KubeletMachine,
    options: AgentHostOptions,
    observers: { readonly logger: Logger; readonly metrics: AgentMetrics },
  ) {
    this.ports = ports;
    this.machine = machine;
    this.options = options;
    this.logger = observers.logger;
    this.metrics = observers.metrics;
  }

  get isReady(): boolean {
    return this.machine.nodes.size > 0 && this.machine.registeredNodes === this.machine.nodes.size;
  }

  /** Takes up what the store and the runtime have, and starts to listen. */
  async start(records: NodeRecords): Promise<void> {
    const { nodes, newBootId } = this.options;
    const names = nodes.map(({ name }) => name);
    const stored: StoredPod[] = names.flatMap((name) =>
      (records.get(name)?.pods ?? [])
        .filter(({ stage }) => stage === 'started' || stage === 'stopping')
        .map(({ run, report }) => ({ node: name, run, report })),
    );
    const running = await this.ports.runtime.recover(names, stored);
    this.ports.runtime.onEvents((events) => this.feed({ type: 'runtime', events }));
    const started = nodes.map((description): StartedNode => {
      const record = records.get(description.name);
      // A simulated node boots with its first agent process; only a reboot changes the boot.
      return {
        description,
        record,
        bootId: record?.bootId ?? newBootId(),
        running: running.get(description.name) ?? [],
      };
    });
    this.feed({ type: 'started', nodes: started });
    this.subscriptions.push(
      this.ports.commands.subscribe(names, (node, payload) => this.takeCommands(node, payload)),
      this.ports.bus.onConnection((isConnected) => this.feed({ type: 'connection', isConnected })),
    );
  }

  /** Says what is to be said and stops; the nodes fall silent. */
  async stop(): Promise<void> {
    this.feed({ type: 'flush' });
    this.isStopped = true;
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    this.wake?.callOff();
    this.storeRetry?.();
    await this.ports.runtime.close();
    await this.ports.bus.flush();
    this.ports.store.close();
  }

  /** Brings a message to the machine and carries out what follows from it. */
  feed(message: KubeletMessage): void {
    if (this.isStopped) return;
    this.perform(this.machine.handle(message, this.ports.scheduler.now()));
    this.arm();
  }

  private takeCommands(node: string, payload: string): void {
    const parsed = this.reader.read(payload);
    if (!parsed.ok || parsed.value.node !== node) {
      this.metrics.commandsUnreadable.inc();
      this.log(
        'warn',
        node,
        `commands cannot be read: ${parsed.ok ? `they are for ${parsed.value.node}` : parsed.reason}`,
      );
      return;
    }
    if (this.waiting.length >= SETS_WAITING_MAX) return;
    this.waiting.push(parsed.value);
    if (this.waiting.length > 1) return;
    setImmediate(() => {
      const sets = this.waiting;
      this.waiting = [];
      this.feed({ type: 'commands', sets });
    });
  }

  private arm(): void {
    const at = this.machine.nextWakeAt();
    if (at === undefined || (this.wake !== undefined && this.wake.at <= at)) return;
    this.wake?.callOff();
    const callOff = this.ports.scheduler.at(at, () => {
      this.wake = undefined;
      this.feed({ type: 'tick' });
    });
    this.wake = { at, callOff };
  }

  private perform(actions: readonly KubeletAction[]): void {
    for (const action of actions) {
      switch (action.type) {
        case 'persist':
          this.persist(action.changes);
          break;
        case 'runtime':
          this.ports.runtime.request(action.requests);
          break;
        case 'send':
          this.send(action.id, action.message);
          break;
        case 'resync':
          this.resync(action.nodes);
          break;
        case 'notice':
          this.log(action.level, action.node, action.text);
          break;
      }
    }
  }

  /** A disk that takes nothing does not stop the nodes: what the store lacks is safe to lose, because commands are fenced and states are reported again. */
  private persist(changes: Parameters<NodeStore['append']>[0]): void {
    const { store, scheduler } = this.ports;
    try {
      store.append(changes);
      if (store.isWorthCompacting) store.compact(this.machine.storedChanges());
    } catch (error) {
      this.metrics.storeFailures.inc();
      this.log('warn', '', `the store cannot be written: ${error instanceof Error ? error.message : String(error)}`);
      this.storeRetry ??= scheduler.at(scheduler.now() + STORE_RETRY_MS, () => {
        this.storeRetry = undefined;
        if (!this.isStopped && store.hasUnwritten) this.persist([]);
      });
    }
  }

  private send(id: number, message: AgentMessage): void {
    const subject = SUBJECTS[message.type](this.options.agent);
    void this.ports.bus
      .request(subject, writeAgentMessage(message), this.options.requestTimeoutMs)
      .then((outcome) => this.settle(id, outcome));
  }

  private settle(id: number, outcome: RequestOutcome): void {
    if (outcome.outcome === 'unknown') return this.feed({ type: 'unanswered', id });
    const parsed = parseAgentAnswer(outcome.payload);
    if (!parsed.ok) {
      this.log('warn', '', `an answer cannot be read: ${parsed.reason}`);
      this.feed({ type: 'unanswered', id });
    } else if (parsed.value.type === 'rejected') this.feed({ type: 'rejected', id, reason: parsed.value.reason });
    else this.feed({ type: 'answered', id, epoch: parsed.value.epoch, answer: parsed.value.answer });
  }

  private resync(nodes: readonly string[]): void {
    for (const node of nodes) {
      if (this.resyncing.has(node)) continue;
      this.resyncing.add(node);
      this.resyncQueue.push(node);
    }
    while (this.resyncing.size - this.resyncQueue.length < RESYNCS_AT_ONCE) {
      const node = this.resyncQueue.pop();
      if (node === undefined) return;
      void this.readCommands(node);
    }
  }

  private async readCommands(node: string): Promise<void> {
    try {
      const payload = await this.ports.commands.last(node);
      if (payload !== undefined && !this.isStopped) this.takeCommands(node, payload);
    } catch {
      this.metrics.resyncFailures.inc();
    }
    this.resyncing.delete(node);
    if (!this.isStopped) this.resync([]);
  }

  /** Thousands of nodes can have the same trouble at once; what is left out is counted in the metrics. */
  private log(level: 'info' | 'warn', node: string, text: string): void {
    const second = Math.floor(this.ports.scheduler.now() / 1_000);
    if (second !== this.notices.second) this.notices = { second, count: 0 };
    this.notices.count += 1;
    if (this.notices.count <= NOTICES_PER_SECOND_MAX) this.logger[level](node === '' ? {} : { node }, text);
    else if (this.notices.count === NOTICES_PER_SECOND_MAX + 1)
      this.logger.warn('more of the kind are left out this second');
  }
}
