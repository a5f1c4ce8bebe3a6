import { randomUUID } from 'node:crypto';
import {
  ControllerMachine,
  digestOf,
  readSnapshot,
  writeSnapshot,
  type ClusterFurnishing,
  type ControllerAction,
  type ControllerInput,
  type ControllerMessage,
  type Preparation,
} from '@everynode/core';
import { eventSubject } from '@everynode/contracts';
import type { CommandStore, EventLog, Follower, LogRecord } from '@everynode/event-log';
import type { Logger } from 'pino';
import type { ControllerMetrics } from './controller-metrics.ts';
import { controllersText, type ControllerSelection } from './controller-selection.ts';
import { RepeatDelay } from './repeat-delay.ts';
import { SlowHeartbeats } from './slow-heartbeats.ts';

export interface ControllerHostOptions {
  readonly holder: string;
  readonly nodeGraceMs: number;
  readonly commandsResendMs: number;
  /** Records after which a new snapshot is stored. */
  readonly snapshotEvery: number;
  readonly controllers: ControllerSelection;
  /** Certificate of the API's authority, in PEM. */
  readonly rootCertificate?: string | undefined;
  /** Objects without a namespace that every cluster has. */
  readonly furnishings?: readonly ClusterFurnishing[];
}

export interface ControllerPorts {
  readonly log: EventLog;
  readonly commands: CommandStore;
  readonly preparation: Preparation;
}

/** What is known of this controller from outside. */
export interface ControllerStatus {
  readonly holder: string;
  readonly role: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly detail: string;
  /** Controllers that it runs when it leads, as `--controllers` spells it. */
  readonly controllers: string;
  /** Silence after which it takes a node for lost when it leads, milliseconds. */
  readonly gracePeriodMs: number;
}

type Reply = (payload: string) => void;

const COMMANDS_PER_SLICE = 1_000;

/**
 * Carries the controller machine in a process: brings it messages with the time, carries out its actions, and decides nothing itself.
 * All inputs that wait when the event loop comes round are decided at once.
 */
export class ControllerHost {
  readonly machine: ControllerMachine;
  private readonly ports: ControllerPorts;
  private readonly options: ControllerHostOptions;
  private readonly logger: Logger;
  private readonly metrics: ControllerMetrics;
  private readonly replies = new Map<number, Reply>();
  private readonly repeatDelay = new RepeatDelay();
  private readonly appendStartedAt = new Map<string, number>();
  private readonly outgoing = new Map<string, string>();
  private readonly slowHeartbeats: SlowHeartbeats;
  private follower: Follower | undefined;
  private nextTicket = 1;
  private isDecisionDue = false;
  private oldestInputAt: number | undefined;
  private wakeTimer: NodeJS.Timeout | undefined;
  private snapshotSequence = 0;
  private isStopped = false;
  private detail = 'starting';
  /** Set by the lease keeper: gives the lease up after this controller was deposed. */
  onDeposed: () => void = () => undefined;

  constructor(ports: ControllerPorts, options: ControllerHostOptions, observers: { readonly logger: Logger; readonly metrics: ControllerMetrics }) {
    this.ports = ports;
    this.options = options;
    this.logger = observers.logger;
    this.metrics = observers.metrics;
    this.slowHeartbeats = new SlowHeartbeats(options.nodeGraceMs);
    this.machine = new ControllerMachine({
      holder: options.holder,
      nodeGraceMs: options.nodeGraceMs,
      commandsResendMs: options.commandsResendMs,
      preparation: ports.preparation,
      leavesDaemonSets: !options.controllers.daemonSets,
      rootCertificate: options.rootCertificate,
      furnishings: options.furnishings ?? [],
    });
  }

  status(): ControllerStatus {
    const { role, state } = this.machine;
    return { holder: this.options.holder, role, epoch: state.epoch, sequence: state.sequence, detail: this.detail, controllers: controllersText(this.options.controllers), gracePeriodMs: this.options.nodeGraceMs };
  }

  /** Digest of the fold at its sequence; undefined while appends are under way, because the fold is then ahead of the log. */
  digest(): { readonly sequence: number; readonly digest: string } | undefined {
    if (this.machine.appendsInFlight > 0 || this.machine.state.sequence === 0) return undefined;
    return { sequence: this.machine.state.sequence, digest: digestOf(this.machine.state) };
  }

