import type { NodeReport, PodStatusReport, TaintChange } from '../controller/input.ts';
import type { PodReport } from '../event/fleet-event.ts';
import type { Milliseconds } from '../kernel/time.ts';
import { shuttingDown, type HostedNode, type HostedPod } from './hosted-node.ts';
import type { AgentMessage, KubeletConfig } from './kubelet-messages.ts';
import { retryDelay } from './retry-delay.ts';

const PODS_PER_MESSAGE_MAX = 1_000;
const NODES_PER_MESSAGE_MAX = 2_000;
/** Characters, estimated; NATS takes 1 MiB a message by default. */
const MESSAGE_SIZE_MAX = 600_000;
const IN_FLIGHT_MAX = 8;
const MESSAGE_TEXT_MAX = 512;

/** What one report said of a node, to be marked as acknowledged or to be said again. */
export interface SentReport {
  readonly node: HostedNode;
  readonly session: number;
  readonly observedSequence: number;
  readonly pods: readonly { readonly pod: HostedPod; readonly revision: number }[];
  readonly taints: readonly { readonly key: string; readonly version: number }[];
}

export interface ReportMessage {
  readonly message: AgentMessage;
  readonly sent: readonly SentReport[];
  readonly pods: number;
}

const shortened = (report: PodReport): PodReport =>
  report.message === undefined || report.message.length <= MESSAGE_TEXT_MAX
    ? report
    : { ...report, message: report.message.slice(0, MESSAGE_TEXT_MAX) };

const sizeOf = (report: PodReport): number => 300 + 200 * report.containers.length + (report.message?.length ?? 0);

/** Nothing is known of a Pod that was never started here. */
const NEVER_STARTED: PodReport = { phase: 'Failed', ready: false, reason: 'NeverStarted', containers: [] };

const withAddress = (node: HostedNode, pod: HostedPod, report: PodReport): PodReport =>
  pod.run.spec.hostNetwork === true && report.podIP !== undefined
    ? { ...report, podIP: node.description.address }
    : report;

const statusOf = (node: HostedNode, pod: HostedPod): PodStatusReport => ({
  namespace: pod.run.namespace,
  name: pod.run.name,
  uid: pod.run.uid,
  revision: pod.revision,
  gone: pod.stage === 'gone',
  report: withAddress(node, pod, shortened(pod.report ?? NEVER_STARTED)),
});

/**
 * Reports that have to be said until the controller has acknowledged them: of each Pod only its newest state, however often it changed, so memory is bounded
 * by the number of Pods. Several messages may be under way; what was lost is sent again with capped exponential back-off.
 */
export class ReportQueue {
  private readonly config: KubeletConfig;
  private readonly unreported = new Set<HostedNode>();
  private dueAt: Milliseconds | undefined;
  private notBefore = 0;
  private failures = 0;
  private inFlight = 0;
  private podsPerMessage = PODS_PER_MESSAGE_MAX;
  private taintVersion = 0;

  constructor(config: KubeletConfig) {
    this.config = config;
  }

  /** When the next report is to be sent; undefined when there is none or too many are under way. */
  get nextAt(): Milliseconds | undefined {
    if (this.dueAt === undefined || this.inFlight >= IN_FLIGHT_MAX) return undefined;
    return Math.max(this.dueAt, this.notBefore);
  }

  /** The Pod's state has changed (or has to be said again): it gets a revision of its own. */
  podChanged(node: HostedNode, pod: HostedPod, now: Milliseconds): void {
    pod.revision += 1;
    node.unreportedPods.add(pod);
    this.enqueue(node, this.soon(now));
  }

  observedChanged(node: HostedNode, now: Milliseconds): void {
    node.isObservedUnreported = true;
    this.enqueue(node, now + this.config.observedWindowMs);
  }

  taintsAsked(node: HostedNode, changes: readonly TaintChange[], now: Milliseconds): void {
    for (const change of changes) {
      this.taintVersion += 1;
      node.taints.set(`${change.key}:${change.effect}`, { change, version: this.taintVersion });
    }
    if (changes.length > 0) this.enqueue(node, this.soon(now));
  }

  /** After a new session everything is said again. */
  repeatAll(node: HostedNode, now: Milliseconds): void {
    for (const pod of node.pods.values())
      if (pod.report !== null || pod.stage === 'gone') this.podChanged(node, pod, now);
    this.observedChanged(node, now);
  }

  /** The broker is there again: what waits out a back-off is sent at once. */
  retryNow(now: Milliseconds): void {
    this.failures = 0;
    this.notBefore = now;
  }

  forget(node: HostedNode, pod: HostedPod): void {
    node.unreportedPods.delete(pod);
  }

  /** The messages that are due, as many as may be under way. `isForced` does not wait for the window. */
  take(now: Milliseconds, isForced: boolean): readonly ReportMessage[] {
    const messages: ReportMessage[] = [];
    if (this.dueAt === undefined || (!isForced && Math.max(this.dueAt, this.notBefore) > now)) return messages;
    while (this.inFlight < IN_FLIGHT_MAX) {
      const message = this.nextMessage();
      if (message === undefined) break;
      this.inFlight += 1;
      messages.push(message);
    }
    if (this.unreported.size === 0) this.dueAt = undefined;
    return messages;
  }

