import type { ControllerAnswer, RegistrationAnswer } from '../controller/input.ts';
import type { Milliseconds } from '../kernel/time.ts';
import { ActiveDeadlines } from './active-deadlines.ts';
import { clearedTaints } from './clears-taint.ts';
import { heartbeatMessage } from './heartbeat-message.ts';
import { leaveShutdown, nodeChange, podChange, type HostedNode } from './hosted-node.ts';
import {
  zeroCounters,
  type AgentMessage,
  type KubeletAction,
  type KubeletConfig,
  type KubeletCounters,
  type KubeletMessage,
  type StartedNode,
} from './kubelet-messages.ts';
import type { NodeCommands } from './node-commands.ts';
import type { StoreChange } from './node-record.ts';
import { Outbox } from './outbox.ts';
import { Registrations } from './registrations.ts';
import { ReportQueue, type ReportMessage } from './report-queue.ts';
import { RequestsUnderWay, type KubeletRequest } from './requests-under-way.ts';
import { drawFraction } from './retry-delay.ts';
import { Round } from './round.ts';
import type { RuntimeEvent } from './runtime.ts';
import { Shutdowns } from './shut-down-node.ts';
import { rebootNode, startNode, takeIdentity } from './start-node.ts';
import { endUnwanted, forgetPod, startWaiting, takeCommands, type Hands } from './take-commands.ts';
import { takeRuntimeEvent } from './take-runtime-event.ts';

const HEARTBEATS_PER_MESSAGE_MAX = 500;
const RESYNCS_PER_SLICE_MAX = 100;

/**
 * The kubelet of all nodes of one agent process, without the process: takes messages with the time, gives actions back, and touches nothing else.
 * The NestJS process and the simulator drive this same machine. Call `handle` with `tick` at `nextWakeAt()`.
 */
export class KubeletMachine {
  readonly nodes = new Map<string, HostedNode>();
  readonly counters: KubeletCounters = zeroCounters();
  private readonly config: KubeletConfig;
  private readonly reports: ReportQueue;
  private readonly registrations: Registrations;
  private readonly heartbeats: Round;
  private readonly resyncs: Round;
  private readonly underWay = new RequestsUnderWay();
  private readonly shutdowns = new Shutdowns();
  private readonly deadlines = new ActiveDeadlines();
  private nodeList: readonly HostedNode[] = [];
  private isConnected = false;
  private epochSeen = 0;

  constructor(config: KubeletConfig) {
    this.config = config;
    this.reports = new ReportQueue(config);
    this.registrations = new Registrations(config);
    this.heartbeats = new Round(config.heartbeatIntervalMs, HEARTBEATS_PER_MESSAGE_MAX);
    this.resyncs = new Round(config.resyncIntervalMs, RESYNCS_PER_SLICE_MAX);
  }

  handle(message: KubeletMessage, now: Milliseconds): readonly KubeletAction[] {
    const hands: Hands = { outbox: new Outbox(), reports: this.reports, counters: this.counters, now };
    this.take(message, hands);
    this.shutdowns.endDue(this.nodes, hands);
    this.deadlines.endDue(this.nodes, hands);
    if (this.isConnected) this.sendDue(hands, message.type === 'flush');
    return hands.outbox.actions();
  }

  /** When to call `handle` next even if nothing comes in; undefined when nothing waits for a time. */
  nextWakeAt(): Milliseconds | undefined {
    const { reports, registrations, heartbeats, resyncs, shutdowns, deadlines, underWay } = this;
    let at = (this.isConnected ? underWay.nextDeadline : undefined) ?? Infinity;
    for (const { nextAt } of this.isConnected ? [reports, registrations, heartbeats, resyncs, shutdowns, deadlines] : [shutdowns, deadlines])
      if (nextAt !== undefined && nextAt < at) at = nextAt;
    return at === Infinity ? undefined : at;
  }

