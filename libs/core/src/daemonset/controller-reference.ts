import type { DaemonSet, OwnerReference } from '../kubernetes/objects.ts';

/** How Pods and revisions name the DaemonSet that controls them. */
export const controllerReference = ({ metadata: { name, uid } }: DaemonSet): OwnerReference => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
});
