import type { ClientSubject } from '@everynode/certificates';
import { CERTIFICATE_ROLES, roleGroup, type CertificateRole } from '@everynode/kubernetes-api';
import { ADMINISTRATOR } from '../api-access/issue-access.ts';
import { UsageError } from '../terminal/command-failed.ts';

export const ROLES = [...CERTIFICATE_ROLES, 'node'] as const;

export interface WantedSubject {
  readonly user?: string;
  readonly role?: string;
  readonly namespace?: string;
  readonly group: readonly string[];
}

const isCertificateRole = (role: string): role is CertificateRole => (CERTIFICATE_ROLES as readonly string[]).includes(role);

/** Whom a certificate is to be made out for. Throws UsageError for wishes that contradict each other. */
export const subjectOf = ({ user, role, namespace, group }: WantedSubject): ClientSubject => {
  if (user === undefined) {
    if (role !== undefined || group.length > 0) throw new UsageError('--role and --group are about a user: name one with --user');
    return ADMINISTRATOR;
  }
  if (user === '') throw new UsageError('--user: a certificate is made out for a name');
  if (role === 'node') {
    if (namespace !== undefined) throw new UsageError('--role node has no --namespace: nodes belong to none');
    return { user: user.startsWith('system:node:') ? user : `system:node:${user}`, groups: ['system:nodes', ...group] };
  }
  if (role === undefined) return { user, groups: group };
  if (!isCertificateRole(role)) throw new UsageError(`--role: expected one of ${ROLES.join(', ')}`);
  return { user, groups: [roleGroup(role, namespace), ...group] };
};
