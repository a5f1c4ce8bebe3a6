import type { RunningPod, RuntimeEvent, RuntimeRequest } from '@everynode/core';
import type { AgentRuntime } from '../actors/simulated-agent.ts';
import { ORDINARY, scriptedReport, type PodScript, type ScriptedPod } from './scripted-pod.ts';

/** Which Pods a script is for; everything that is left out fits. */
export interface PodMatch {
  readonly node?: string;
  /** The image of any container. */
  readonly image?: string;
}

export interface ScriptRule {
  readonly match: PodMatch;
  readonly script: Partial<PodScript>;
}

const CRASH_DELAY_FIRST_MS = 10_000;
const CRASH_DELAY_MAX_MS = 300_000;

const fits = ({ node, image }: PodMatch, pod: { readonly node: string; readonly images: readonly string[] }): boolean =>
  (node === undefined || node === pod.node) && (image === undefined || pod.images.includes(image));

/** A runtime whose Pods do what scripts say, and what a test tells one of them to do. All time comes in with the calls. */
export class ScriptedRuntime implements AgentRuntime {
  /** The last rule that fits a Pod when it starts is its script. Shared by the runtimes of a scenario. */
  private readonly rules: readonly ScriptRule[];
  private readonly pods = new Map<string, ScriptedPod>();

  constructor(rules: readonly ScriptRule[]) {
    this.rules = rules;
  }

  handle(message: { readonly type: 'requests'; readonly requests: readonly RuntimeRequest[] } | { readonly type: 'tick' }, now: number): readonly RuntimeEvent[] {
    const events: RuntimeEvent[] = [];
    if (message.type === 'requests') for (const request of message.requests) events.push(...this.request(request, now));
    for (const pod of this.pods.values()) while (this.pods.has(pod.run.uid) && Math.min(pod.dueAt, pod.endsAt) <= now) events.push(this.advance(pod, now));
    return events;
  }

  nextWakeAt(): number | undefined {
    const times = [...this.pods.values()].map((pod) => Math.min(pod.dueAt, pod.endsAt)).filter((at) => at !== Infinity);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  running(node: string): readonly RunningPod[] {
    return [...this.pods.values()]
      .filter((pod) => pod.node === node)
      .map((pod) => ({ namespace: pod.run.namespace, name: pod.run.name, uid: pod.run.uid, owner: pod.run.owner, report: scriptedReport(pod, pod.startedAt) }));
  }

  reboot(node: string): void {
    for (const pod of this.pods.values()) if (pod.node === node) this.pods.delete(pod.run.uid);
  }

  setReady(uid: string, isReady: boolean, now: number): readonly RuntimeEvent[] {
    const pod = this.pods.get(uid);
    if (pod?.stage !== 'running') return [];
    Object.assign(pod, { isReady, dueAt: Infinity });
    return [this.changed(pod, now)];
  }

  /** The containers end with an error and are started again after the back-off. */
  crash(uid: string, now: number): readonly RuntimeEvent[] {
    const pod = this.pods.get(uid);
    if (pod?.stage !== 'running') return [];
    Object.assign(pod, { stage: 'crashed', isReady: false, dueAt: now + Math.min(CRASH_DELAY_FIRST_MS * 2 ** Math.min(pod.restarts, 10), CRASH_DELAY_MAX_MS) });
    return [this.changed(pod, now)];
  }

  /** The Pod is over for good, without having been asked to end. */
  end(uid: string, end: NonNullable<ScriptedPod['end']>, now: number): readonly RuntimeEvent[] {
    const pod = this.pods.get(uid);
    if (pod === undefined) return [];
    Object.assign(pod, { stage: 'ended', isReady: false, end, dueAt: Infinity, endsAt: Infinity });
    return [this.changed(pod, now)];
  }

  private changed(pod: ScriptedPod, now: number): RuntimeEvent {
    return { type: 'changed', node: pod.node, uid: pod.run.uid, report: scriptedReport(pod, now) };
  }

  private request(request: RuntimeRequest, now: number): readonly RuntimeEvent[] {
    if (request.type === 'stop') return this.stop(request, now);
    // Scripts tell nothing of containers that people add.
    if (request.type === 'extend') return [];
    const { pod: run, node, before } = request;
    if (this.pods.has(run.uid)) return [];
    const images = run.spec.containers.map((container) => container.image ?? '');
    const script: PodScript = { ...ORDINARY, ...this.rules.findLast((rule) => fits(rule.match, { node, images }))?.script };
    const restarts = before === undefined ? 0 : Math.max(0, ...before.containers.map((container) => container.restartCount)) + 1;
    const { ends } = script;
    const pod: ScriptedPod = {
      node,
      run,
      script,
      stage: 'waiting',
      isReady: false,
      restarts,
      startedAt: now,
      runStartedAt: undefined,
      dueAt: now + script.startMs,
      endsAt: ends === undefined ? Infinity : now + ends.afterMs,
      end: ends,
    };
    this.pods.set(run.uid, pod);
    return [this.changed(pod, now)];
  }

  private stop({ node, uid, graceSeconds }: Extract<RuntimeRequest, { type: 'stop' }>, now: number): readonly RuntimeEvent[] {
    const pod = this.pods.get(uid);
    if (pod === undefined) return [{ type: 'stopped', node, uid, report: { phase: 'Failed', ready: false, reason: 'ContainersLost', containers: [] } }];
    const endsAt = now + Math.min(pod.stage === 'running' ? pod.script.stopMs : 0, graceSeconds * 1_000);
    if (pod.stage === 'stopping') {
      pod.dueAt = Math.min(pod.dueAt, now + graceSeconds * 1_000);
      return [];
    }
    if (pod.stage !== 'ended') Object.assign(pod, { end: { phase: 'Succeeded' } });
    Object.assign(pod, { stage: 'stopping', isReady: false, dueAt: endsAt, endsAt: Infinity });
    return [];
  }

  private advance(pod: ScriptedPod, now: number): RuntimeEvent {
    if (pod.stage === 'stopping') {
      this.pods.delete(pod.run.uid);
      return { type: 'stopped', node: pod.node, uid: pod.run.uid, report: scriptedReport({ ...pod, stage: 'ended' }, now) };
    }
    if (pod.endsAt <= now) Object.assign(pod, { stage: 'ended', isReady: false, dueAt: Infinity, endsAt: Infinity });
    else if (pod.stage === 'running') Object.assign(pod, { isReady: true, dueAt: Infinity });
    else {
      if (pod.stage === 'crashed') pod.restarts += 1;
      Object.assign(pod, { stage: 'running', runStartedAt: now, dueAt: now + pod.script.readyMs });
    }
    return this.changed(pod, now);
  }
}
