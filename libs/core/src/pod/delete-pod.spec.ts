import { describe, expect, it } from 'vitest';
import { aPod, applied, FleetUnderTest, runningStatus } from '../node/fleet-under-test.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { deletePod, finishPodDeletion, removePod, type PodDeletion } from './delete-pod.ts';

const why: PodDeletion = { cause: 'api', by: 'user' };
const running = aPod('p', { nodeName: 'n' }, { status: runningStatus });
const ask = (pod: Pod, deletion: Partial<PodDeletion> = {}, test = new FleetUnderTest().given(applied(pod))): FleetUnderTest => {
  test.decide((decision) => deletePod(decision, pod, { ...why, ...deletion }));
  return test;
};

describe('deletePod', () => {
  it.each([
    ['without a node', aPod('p')],
    ['that has succeeded', aPod('p', { nodeName: 'n' }, { status: { phase: 'Succeeded' } })],
    ['that has failed', aPod('p', { nodeName: 'n' }, { status: { phase: 'Failed' } })],
  ])('DS-57 removes a Pod %s at once', (_name, pod) => {
    const test = ask(pod);
    expect(test.emitted).toEqual([{ type: 'pod.deleted.v1', namespace: 'default', name: 'p', uid: 'uid-p', cause: 'api', by: 'user' }]);
    expect(test.pod('p')).toBeUndefined();
  });

  it.each([
    ['30 seconds when nothing is said', running, undefined, 30],
    ['what the Pod says', aPod('p', { nodeName: 'n', terminationGracePeriodSeconds: 5 }), undefined, 5],
    ['what the request says', aPod('p', { nodeName: 'n', terminationGracePeriodSeconds: 5 }), 7, 7],
    ['one second for a negative grace', running, -1, 1],
    ['no time for a grace of zero, and still waits for the node', running, 0, 0],
  ])('DS-57 gives a bound Pod %s', (_name, pod, asked, graceSeconds) => {
    const test = ask(pod, asked === undefined ? {} : { graceSeconds: asked });
    expect(test.emitted).toMatchObject([{ type: 'pod.deletion-requested.v1', graceSeconds }]);
    expect(test.pod('p')?.metadata).toMatchObject({ deletionGracePeriodSeconds: graceSeconds });
  });

  it('only shortens the time when asked again', () => {
    const test = ask(running, { graceSeconds: 20 });
    ask(running, { graceSeconds: 20 }, test);
    ask(running, {}, test);
    expect(test.emitted).toHaveLength(1);
    ask(running, { graceSeconds: 3 }, test);
    expect(test.of('pod.deletion-requested.v1').map((event) => event.graceSeconds)).toEqual([20, 3]);
  });

  it('leaves a Pod alone that has taken the name of the one asked for', () => {
    const test = new FleetUnderTest().given(applied(running));
    ask(aPod('p', { nodeName: 'n' }, { metadata: { uid: 'older' } }), {}, test);
    expect(test.emitted).toEqual([]);
  });

  it('keeps a Pod with finalizers, marked as deleted, until they are gone', () => {
    const held = aPod('p', {}, { metadata: { finalizers: ['example.com/hold'] } });
    const test = ask(held);
    expect(test.pod('p')?.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T09:30:00Z', deletionGracePeriodSeconds: 0 });
    ask(held, {}, test);
    expect(test.emitted).toHaveLength(1);
    test.decide((decision) => finishPodDeletion(decision, held));
    expect(test.emitted).toHaveLength(1);
    test.given({ type: 'object.metadata-changed.v1', resource: 'pods', namespace: 'default', name: 'p', uid: 'uid-p', metadata: { finalizers: [] }, by: 'x' });
    test.decide((decision) => finishPodDeletion(decision, held));
    expect(test.pod('p')).toBeUndefined();
  });

  it('does not take a bound Pod for finished because its finalizers are gone', () => {
    const test = ask(running);
    test.decide((decision) => finishPodDeletion(decision, running));
    expect(test.pod('p')).toBeDefined();
    test.decide((decision) => removePod(decision, running, { cause: 'stopped', by: 'n' }));
    expect(test.pod('p')).toBeUndefined();
  });
});
