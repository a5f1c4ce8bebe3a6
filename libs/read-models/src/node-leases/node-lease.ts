import { fromRfc3339, keyOfObject, nodesOf, toMicroTime, type Change, type FleetState, type KubernetesObject, type Node } from '@everynode/core';

export const NODE_LEASE_NAMESPACE = 'kube-node-lease';

const LEASE_SECONDS = 40;

const renewTimeOf = (node: Node): string | undefined => {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  const seen = ready?.lastHeartbeatTime ?? ready?.lastTransitionTime;
  const at = seen === undefined ? undefined : fromRfc3339(seen);
  return at === undefined ? undefined : toMicroTime(at);
};

/**
 * The Lease under which Kubernetes' clients look for a node's heartbeat. Heartbeats are not in the log, only what follows from them is; so `renewTime` is the
 * last one that the log knows of.
 */
export const nodeLeaseOf = (node: Node): KubernetesObject => {
  const { name, uid, creationTimestamp, resourceVersion } = node.metadata;
  const renewTime = renewTimeOf(node);
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name,
      namespace: NODE_LEASE_NAMESPACE,
      uid: `${uid}-lease`,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }],
    },
    spec: { holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, ...(renewTime === undefined ? {} : { renewTime }) },
  };
};

const leasesOf = (state: FleetState): Map<string, KubernetesObject> => {
  const present = state.objects.get('leases');
  if (present !== undefined) return present;
  const table = new Map<string, KubernetesObject>();
  state.objects.set('leases', table);
  return table;
};

/** Puts the lease of each node beside the stored leases of a state that was read from a snapshot. */
export const deriveNodeLeases = (state: FleetState): void => {
  const leases = leasesOf(state);
  for (const node of nodesOf(state).values()) {
    const lease = nodeLeaseOf(node);
    if (!leases.has(keyOfObject(lease))) leases.set(keyOfObject(lease), lease);
  }
};

/**
 * Keeps the leases of nodes with the nodes, in a state that is only read: takes one change of the fold, changes the lease with the node, and gives that change.
 * A lease of the same name that somebody has written is left alone.
 */
export const deriveLeaseChange = (state: FleetState, { resource, before, after }: Change): Change | undefined => {
  const node = after ?? before;
  if (resource !== 'nodes' || node === undefined) return undefined;
  const lease = nodeLeaseOf(node);
  const key = keyOfObject(lease);
  const leases = leasesOf(state);
  const present = leases.get(key);
  if (present !== undefined && before !== undefined && present.metadata.uid !== nodeLeaseOf(before).metadata.uid) return undefined;
  if (after === undefined) leases.delete(key);
  else leases.set(key, lease);
  return { resource: 'leases', key, before: present, after: after === undefined ? undefined : lease };
};