  /** The changes from which everything in the store follows: what a store is compacted to. */
  *storedChanges(): IterableIterator<StoreChange> {
    for (const node of this.nodeList) {
      yield nodeChange(node);
      for (const uid of node.buried) yield { type: 'pod-forgotten', node: node.description.name, uid };
      for (const pod of node.pods.values()) yield podChange(node, pod);
    }
  }

  /** Nodes that have a session. */
  get registeredNodes(): number {
    let count = 0;
    for (const node of this.nodeList) if (node.session !== undefined) count += 1;
    return count;
  }

  private take(message: KubeletMessage, hands: Hands): void {
    switch (message.type) {
      case 'started':
        return this.start(message.nodes, hands);
      case 'connection':
        return this.connection(message.isConnected, hands);
      case 'commands':
        return message.sets.forEach((set) => this.commands(set, hands));
      case 'runtime':
        return message.events.forEach((event) => this.runtimeEvent(event, hands));
      case 'answered':
        return this.answered(message, hands);
      case 'unanswered':
      case 'rejected':
        return this.failed(message, hands);
      case 'gap':
        hands.outbox.resync.push(...message.nodes);
        return;
      case 'rebooted':
      case 'taints':
      case 'readiness':
      case 'shutdown':
        return this.onNode(message, hands);
      case 'tick':
      case 'flush':
    }
  }

  private start(nodes: readonly StartedNode[], hands: Hands): void {
    for (const started of nodes) {
      const node = startNode(started, hands);
      this.nodes.set(started.description.name, node);
      this.registrations.ask(node, hands.now);
      startWaiting(node, hands);
      this.deadlines.watch(node, node.pods.values());
    }
    this.nodeList = [...this.nodes.values()];
    const phase = drawFraction(`${this.config.seed}/phase`);
    this.heartbeats.startAt(hands.now + Math.ceil(phase * this.config.heartbeatIntervalMs));
    this.resyncs.startAt(hands.now + Math.ceil(phase * this.config.resyncIntervalMs));
  }

  private connection(isConnected: boolean, hands: Hands): void {
    const isBack = isConnected && !this.isConnected;
    this.isConnected = isConnected;
    if (!isBack) return;
    this.reports.retryNow(hands.now);
    this.registrations.retryNow(hands.now);
    for (const node of this.nodeList) if (node.session !== undefined) hands.outbox.resync.push(node.description.name);
  }

  private commands(set: NodeCommands, hands: Hands): void {
    if (set.epoch > this.epochSeen) this.newLeader(set.epoch, hands);
    const node = this.nodes.get(set.node);
    if (node === undefined) this.counters.refusals['unknown-node'] += 1;
    else if (node.session !== undefined) this.obey(node, set, hands);
    // Only a node with a session acts: another process may have taken the name over. The answer to a registration may be overtaken by its first commands.
    else if (
      node.held === undefined ||
      set.epoch > node.held.epoch ||
      (set.epoch === node.held.epoch && set.sequence >= node.held.sequence)
    )
      node.held = set;
  }

  private obey(node: HostedNode, set: NodeCommands, hands: Hands): void {
    takeCommands(node, set, hands);
    this.deadlines.watch(node, node.pods.values());
  }

  /** What was asked of an earlier leader may never be answered: it is asked again at once instead of after its time is up. */
  private newLeader(epoch: number, hands: Hands): void {
    const isFirst = this.epochSeen === 0;
    this.epochSeen = epoch;
    if (isFirst) return;
    for (const id of this.underWay.ids) this.failed({ type: 'unanswered', id }, hands);
    this.reports.retryNow(hands.now);
    this.registrations.retryNow(hands.now);
  }

  private runtimeEvent(event: RuntimeEvent, hands: Hands): void {
    const node = this.nodes.get(event.node);
    if (node === undefined) return;
    takeRuntimeEvent(node, event, hands);
    this.deadlines.watch(node, [node.pods.get(event.uid)]);
  }

