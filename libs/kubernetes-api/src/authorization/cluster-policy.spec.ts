import { describe, expect, it } from 'vitest';
import { apiPreparation } from '../write/api-preparation.ts';
import { CLUSTER_POLICY } from './cluster-policy.ts';
import { CLUSTER_ROLES } from './cluster-roles.ts';

const namesOf = (resource: string): readonly string[] => CLUSTER_POLICY.filter((entry) => entry.resource === resource).map(({ object }) => object.metadata.name);
const CONTEXT = { now: '2026-01-01T00:00:00Z', uid: 'uid-1', nameSuffix: 'x', user: 'admin', fieldManager: 'spec', fieldValidation: 'Strict', force: false } as const;

describe('CLUSTER_POLICY', () => {
  it('has an object for every role that is evaluated, and its binding where it has one', () => {
    expect(namesOf('clusterroles')).toEqual([...CLUSTER_ROLES.keys()]);
    expect(namesOf('clusterrolebindings')).toEqual(['cluster-admin', 'system:basic-user', 'system:discovery', 'system:monitoring', 'system:node']);
    expect(CLUSTER_POLICY.find(({ object }) => object.kind === 'ClusterRoleBinding')?.object).toEqual({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: {
        name: 'cluster-admin',
        labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
        annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
      },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:masters' }],
    });
  });

  it('is what the API itself would take and store', () => {
    for (const { resource, object } of CLUSTER_POLICY) {
      const target = { group: 'rbac.authorization.k8s.io', version: 'v1', resource, namespace: undefined, name: undefined, subresource: undefined };
      const prepared = apiPreparation.prepareCreate(target, object, CONTEXT);
      if (prepared.outcome === 'rejected') throw new Error(`${object.metadata.name}: ${JSON.stringify(prepared.status)}`);
      const { metadata: _, ...stored } = prepared.object;
      const { metadata: __, ...given } = object;
      expect(stored).toEqual(given);
    }
  });
});