  /** Marks as acknowledged what a message said of one node; gives back the Pods that are gone and known to be gone. */
  acknowledge(sent: SentReport): readonly HostedPod[] {
    const { node } = sent;
    if (node.session !== sent.session) return [];
    for (const { key, version } of sent.taints) if (node.taints.get(key)?.version === version) node.taints.delete(key);
    const gone: HostedPod[] = [];
    for (const { pod, revision } of sent.pods) {
      pod.acknowledged = Math.max(pod.acknowledged, revision);
      if (pod.stage === 'gone' && pod.acknowledged === pod.revision) gone.push(pod);
    }
    return gone;
  }

  settled(outcome: 'acknowledged' | 'unanswered' | 'rejected', message: ReportMessage, now: Milliseconds): void {
    this.inFlight -= 1;
    if (outcome === 'acknowledged') {
      this.failures = 0;
      this.notBefore = 0;
      this.podsPerMessage = Math.min(this.podsPerMessage * 2, PODS_PER_MESSAGE_MAX);
      return;
    }
    // Messages that are lost together are one failure.
    if (now >= this.notBefore) {
      this.failures += 1;
      this.notBefore =
        now +
        retryDelay(`${this.config.seed}/report`, this.failures, {
          first: this.config.retryFirstMs,
          max: this.config.retryMaxMs,
        });
    }
    // What cannot be read is sent in smaller and smaller parts; a part of one Pod that is still not taken is given up.
    if (outcome === 'rejected') this.podsPerMessage = Math.max(1, Math.floor(message.pods / 2));
    if (outcome === 'rejected' && message.pods <= 1) return;
    for (const sent of message.sent) this.sayAgain(sent, now);
  }

  /** A lone change is said at once; while an answer is awaited, changes gather. */
  private soon(now: Milliseconds): Milliseconds {
    return this.inFlight === 0 ? now : now + this.config.reportWindowMs;
  }

  private sayAgain(sent: SentReport, now: Milliseconds): void {
    const { node } = sent;
    if (node.session !== sent.session) return;
    for (const { pod, revision } of sent.pods)
      if (pod.acknowledged < revision && node.pods.get(pod.run.uid) === pod) node.unreportedPods.add(pod);
    if (node.observedSequence === sent.observedSequence) node.isObservedUnreported = true;
    this.enqueue(node, now);
  }

  private enqueue(node: HostedNode, at: Milliseconds): void {
    this.unreported.add(node);
    if (this.dueAt === undefined || at < this.dueAt) this.dueAt = at;
  }

  private nextMessage(): ReportMessage | undefined {
    const nodes: NodeReport[] = [];
    const sent: SentReport[] = [];
    let pods = 0;
    let size = 0;
    for (const node of this.unreported) {
      if (pods >= this.podsPerMessage || nodes.length >= NODES_PER_MESSAGE_MAX || size >= MESSAGE_SIZE_MAX) break;
      this.unreported.delete(node);
      // A node without session says everything again when it has one.
      if (node.session === undefined) continue;
      const part = this.reportOf(node, node.session, this.podsPerMessage - pods);
      if (part === undefined) continue;
      nodes.push(part.report);
      sent.push(part.sent);
      pods += part.report.pods.length;
      size += part.size;
      if (node.unreportedPods.size > 0) this.unreported.add(node);
    }
    return nodes.length === 0
      ? undefined
      : { message: { type: 'ReportNodes', agent: this.config.agent, nodes }, sent, pods };
  }

  private reportOf(
    node: HostedNode,
    session: number,
    podsMax: number,
  ): { readonly report: NodeReport; readonly sent: SentReport; readonly size: number } | undefined {
    if (node.unreportedPods.size === 0 && !node.isObservedUnreported && node.taints.size === 0) return undefined;
    const pods: PodStatusReport[] = [];
    const revisions: { readonly pod: HostedPod; readonly revision: number }[] = [];
    let size = 150;
    for (const pod of node.unreportedPods) {
      if (pods.length >= podsMax) break;
      node.unreportedPods.delete(pod);
      const status = statusOf(node, pod);
      pods.push(status);
      revisions.push({ pod, revision: pod.revision });
      size += sizeOf(status.report);
    }
    node.isObservedUnreported = false;
    const { observedEpoch, observedSequence } = node;
    const taints = [...node.taints.values()].map((pending) => pending.change);
    return {
      report: { name: node.description.name, session, ...shuttingDown(node.shutdown), observedEpoch, observedSequence, pods, taints },
      sent: {
        node,
        session,
        observedSequence,
        pods: revisions,
        taints: [...node.taints].map(([key, { version }]) => ({ key, version })),
      },
      size,
    };
  }
}
