import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { RUNTIME_PROFILES, SimulatedRuntime, type RuntimeProfile } from '@everynode/node-runtime';
import { KubeletMachine } from './kubelet-machine.ts';
import { KUBELET_DEFAULTS, type AgentMessage, type KubeletMessage, type StartedNode } from './kubelet-messages.ts';
import type { NodeCommands, RunPod } from './node-commands.ts';
import { NodeRecords } from './node-record.ts';

const NODE = 'n1';
const OWNERS = [
  { owner: 'strict', surge: false, max: 1 },
  { owner: 'surging', surge: true, max: 2 },
] as const;

const PROFILE: RuntimeProfile = {
  ...RUNTIME_PROFILES.realistic,
  pods: {
    ...RUNTIME_PROFILES.realistic.pods,
    stop: { min: 0, max: 3_000 },
    ends: { probability: 0.2, after: { min: 0, max: 2_000 }, exitCode: 1 },
  },
};

/** What happens next. Numbers choose among what is there. */
type Step =
  /** The controller makes a new set: Pods by owner and number, each to be run or terminated. */
  | {
      readonly type: 'command';
      readonly pods: readonly { readonly owner: number; readonly number: number; readonly isTerminated: boolean }[];
    }
  /** Any set made so far arrives, perhaps again, perhaps late. */
  | { readonly type: 'deliver'; readonly age: number }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'answer'; readonly outcome: 'answered' | 'lost' }
  | { readonly type: 'restart' }
  | { readonly type: 'reboot' }
  | { readonly type: 'forget-session' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('command' as const),
      pods: fc.uniqueArray(
        fc.record({ owner: fc.nat({ max: 1 }), number: fc.nat({ max: 3 }), isTerminated: fc.boolean() }),
        { maxLength: 5, selector: ({ owner, number }) => `${owner}/${number}` },
      ),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('deliver' as const),
      age: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat({ max: 5 }) }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.constantFrom(0, 3, 50, 400, 3_000, 20_000) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('answer' as const),
      outcome: fc.constantFrom('answered' as const, 'lost' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { type: 'restart' as const },
      { type: 'reboot' as const },
      { type: 'forget-session' as const },
    ),
  },
);

const reached = { two: 0, waiting: 0, stale: 0, repeated: 0, restart: 0, reboot: 0, lost: 0, refusedRun: 0 };

class World {
  now = 1_000_000;
  readonly runtime = new SimulatedRuntime({ seed: 'prop', profile: PROFILE });
  readonly records = new NodeRecords();
  machine = this.newMachine();
  sets: NodeCommands[] = [];
  unanswered: { readonly id: number; readonly message: AgentMessage }[] = [];
  session = 0;
  bootId = 'boot-1';
  lives = 0;
  readonly goneReported = new Set<string>();

  start(): void {
    this.count();
    this.lives += 1;
    this.machine = this.newMachine();
    this.unanswered = [];
    const description: StartedNode['description'] = {
      name: NODE,
      labels: {},
      taints: [],
      address: '10.0.0.1',
      version: 'v0',
      capacity: {},
      osImage: '',
      kernelVersion: '',
      architecture: '',
      runtime: '',
    };
    this.feed({
      type: 'started',
      nodes: [
        { description, record: this.records.get(NODE), bootId: this.bootId, running: this.runtime.running(NODE) },
      ],
    });
    this.feed({ type: 'connection', isConnected: true });
  }

  feed(message: KubeletMessage): void {
    for (const action of this.machine.handle(message, this.now)) {
      if (action.type === 'persist') for (const change of action.changes) this.records.apply(change);
      if (action.type === 'send') this.unanswered.push(action);
      if (action.type === 'resync' && this.sets.length > 0) this.feed({ type: 'commands', sets: this.sets.slice(-1) });
      if (action.type === 'runtime') {
        const events = this.runtime.handle({ type: 'requests', requests: action.requests }, this.now);
        this.checkExclusion();
        if (events.length > 0) this.feed({ type: 'runtime', events });
      }
    }
  }

  /** Carries time on, with everything that is due on the way. */
  wait(ms: number): void {
    const end = this.now + ms;
    for (let guard = 0; guard < 100_000; guard += 1) {
      const at = Math.min(this.machine.nextWakeAt() ?? Infinity, this.runtime.nextWakeAt() ?? Infinity);
      if (at > end) break;
      this.now = Math.max(this.now, at);
      const events = this.runtime.handle({ type: 'tick' }, this.now);
      this.checkExclusion();
      if (events.length > 0) this.feed({ type: 'runtime', events });
      this.feed({ type: 'tick' });
    }
    this.now = end;
  }

  /** Adds up what this life of the machine has come to. */
  count(): void {
    const { counters } = this.machine;
    reached.stale += counters.refusals.stale;
    reached.repeated += counters.setsRepeated;
    reached.refusedRun += counters.refusals['pod-was-stopped'];
  }

  apply(next: Step): void {
    switch (next.type) {
      case 'command':
        return this.command(next.pods);
      case 'deliver': {
        const set = this.sets.at(-1 - next.age);
        if (set !== undefined) this.feed({ type: 'commands', sets: [structuredClone(set)] });
        return;
      }
      case 'wait':
        return this.wait(next.ms);
      case 'answer':
        return this.answer(next.outcome);
      case 'restart':
        reached.restart += 1;
        return this.start();
      case 'reboot':
        reached.reboot += 1;
        this.bootId = `boot-${this.now}-${this.lives}`;
        this.runtime.reboot(NODE);
        return this.feed({ type: 'rebooted', node: NODE, bootId: this.bootId });
      case 'forget-session':
        this.session += 1;
    }
  }

