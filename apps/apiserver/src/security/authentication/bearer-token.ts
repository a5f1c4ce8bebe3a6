import type { UserInfo } from '@everynode/kubernetes-api';
import type { Authenticator } from './authenticator.ts';
import { headerValues, type RawRequest } from './credentials.ts';

const SCHEME = /^bearer +(\S+) *$/i;
/** How browsers, which cannot set a header on a WebSocket, bring their token. */
const PROTOCOL_PREFIX = 'base64url.bearer.authorization.k8s.io.';

const tokenOf = (request: RawRequest): string | undefined => {
  const [, token] = SCHEME.exec(request.headers.authorization ?? '') ?? [];
  if (token !== undefined) return token;
  const protocols = headerValues(request, 'sec-websocket-protocol').flatMap((value) => value.split(',').map((protocol) => protocol.trim()));
  const carrier = protocols.find((protocol) => protocol.startsWith(PROTOCOL_PREFIX));
  return carrier === undefined ? undefined : Buffer.from(carrier.slice(PROTOCOL_PREFIX.length), 'base64url').toString();
};

/** What a token is for when nobody says otherwise: this API. */
export const API_AUDIENCE = 'https://kubernetes.default.svc.cluster.local';

/** Whom a token stands for before any of these audiences; undefined for one that is not known, or for others. */
export type TokenReader = (token: string, audiences: readonly string[]) => UserInfo | undefined | Promise<UserInfo | undefined>;

/** What the first of several readers that knows a token says. */
export const readToken = async (readers: readonly TokenReader[], token: string, audiences: readonly string[] = [API_AUDIENCE]): Promise<UserInfo | undefined> => {
  for (const read of readers) {
    const user = await read(token, audiences);
    if (user !== undefined) return user;
  }
  return undefined;
};

/** The user of the bearer token of a request. */
export const bearerToken =
  (readers: readonly TokenReader[]): Authenticator =>
  (request) => {
    const token = tokenOf(request);
    return token === undefined ? undefined : readToken(readers, token);
  };
