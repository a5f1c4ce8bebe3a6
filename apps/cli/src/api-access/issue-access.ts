import { openAuthority, type ClientSubject } from '@everynode/certificates';
import { MASTERS_GROUP } from '@everynode/kubernetes-api';
import type { ApiAccess } from './api-access.ts';

/** Whoever started the fleet; the same user as everyone on a server that asks for no credentials. */
export const ADMINISTRATOR: ClientSubject = { user: 'system:admin', groups: [MASTERS_GROUP] };

export const CERTIFICATE_DAYS = 365;

/** Access for a user to an API server of this folder's authority, which is made when it is missing. Throws CertificateFolderError. */
export const issueAccess = async (url: string, tlsDir: string, subject: ClientSubject, days: number): Promise<ApiAccess> => {
  const authority = await openAuthority(tlsDir);
  const { certificate, privateKey } = await authority.issueClient(subject, days);
  return { url, ca: authority.certificate, cert: certificate, key: privateKey };
};
