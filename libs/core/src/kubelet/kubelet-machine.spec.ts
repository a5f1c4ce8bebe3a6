import { describe, expect, it } from 'vitest';
import type { PodReport } from '../event/fleet-event.ts';
import { KubeletMachine } from './kubelet-machine.ts';
import {
  KUBELET_DEFAULTS,
  type AgentMessage,
  type KubeletAction,
  type KubeletMessage,
  type StartedNode,
} from './kubelet-messages.ts';
import type { NodeCommands, RunPod } from './node-commands.ts';
import { NodeRecords, type StoreChange } from './node-record.ts';
import type { RunningPod, RuntimeRequest } from './runtime.ts';

const RUNNING: PodReport = {
  phase: 'Running',
  ready: true,
  podIP: '10.64.0.1',
  containers: [{ name: 'c', state: 'running', ready: true, restartCount: 0 }],
};
const ENDED: PodReport = {
  phase: 'Succeeded',
  ready: false,
  containers: [{ name: 'c', state: 'terminated', ready: false, restartCount: 0, exitCode: 0 }],
};

const runPod = (uid: string, more: Partial<RunPod> = {}): RunPod => ({
  namespace: 'default',
  name: `pod-${uid}`,
  uid,
  owner: 'ds-1',
  surge: false,
  labels: {},
  annotations: {},
  spec: { containers: [{ name: 'c', image: 'agent:1' }], terminationGracePeriodSeconds: 7 },
  ...more,
});

const description = (name: string): StartedNode['description'] => ({
  name,
  labels: {},
  taints: [],
  address: '10.0.0.1',
  version: 'v0',
  capacity: {},
  osImage: 'sim',
  kernelVersion: '0',
  architecture: 'amd64',
  runtime: 'simulated://1.0',
});

/** One node `n1` with its store, and a controller that is spoken for by the test. */
class Bench {
  machine = Bench.newMachine('i-1');
  now = 1_000;
  records = new NodeRecords();
  sent: { readonly id: number; readonly message: AgentMessage }[] = [];
  requests: RuntimeRequest[] = [];
  resynced: string[] = [];
  changes: StoreChange[] = [];
  notices: string[] = [];
  last: readonly KubeletAction[] = [];

  static newMachine(instance: string): KubeletMachine {
    return new KubeletMachine({ agent: 'a', instance, seed: 's', ...KUBELET_DEFAULTS });
  }

  start(running: readonly RunningPod[] = [], bootId = 'boot-1'): this {
    this.handle({
      type: 'started',
      nodes: [{ description: description('n1'), record: this.records.get('n1'), bootId, running }],
    });
    return this.handle({ type: 'connection', isConnected: true });
  }

  handle(message: KubeletMessage): this {
    this.last = this.machine.handle(message, this.now);
    for (const action of this.last) {
      if (action.type === 'persist') {
        for (const change of JSON.parse(JSON.stringify(action.changes)) as StoreChange[]) this.records.apply(change);
        this.changes.push(...action.changes);
      } else if (action.type === 'runtime') this.requests.push(...action.requests);
      else if (action.type === 'send') this.sent.push(action);
      else if (action.type === 'resync') this.resynced.push(...action.nodes);
      else this.notices.push(action.text);
    }
    return this;
  }

  tick(ms = 0): this {
    this.now += ms;
    return this.handle({ type: 'tick' });
  }

  newest(type: AgentMessage['type']): { readonly id: number; readonly message: AgentMessage } {
    const found = this.sent.findLast((entry) => entry.message.type === type);
    if (found === undefined) throw new Error(`no ${type} was sent`);
    return found;
  }

  register(uid = 'node-uid', session = 1): this {
    return this.handle({
      type: 'answered',
      epoch: 1,
      id: this.newest('RegisterNodes').id,
      answer: { type: 'Registered', nodes: [{ name: 'n1', uid, session }] },
    });
  }

  commands(sequence: number, run: readonly RunPod[], more: Partial<NodeCommands> = {}): this {
    return this.handle({
      type: 'commands',
      sets: [{ node: 'n1', nodeUid: 'node-uid', epoch: 1, sequence, run, terminate: [], ...more }],
    });
  }

  changed(uid: string, report = RUNNING): this {
    return this.handle({ type: 'runtime', events: [{ type: 'changed', node: 'n1', uid, report }] });
  }

  stopped(uid: string): this {
    return this.handle({ type: 'runtime', events: [{ type: 'stopped', node: 'n1', uid, report: ENDED }] });
  }

  /** Pods of the newest report message, as uid → revision. */
  reported(): Record<string, number> {
    const { message } = this.newest('ReportNodes');
    return message.type === 'ReportNodes'
      ? Object.fromEntries(message.nodes.flatMap((node) => node.pods.map((pod) => [pod.uid, pod.revision])))
      : {};
  }

  count(type: AgentMessage['type']): number {
    return this.sent.filter((entry) => entry.message.type === type).length;
  }

  acknowledge(refusedNodes: readonly string[] = []): this {
    return this.handle({
      type: 'answered',
      epoch: 1,
      id: this.newest('ReportNodes').id,
      answer: { type: 'Reported', refusedNodes },
    });
  }

