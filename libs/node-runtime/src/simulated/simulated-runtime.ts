import {
  cancel,
  emptyDelayQueue,
  nextDueAt,
  schedule,
  takeDue,
  type PodReport,
  type RunPod,
  type RunningPod,
  type RuntimeEvent,
  type RuntimeRequest,
} from '@everynode/core';
import type { StoredPod } from '../node-runtime.port.ts';
import { delayOf, drawOf } from './draw.ts';
import { pastRunOf, restartsAfter, restartsIn } from './earlier-runs.ts';
import { behaviourOf, type BackOff, type RuntimeProfile } from './profile.ts';
import { startInit } from './init-containers.ts';
import { PastPods } from './past-pods.ts';
import { endWithPod, finalReportOf, newPod, reportOf, SIGKILLED, startEphemeral, type SimulatedPod } from './simulated-pod.ts';
import { endRuns, takeUpRuns } from './single-run.ts';

const SHARES = 2 ** 32;
const STEPS_MAX = 64;

export interface SimulatedRuntimeConfig {
  readonly seed: string;
  readonly profile: RuntimeProfile;
}

export type SimulatedRuntimeMessage =
  | { readonly type: 'requests'; readonly requests: readonly RuntimeRequest[] }
  | { readonly type: 'tick' }
  /** An ephemeral container has done what it was there for. */
  | { readonly type: 'ephemeral-ended'; readonly uid: string; readonly container: string; readonly exitCode: number }
  /** A container of the Pod ends by itself with this code, as if it had crashed. */
  | { readonly type: 'crash'; readonly uid: string; readonly exitCode: number };

/**
 * The runtime of simulated nodes, without timers: takes messages with the time and gives events back. Call `handle` with `tick` at `nextWakeAt()`.
 * Every delay is drawn from (seed, Pod uid, step) alone, so that a run is reproduced whatever the order of what happens around it.
 * Steps that take no time are told as one event, the last.
 */
export class SimulatedRuntime {
  private readonly config: SimulatedRuntimeConfig;
  private readonly pods = new Map<string, SimulatedPod>();
  private readonly past = new PastPods();
  private readonly due = emptyDelayQueue();
  private events: RuntimeEvent[] = [];

  constructor(config: SimulatedRuntimeConfig) {
    this.config = config;
  }

  get size(): number {
    return this.pods.size;
  }

  handle(message: SimulatedRuntimeMessage, now: number): readonly RuntimeEvent[] {
    if (message.type === 'requests') for (const request of message.requests) this.request(request, now);
    else if (message.type === 'crash') this.crash(message.uid, message.exitCode, now);
    else if (message.type === 'ephemeral-ended') this.ephemeralEnded(message, now);
    for (const uid of takeDue(this.due, now)) {
      const pod = this.pods.get(uid);
      if (pod !== undefined) this.advance(pod, now);
    }
    const { events } = this;
    this.events = [];
    return events;
  }

  nextWakeAt(): number | undefined {
    return nextDueAt(this.due);
  }

  /** The Pod that the runtime has under the uid, or had not long ago; it changes in place. */
  find(uid: string): SimulatedPod | undefined {
    return this.pods.get(uid) ?? this.past.find(uid);
  }

  /** All Pods, by the order of their start. */
  all(): Iterable<SimulatedPod> {
    return this.pods.values();
  }

  /** What runs on the node; how a kubelet that starts anew finds its containers. */
  running(node: string): readonly RunningPod[] {
    const found: RunningPod[] = [];
    for (const pod of this.pods.values()) if (pod.node === node) found.push(this.runningPod(pod));
    return found;
  }

  /** Takes up Pods that ran under an earlier process: the same containers, no restart counted. Their next step is drawn anew from `now`. */
  adopt(stored: readonly StoredPod[], now: number): readonly RunningPod[] {
    return stored.map(({ node, run, report }) => {
      const pod = this.admit(node, run, now);
      this.pods.set(run.uid, pod);
      if (report !== null) {
        takeUpRuns(pod.ephemeral, report.ephemeralContainers);
        takeUpRuns(pod.init, report.initContainers);
        this.resume(pod, report, now);
      }
      this.arrange(pod);
      // Of a Pod that is ready everything is known, so that what an earlier version did not say of it is said now.
      return { ...this.runningPod(pod), report: report === null || pod.stage === 'ready' ? reportOf(pod) : report };
    });
  }

  /** The node loses power: its containers are gone, and nobody is told. */
  reboot(node: string): void {
    for (const pod of this.pods.values()) {
      if (pod.node !== node) continue;
      pod.isLost = true;
      this.drop(pod);
    }
  }