  private onNode(message: Extract<KubeletMessage, { readonly node: string }>, hands: Hands): void {
    const node = this.nodes.get(message.node);
    if (node === undefined) return hands.outbox.notice('warn', message.node, 'this agent does not host the node');
    if (message.type === 'taints') return this.reports.taintsAsked(node, message.changes, hands.now);
    if (message.type === 'readiness' || message.type === 'shutdown') {
      if (message.type === 'shutdown') this.shutdowns.begin(node, message, hands);
      else if (message.ready) leaveShutdown(node);
      else node.ready = false;
      if (node.session !== undefined) this.sendHeartbeats([node], hands);
      return;
    }
    this.counters.reboots += 1;
    rebootNode(node, message.bootId, hands);
    node.session = undefined;
    this.registrations.ask(node, hands.now);
    startWaiting(node, hands);
  }

  private answered({ id, epoch, answer }: Extract<KubeletMessage, { readonly type: 'answered' }>, hands: Hands): void {
    if (epoch < this.epochSeen) {
      // A leader that was deposed without noticing may still answer what it needs no append for; what it says is not in the log.
      this.counters.answersStale += 1;
      return this.failed({ type: 'unanswered', id }, hands);
    }
    if (epoch > this.epochSeen) this.newLeader(epoch, hands);
    const request = this.underWay.close(id);
    if (request === undefined) return this.answeredLate(id, answer, hands);
    if (request.type === 'registration' && answer.type === 'Registered')
      this.registrationAnswered(request.nodes, answer.nodes, hands);
    else if (request.type === 'report' && answer.type === 'Reported') {
      this.acknowledge(request.report, new Set(answer.refusedNodes), hands);
      this.reports.settled('acknowledged', request.report, hands.now);
    } else if (request.type === 'heartbeat' && answer.type === 'Reported') {
      for (const name of answer.refusedNodes) this.loseSession(name, request.sessions.get(name), hands);
    } else this.fail(request, 'unanswered', hands);
  }

  /** An answer that was given up is still true; a controller that is slow with thousands of nodes would otherwise be asked the same for ever. */
  private answeredLate(id: number, answer: ControllerAnswer, hands: Hands): void {
    const request = this.underWay.late(id);
    if (request?.type === 'registration' && answer.type === 'Registered') {
      const waiting = request.nodes.filter((node) => node.session === undefined);
      if (waiting.length > 0) this.registrationAnswered(waiting, answer.nodes, hands);
    } else if (request?.type === 'report' && answer.type === 'Reported')
      this.acknowledge(request.report, new Set(answer.refusedNodes), hands);
  }

  private registrationAnswered(asked: readonly HostedNode[], answers: readonly RegistrationAnswer[], hands: Hands): void {
    const byName = new Map(answers.map((answer) => [answer.name, answer]));
    const registered: HostedNode[] = [];
    const unanswered: HostedNode[] = [];
    for (const node of asked) {
      const answer = byName.get(node.description.name);
      if (answer === undefined) unanswered.push(node);
      else if ('refused' in answer) {
        this.counters.registrationsRefused += 1;
        hands.outbox.notice('warn', answer.name, `registration refused: ${answer.refused}`);
        this.registrations.refused(node, hands.now);
      } else {
        this.register(node, answer, hands);
        registered.push(node);
      }
    }
    if (unanswered.length > 0) this.registrations.unanswered(unanswered, hands.now);
    if (registered.length > 0) this.sendHeartbeats(registered, hands);
  }

