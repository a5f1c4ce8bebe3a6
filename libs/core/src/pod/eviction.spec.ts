import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Pod, Taint, Toleration } from '../kubernetes/objects.ts';
import { takeDue } from '../kernel/delay-queue.ts';
import { aDaemonSet, aNode, aPod, applied, FleetUnderTest, ownedBy, registered } from '../node/fleet-under-test.ts';
import { evictPods, toleratedSeconds } from './eviction.ts';

const taint = (key: string): Taint => ({ key, effect: 'NoExecute' });
const forSeconds = (key: string, tolerationSeconds?: number): Toleration => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
});

const reconcile = (test: FleetUnderTest): FleetUnderTest => {
  for (const key of takeDue(test.state.wakeups, test.now)) test.state.dirty.pods.add(key.split(' ')[1] ?? '');
  test.decide(evictPods);
  test.state.dirty.nodes.clear();
  test.state.dirty.pods.clear();
  return test;
};
const fleetWith = (pod: Pod, taints: readonly Taint[] = []): FleetUnderTest => reconcile(new FleetUnderTest().given(registered(aNode('n1', { taints })), applied(pod)));
const tolerating = (...tolerations: readonly Toleration[]): Pod => aPod('p', { nodeName: 'n1', tolerations });
const setTaints = (test: FleetUnderTest, ...taints: readonly Taint[]): FleetUnderTest => {
  test.decide((decision) => decision.emit({ type: 'node.taints-changed.v1', name: 'n1', taints, by: 'user' }));
  test.emitted.length = 0;
  return reconcile(test);
};
const isEvicted = (test: FleetUnderTest): boolean => test.of('pod.deletion-requested.v1').length > 0;
const dueAfter = (test: FleetUnderTest): number | undefined => {
  const eviction = test.state.evictions.get('uid-p');
  return eviction && (eviction.dueAt - eviction.startedAt) / 1000;
};