  answer(outcome: 'answered' | 'lost'): void {
    const sent = this.unanswered.shift();
    if (sent === undefined) return;
    if (outcome === 'lost') {
      reached.lost += 1;
      return this.feed({ type: 'unanswered', id: sent.id });
    }
    const { message, id } = sent;
    if (message.type === 'RegisterNodes') {
      this.session += 1;
      return this.feed({
        type: 'answered',
epoch: 1,
        id,
        answer: { type: 'Registered', nodes: [{ name: NODE, uid: 'node-uid', session: this.session }] },
      });
    }
    const isCurrent = message.nodes[0]?.session === this.session;
    if (isCurrent && message.type === 'ReportNodes')
      for (const pod of message.nodes[0]?.pods ?? []) if (pod.gone) this.goneReported.add(pod.uid);
    this.feed({ type: 'answered', epoch: 1, id, answer: { type: 'Reported', refusedNodes: isCurrent ? [] : [NODE] } });
  }

  /** At most one Pod of an owner has containers, two with surge; and none that was reported gone. */
  private checkExclusion(): void {
    const running = this.runtime.running(NODE);
    for (const { owner, max } of OWNERS) {
      const count = running.filter((pod) => pod.owner === owner).length;
      expect(count, `Pods of ${owner}`).toBeLessThanOrEqual(max);
      if (count === 2) reached.two += 1;
    }
    for (const pod of running) expect(this.goneReported.has(pod.uid), `${pod.uid} was reported gone`).toBe(false);
    for (const pod of this.machine.nodes.get(NODE)?.pods.values() ?? [])
      if (pod.stage === 'waiting') reached.waiting += 1;
  }

  private command(
    pods: readonly { readonly owner: number; readonly number: number; readonly isTerminated: boolean }[],
  ): void {
    const sequence = (this.sets.at(-1)?.sequence ?? 0) + 1;
    const runs = pods.map(({ owner, number, isTerminated }) => {
      const { owner: name, surge } = OWNERS[owner === 0 ? 0 : 1];
      const uid = `${name}-${number}`;
      const run: RunPod = {
        namespace: 'default',
        name: uid,
        uid,
        owner: name,
        surge,
        labels: {},
        annotations: {},
        spec: { containers: [{ name: 'c', image: 'i' }], terminationGracePeriodSeconds: 2 },
      };
      return { run, isTerminated };
    });
    this.sets.push({
      node: NODE,
      nodeUid: 'node-uid',
      epoch: 1,
      sequence,
      run: runs.filter(({ isTerminated }) => !isTerminated).map(({ run }) => run),
      terminate: runs
        .filter(({ isTerminated }) => isTerminated)
        .map(({ run }) => ({ namespace: 'default', name: run.name, uid: run.uid, graceSeconds: 1 })),
    });
  }

  private newMachine(): KubeletMachine {
    return new KubeletMachine({
      ...KUBELET_DEFAULTS,
      agent: 'a',
      instance: `i-${this.lives}`,
      seed: `s-${this.lives}`,
    });
  }
}

describe('KubeletMachine under loss, repetition, delay, restarts and reboots', () => {
  afterAll(() => {
    for (const [what, count] of Object.entries(reached)) expect(count, `cases with ${what}`).toBeGreaterThan(2);
  });

  it('never runs two Pods of an owner (three with surge) nor one that it reported gone, and comes to what was commanded last', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
        const world = new World();
        world.start();
        world.answer('answered');
        let observed = 0;
        for (const next of steps) {
          world.apply(next);
          const now = world.machine.nodes.get(NODE)?.observedSequence ?? 0;
          expect(now).toBeGreaterThanOrEqual(observed);
          observed = now;
        }
        // From here on nothing is lost.
        for (let round = 0; round < 60; round += 1) {
          while (world.unanswered.length > 0) world.answer('answered');
          world.wait(4_000);
        }
        world.count();
        const last = world.sets.at(-1);
        if (last === undefined) return;
        const node = world.machine.nodes.get(NODE);
        expect(node?.observedSequence).toBe(last.sequence);
        // A Pod that was stopped once stays stopped, and of an owner as many run as may.
        const stopped = new Set([...(node?.buried ?? []), ...world.goneReported]);
        const wanted = last.run.filter(({ uid }) => !stopped.has(uid));
        const running = world.runtime.running(NODE).map(({ uid }) => uid);
        for (const { owner, max } of OWNERS) {
          const candidates = wanted.filter((pod) => pod.owner === owner).map(({ uid }) => uid);
          const present = running.filter((uid) => uid.startsWith(`${owner}-`));
          expect(present.length).toBe(Math.min(max, candidates.length));
          for (const uid of present) expect(candidates).toContain(uid);
        }
        expect(
          [...(node?.pods.values() ?? [])].filter((pod) => pod.stage === 'gone' || pod.stage === 'stopping'),
        ).toEqual([]);
        expect(
          world.records
            .get(NODE)
            ?.pods.map((pod) => pod.run.uid)
            .toSorted(),
        ).toEqual([...(node?.pods.keys() ?? [])].toSorted());
      }),
      { numRuns: 300 },
    );
  });
});
