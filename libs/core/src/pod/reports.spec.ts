import { describe, expect, it } from 'vitest';
import type { NodeReport, PodStatusReport, TaintChange } from '../controller/input.ts';
import type { PodReport } from '../event/fleet-event.ts';
import { LIMITS } from '../kernel/limits.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { aNode, aPod, applied, FleetUnderTest, registered } from '../node/fleet-under-test.ts';
import { startLiveness } from '../node/liveness.ts';
import { reconcileNodes } from '../reconcile/nodes.ts';
import { takeNodeReports } from './reports.ts';

const running: PodReport = {
  phase: 'Running',
  ready: true,
  podIP: '10.1.0.1',
  startedAt: 0,
  containers: [{ name: 'c', state: 'running', ready: true, restartCount: 0, startedAt: 0 }],
};
const stopped: PodReport = { ...running, phase: 'Succeeded', ready: false, containers: [{ name: 'c', state: 'terminated', ready: false, restartCount: 0, exitCode: 0 }] };

interface Hall {
  readonly test: FleetUnderTest;
  readonly report: (more?: Partial<NodeReport>, agent?: string) => readonly string[];
  readonly say: (entry: Partial<PodStatusReport>) => FleetUnderTest;
}

const fleetWith = (pod: Pod): Hall => {
  const test = new FleetUnderTest().given(registered(aNode('n1')), applied(pod)).settled();
  const liveness = startLiveness(test.state, test.now);
  let revision = 0;
  const report = (more: Partial<NodeReport> = {}, agent = 'agent-1'): readonly string[] =>
    test.decide((decision) =>
      takeNodeReports(decision, liveness, { type: 'ReportNodes', agent, nodes: [{ name: 'n1', session: 1, observedEpoch: 0, observedSequence: 0, pods: [], taints: [], ...more }] }),
    );
  return {
    test,
    report,
    say: (entry) => {
      revision += 1;
      test.emitted.length = 0;
      report({ pods: [{ namespace: 'default', name: 'p', uid: 'uid-p', revision, gone: false, report: running, ...entry }] });
      return test;
    },
  };
};
const bound = aPod('p', { nodeName: 'n1' });
const ask = (test: FleetUnderTest): FleetUnderTest =>
  test.given({ type: 'pod.deletion-requested.v1', namespace: 'default', name: 'p', uid: 'uid-p', graceSeconds: 30, cause: 'api', by: 'user' });

