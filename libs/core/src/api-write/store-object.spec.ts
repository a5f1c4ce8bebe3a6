import { describe, expect, it } from 'vitest';
import { LIMITS } from '../kernel/limits.ts';
import { objectsOf } from '../fleet/state.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { aDaemonSet, aPod, created, FleetUnderTest, runningStatus } from '../node/fleet-under-test.ts';
import { isSameJson } from './same-json.ts';
import { storeChanged, storeNew } from './store-object.ts';

const typeOf = (resource: string, before: KubernetesObject, after: KubernetesObject): string | undefined => {
  const test = new FleetUnderTest();
  test.decide((decision) => storeChanged(decision, resource, { before, after }, 'user'));
  return test.emitted[0]?.type;
};

describe('storeChanged', () => {
  const web = aDaemonSet('web');

  it.each<[string, KubernetesObject, string]>([
    ['the template', { ...web, spec: { ...web.spec, template: { spec: { containers: [] } } } }, 'daemonset.template-changed.v1'],
    ['the rest of the spec', { ...web, spec: { ...web.spec, minReadySeconds: 1 } }, 'daemonset.spec-changed.v1'],
    ['metadata', { ...web, metadata: { ...web.metadata, labels: { a: 'b' } } }, 'daemonset.metadata-changed.v1'],
    ['status alone', { ...web, metadata: { ...web.metadata, resourceVersion: '7' }, status: { numberReady: 1 } }, 'daemonset.status-changed.v1'],
  ])('says of a DaemonSet that %s has changed', (_name, after, type) => {
    expect(typeOf('daemonsets', web, after)).toBe(type);
  });

  it('carries no more of a Pod than its status when nothing else has changed', () => {
    expect(typeOf('pods', aPod('p'), aPod('p', {}, { status: runningStatus }))).toBe('pod.status-changed.v1');
    expect(typeOf('pods', aPod('p'), aPod('p', { nodeName: 'n1' }))).toBe('pod.updated.v1');
  });
});

describe('storeNew', () => {
  it('makes room for an event that a client writes when there are too many', () => {
    const event = (index: number): KubernetesObject => ({ apiVersion: 'v1', kind: 'Event', metadata: { name: `e${index}`, namespace: 'default', uid: `u${index}` } });
    const test = new FleetUnderTest().given(...Array.from({ length: LIMITS.eventsMax }, (_, index) => created('events', event(index))));
    test.decide((decision) => storeNew(decision, 'events', event(LIMITS.eventsMax), 'user'));
    expect(objectsOf(test.state, 'events').size).toBe(LIMITS.eventsMax);
    expect(test.of('object.deleted.v1')).toMatchObject([{ name: 'e0' }]);
  });
});

describe('isSameJson', () => {
  it.each<[unknown, unknown, boolean]>([
    [{ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }, true],
    [{ a: undefined }, {}, true],
    [{ a: null }, {}, false],
    [[1, 2], [2, 1], false],
    [[1], [1, 2], false],
    [[], {}, false],
    ['1', 1, false],
    [null, {}, false],
  ])('compares %j with %j', (left, right, isSame) => {
    expect(isSameJson(left, right)).toBe(isSame);
    expect(isSameJson(right, left)).toBe(isSame);
  });
});