  private resume(pod: SimulatedPod, report: PodReport, now: number): void {
    pod.startedAt = report.startedAt ?? now;
    pod.restarts = restartsIn(report);
    const container = report.containers[0];
    if (container?.last !== undefined && container.state !== 'waiting') pod.pastRun = pastRunOf(container.last, pod.restarts - 1);
    if (container?.state === 'running') {
      this.startRun(pod, container.startedAt ?? now);
      if (report.ready) Object.assign(pod, { stage: 'ready', dueAt: Infinity });
    } else if (container?.state === 'terminated') {
      pod.stage = 'over';
      pod.dueAt = Infinity;
      pod.runStartedAt = container.startedAt ?? now;
      pod.finishedAt = container.finishedAt;
      pod.exitCode = container.exitCode ?? 0;
    }
  }

  private runningPod(pod: SimulatedPod): RunningPod {
    const { namespace, name, uid, owner } = pod.run;
    return { namespace, name, uid, owner, report: reportOf(pod) };
  }

  private request(request: RuntimeRequest, now: number): void {
    const present = this.pods.get(request.type === 'stop' ? request.uid : request.pod.uid);
    if (request.type === 'stop') return this.stop(request, present, now);
    if (request.type === 'extend') return this.extend(request.pod, present, now);
    if (present !== undefined) return;
    const pod = this.admit(request.node, request.pod, now);
    if (request.before !== undefined) {
      pod.restarts = restartsAfter(request.before);
      takeUpRuns(pod.ephemeral, request.before.ephemeralContainers);
      // What was lost with the node does not run a second time.
      endRuns(pod.ephemeral, now, SIGKILLED);
    }
    this.pods.set(request.pod.uid, pod);
    this.advance(pod, now);
  }

  private extend(run: RunPod, pod: SimulatedPod | undefined, now: number): void {
    if (pod === undefined) return;
    pod.run = run;
    startEphemeral(pod, now);
    this.tell(pod);
  }

  private ephemeralEnded({ uid, container, exitCode }: Extract<SimulatedRuntimeMessage, { type: 'ephemeral-ended' }>, now: number): void {
    const pod = this.pods.get(uid);
    const run = pod?.ephemeral.get(container);
    if (pod === undefined || run === undefined || run.finishedAt !== undefined) return;
    Object.assign(run, { finishedAt: now, exitCode });
    this.tell(pod);
  }

  private tell(pod: SimulatedPod): void {
    this.events.push({ type: 'changed', node: pod.node, uid: pod.run.uid, report: reportOf(pod) });
  }

  private admit(node: string, run: RunPod, now: number): SimulatedPod {
    const behaviour = behaviourOf(
      this.config.profile,
      run.spec.containers.map((container) => container.image ?? ''),
    );
    const pod = newPod(node, run, { behaviour, at: now });
    pod.dueAt = now + this.delay(pod, 'pull');
    return pod;
  }

  private delay(pod: SimulatedPod, step: 'pull' | 'create' | 'ready' | 'stop'): number {
    return delayOf(pod.behaviour[step], this.config.seed, {
      uid: pod.run.uid,
      step: `${step}/${pod.restarts}/${pod.pulls}`,
    });
  }

  /** Carries the Pod through all steps that are due, and tells where it has got to. */
  private advance(pod: SimulatedPod, now: number): void {
    for (let steps = 0; steps < STEPS_MAX && Math.min(pod.dueAt, pod.endsAt) <= now; steps += 1) {
      if (pod.stage === 'stopping') return this.finish(pod, now);
      if (pod.endsAt <= pod.dueAt) this.endRun(pod, pod.endsAt);
      else this.step(pod, pod.dueAt);
    }
    this.arrange(pod);
    this.tell(pod);
  }

  private step(pod: SimulatedPod, at: number): void {
    switch (pod.stage) {
      case 'pulling':
        return this.pulled(pod, at);
      case 'pull-failed':
        pod.stage = 'pulling';
        pod.dueAt = at + this.delay(pod, 'pull');
        return;
      case 'creating':
        return this.startRun(pod, at);
      case 'running':
        pod.stage = 'ready';
        pod.dueAt = Infinity;
        return;
      case 'crashed':
        pod.restarts += 1;
        return this.startRun(pod, at);
      case 'ready':
      case 'over':
      case 'stopping':
        pod.dueAt = Infinity;
    }
  }