describe('takeNodeReports', () => {
  it('turns a report into status, and only news into an event', () => {
    const { test, say } = fleetWith(bound);
    say({});
    expect(test.emitted).toMatchObject([{ type: 'pod.reported.v1', name: 'p', report: running }]);
    expect(test.pod('p')?.status).toMatchObject({ phase: 'Running', podIP: '10.1.0.1', hostIP: '10.0.0.1' });
    expect(say({}).emitted).toEqual([]);
  });

  it('shows ephemeral containers apart from the others', () => {
    const looked = aPod('p', { nodeName: 'n1', ephemeralContainers: [{ name: 'd', image: 'busybox' }] });
    const { test, say } = fleetWith(looked);
    say({});
    expect(test.pod('p')?.status).not.toHaveProperty('ephemeralContainerStatuses');
    const report: PodReport = { ...running, ephemeralContainers: [{ name: 'd', state: 'running', ready: false, restartCount: 0, startedAt: 0 }] };
    say({ report });
    expect(test.pod('p')?.status).toMatchObject({
      containerStatuses: [{ name: 'c' }],
      ephemeralContainerStatuses: [{ name: 'd', image: 'busybox', ready: false, state: { running: { startedAt: '1970-01-01T00:00:00Z' } } }],
    });
    expect(test.pod('p')?.status?.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
    expect(say({ report }).emitted).toEqual([]);
  });

  it('shows init containers, and is initialised when those that run once are through and sidecars are there', () => {
    const prepared = aPod('p', { nodeName: 'n1', initContainers: [{ name: 'prepare', image: 'prepare:1' }, { name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' }] });
    const { test, say } = fleetWith(prepared);
    const waits = { state: 'waiting', ready: false, restartCount: 0, reason: 'PodInitializing' } as const;
    const report: PodReport = { ...running, phase: 'Pending', ready: false, initContainers: [{ name: 'prepare', ...waits }, { name: 'proxy', ...waits }] };
    say({ report });
    expect(test.pod('p')?.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Initialized', status: 'False', reason: 'ContainersNotInitialized', message: 'containers with incomplete status: [prepare proxy]' }),
    );
    const through: PodReport = {
      ...running,
      initContainers: [
        { name: 'prepare', state: 'terminated', ready: true, restartCount: 0, reason: 'Completed', exitCode: 0, containerID: 'simulated://1' },
        { name: 'proxy', state: 'running', ready: true, restartCount: 0, startedAt: 0 },
      ],
    };
    say({ report: through });
    expect(test.pod('p')?.status?.conditions).toContainEqual(expect.objectContaining({ type: 'Initialized', status: 'True' }));
    expect(test.pod('p')?.status).toMatchObject({
      initContainerStatuses: [
        { name: 'prepare', image: 'prepare:1', ready: true, containerID: 'simulated://1', state: { terminated: { exitCode: 0, reason: 'Completed', containerID: 'simulated://1' } } },
        { name: 'proxy', started: true },
      ],
    });
    expect(say({ report: through }).emitted).toEqual([]);
  });

  it('shows how the run before ended, as its agent says it', () => {
    const { test, say } = fleetWith(bound);
    const last = { exitCode: 9, reason: 'Error', startedAt: 0, finishedAt: 5_000, containerID: 'simulated://1' };
    say({ report: { ...running, containers: [{ name: 'c', state: 'waiting', ready: false, restartCount: 0, reason: 'CrashLoopBackOff', containerID: 'simulated://1', last }] } });
    expect(test.pod('p')?.status?.['containerStatuses']).toMatchObject([
      {
        containerID: 'simulated://1',
        lastState: { terminated: { exitCode: 9, reason: 'Error', startedAt: '1970-01-01T00:00:00Z', finishedAt: '1970-01-01T00:00:05Z', containerID: 'simulated://1' } },
      },
    ]);
  });

  it.each<[string, PodReport]>([
    ['the name of the run', { ...running, containers: [{ name: 'c', containerID: 'simulated://2', state: 'running', ready: true, restartCount: 0 }] }],
    ['readiness', { ...running, ready: false }],
    ['the phase', { ...running, phase: 'Pending' }],
    ['the address', { ...running, podIP: '10.1.0.2' }],
    ['a reason', { ...running, reason: 'Slow' }],
    ['a message', { ...running, message: 'it is slow' }],
    ['a restart', { ...running, containers: [{ name: 'c', state: 'running', ready: true, restartCount: 1 }] }],
    ['the readiness of a container', { ...running, containers: [{ name: 'c', state: 'running', ready: false, restartCount: 0 }] }],
    ['the state of a container', { ...running, containers: [{ name: 'c', state: 'waiting', ready: true, restartCount: 0, reason: 'CrashLoopBackOff' }] }],
    ['a container that is new', { ...running, containers: [...running.containers, { name: 'd', state: 'running', ready: true, restartCount: 0 }] }],
  ])('takes %s for news', (_name, report) => {
    const { say } = fleetWith(bound);
    say({});
    expect(say({ report }).emitted).toMatchObject([{ type: 'pod.reported.v1', report }]);
    expect(say({ report }).emitted).toEqual([]);
  });

  it('tells states of a waiting and of a terminated container apart', () => {
    const { say } = fleetWith(bound);
    const waiting = (reason: string): PodReport => ({ ...running, ready: false, containers: [{ name: 'c', state: 'waiting', ready: false, restartCount: 0, reason }] });
    const ended = (exitCode: number): PodReport => ({ ...running, ready: false, containers: [{ name: 'c', state: 'terminated', ready: false, restartCount: 0, exitCode }] });
    for (const report of [waiting('ContainerCreating'), waiting('ImagePullBackOff'), ended(1), ended(2)]) {
      expect(say({ report }).emitted).toHaveLength(1);
      expect(say({ report }).emitted).toEqual([]);
    }
  });

  it('ignores a report that arrives late or twice', () => {
    const { test, say } = fleetWith(bound);
    say({ revision: 7 });
    expect(say({ revision: 7, report: stopped }).emitted).toEqual([]);
    expect(say({ revision: 6, report: stopped }).emitted).toEqual([]);
    expect(say({ revision: 8, report: stopped }).emitted).toHaveLength(1);
    expect(test.pod('p')?.status?.phase).toBe('Succeeded');
  });

  it('ignores Pods that the log does not have on this node', () => {
    const { say } = fleetWith(aPod('p', { nodeName: 'n2' }));
    expect(say({}).emitted).toEqual([]);
    expect(say({ name: 'unknown' }).emitted).toEqual([]);
    expect(fleetWith(bound).say({ uid: 'older' }).emitted).toEqual([]);
  });

  it('asks nodes to register again whose session is not the newest', () => {
    const { test, report } = fleetWith(bound);
    expect(report({ session: 2 })).toEqual(['n1']);
    expect(report({}, 'agent-2')).toEqual(['n1']);
    expect(report({ name: 'n9' })).toEqual(['n9']);
    expect(report()).toEqual([]);
    expect(test.emitted).toEqual([]);
  });

  it('does not let a Pod that is over come back to life', () => {
    const { test, say } = fleetWith(bound);
    say({ report: stopped });
    expect(say({}).emitted).toEqual([]);
    expect(test.pod('p')?.status?.phase).toBe('Succeeded');
  });

  it('lets a Pod go when its node has nothing of it left', () => {
    const { test, say } = fleetWith(bound);
    ask(test);
    say({ report: stopped });
    expect(test.pod('p')).toBeDefined();
    say({ gone: true, report: stopped });
    expect(test.emitted).toEqual([{ type: 'pod.deleted.v1', namespace: 'default', name: 'p', uid: 'uid-p', cause: 'stopped', by: 'n1' }]);
  });

  it('keeps a Pod with finalizers after it is gone, over and marked as deleted', () => {
    const { test, say } = fleetWith({ ...bound, metadata: { ...bound.metadata, finalizers: ['example.com/hold'] } });
    ask(test);
    say({ gone: true });
    expect(test.pod('p')).toMatchObject({ metadata: { deletionGracePeriodSeconds: 0 }, status: { phase: 'Failed' } });
    expect(say({ gone: true }).emitted).toEqual([]);
  });

  it('fails a Pod that vanished although it was to run', () => {
    const { test, say } = fleetWith(bound);
    say({});
    say({ gone: true });
    expect(test.pod('p')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'ContainerStatusUnknown',
      containerStatuses: [{ name: 'c', ready: false, state: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } } }],
    });
    expect(say({ gone: true }).emitted).toEqual([]);
  });
});

describe('taint changes of agents', () => {
  const change = (key: string, more: Partial<TaintChange> = {}): TaintChange => ({ key, effect: 'NoSchedule', present: true, ...more });
  const taintsOf = (test: FleetUnderTest): readonly string[] => (test.node('n1').spec?.taints ?? []).map(({ key, effect, value }) => `${key}=${value ?? ''}:${effect}`);

  it('adds, changes and removes taints, and says so once', () => {
    const { test, report } = fleetWith(bound);
    report({ taints: [change('a', { value: '1', effect: 'NoExecute' }), change('b')] });
    expect(test.emitted).toHaveLength(1);
    expect(taintsOf(test)).toEqual(['a=1:NoExecute', 'b=:NoSchedule']);
    expect(test.node('n1').spec?.taints?.[0]?.timeAdded).toBe('2026-01-01T09:30:00Z');
    report({ taints: [change('a', { value: '1', effect: 'NoExecute' }), change('b')] });
    expect(test.emitted).toHaveLength(1);
    report({ taints: [change('a', { value: '2', effect: 'NoExecute' }), change('b', { present: false }), change('c', { present: false })] });
    expect(taintsOf(test)).toEqual(['a=2:NoExecute']);
  });

  it('lets an agent add no more taints than the limit', () => {
    const { test, report } = fleetWith(bound);
    report({ taints: Array.from({ length: LIMITS.taintsPerNodeMax + 5 }, (_, index) => change(`t${index}`)) });
    expect(test.node('n1').spec?.taints).toHaveLength(LIMITS.taintsPerNodeMax);
    report({ taints: [change('t0', { present: false }), change('again')] });
    expect(taintsOf(test).at(-1)).toBe('again=:NoSchedule');
  });

  it('DS-272 turns the condition behind the taints of the node lifecycle', () => {
    const { test, report } = fleetWith(bound);
    report({ taints: [change('node.kubernetes.io/network-unavailable'), change('node.kubernetes.io/disk-pressure')] });
    expect(test.of('node.condition-changed.v1')[0]?.conditions.map(({ type, status }) => [type, status])).toEqual([
      ['NetworkUnavailable', 'True'],
      ['DiskPressure', 'True'],
    ]);
    test.decide(reconcileNodes);
    expect(taintsOf(test)).toEqual(['node.kubernetes.io/disk-pressure=:NoSchedule', 'node.kubernetes.io/network-unavailable=:NoSchedule']);
    report({ taints: [change('node.kubernetes.io/network-unavailable', { present: false })] });
    test.decide(reconcileNodes);
    expect(taintsOf(test)).toEqual(['node.kubernetes.io/disk-pressure=:NoSchedule']);
  });

  it('leaves the taints that follow Ready and cordoning to the controller', () => {
    const { test, report } = fleetWith(bound);
    report({ taints: [change('node.kubernetes.io/not-ready'), change('node.kubernetes.io/unreachable', { effect: 'NoExecute' }), change('node.kubernetes.io/unschedulable')] });
    expect(test.emitted).toEqual([]);
  });
});