  asked(): string[] {
    return this.requests.map(
      (request) =>
        `${request.type} ${request.type === 'stop' ? `${request.uid} ${request.graceSeconds}` : request.pod.uid}`,
    );
  }
}

const registered = (): Bench => new Bench().start().register();

describe('KubeletMachine: registration', () => {
  it('registers with what it is and keeps the uid that it is given', () => {
    const bench = registered();
    expect(bench.newest('RegisterNodes').message).toMatchObject({
      agent: 'a',
      instance: 'i-1',
      nodes: [{ name: 'n1', bootId: 'boot-1' }],
    });
    expect(bench.records.get('n1')).toMatchObject({ uid: 'node-uid', bootId: 'boot-1' });
    expect(bench.newest('Heartbeats').message).toMatchObject({
      nodes: [{ name: 'n1', session: 1, ready: true, observedSequence: 0 }],
    });
  });

  it('sends nothing before it is connected', () => {
    const bench = new Bench();
    bench
      .handle({
        type: 'started',
        nodes: [{ description: description('n1'), record: undefined, bootId: 'b', running: [] }],
      })
      .tick(60_000);
    expect(bench.sent).toEqual([]);
    expect(bench.machine.nextWakeAt()).toBeUndefined();
  });

  it('tries again with growing, capped delays when nobody answers', () => {
    const bench = new Bench().start();
    const times: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const before = bench.count('RegisterNodes');
      bench.handle({ type: 'unanswered', id: bench.newest('RegisterNodes').id });
      const failedAt = bench.now;
      while (bench.count('RegisterNodes') === before)
        bench.tick(Math.max(1, (bench.machine.nextWakeAt() ?? 0) - bench.now));
      times.push(bench.now - failedAt);
    }
    expect(times[0]).toBeLessThanOrEqual(KUBELET_DEFAULTS.retryFirstMs);
    expect(Math.max(...times)).toBeLessThanOrEqual(KUBELET_DEFAULTS.retryMaxMs);
    expect(Math.max(...times)).toBeGreaterThan(KUBELET_DEFAULTS.retryMaxMs / 2 - 1);
  });

  it('notices by itself that nobody answers', () => {
    const bench = new Bench().start();
    bench.tick(KUBELET_DEFAULTS.requestTimeoutMs).tick(KUBELET_DEFAULTS.retryFirstMs);
    expect(bench.count('RegisterNodes')).toBe(2);
  });

  it('waits a short time for the first answer, because a fleet that comes up has no leader yet', () => {
    const bench = new Bench().start().tick(250).tick(KUBELET_DEFAULTS.retryFirstMs);
    expect(bench.count('RegisterNodes')).toBe(2);
    bench.tick(250).tick(KUBELET_DEFAULTS.retryFirstMs * 2);
    expect(bench.count('RegisterNodes')).toBe(2);
  });

  it('takes an answer that comes after it was given up', () => {
    const bench = new Bench().start();
    const { id } = bench.newest('RegisterNodes');
    bench.tick(300);
    bench.handle({
      type: 'answered',
      epoch: 1,
      id,
      answer: { type: 'Registered', nodes: [{ name: 'n1', uid: 'node-uid', session: 1 }] },
    });
    bench.tick(5_000);
    expect(bench.count('RegisterNodes')).toBe(1);
    bench
      .acknowledge()
      .commands(5, [runPod('p')])
      .changed('p');
    const report = bench.newest('ReportNodes').id;
    bench
      .handle({ type: 'unanswered', id: report })
      .handle({ type: 'answered', epoch: 1, id: report, answer: { type: 'Reported', refusedNodes: [] } });
    expect(bench.machine.nodes.get('n1')?.pods.get('p')?.acknowledged).toBe(1);
  });

  it('counts an answer of an older epoch for nothing: a deposed leader may still answer what it needs no append for', () => {
    const bench = new Bench().start();
    const ask = (): number => bench.newest('RegisterNodes').id;
    const nodes = [{ name: 'n1', uid: 'node-uid', session: 1 }];
    bench.handle({ type: 'answered', epoch: 2, id: ask(), answer: { type: 'Registered', nodes } });
    bench.commands(5, [runPod('p')]).changed('p');
    const report = bench.newest('ReportNodes').id;
    bench.handle({ type: 'answered', epoch: 1, id: report, answer: { type: 'Reported', refusedNodes: [] } });
    expect(bench.machine.nodes.get('n1')?.pods.get('p')?.acknowledged).toBe(0);
    expect(bench.machine.counters.answersStale).toBe(1);
  });

  it('takes the loss of many messages at once for one failure', () => {
    const bench = new Bench();
    const names = Array.from({ length: 5_000 }, (_, index) => `n${index}`);
    bench.handle({
      type: 'started',
      nodes: names.map((name) => ({ description: description(name), record: undefined, bootId: 'b', running: [] })),
    });
    bench.handle({ type: 'connection', isConnected: true });
    expect(bench.count('RegisterNodes')).toBe(10);
    for (const { id } of bench.sent.slice()) bench.handle({ type: 'unanswered', id });
    bench.tick(KUBELET_DEFAULTS.retryFirstMs);
    expect(bench.count('RegisterNodes')).toBe(20);
  });

  it('says why the controller refused a node, and asks again later', () => {
    const bench = new Bench().start();
    bench.handle({
      type: 'answered',
      epoch: 1,
      id: bench.newest('RegisterNodes').id,
      answer: { type: 'Registered', nodes: [{ name: 'n1', refused: 'the name is taken' }] },
    });
    expect(bench.notices).toEqual(['registration refused: the name is taken']);
    expect(bench.machine.counters.registrationsRefused).toBe(1);
    bench.tick(KUBELET_DEFAULTS.retryFirstMs);
    expect(bench.count('RegisterNodes')).toBe(2);
  });

  it('ends what ran for an earlier identity, and takes the commands of the new one from zero', () => {
    const bench = registered()
      .commands(9, [runPod('p')])
      .changed('p')
      .tick(10)
      .acknowledge(['n1']);
    bench.register('other-uid', 2);
    expect(bench.asked()).toEqual(['start p', 'stop p 7']);
    bench.commands(3, [], { nodeUid: 'other-uid' });
    expect(bench.machine.nodes.get('n1')?.observedSequence).toBe(3);
  });
});