  private register(node: HostedNode, answer: { readonly uid: string; readonly session: number }, hands: Hands): void {
    const uidBefore = node.uid;
    node.session = answer.session;
    this.registrations.registered(node);
    if (uidBefore !== answer.uid) {
      takeIdentity(node, answer.uid, (pod) => endUnwanted(node, pod, hands));
      hands.outbox.changes.push(nodeChange(node));
      if (uidBefore !== null)
        hands.outbox.notice('warn', node.description.name, `has a new identity ${answer.uid}; what ran for ${uidBefore} is ended`);
    }
    this.reports.repeatAll(node, hands.now);
    for (const pod of node.pods.values())
      if (pod.report?.ready === true) this.reports.taintsAsked(node, clearedTaints(pod.run.annotations), hands.now);
    const { held } = node;
    node.held = undefined;
    if (held !== undefined) this.obey(node, held, hands);
    // A node in its first session has no commands from earlier.
    if (uidBefore !== null || answer.session > 1) hands.outbox.resync.push(node.description.name);
  }

  private acknowledge(report: ReportMessage, refused: ReadonlySet<string>, hands: Hands): void {
    for (const sent of report.sent) {
      const { name } = sent.node.description;
      if (refused.has(name)) this.loseSession(name, sent.session, hands);
      else
        for (const pod of this.reports.acknowledge(sent)) {
          if (sent.node.pods.get(pod.run.uid) === pod) forgetPod(sent.node, pod, hands);
        }
    }
  }

  private loseSession(name: string, session: number | undefined, hands: Hands): void {
    const node = this.nodes.get(name);
    if (node === undefined || session === undefined || node.session !== session) return;
    this.counters.sessionsLost += 1;
    node.session = undefined;
    hands.outbox.notice('info', name, 'the session is not known any more; registering again');
    this.registrations.ask(node, hands.now);
  }

  private failed(
    message: { readonly type: 'unanswered' | 'rejected'; readonly id: number; readonly reason?: string },
    hands: Hands,
  ): void {
    if (message.reason !== undefined)
      hands.outbox.notice('warn', '', `the controller refused a message: ${message.reason}`);
    const request = message.type === 'unanswered' ? this.underWay.giveUp(message.id) : this.underWay.close(message.id);
    if (request !== undefined) this.fail(request, message.type, hands);
  }

  private fail(request: KubeletRequest, outcome: 'unanswered' | 'rejected', hands: Hands): void {
    if (request.type === 'registration') this.registrations.unanswered(request.nodes, hands.now);
    if (request.type !== 'report') return;
    if (outcome === 'rejected') this.counters.reportsRejected += 1;
    else this.counters.reportsUnanswered += 1;
    this.reports.settled(outcome, request.report, hands.now);
  }

  private sendDue(hands: Hands, isForced: boolean): void {
    const { now } = hands;
    for (const id of this.underWay.expired(now)) this.failed({ type: 'unanswered', id }, hands);
    for (const { message, nodes, timeoutMs } of this.registrations.take(this.nodes, now))
      this.send(message, { type: 'registration', nodes }, hands, timeoutMs);
    for (const report of this.reports.take(now, isForced)) {
      this.counters.reportsSent += 1;
      this.send(report.message, { type: 'report', report }, hands);
    }
    for (const slice of this.heartbeats.take(this.nodeList, now)) this.sendHeartbeats(slice, hands);
    for (const slice of this.resyncs.take(this.nodeList, now)) for (const node of slice) this.compareNotes(node, hands);
  }

  /** Now and then a node reads its commands and says all it has to say, in case either side has missed something without noticing. */
  private compareNotes(node: HostedNode, hands: Hands): void {
    if (node.session === undefined) return;
    hands.outbox.resync.push(node.description.name);
    this.reports.repeatAll(node, hands.now);
  }

  private sendHeartbeats(nodes: readonly HostedNode[], hands: Hands): void {
    if (!this.isConnected) return;
    const heartbeats = heartbeatMessage(this.config.agent, nodes);
    if (heartbeats === undefined) return;
    this.counters.heartbeatsSent += 1;
    this.send(heartbeats.message, { type: 'heartbeat', sessions: heartbeats.sessions }, hands);
  }

  private send(message: AgentMessage, request: KubeletRequest, hands: Hands, timeoutMs = this.config.requestTimeoutMs): void {
    hands.outbox.send(this.underWay.open(request, hands.now + timeoutMs), message);
  }
}
