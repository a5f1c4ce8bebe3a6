import { emptyFleet, evolveRecord, objectsOf, type Change, type Node } from '@everynode/core';
import { describe, expect, it } from 'vitest';
import { deriveLeaseChange, deriveNodeLeases } from './node-lease.ts';

const node = (heartbeat: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1', uid: 'u1', creationTimestamp: '2026-01-01T00:00:00Z' },
  status: { conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: heartbeat }] },
});

const leaseKey = 'kube-node-lease/n1';

const followed = () => {
  const state = emptyFleet();
  const changes: Change[] = [];
  state.onChange = (change) => {
    const lease = deriveLeaseChange(state, change);
    if (lease !== undefined) changes.push(lease);
  };
  return { state, changes };
};

describe('the lease of a node', () => {
  it('comes, changes and goes with the node', () => {
    const { state, changes } = followed();
    evolveRecord(state, 1, { at: 0, events: [{ type: 'node.updated.v1', node: node('2026-01-01T00:00:10Z'), by: 'test' }] });
    expect(objectsOf(state, 'leases').get(leaseKey)).toMatchObject({
      metadata: { resourceVersion: '1', ownerReferences: [{ uid: 'u1' }] },
      spec: { holderIdentity: 'n1', renewTime: '2026-01-01T00:00:10.000000Z' },
    });
    evolveRecord(state, 2, { at: 0, events: [{ type: 'node.updated.v1', node: node('2026-01-01T00:00:20Z'), by: 'test' }] });
    evolveRecord(state, 3, { at: 0, events: [{ type: 'object.deleted.v1', resource: 'nodes', namespace: '', name: 'n1', uid: 'u1', by: 'test' }] });
    expect(objectsOf(state, 'leases').size).toBe(0);
    expect(changes.map(({ before, after }) => [before?.metadata.resourceVersion, after?.metadata.resourceVersion])).toEqual([[undefined, '1'], ['1', '2'], ['2', undefined]]);
  });

  it('is there for the nodes of a snapshot', () => {
    const { state } = followed();
    state.onChange = undefined;
    evolveRecord(state, 1, { at: 0, events: [{ type: 'node.updated.v1', node: node('2026-01-01T00:00:10Z'), by: 'test' }] });
    deriveNodeLeases(state);
    expect(objectsOf(state, 'leases').has(leaseKey)).toBe(true);
  });

  it('leaves a lease of that name alone that somebody has written', () => {
    const { state, changes } = followed();
    const written = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'n1', namespace: 'kube-node-lease', uid: 'mine' } };
    evolveRecord(state, 1, { at: 0, events: [{ type: 'node.updated.v1', node: node('2026-01-01T00:00:10Z'), by: 'test' }] });
    evolveRecord(state, 2, { at: 0, events: [{ type: 'object.created.v1', resource: 'leases', object: written, by: 'test' }] });
    evolveRecord(state, 3, { at: 0, events: [{ type: 'node.updated.v1', node: node('2026-01-01T00:00:20Z'), by: 'test' }] });
    expect(objectsOf(state, 'leases').get(leaseKey)?.metadata.uid).toBe('mine');
    expect(changes).toHaveLength(1);
  });
});
