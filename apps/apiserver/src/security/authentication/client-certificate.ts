import { AUTHENTICATED_GROUP, type UserInfo } from '@everynode/kubernetes-api';
import type { Authenticator } from './authenticator.ts';
import { tlsSocketOf, type RawRequest } from './credentials.ts';

interface Identity {
  readonly user: UserInfo;
  /** Milliseconds since 1970; a connection may live longer than the certificate that it was opened with. */
  readonly validFrom: number;
  readonly validTo: number;
}

const listed = (value: string | readonly string[] | undefined): readonly string[] => {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
};

const identityOf = (request: RawRequest): Identity | undefined => {
  const socket = tlsSocketOf(request);
  // The handshake has checked the chain and that the certificate is one for clients.
  if (socket?.authorized !== true) return undefined;
  const certificate = socket.getPeerCertificate();
  const [username] = listed(certificate.subject?.CN);
  if (username === undefined || username === '') return undefined;
  return {
    user: { username, groups: [...new Set([...listed(certificate.subject.O), AUTHENTICATED_GROUP])] },
    validFrom: Date.parse(certificate.valid_from),
    validTo: Date.parse(certificate.valid_to),
  };
};

/** The user of a client certificate: its common name, with its organisations as groups. */
export const clientCertificate = (clock: () => number): Authenticator => {
  const known = new WeakMap<object, Identity | 'nobody'>();
  return (request) => {
    const connection = request.stream?.session ?? request.socket;
    let identity = known.get(connection);
    if (identity === undefined) {
      identity = identityOf(request) ?? 'nobody';
      known.set(connection, identity);
    }
    const now = clock();
    return identity !== 'nobody' && now >= identity.validFrom && now <= identity.validTo ? identity.user : undefined;
  };
};
