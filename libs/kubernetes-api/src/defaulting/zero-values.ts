import type { SchemaNode } from '../schema/schema-node.ts';

/**
 * Fields whose zero (`0`, `false`) differs from absence. All other zeros are left out of the stored form, so that
 * `hostNetwork: false` and no `hostNetwork` are the same object and cause no rollout.
 */
const FIELDS_WITH_MEANINGFUL_ZERO: ReadonlySet<string> = new Set(
  `activeDeadlineSeconds allowPrivilegeEscalation automountServiceAccountToken blockOwnerDeletion collisionCount
   controller defaultMode deletionGracePeriodSeconds enableServiceLinks expirationSeconds fsGroup gracePeriodSeconds
   hostProcess hostUsers immutable leaseDurationSeconds leaseTransitions lun maxSurge maxUnavailable minDomains mode
   optional orphanDependents priority privileged readOnlyRootFilesystem replicas revisionHistoryLimit runAsGroup
   runAsNonRoot runAsUser setHostnameAsFQDN shareProcessNamespace started terminationGracePeriodSeconds
   tolerationSeconds user`.split(/\s+/),
);

/** The same for empty texts, by definition and field because the names are common words. */
const FIELDS_WITH_MEANINGFUL_EMPTY_TEXT: ReadonlySet<string> = new Set([
  'GRPCAction.service',
  'HostPathVolumeSource.type',
  'PersistentVolumeClaimSpec.storageClassName',
  'LeaseSpec.holderIdentity',
]);

/** Whether the stored form leaves this scalar out. Required fields are always written. */
export const isOmittedZero = (owner: SchemaNode, ownerName: string, field: string, value: unknown): boolean => {
  if (value === '') {
    return !(owner.required ?? []).includes(field) && !FIELDS_WITH_MEANINGFUL_EMPTY_TEXT.has(`${ownerName}.${field}`);
  }
  if (value !== 0 && value !== false) return false;
  return !(owner.required ?? []).includes(field) && !FIELDS_WITH_MEANINGFUL_ZERO.has(field);
};

/** Zero of a required number or flag, which the wire form carries even when nobody set it; undefined for others. */
export const requiredZero = (node: SchemaNode): 0 | false | undefined => {
  if (node.intOrString === true) return undefined;
  if (node.type === 'integer') return 0;
  return node.type === 'boolean' ? false : undefined;
};