describe('KubeletMachine: commands', () => {
  it('starts what is in the set, and has it in the store before', () => {
    const bench = registered().commands(5, [runPod('p')]);
    expect(bench.last.map((action) => action.type)).toEqual(['persist', 'runtime']);
    expect(bench.asked()).toEqual(['start p']);
    expect(bench.records.get('n1')).toMatchObject({
      observedEpoch: 1,
      observedSequence: 5,
      pods: [{ stage: 'started', run: { uid: 'p' } }],
    });
  });

  it.each([
    ['stale', { epoch: 1, sequence: 4 }],
    ['stale', { epoch: 0, sequence: 9 }],
    ['foreign-node-uid', { sequence: 9, nodeUid: 'somebody' }],
    ['unknown-node', { sequence: 9, node: 'n2' }],
    ['contradiction', { sequence: 9, terminate: [{ namespace: 'default', name: 'pod-q', uid: 'q', graceSeconds: 1 }] }],
    ['too-many-pods', { sequence: 9, run: Array.from({ length: 251 }, (_, index) => runPod(`x${index}`)) }],
  ] as const)('refuses a set that is %s and counts it', (reason, more) => {
    const bench = registered().commands(5, [runPod('p')]);
    bench.handle({
      type: 'commands',
      sets: [{ node: 'n1', nodeUid: 'node-uid', epoch: 1, run: [runPod('q')], terminate: [], ...more }],
    });
    expect(bench.machine.counters.refusals[reason]).toBe(1);
    expect(bench.asked()).toEqual(['start p']);
    expect(bench.machine.nodes.get('n1')?.observedSequence).toBe(5);
  });

  it('has the runtime add ephemeral containers to a Pod that runs, once', () => {
    const { spec } = runPod('p');
    const looked = runPod('p', { spec: { ...spec, ephemeralContainers: [{ name: 'd', image: 'busybox' }] } });
    const bench = registered().commands(5, [runPod('p')]).commands(6, [looked]).commands(6, [looked]).commands(7, [looked]);
    expect(bench.asked()).toEqual(['start p', 'extend p']);
    expect(bench.requests[1]).toEqual({ type: 'extend', node: 'n1', pod: looked });
    expect(bench.records.get('n1')?.pods[0]?.run.spec.ephemeralContainers).toHaveLength(1);
    expect(registered().commands(5, [looked]).asked()).toEqual(['start p']);
  });

  it('takes a repeated set without doing anything twice', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .commands(5, [runPod('p')]);
    expect(bench.asked()).toEqual(['start p']);
    expect(bench.machine.counters).toMatchObject({ setsAccepted: 1, setsRepeated: 1 });
  });

  it('holds commands that overtake the answer to the registration, the newest only', () => {
    const bench = new Bench()
      .start()
      .commands(6, [runPod('new')])
      .commands(5, [runPod('old')]);
    expect(bench.asked()).toEqual([]);
    bench.register();
    expect(bench.asked()).toEqual(['start new']);
  });

  it('ends what is not in the set with its own grace period', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .commands(6, []);
    expect(bench.asked()).toEqual(['start p', 'stop p 7']);
  });

  it('shortens a grace period when asked, and never lengthens it', () => {
    const stop = (sequence: number, graceSeconds: number): void => {
      bench.commands(sequence, [], { terminate: [{ namespace: 'default', name: 'pod-p', uid: 'p', graceSeconds }] });
    };
    const bench = registered().commands(5, [runPod('p')]);
    stop(6, 30);
    stop(7, 60);
    stop(8, 0);
    expect(bench.asked()).toEqual(['start p', 'stop p 30', 'stop p 0']);
  });

  it('reports a Pod gone that it is to end and never had', () => {
    const bench = registered()
      .commands(5, [], { terminate: [{ namespace: 'default', name: 'pod-p', uid: 'p', graceSeconds: 30 }] })
      .tick(5);
    expect(bench.newest('ReportNodes').message).toMatchObject({
      nodes: [{ observedSequence: 5, pods: [{ uid: 'p', gone: true }] }],
    });
  });

  it('never runs a Pod again that was stopped, whatever an older leader wanted', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .commands(6, [])
      .stopped('p')
      .tick(5)
      .acknowledge();
    bench.commands(7, [runPod('p')]);
    expect(bench.asked()).toEqual(['start p', 'stop p 7']);
    expect(bench.machine.counters.refusals['pod-was-stopped']).toBe(1);
  });

  it('starts the next Pod of an owner only when the runtime says that the one before has stopped', () => {
    const bench = registered()
      .commands(5, [runPod('old')])
      .changed('old')
      .commands(6, [runPod('new')]);
    expect(bench.asked()).toEqual(['start old', 'stop old 7']);
    bench.stopped('old');
    expect(bench.asked().at(-1)).toBe('start new');
  });

  it('runs two Pods of an owner with surge, and not three', () => {
    const pods = ['a', 'b', 'c'].map((uid) => runPod(uid, { surge: true }));
    const bench = registered().commands(5, pods);
    expect(bench.asked()).toEqual(['start a', 'start b']);
    bench.commands(6, pods.slice(1)).stopped('a');
    expect(bench.asked().at(-1)).toBe('start c');
  });

  it('lets Pods of different owners, and Pods without owner, run side by side', () => {
    const bench = registered().commands(5, [
      runPod('a'),
      runPod('b', { owner: 'ds-2' }),
      runPod('c', { owner: '' }),
      runPod('d', { owner: '' }),
    ]);
    expect(bench.asked()).toEqual(['start a', 'start b', 'start c', 'start d']);
  });

  it('reads the commands of a node that lost its disk, and leaves those of a node in its first session to come', () => {
    expect(new Bench().start().register('node-uid', 1).resynced).toEqual([]);
    expect(new Bench().start().register('node-uid', 2).resynced).toEqual(['n1']);
  });

  it('reads the commands again after connecting, after a gap and on a timer', () => {
    const bench = registered();
    bench.handle({ type: 'connection', isConnected: false }).handle({ type: 'connection', isConnected: true });
    expect(bench.resynced).toEqual(['n1']);
    bench.handle({ type: 'gap', nodes: ['n1'] });
    expect(bench.resynced).toHaveLength(2);
    bench.tick(KUBELET_DEFAULTS.resyncIntervalMs);
    expect(bench.resynced).toHaveLength(3);
  });
});