  private pulled(pod: SimulatedPod, at: number): void {
    pod.pulls += 1;
    if (pod.behaviour.pullFails) {
      pod.failures += 1;
      pod.stage = 'pull-failed';
      pod.dueAt = at + this.backOff(pod.failures);
      return;
    }
    pod.stage = 'creating';
    pod.dueAt = at + this.delay(pod, 'create');
  }

  private startRun(pod: SimulatedPod, at: number): void {
    const { runStartedAt, finishedAt, exitCode } = pod;
    if (runStartedAt !== undefined && finishedAt !== undefined)
      pod.pastRun = { number: pod.restarts - 1, startedAt: runStartedAt, finishedAt, exitCode };
    pod.stage = 'running';
    pod.runStartedAt = at;
    startInit(pod.init, pod.run.spec, at);
    startEphemeral(pod, at);
    pod.finishedAt = undefined;
    pod.dueAt = pod.behaviour.neverReady ? Infinity : at + this.delay(pod, 'ready');
    const { ends } = pod.behaviour;
    const step = `run/${pod.restarts}`;
    const isEnding =
      ends !== undefined && drawOf(this.config.seed, pod.run.uid, `ends/${step}`) / SHARES < ends.probability;
    pod.endsAt = isEnding ? at + delayOf(ends.after, this.config.seed, { uid: pod.run.uid, step }) : Infinity;
    pod.exitCode = isEnding ? ends.exitCode : 0;
  }

  private endRun(pod: SimulatedPod, at: number): void {
    pod.endsAt = Infinity;
    pod.finishedAt = at;
    const policy = pod.run.spec.restartPolicy ?? 'Always';
    if (policy === 'Never' || (policy === 'OnFailure' && pod.exitCode === 0)) {
      pod.stage = 'over';
      pod.dueAt = Infinity;
      endWithPod(pod, at);
      return;
    }
    const ran = at - (pod.runStartedAt ?? at);
    pod.failures = ran >= this.config.profile.backOff.resetAfterMs ? 1 : pod.failures + 1;
    pod.stage = 'crashed';
    pod.dueAt = at + this.backOff(pod.failures);
  }

  private backOff(failures: number): number {
    const { firstMs, maxMs }: BackOff = this.config.profile.backOff;
    return Math.min(firstMs * 2 ** Math.min(failures - 1, 30), maxMs);
  }

  private crash(uid: string, exitCode: number, now: number): void {
    const pod = this.pods.get(uid);
    if (pod === undefined || (pod.stage !== 'running' && pod.stage !== 'ready')) return;
    pod.exitCode = exitCode;
    pod.endsAt = now;
    this.advance(pod, now);
  }

  private stop(request: Extract<RuntimeRequest, { type: 'stop' }>, pod: SimulatedPod | undefined, now: number): void {
    if (pod === undefined) {
      const report: PodReport = { phase: 'Failed', ready: false, reason: 'ContainersLost', containers: [] };
      this.events.push({ type: 'stopped', node: request.node, uid: request.uid, report });
      return;
    }
    const killAt = Math.min(pod.killAt, now + request.graceSeconds * 1_000);
    const isRunning = pod.stage === 'running' || pod.stage === 'ready';
    if (pod.stage !== 'stopping') {
      pod.dueAt = isRunning ? now + this.delay(pod, 'stop') : now;
      if (isRunning && pod.behaviour.ignoresStop) pod.dueAt = Infinity;
      // What is over already keeps how it ended.
      if (isRunning) pod.exitCode = 0;
    }
    if (pod.stage !== 'over') pod.stage = 'stopping';
    pod.endsAt = Infinity;
    pod.killAt = killAt;
    if (killAt < pod.dueAt) Object.assign(pod, { dueAt: killAt, exitCode: SIGKILLED });
    if (pod.dueAt <= now) this.finish(pod, now);
    else this.arrange(pod);
  }

  private finish(pod: SimulatedPod, now: number): void {
    pod.finishedAt ??= now;
    endWithPod(pod, now);
    this.drop(pod);
    this.events.push({ type: 'stopped', node: pod.node, uid: pod.run.uid, report: finalReportOf(pod, pod.exitCode) });
    this.past.add(pod);
  }

  private drop(pod: SimulatedPod): void {
    this.pods.delete(pod.run.uid);
    cancel(this.due, pod.run.uid);
  }

  /** Has the Pod woken for its next step. */
  private arrange(pod: SimulatedPod): void {
    const at = Math.min(pod.dueAt, pod.endsAt);
    cancel(this.due, pod.run.uid);
    if (at !== Infinity) schedule(this.due, pod.run.uid, at);
  }
}