  /** Folds the newest snapshot and follows the log from there. */
  async start(): Promise<void> {
    await this.refold();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.wakeTimer);
    await this.saveSnapshot(1);
    await this.follower?.close();
  }

  /** Hands an input to the machine; `reply` is called once the answer may leave. Without an answer the sender sends again. */
  take(input: ControllerInput, reply: Reply | undefined): void {
    const ticket = this.nextTicket;
    this.nextTicket += 1;
    const warning = this.slowHeartbeats.warningOf(input);
    if (warning !== undefined && input.type === 'RegisterNodes') this.logger.warn({ agent: input.agent }, warning);
    if (reply !== undefined) this.replies.set(ticket, reply);
    this.oldestInputAt ??= performance.now();
    this.metrics.inputs.inc({ type: input.type });
    this.feed({ type: 'input', ticket, input });
    this.decideSoon();
  }

  /** Called by the lease keeper whenever it has looked at the lease. */
  async leaseSeen(isHeld: boolean): Promise<void> {
    if (this.isStopped || this.machine.role !== 'standby') return;
    if (!isHeld) return this.feed({ type: 'lease', isHeld, lastSequence: 0 });
    try {
      const { lastSequence } = await this.ports.log.status();
      this.feed({ type: 'lease', isHeld, lastSequence });
    } catch (error) {
      this.logger.warn({ err: error }, 'the end of the log cannot be read; the lease is held but nothing is led');
    }
  }

  private feed(message: ControllerMessage): void {
    if (this.isStopped) return;
    this.perform(this.machine.handle(message, Date.now()));
  }

  private decideSoon(): void {
    if (this.isDecisionDue || this.machine.role !== 'leader') return;
    this.isDecisionDue = true;
    setImmediate(() => {
      this.isDecisionDue = false;
      this.decide();
    });
  }

  private decide(): void {
    if (this.isStopped || this.machine.role !== 'leader') return;
    const startedAt = performance.now();
    const inputAt = this.oldestInputAt;
    const inputs = this.machine.inputsWaiting;
    const actions = this.machine.handle({ type: 'decide', seed: randomUUID() }, Date.now());
    if (this.machine.inputsWaiting === 0) this.oldestInputAt = undefined;
    // Some were left for the next decision; when none was taken, the next acknowledgement brings it.
    else if (this.machine.inputsWaiting < inputs) this.decideSoon();
    this.metrics.decisionSeconds.observe((performance.now() - startedAt) / 1000);
    const last = actions.findLast((action) => action.type === 'append');
    if (last !== undefined && inputAt !== undefined && inputs > 0) this.appendStartedAt.set(last.append.messageId, inputAt);
    this.perform(actions);
    this.sleepUntilDue();
    void this.saveSnapshot(this.options.snapshotEvery);
  }

  private sleepUntilDue(): void {
    clearTimeout(this.wakeTimer);
    const at = this.machine.nextWakeAt();
    if (at === undefined || this.isStopped) return;
    this.wakeTimer = setTimeout(() => this.decideSoon(), Math.min(Math.max(at - Date.now(), 1), 60_000));
  }

  private perform(actions: readonly ControllerAction[]): void {
    for (const action of actions) {
      switch (action.type) {
        case 'append':
          this.append(action);
          break;
        case 'reply':
          this.replies.get(action.ticket)?.(action.payload);
          this.replies.delete(action.ticket);
          break;
        case 'commands':
          this.metrics.commands.inc();
          this.sendCommands(action.node, action.payload);
          break;
        case 'drop':
          this.replies.delete(action.ticket);
          this.metrics.inputsDropped.inc();
          break;
        case 'role':
          this.changeRole(action);
          break;
        case 'refold':
          this.onDeposed();
          void this.refold();
          break;
      }
    }
  }

  /** Sends a slice now and the rest when the event loop comes round, so that thousands of sets do not hold up the renewal of the lease. The newest set of a node counts. */
  private sendCommands(node: string, payload: string): void {
    this.outgoing.set(node, payload);
    if (this.outgoing.size === 1) setImmediate(() => this.sendSlice());
  }

  private sendSlice(): void {
    let count = 0;
    for (const [node, payload] of this.outgoing) {
      if (count >= COMMANDS_PER_SLICE) break;
      count += 1;
      this.outgoing.delete(node);
      void this.ports.commands.put(node, payload).then((stored) => {
        if (!stored) this.metrics.commandsUnstored.inc();
      });
    }
    if (this.outgoing.size > 0) setImmediate(() => this.sendSlice());
  }

  private changeRole(action: Extract<ControllerAction, { type: 'role' }>): void {
    this.detail = action.detail;
    this.metrics.setRole(action.role, action.epoch);
    const level = action.role === 'halted' ? 'error' : action.detail.startsWith('deposed') ? 'warn' : 'info';
    this.logger[level]({ role: action.role, epoch: action.epoch }, action.detail);
    if (action.role === 'leader') this.decideSoon();
  }

  private append(action: Extract<ControllerAction, { type: 'append' }>): void {
    const { append } = action;
    const { subject, types, payload } = append.record;
    const request = {
      expectedLastSequence: append.expectedLastSequence,
      epoch: append.epoch,
      messageId: append.messageId,
      subject: eventSubject(subject),
      types,
      payload,
    };
    const send = (): void => {
      void this.ports.log.append(request).then((outcome) => {
        this.metrics.appends.inc({ outcome: outcome.outcome });
        if (outcome.outcome === 'accepted') {
          this.repeatDelay.reset();
          this.metrics.events.inc(append.record.eventCount);
        }
        const inputAt = this.appendStartedAt.get(append.messageId);
        this.appendStartedAt.delete(append.messageId);
        if (inputAt !== undefined && outcome.outcome === 'accepted') this.metrics.eventToCommandSeconds.observe((performance.now() - inputAt) / 1000);
        this.feed({
          type: 'settled',
          messageId: append.messageId,
          outcome: outcome.outcome,
          sequence: outcome.outcome === 'accepted' ? outcome.sequence : 0,
          detail: outcome.outcome === 'accepted' ? '' : outcome.detail,
        });
        if (this.machine.inputsWaiting > 0) this.decideSoon();
      });
    };
    if (action.isRepeat) setTimeout(send, this.repeatDelay.next());
    else send();
  }

  private onRecords(records: readonly LogRecord[]): void {
    this.metrics.recordsFolded.inc(records.length);
    this.feed({ type: 'records', records });
    this.decideSoon();
    if (this.machine.role === 'standby') void this.saveSnapshot(this.options.snapshotEvery);
  }

  /** Forgets what is folded and folds again from the newest snapshot; used at the start and after being deposed. */
  private async refold(): Promise<void> {
    const before = this.follower;
    this.follower = undefined;
    await before?.close();
    let from = 1;
    try {
      const snapshot = await this.ports.log.loadSnapshot();
      const state = snapshot === undefined ? undefined : readSnapshot(snapshot.state);
      if (state !== undefined) {
        this.machine.restore(state);
        from = state.sequence + 1;
        this.snapshotSequence = state.sequence;
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'no snapshot can be used; the log is folded from its beginning');
    }
    if (this.isStopped) return;
    const follower = this.ports.log.follow(from, (records) => {
      if (this.follower === follower) this.onRecords(records);
    });
    this.follower = follower;
    void follower.ended.then((end) => {
      if (end.reason === 'log-broken' && this.follower === follower) this.feed({ type: 'log-broken', detail: end.detail });
    });
  }

  private async saveSnapshot(every: number): Promise<void> {
    const { state, role } = this.machine;
    if (role === 'halted' || this.machine.appendsInFlight > 0 || this.machine.inputsWaiting > 0) return;
    if (state.sequence - this.snapshotSequence < every) return;
    this.snapshotSequence = state.sequence;
    try {
      const { incarnation } = await this.ports.log.status();
      if (this.machine.appendsInFlight > 0) return;
      await this.ports.log.saveSnapshot({ sequence: this.machine.state.sequence, incarnation, state: writeSnapshot(this.machine.state) });
    } catch (error) {
      this.logger.warn({ err: error }, 'the snapshot could not be stored; it is tried again later');
    }
  }
}