describe('KubeletMachine: reports', () => {
  it('says a lone change at once, and gathers changes while it waits for the answer', () => {
    const bench = registered().commands(5, [runPod('a'), runPod('b', { owner: 'ds-2' })]);
    bench.changed('a', { ...RUNNING, ready: false });
    expect(bench.reported()).toEqual({ a: 1 });
    bench.changed('a').changed('b');
    expect(bench.count('ReportNodes')).toBe(1);
    bench.tick(KUBELET_DEFAULTS.reportWindowMs);
    expect(bench.count('ReportNodes')).toBe(2);
    expect(bench.reported()).toEqual({ a: 2, b: 1 });
  });

  it('repeats a report with growing delays until it is acknowledged, and then no more', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .changed('p')
      .tick(5);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect(bench.count('ReportNodes')).toBe(attempt);
      expect(bench.reported()).toEqual({ p: 1 });
      bench
        .handle({ type: 'unanswered', id: bench.newest('ReportNodes').id })
        .tick(KUBELET_DEFAULTS.retryFirstMs / 2 - 1);
      expect(bench.count('ReportNodes')).toBe(attempt);
      bench.tick(KUBELET_DEFAULTS.retryFirstMs * 2 ** (attempt - 1));
    }
    bench.acknowledge().tick(600);
    expect(bench.count('ReportNodes')).toBe(6);
  });

  it('says the newest state only, when an older one was lost', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .changed('p', { ...RUNNING, ready: false })
      .tick(5);
    bench
      .changed('p')
      .handle({ type: 'unanswered', id: bench.newest('ReportNodes').id })
      .tick(KUBELET_DEFAULTS.retryMaxMs);
    expect(bench.reported()).toEqual({ p: 2 });
  });

  it('says again at once what an earlier leader has not answered when a new one is heard of', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .changed('p')
      .tick(5);
    bench.commands(6, [runPod('p')], { epoch: 2 });
    expect(bench.count('ReportNodes')).toBe(2);
    expect(bench.reported()).toEqual({ p: 1 });
  });

  it('says everything again now and then, with newer revisions', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .changed('p')
      .tick(5)
      .acknowledge();
    bench.tick(KUBELET_DEFAULTS.resyncIntervalMs).tick(5);
    expect(bench.reported()).toEqual({ p: 2 });
  });

  it('forgets a Pod that is gone when the controller knows it, not before', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .commands(6, [])
      .stopped('p')
      .tick(5);
    expect(bench.records.get('n1')?.pods).toMatchObject([{ stage: 'gone' }]);
    bench.acknowledge();
    expect(bench.records.get('n1')).toMatchObject({ pods: [], buried: ['p'] });
  });

  it('says soon that commands were observed, even if no Pod changes', () => {
    const bench = registered().commands(5, []).tick(KUBELET_DEFAULTS.observedWindowMs);
    expect(bench.newest('ReportNodes').message).toMatchObject({
      nodes: [{ name: 'n1', observedEpoch: 1, observedSequence: 5, pods: [] }],
    });
  });

  it('registers again when its session is refused, and then reports everything again', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .changed('p')
      .tick(5)
      .acknowledge();
    bench.changed('p').tick(5).acknowledge(['n1']);
    expect(bench.machine.counters.sessionsLost).toBe(1);
    bench.register('node-uid', 2).tick(5);
    expect(bench.newest('ReportNodes').message).toMatchObject({ nodes: [{ session: 2, pods: [{ uid: 'p' }] }] });
  });

  it('registers again when a heartbeat is answered with its name', () => {
    const bench = registered();
    const before = bench.count('RegisterNodes');
    bench.handle({
      type: 'answered',
      epoch: 1,
      id: bench.newest('Heartbeats').id,
      answer: { type: 'Reported', refusedNodes: ['n1'] },
    });
    expect(bench.count('RegisterNodes')).toBe(before + 1);
  });

  it('gives up a single Pod that the controller cannot read, and goes on with the others', () => {
    const bench = registered()
      .commands(5, [runPod('bad'), runPod('good', { owner: 'ds-2' })])
      .changed('bad')
      .changed('good')
      .tick(5);
    for (let round = 0; round < 10; round += 1) {
      const { id } = bench.newest('ReportNodes');
      if ('bad' in bench.reported()) bench.handle({ type: 'rejected', id, reason: 'no' });
      else bench.acknowledge();
      bench.tick(KUBELET_DEFAULTS.retryFirstMs * 8);
    }
    expect(bench.machine.nodes.get('n1')?.pods.get('good')?.acknowledged).toBeGreaterThan(0);
    expect(bench.machine.counters.reportsRejected).toBeGreaterThan(0);
    expect(bench.machine.counters.reportsRejected).toBeLessThan(5);
  });

  it('sends at most 1,000 Pods in a message and eight messages at once', () => {
    const bench = new Bench();
    const names = Array.from({ length: 60 }, (_, index) => `n${index}`);
    bench.handle({
      type: 'started',
      nodes: names.map((name) => ({ description: description(name), record: undefined, bootId: 'b', running: [] })),
    });
    bench.handle({ type: 'connection', isConnected: true });
    bench.handle({
      type: 'answered',
      epoch: 1,
      id: bench.newest('RegisterNodes').id,
      answer: { type: 'Registered', nodes: names.map((name) => ({ name, uid: name, session: 1 })) },
    });
    for (const name of names) {
      const run = Array.from({ length: 200 }, (_, index) => runPod(`${name}-${index}`, { owner: '' }));
      bench.handle({
        type: 'commands',
        sets: [{ node: name, nodeUid: name, epoch: 1, sequence: 2, run, terminate: [] }],
      });
      bench.handle({
        type: 'runtime',
        events: run.map((pod) => ({ type: 'changed', node: name, uid: pod.uid, report: RUNNING })),
      });
    }
    bench.tick(KUBELET_DEFAULTS.reportWindowMs);
    const sizes = bench.sent.flatMap(({ message }) =>
      message.type === 'ReportNodes' ? [message.nodes.reduce((sum, node) => sum + node.pods.length, 0)] : [],
    );
    expect(sizes).toEqual([200, ...Array<number>(7).fill(1_000)]);
    bench.acknowledge().tick();
    expect(bench.count('ReportNodes')).toBe(9);
  });

  it('says now what would wait for its window when it is flushed', () => {
    const bench = registered()
      .commands(5, [runPod('p')])
      .changed('p')
      .handle({ type: 'flush' });
    expect(bench.reported()).toEqual({ p: 1 });
  });

  it('gives a Pod on the host network the address of its node', () => {
    const pod = runPod('p', { spec: { hostNetwork: true, containers: [{ name: 'c' }] } });
    const bench = registered().commands(5, [pod]).changed('p').tick(5);
    expect(bench.newest('ReportNodes').message).toMatchObject({
      nodes: [{ pods: [{ report: { podIP: '10.0.0.1' } }] }],
    });
  });
});

