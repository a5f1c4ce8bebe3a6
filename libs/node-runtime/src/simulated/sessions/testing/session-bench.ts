import type { PodSpec, RunPod } from '@everynode/core';
import type { Scheduler } from '../../../node-runtime.port.ts';
import type { RuntimeSession, RuntimeSessionEnd, RuntimeSessionOutcome, SessionRequest, SessionTarget } from '../../../session.port.ts';
import { RUNTIME_PROFILES, type PodBehaviour } from '../../profile.ts';
import { SimulatedNodeRuntime } from '../../simulated-node-runtime.ts';

/** Time that a test moves. */
export class VirtualTime implements Scheduler {
  private time = Date.parse('2026-11-25T10:00:00Z');
  private timers: { readonly at: number; readonly callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  at(time: number, callback: () => void): () => void {
    const timer = { at: time, callback };
    this.timers.push(timer);
    return () => void (this.timers = this.timers.filter((other) => other !== timer));
  }

  /** Goes on by `ms`; what waits for promises gets its turn in between. */
  async run(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = this.timers.toSorted((left, right) => left.at - right.at);
      if (next === undefined || next.at > end) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.time = Math.max(this.time, next.at);
      next.callback();
    }
    this.time = end;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What a session has said so far. */
export class Listener {
  stdout = '';
  stderr = '';
  end: RuntimeSessionEnd | undefined;

  constructor(session: RuntimeSession) {
    void this.listen(session);
  }

  private async listen(session: RuntimeSession): Promise<void> {
    for await (const output of session.output) {
      if (output.type === 'end') this.end = output.end;
      else this[output.stream] += new TextDecoder().decode(output.bytes);
    }
  }
}

/** A Pod on a simulated runtime whose time stands still unless it is moved. */
export class SessionBench {
  readonly time = new VirtualTime();
  readonly runtime: SimulatedNodeRuntime;
  readonly target: SessionTarget = { namespace: 'default', name: 'agent-x7k2p', uid: 'u-1', container: 'main' };

  constructor(pods: Partial<PodBehaviour> = {}, seed = 's') {
    const { instant } = RUNTIME_PROFILES;
    const profile = { ...instant, images: [], pods: { ...instant.pods, logEvery: { min: 1_000, max: 1_000 }, ...pods } };
    this.runtime = new SimulatedNodeRuntime({ seed, profile }, this.time);
  }

  async start(spec: Partial<PodSpec> = {}): Promise<this> {
    await this.startAs('u-1', spec);
    return this;
  }

  async startAs(uid: string, spec: Partial<PodSpec> = {}): Promise<void> {
    const { namespace, name } = this.target;
    const containers = [{ name: 'main', image: 'registry/agent:1', ports: [{ containerPort: 8080 }] }, { name: 'side', image: 'side:2' }];
    const pod: RunPod = { namespace, name, uid, owner: 'o', surge: false, labels: {}, annotations: {}, spec: { containers, ...spec } };
    this.runtime.request([{ type: 'start', node: 'n1', pod }]);
    await this.time.run(0);
  }

  stop(graceSeconds: number): void {
    this.runtime.request([{ type: 'stop', node: 'n1', uid: 'u-1', graceSeconds }]);
  }

  open(request: SessionRequest, target: Partial<SessionTarget> = {}, node = 'n1'): Promise<RuntimeSessionOutcome> {
    return this.runtime.openSession(node, { ...this.target, ...target }, request);
  }

  async session(request: SessionRequest, target: Partial<SessionTarget> = {}): Promise<RuntimeSession> {
    const outcome = await this.open(request, target);
    if (outcome.outcome === 'refused') throw new Error(outcome.message);
    return outcome.session;
  }

  /** Opens a session and listens to it. */
  async listen(request: SessionRequest, target: Partial<SessionTarget> = {}): Promise<Listener & { readonly session: RuntimeSession }> {
    const session = await this.session(request, target);
    const listener = new Listener(session);
    await this.time.run(0);
    return Object.assign(listener, { session });
  }
}
