import { describe, expect, it } from 'vitest';
import { DaemonSetWorld } from '../daemonset/daemon-set-world.ts';
import { exceededQuota, PODS, roomFor } from './exceeded-quota.ts';
import { namesOf, objectCountOf, usedIn } from './quota-amounts.ts';

const quota = (name: string, spec: object): Parameters<DaemonSetWorld['put']>[0] => ({
  type: 'object.created.v1',
  resource: 'resourcequotas',
  object: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name, namespace: 'default', uid: `uid-${name}` }, spec },
  by: 'someone',
});

describe('objectCountOf', () => {
  it.each([
    ['0', 0],
    ['12', 12],
    ['1k', 1_000],
    ['2M', 2_000_000],
    ['1Ki', 1_024],
    ['3Mi', 3_145_728],
    ['1.5', undefined],
    ['-1', undefined],
    ['100m', undefined],
    ['many', undefined],
    [undefined, undefined],
  ])('reads %j as %j objects', (text, expected) => {
    expect(objectCountOf(text)).toBe(expected);
  });
});

describe('namesOf', () => {
  it.each([
    ['pods', '', ['count/pods', 'pods']],
    ['serviceaccounts', '', ['count/serviceaccounts']],
    ['daemonsets', 'apps', ['count/daemonsets.apps']],
    ['events', '', []],
  ] as const)('counts %s of group "%s" under %j', (plural, group, expected) => {
    expect(namesOf(plural, group)).toEqual(expected);
  });
});

describe('quotas of a namespace', () => {
  const world = (): DaemonSetWorld => {
    const fleet = new DaemonSetWorld().addNodes(3).addPods(2, 'node-0');
    fleet.setPhase(fleet.addPod('node-1'), 'Failed');
    return fleet;
  };

  it('count Pods that are not over as pods, and all of them as count/pods', () => {
    const { state } = world();
    expect(['pods', 'count/pods', 'count/daemonsets.apps', 'count/daemonsets', 'requests.cpu', 'count/events'].map((name) => usedIn(state, 'default', name))).toEqual([2, 3, 1, 0, undefined, undefined]);
    expect(usedIn(state, 'elsewhere', 'pods')).toBe(0);
  });

  it('follow Pods that end, come back and go', () => {
    const fleet = world();
    const name = fleet.addPod('node-2');
    const seen = (): unknown => usedIn(fleet.state, 'default', 'pods');
    expect(seen()).toBe(3);
    fleet.setPhase(name, 'Succeeded');
    expect(seen()).toBe(2);
    fleet.setPhase(name, 'Running');
    expect(seen()).toBe(3);
    fleet.setPhase(name, 'Failed');
    fleet.put({ type: 'pod.deleted.v1', namespace: 'default', name, uid: fleet.state.objects.get('pods')?.get(`default/${name}`)?.metadata.uid ?? '', cause: 'api', by: 'someone' });
    expect([seen(), usedIn(fleet.state, 'default', 'count/pods')]).toEqual([2, 3]);
  });

  it('refuse what is beyond the limit of any of them, and name what is exceeded only', () => {
    const fleet = world().put(quota('roomy', { hard: { pods: '10' } })).put(quota('tight', { hard: { pods: '2', 'count/pods': '3', secrets: '0' } }));
    expect(exceededQuota(fleet.state, 'default', PODS)).toBe('exceeded quota: tight, requested: count/pods=1,pods=1, used: count/pods=3,pods=2, limited: count/pods=3,pods=2');
    expect(exceededQuota(fleet.state, 'default', { plural: 'secrets', group: '' })).toBe('exceeded quota: tight, requested: secrets=1, used: secrets=0, limited: secrets=0');
    expect(exceededQuota(fleet.state, 'default', { plural: 'configmaps', group: '' })).toBeUndefined();
    expect(exceededQuota(fleet.state, 'elsewhere', PODS)).toBeUndefined();
  });

  it('leave room for what the tightest of them allows', () => {
    const fleet = world();
    expect(roomFor(fleet.state, 'default', PODS)).toBe(Number.POSITIVE_INFINITY);
    fleet.put(quota('roomy', { hard: { pods: '10' } })).put(quota('tight', { hard: { pods: '5', 'count/pods': '4' } }));
    expect(roomFor(fleet.state, 'default', PODS)).toBe(1);
    fleet.put(quota('over', { hard: { pods: '1' } }));
    expect(roomFor(fleet.state, 'default', PODS)).toBe(0);
  });

  it('are not enforced with scopes', () => {
    const fleet = world().put(quota('a', { hard: { pods: '0' }, scopes: ['BestEffort'] })).put(quota('b', { hard: { pods: '0' }, scopeSelector: {} }));
    expect(exceededQuota(fleet.state, 'default', PODS)).toBeUndefined();
  });

  it('DS-148 DS-150 refuse one creation in a sync aloud and the rest quietly, and keep to the limit among many nodes', () => {
    const fleet = new DaemonSetWorld().addNodes(40).put(quota('q', { hard: { pods: '15' } }));
    expect(fleet.sync().created).toBe(15);
    expect(fleet.emitted.filter((event) => event.type === 'event.recorded.v1' && event.reason === 'FailedCreate')).toHaveLength(1);
    expect(fleet.plan?.steps.filter(({ type }) => type === 'create-pod')).toHaveLength(15);
    expect(fleet.foo.status).toMatchObject({ desiredNumberScheduled: 40, currentNumberScheduled: 15, numberUnavailable: 40 });
    expect(fleet.sync()).toEqual({ created: 0, deleted: 0, events: 0 });
    expect(fleet.emitted).toEqual([]);
  });

  it('DS-62 have one node tried again after 1 s, 2 s, 4 s …, and not in between', () => {
    const fleet = new DaemonSetWorld().addNodes(3).put(quota('q', { hard: { pods: '0' } }));
    const attempts: number[] = [];
    for (let second = 0; second <= 40; second += 1) {
      fleet.at(second).sync();
      const failed = fleet.emitted.filter((event) => event.type === 'event.recorded.v1' && event.reason === 'FailedCreate');
      if (failed.length > 0) attempts.push(second);
    }
    expect(attempts).toEqual([0, 1, 3, 7, 15, 31]);
    expect(fleet.pods).toEqual([]);
  });
});