describe('KubeletMachine: restart and reboot', () => {
  const busy = (): Bench =>
    registered()
      .commands(5, [runPod('p')])
      .changed('p')
      .tick(5)
      .acknowledge();
  const restarted = (bench: Bench, running: readonly RunningPod[], bootId?: string): Bench => {
    bench.machine = Bench.newMachine('i-2');
    bench.requests = [];
    bench.sent = [];
    return bench.start(running, bootId);
  };
  const survivor: RunningPod = { namespace: 'default', name: 'pod-p', uid: 'p', owner: 'ds-1', report: RUNNING };

  it('keeps identity, observed commands and Pods over a restart of the agent, and starts nothing again', () => {
    const bench = restarted(busy(), [survivor]);
    expect(bench.newest('RegisterNodes').message).toMatchObject({
      instance: 'i-2',
      nodes: [{ uid: 'node-uid', bootId: 'boot-1' }],
    });
    bench.register('node-uid', 2).commands(4, []).tick(5);
    expect(bench.asked()).toEqual([]);
    expect(bench.machine.counters.refusals.stale).toBe(1);
    expect(bench.newest('ReportNodes').message).toMatchObject({
      nodes: [{ session: 2, observedSequence: 5, pods: [{ uid: 'p', report: { ready: true } }] }],
    });
  });

  it('starts a Pod again that the store has and the runtime has lost', () => {
    const bench = restarted(busy(), []);
    expect(bench.requests).toMatchObject([{ type: 'start', pod: { uid: 'p' }, before: RUNNING }]);
  });

  it('keeps a Pod that only the runtime knows until the commands decide on it', () => {
    const stranger = { ...survivor, name: 'pod-s', uid: 's' };
    const bench = restarted(busy(), [survivor, stranger]).register('node-uid', 2);
    expect(bench.asked()).toEqual([]);
    bench.commands(5, [runPod('p')]);
    expect(bench.asked()).toEqual(['stop s 30']);
  });

  it('goes on with what is left of a grace period', () => {
    const bench = busy().commands(6, []);
    bench.now += 5_000;
    restarted(bench, [survivor]);
    expect(bench.asked()).toHaveLength(1);
    expect(bench.requests[0]).toMatchObject({ type: 'stop', uid: 'p' });
    expect(bench.requests[0]).toHaveProperty('graceSeconds', 2);
  });

  it('loses the containers with a boot, registers the new boot and starts the same Pods with what they were', () => {
    const bench = busy();
    bench.handle({ type: 'rebooted', node: 'n1', bootId: 'boot-2' });
    expect(bench.newest('RegisterNodes').message).toMatchObject({ nodes: [{ uid: 'node-uid', bootId: 'boot-2' }] });
    expect(bench.requests.at(-1)).toMatchObject({ type: 'start', pod: { uid: 'p' }, before: RUNNING });
    expect(bench.machine.counters.reboots).toBe(1);
  });

  it('gives the changes that a compacted store holds', () => {
    const bench = busy()
      .commands(6, [runPod('q', { owner: 'ds-2' })])
      .stopped('p')
      .tick(5)
      .acknowledge();
    const compacted = new NodeRecords();
    for (const change of bench.machine.storedChanges()) compacted.apply(change);
    expect(compacted.get('n1')).toEqual(bench.records.get('n1'));
    expect(bench.records.get('n1')).toMatchObject({ buried: ['p'], pods: [{ run: { uid: 'q' } }] });
  });

  it('has a stopping Pod gone with the boot, and starts the next one', () => {
    const bench = busy().commands(6, [runPod('new')]);
    bench.handle({ type: 'rebooted', node: 'n1', bootId: 'boot-2' });
    expect(bench.asked()).toEqual(['start p', 'stop p 7', 'start new']);
  });

  it('takes a boot while the agent was down for a boot', () => {
    const bench = restarted(busy(), [], 'boot-2');
    expect(bench.records.get('n1')?.bootId).toBe('boot-2');
    expect(bench.asked()).toEqual(['start p']);
  });

  it('starts a wanted Pod again that ended without being asked to', () => {
    const bench = busy().stopped('p');
    expect(bench.asked()).toEqual(['start p', 'start p']);
  });
});