describe('evictPods', () => {
  it('DS-280 deletes a Pod that does not tolerate a NoExecute taint, at once', () => {
    const test = setTaints(fleetWith(tolerating(forSeconds('a'))), taint('a'), taint('b'));
    expect(test.of('pod.deletion-requested.v1')).toMatchObject([{ name: 'p', cause: 'taint', by: 'taint-eviction-controller', graceSeconds: 30 }]);
  });

  it.each(['NoSchedule', 'PreferNoSchedule'] as const)('DS-280 ignores a taint with effect %s', (effect) => {
    const test = setTaints(fleetWith(aPod('p', { nodeName: 'n1' })), { key: 'a', effect });
    expect(test.emitted).toEqual([]);
  });

  it('DS-280 cancels a waiting eviction when it deletes at once', () => {
    const test = setTaints(fleetWith(tolerating(forSeconds('a', 60)), [taint('a')]), taint('a'), taint('b'));
    expect(test.emitted.map(({ type }) => type)).toEqual([
      'pod.eviction-cancelled.v1',
      'event.recorded.v1',
      'event.recorded.v1',
      'pod.condition-changed.v1',
      'pod.deletion-requested.v1',
    ]);
  });

  it.each<[string, readonly Toleration[], number | undefined]>([
    ['the minimum of the tolerationSeconds used', [forSeconds('a', 60), forSeconds('b', 20)], 20],
    ['the limit that is set when another is not', [forSeconds('a'), forSeconds('b', 20)], 20],
    ['the first toleration that matches a taint', [forSeconds('a', 60), forSeconds('a', 5), forSeconds('b', 90)], 60],
    ['no limit when none is set', [forSeconds('a'), forSeconds('b')], undefined],
    ['no notice of tolerations that are not used', [forSeconds('c', 1), forSeconds('a', 60), forSeconds('b')], 60],
  ])('DS-281 takes %s', (_name, tolerations, seconds) => {
    const test = setTaints(fleetWith(tolerating(...tolerations)), taint('a'), taint('b'));
    expect(dueAfter(test)).toBe(seconds);
    expect(isEvicted(test)).toBe(false);
  });

  it.each([0, -5])('DS-281 takes %i seconds as at once', (seconds) => {
    expect(isEvicted(setTaints(fleetWith(tolerating(forSeconds('a', seconds))), taint('a')))).toBe(true);
  });

  it('DS-282 deletes when the time has come, not before', () => {
    const test = setTaints(fleetWith(tolerating(forSeconds('a', 60))), taint('a'));
    expect(isEvicted(reconcile(test.after(59_999)))).toBe(false);
    expect(isEvicted(reconcile(test.after(1)))).toBe(true);
  });

  it('DS-282 leaves what is scheduled when the limit changes later', () => {
    const test = setTaints(fleetWith(tolerating(forSeconds('a', 60), forSeconds('b', 10))), taint('a'));
    setTaints(test.after(1000), taint('a'), taint('b'));
    expect(dueAfter(test)).toBe(60);
    setTaints(test.after(1000), taint('b'));
    expect(dueAfter(test)).toBe(60);
    expect(test.emitted).toEqual([]);
  });

  it('DS-282 replaces what was scheduled at the same moment', () => {
    const test = setTaints(fleetWith(tolerating(forSeconds('a', 60), forSeconds('b', 10))), taint('a'));
    setTaints(test, taint('a'), taint('b'));
    expect(dueAfter(test)).toBe(10);
    expect(test.of('pod.eviction-cancelled.v1')).toHaveLength(1);
    test.emitted.length = 0;
    test.state.dirty.pods.add('default/p');
    expect(reconcile(test).emitted).toEqual([]);
  });

  it('DS-282 cancels when no limit is left', () => {
    const test = setTaints(fleetWith(tolerating(forSeconds('a', 60), forSeconds('b'))), taint('a'), taint('b'));
    setTaints(test.after(1000), taint('b'));
    expect(test.of('pod.eviction-cancelled.v1')).toHaveLength(1);
    expect(isEvicted(reconcile(test.after(3_600_000)))).toBe(false);
  });

  it('DS-283 cancels when all taints are removed', () => {
    const test = setTaints(fleetWith(tolerating(forSeconds('a', 60))), taint('a'));
    setTaints(test.after(1000));
    expect(test.reasons()).toEqual(['TaintManagerEviction: Cancelling deletion of Pod default/p']);
    expect(isEvicted(reconcile(test.after(3_600_000)))).toBe(false);
  });

  it('DS-284 says so, marks the Pod as disrupted and then deletes it with its own grace period', () => {
    const test = setTaints(fleetWith(aPod('p', { nodeName: 'n1', terminationGracePeriodSeconds: 7 })), taint('a'));
    expect(test.reasons()).toEqual(['TaintManagerEviction: Marking for deletion Pod default/p']);
    expect(test.pod('p')?.status?.conditions).toEqual([
      {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'DeletionByTaintManager',
        message: 'Taint manager: deleting due to NoExecute taint',
        lastProbeTime: null,
        lastTransitionTime: '2026-01-01T09:30:00Z',
      },
    ]);
    expect(test.of('pod.deletion-requested.v1')).toMatchObject([{ graceSeconds: 7 }]);
  });

  it('DS-284 evicts once', () => {
    const test = setTaints(fleetWith(aPod('p', { nodeName: 'n1' })), taint('a'));
    setTaints(test, taint('a'), taint('b'));
    expect(test.emitted).toEqual([]);
  });

  it('DS-285 looks again when a Pod gains a toleration or comes to a node', () => {
    const test = setTaints(fleetWith(tolerating(forSeconds('a', 60))), taint('a'));
    test.given({ type: 'pod.updated.v1', namespace: 'default', name: 'p', uid: 'uid-p', pod: tolerating(forSeconds('a')), by: 'user' });
    reconcile(test.after(1));
    expect(test.of('pod.eviction-cancelled.v1')).toHaveLength(1);
    test.given(applied(aPod('q')));
    expect(reconcile(test).emitted).toEqual([]);
    test.given({ type: 'pod.bound.v1', namespace: 'default', name: 'q', uid: 'uid-q', node: 'n1' });
    expect(reconcile(test).of('pod.deletion-requested.v1')).toMatchObject([{ name: 'q' }]);
  });

  it('DS-286 spares a Pod of a DaemonSet only for what it tolerates', () => {
    const owned = aPod('p', { nodeName: 'n1', tolerations: [forSeconds('node.kubernetes.io/unreachable')] }, { metadata: ownedBy(aDaemonSet('web')) });
    const test = setTaints(fleetWith(owned), taint('node.kubernetes.io/unreachable'));
    expect(test.emitted).toEqual([]);
    expect(isEvicted(setTaints(test, taint('node.kubernetes.io/unreachable'), taint('other')))).toBe(true);
  });

  it('keeps its appointments under a new leader', () => {
    const test = setTaints(fleetWith(tolerating(forSeconds('a', 60))), taint('a'));
    for (const key of takeDue(test.state.wakeups, Number.MAX_SAFE_INTEGER)) expect(key).toBe('pod default/p');
    test.state.dirty.pods.add('default/p');
    reconcile(test.after(30_000));
    expect(isEvicted(reconcile(test.after(30_000)))).toBe(true);
  });
});

describe('toleratedSeconds', () => {
  const outcomes = new Set<string>();
  const keys = fc.constantFrom('a', 'b', 'c');
  const toleration: fc.Arbitrary<Toleration> = fc.record(
    { key: fc.option(keys, { nil: undefined }), tolerationSeconds: fc.option(fc.integer({ min: -2, max: 5 }), { nil: undefined }) },
  ).map(({ key, tolerationSeconds }) => ({ operator: 'Exists', ...(key === undefined ? {} : { key }), ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }) }));

  it('DS-281 gives no Pod more time than any toleration that is used for a taint, whatever the order of taints', () => {
    fc.assert(
      fc.property(fc.array(keys, { minLength: 1, maxLength: 4 }), fc.array(toleration, { maxLength: 5 }), (taintKeys, tolerations) => {
        const taints = taintKeys.map(taint);
        const seconds = toleratedSeconds(taints, tolerations);
        outcomes.add(seconds === undefined ? 'untolerated' : Number.isFinite(seconds) ? (seconds === 0 ? 'now' : 'limited') : 'unlimited');
        expect(toleratedSeconds(taints.toReversed(), tolerations)).toBe(seconds);
        const each = taints.map((entry) => toleratedSeconds([entry], tolerations));
        expect(seconds).toBe(each.includes(undefined) ? undefined : Math.min(...each.map((entry) => entry ?? 0)));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  afterAll(() => expect([...outcomes].toSorted()).toEqual(['limited', 'now', 'unlimited', 'untolerated']));
});
