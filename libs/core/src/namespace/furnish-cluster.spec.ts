import { describe, expect, it } from 'vitest';
import { deleteObject } from '../garbage/delete-object.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { created, FleetUnderTest } from '../node/fleet-under-test.ts';
import { AUTOUPDATE, furnishCluster, updateFurnishings, type ClusterFurnishing } from './furnish-cluster.ts';

const READ = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
const LIST = { apiGroups: [''], resources: ['pods'], verbs: ['list'] };
const VIEW: ClusterFurnishing = {
  resource: 'clusterroles',
  object: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'view', annotations: { [AUTOUPDATE]: 'true' } }, rules: [READ, LIST] },
};
const viewOf = (test: FleetUnderTest): KubernetesObject => test.get('clusterroles', undefined, 'view') as KubernetesObject;
const furnished = (): FleetUnderTest => {
  const test = new FleetUnderTest();
  test.decide((decision) => furnishCluster(decision, [VIEW]));
  return test;
};
const change = (test: FleetUnderTest, object: KubernetesObject): void => {
  test.given({ type: 'object.updated.v1', resource: 'clusterroles', object, by: 'jane' });
};
const update = (test: FleetUnderTest): void => test.decide((decision) => updateFurnishings(decision, [VIEW]));

describe('furnishCluster', () => {
  it('creates what every cluster has, once', () => {
    const test = furnished();
    test.decide((decision) => furnishCluster(decision, [VIEW]));
    expect(test.of('object.created.v1')).toHaveLength(1);
    expect(viewOf(test)).toMatchObject({ metadata: { name: 'view', creationTimestamp: '2026-01-01T09:30:00Z' }, rules: [READ, LIST] });
    expect(viewOf(test).metadata.uid).not.toBe('');
  });

  it('makes again what somebody deleted', () => {
    const test = furnished();
    const { uid } = viewOf(test).metadata;
    test.decide((decision) => deleteObject(decision, 'clusterroles', viewOf(test), { by: 'jane', cause: 'api' }));
    expect(test.get('clusterroles', undefined, 'view')).toBeUndefined();
    test.decide((decision) => furnishCluster(decision, [VIEW]));
    expect(viewOf(test).metadata.uid).not.toBe(uid);
  });
});

describe('updateFurnishings', () => {
  it('adds the rules that a role lacks and keeps those that somebody added', () => {
    const test = furnished();
    const mine = { apiGroups: ['example.com'], resources: ['things'], verbs: ['get'] };
    // The order of the members of a rule is no difference.
    const turned = { verbs: ['get'], resources: ['pods'], apiGroups: [''] };
    change(test, { ...viewOf(test), rules: [mine, turned] });
    update(test);
    expect(viewOf(test)['rules']).toEqual([mine, turned, LIST]);
    test.emitted.length = 0;
    update(test);
    expect(test.emitted).toEqual([]);
  });

  it('leaves a role alone that was written before the cluster had it as an object, or that says so', () => {
    for (const annotations of [undefined, { [AUTOUPDATE]: 'false' }]) {
      const own = { ...VIEW.object, metadata: { name: 'view', uid: 'mine', ...(annotations === undefined ? {} : { annotations }) }, rules: [READ] };
      const test = new FleetUnderTest().given(created('clusterroles', own));
      test.decide((decision) => furnishCluster(decision, [VIEW]));
      update(test);
      expect(test.emitted).toEqual([]);
      expect(viewOf(test)['rules']).toEqual([READ]);
    }
  });
});