describe('KubeletMachine: taints', () => {
  const plugin = runPod('cni', {
    annotations: { 'everynode.dev/clears-taint': 'node.kubernetes.io/network-unavailable:NoSchedule' },
  });
  const taintsOf = (bench: Bench): unknown => {
    const { message } = bench.newest('ReportNodes');
    return message.type === 'ReportNodes' ? message.nodes[0]?.taints : undefined;
  };
  const cleared = [{ key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule', present: false }];

  it('clears the taints that a Pod asks to have cleared when it becomes ready, until it is acknowledged', () => {
    const bench = registered()
      .commands(5, [plugin])
      .changed('cni', { ...RUNNING, ready: false })
      .tick(5);
    expect(taintsOf(bench)).toEqual([]);
    bench.acknowledge().changed('cni').tick(5);
    expect(taintsOf(bench)).toEqual(cleared);
    bench.handle({ type: 'unanswered', id: bench.newest('ReportNodes').id }).tick(KUBELET_DEFAULTS.retryMaxMs);
    expect(taintsOf(bench)).toEqual(cleared);
    bench.acknowledge().changed('cni').tick(5);
    expect(taintsOf(bench)).toEqual([]);
  });

  it('clears all effects of a key without effect, and leaves unknown effects alone', () => {
    const pod = runPod('x', { annotations: { 'everynode.dev/clears-taint': 'a, b:NoExecute,c:Nonsense' } });
    const bench = registered().commands(5, [pod]).changed('x').tick(5);
    expect(taintsOf(bench)).toHaveLength(4);
  });

  it('publishes what is asked for on the node, the last request for a taint only', () => {
    const bench = registered();
    const taint = { key: 'k', effect: 'NoExecute' as const };
    bench.handle({ type: 'taints', node: 'n1', changes: [{ ...taint, present: true, value: 'v' }] });
    bench.handle({ type: 'taints', node: 'n1', changes: [{ ...taint, present: false }] }).tick(5);
    expect(taintsOf(bench)).toEqual([{ ...taint, present: false }]);
  });
});

describe('KubeletMachine: heartbeats', () => {
  it('sends at most 500 nodes in a message, spread over the interval', () => {
    const bench = new Bench();
    const names = Array.from({ length: 1_200 }, (_, index) => `n${index}`);
    bench.handle({
      type: 'started',
      nodes: names.map((name) => ({ description: description(name), record: undefined, bootId: 'b', running: [] })),
    });
    bench.handle({ type: 'connection', isConnected: true });
    const registrations = bench.sent;
    bench.sent = [];
    for (const { id, message } of registrations) {
      const nodes =
        message.type === 'RegisterNodes' ? message.nodes.map(({ name }) => ({ name, uid: name, session: 1 })) : [];
      bench.handle({ type: 'answered', epoch: 1, id, answer: { type: 'Registered', nodes } });
    }
    bench.sent = [];
    const times = new Set<number>();
    const heard = new Set<string>();
    const end = bench.now + KUBELET_DEFAULTS.heartbeatIntervalMs;
    while (bench.now < end) {
      const before = bench.count('Heartbeats');
      bench.tick(100);
      if (bench.count('Heartbeats') > before) times.add(bench.now);
    }
    for (const { message } of bench.sent) {
      if (message.type !== 'Heartbeats') continue;
      expect(message.nodes.length).toBeLessThanOrEqual(500);
      for (const { name } of message.nodes) heard.add(name);
    }
    expect(heard.size).toBe(1_200);
    expect(times.size).toBe(3);
  });

  it('says at once that a node cannot run Pods', () => {
    const bench = registered().handle({ type: 'readiness', node: 'n1', ready: false });
    expect(bench.newest('Heartbeats').message).toMatchObject({ nodes: [{ ready: false }] });
  });
});

describe('KubeletMachine: graceful shutdown', () => {
  const critical = { spec: { ...runPod('x').spec, priorityClassName: 'system-node-critical' } };
  const shutdown = { type: 'shutdown', node: 'n1', graceMs: 60_000, criticalMs: 20_000 } as const;
  const running = (): Bench =>
    registered()
      .commands(5, [runPod('low'), runPod('high', { owner: 'ds-2', ...critical })])
      .changed('low')
      .changed('high')
      .acknowledge();
  const podsSaid = (bench: Bench): readonly unknown[] => {
    const { message } = bench.newest('ReportNodes');
    return message.type === 'ReportNodes'
      ? message.nodes.flatMap((node) => node.pods.map(({ uid, gone, report }) => [uid, gone, report.phase, report.reason]))
      : [];
  };

  it('R65 says at once that the node shuts down, and with every report', () => {
    const bench = running().handle(shutdown);
    expect(bench.newest('Heartbeats').message).toMatchObject({ nodes: [{ ready: false, shuttingDown: true }] });
    bench.stopped('low').tick(10);
    expect(bench.newest('ReportNodes').message).toMatchObject({ nodes: [{ name: 'n1', shuttingDown: true }] });
    expect(bench.machine.nodes.get('n1')?.ready).toBe(false);
  });

  it('R65 says so when it registers in the middle of it', () => {
    const bench = new Bench().start().handle(shutdown).tick(KUBELET_DEFAULTS.requestTimeoutMs).tick(KUBELET_DEFAULTS.retryMaxMs);
    expect(bench.newest('RegisterNodes').message).toMatchObject({ nodes: [{ name: 'n1', shuttingDown: true }] });
  });

  it('R65 ends Pods by priority, each with its own grace at most, and reports them as failed', () => {
    const bench = running().handle(shutdown);
    expect(bench.asked().slice(2)).toEqual(['stop low 7']);
    bench.stopped('low').tick(10);
    expect(podsSaid(bench)).toContainEqual(['low', true, 'Failed', 'Terminated']);
    bench.acknowledge().tick(39_989);
    expect(bench.asked().slice(3)).toEqual([]);
    bench.tick(1);
    expect(bench.asked().slice(3)).toEqual(['stop high 7']);
    bench.stopped('high').tick(10);
    expect(podsSaid(bench)).toContainEqual(['high', true, 'Failed', 'Terminated']);
  });

  it('R65 goes on without the broker', () => {
    const bench = running().handle({ type: 'connection', isConnected: false }).handle(shutdown);
    expect(bench.machine.nextWakeAt()).toBe(bench.now + 40_000);
    bench.tick(40_000);
    expect(bench.asked().slice(2)).toEqual(['stop low 7', 'stop high 7']);
    expect(bench.machine.nextWakeAt()).toBeUndefined();
  });

  it('R65 takes in critical Pods while it ends none of them, and refuses all others', () => {
    const bench = running().handle(shutdown).stopped('low').acknowledge();
    const both = [runPod('high', { owner: 'ds-2', ...critical }), runPod('late', { owner: 'ds-3' }), runPod('urgent', { owner: 'ds-4', ...critical })];
    bench.commands(6, both).tick(10);
    expect(bench.asked().slice(3)).toEqual(['start urgent']);
    expect(podsSaid(bench)).toEqual([['late', true, 'Failed', 'NodeShutdown']]);
    expect(bench.records.get('n1')?.pods.find(({ run }) => run.uid === 'late')).toMatchObject({ stage: 'gone', report: { reason: 'NodeShutdown' } });
    bench.acknowledge().tick(40_000);
    bench.commands(7, [runPod('too-late', { owner: 'ds-5', ...critical })]).tick(10);
    expect(podsSaid(bench)).toContainEqual(['too-late', true, 'Failed', 'NodeShutdown']);
    expect(bench.asked().filter((text) => text.startsWith('start'))).toHaveLength(3);
  });

  it('R65 refuses what waited for room', () => {
    const bench = registered().commands(5, [runPod('old')]).changed('old').acknowledge();
    bench.commands(6, [runPod('new')], { terminate: [{ namespace: 'default', name: 'pod-old', uid: 'old', graceSeconds: 30 }] });
    bench.handle(shutdown).tick(10);
    expect(podsSaid(bench)).toContainEqual(['new', true, 'Failed', 'NodeShutdown']);
    expect(bench.asked().filter((text) => text.startsWith('start'))).toEqual(['start old']);
  });

  it.each([
    ['boots', { type: 'rebooted', node: 'n1', bootId: 'boot-2' }],
    ['is ready', { type: 'readiness', node: 'n1', ready: true }],
  ] as const)('R65 is over when the node %s; what it ended does not come back', (_how, message) => {
    const bench = running().handle(shutdown).stopped('low').handle(message).register('node-uid', 2);
    expect(bench.machine.nodes.get('n1')).toMatchObject({ ready: true, shutdown: undefined });
    bench.commands(8, [runPod('low'), runPod('next', { owner: 'ds-6' })]);
    expect(bench.asked().at(-1)).toBe('start next');
    expect(bench.machine.counters.refusals['pod-was-stopped']).toBe(1);
    bench.tick(60_000);
    expect(bench.asked()).not.toContain('stop next 7');
  });

  it('R65 begins once', () => {
    const bench = running().handle(shutdown).tick(30_000).handle(shutdown).tick(10_000);
    expect(bench.asked().slice(2)).toEqual(['stop low 7', 'stop high 7']);
  });
});

describe('KubeletMachine: active deadline', () => {
  const BEGUN: PodReport = { ...RUNNING, startedAt: 1_000 };
  const brief = (seconds: number): RunPod => runPod('p', { owner: '', spec: { ...runPod('p').spec, activeDeadlineSeconds: seconds } });
  const running = (seconds = 60): Bench => registered().commands(5, [brief(seconds)]).changed('p', BEGUN).acknowledge();
  const ends = (bench: Bench): readonly string[] => bench.asked().filter((text) => text.startsWith('stop'));
  const said = (bench: Bench): unknown => {
    const { message } = bench.newest('ReportNodes');
    return message.type === 'ReportNodes' ? message.nodes.at(-1)?.pods.find(({ uid }) => uid === 'p') : undefined;
  };
  const OVERDUE = {
    gone: true,
    report: { phase: 'Failed', ready: false, reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' },
  };

  it('ends a Pod that was active for too long, with its own grace, and reports it as failed', () => {
    const bench = running().tick(59_999);
    expect(ends(bench)).toEqual([]);
    expect(bench.machine.nextWakeAt()).toBeLessThanOrEqual(61_000);
    bench.tick(1);
    expect(ends(bench)).toEqual(['stop p 7']);
    bench.stopped('p').tick(10);
    expect(said(bench)).toMatchObject(OVERDUE);
    bench.acknowledge().tick(60_000);
    expect(ends(bench)).toHaveLength(1);
  });

  it('counts from the start of the Pod on the node, ready or not', () => {
    const waiting: PodReport = { phase: 'Pending', ready: false, startedAt: 1_000, containers: [{ name: 'c', state: 'waiting', ready: false, restartCount: 0 }] };
    const bench = registered().commands(5, [brief(60)]).changed('p', waiting).tick(50_000).changed('p', BEGUN).tick(10_000);
    expect(ends(bench)).toEqual(['stop p 7']);
  });

  it('takes a deadline that is set or moved up while the Pod runs', () => {
    expect(ends(running(600).tick(1_000).commands(6, [brief(30)]).tick(29_000))).toEqual(['stop p 7']);
    const late = running(600).tick(60_000).commands(6, [brief(30)]).tick();
    expect(ends(late)).toEqual(['stop p 7']);
  });

  it('waits on where the deadline was put off', () => {
    const bench = running(30).tick(1_000).commands(6, [brief(90)]).tick(29_000);
    expect(ends(bench)).toEqual([]);
    bench.tick(60_000);
    expect(ends(bench)).toEqual(['stop p 7']);
  });

  it('leaves a Pod alone that is over, or has no deadline', () => {
    const over = running().changed('p', { ...ENDED, startedAt: 1_000 }).tick(100_000);
    expect(ends(over)).toEqual([]);
    const free = registered().commands(5, [runPod('p')]).changed('p', BEGUN).tick(100_000_000);
    expect(ends(free)).toEqual([]);
  });

  it('goes on without the broker', () => {
    const bench = running().handle({ type: 'connection', isConnected: false });
    expect(bench.machine.nextWakeAt()).toBe(61_000);
    expect(ends(bench.tick(60_000))).toEqual(['stop p 7']);
  });

  it('remembers over a restart of its process what it counts and what it has ended', () => {
    const bench = running().tick(30_000);
    bench.machine = Bench.newMachine('i-2');
    bench.start([{ namespace: 'default', name: 'pod-p', uid: 'p', owner: '', report: BEGUN }]).tick(30_000);
    expect(ends(bench)).toEqual(['stop p 7']);
    bench.machine = Bench.newMachine('i-3');
    bench.start([]).register('node-uid', 2).tick(10);
    expect(said(bench)).toMatchObject(OVERDUE);
  });
});
