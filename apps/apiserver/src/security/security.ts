import { Authorizer, AUTHENTICATED_GROUP, MASTERS_GROUP, type UserInfo } from '@everynode/kubernetes-api';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { keyOf, objectsOf, podsOf, type FleetState } from '@everynode/core';
import { anyOf, type Authenticator } from './authentication/authenticator.ts';
import { bearerToken, type TokenReader } from './authentication/bearer-token.ts';
import { clientCertificate } from './authentication/client-certificate.ts';
import { ServiceAccountTokens, type UidOf } from './authentication/service-account-tokens.ts';
import { tokenFile } from './authentication/token-file.ts';
import { fleetBelongings, fleetPolicy } from './authorization/fleet-policy.ts';
import { Gate } from './gate.ts';
import type { TransportSecurity } from './tls/transport-security.ts';
import { TokenRequests, type TokenRequestParts } from './token-requests.ts';

/** Everyone who reaches a server that asks for no credentials. */
const ADMINISTRATOR: UserInfo = { username: 'system:admin', groups: [MASTERS_GROUP, AUTHENTICATED_GROUP] };

export interface SecurityParts {
  readonly state: () => FleetState;
  /** Undefined for plain HTTP. */
  readonly transport: TransportSecurity | undefined;
  readonly tokenAuthFile: string | undefined;
  readonly clock: () => number;
}

/** What decides who comes in, and what answers questions about that. */
export interface Security {
  readonly gate: Gate;
  readonly authorizer: Authorizer;
  readonly tokenReaders: readonly TokenReader[];
  readonly tokenRequests: TokenRequests;
}

const uidIn =
  (state: () => FleetState): UidOf =>
  (resource, namespace, name) => {
    const metadata = objectsOf(state(), resource).get(keyOf(namespace, name))?.metadata;
    return metadata === undefined || metadata.deletionTimestamp !== undefined ? undefined : metadata.uid;
  };

const podIn =
  (state: () => FleetState): TokenRequestParts['podOf'] =>
  (namespace, name) => {
    const spec = podsOf(state()).get(keyOf(namespace, name))?.spec;
    if (spec === undefined) return undefined;
    const { serviceAccountName: account = 'default' } = spec as { readonly serviceAccountName?: string };
    return { account, node: spec.nodeName };
  };

/** Tokens of a server without a folder end with it. */
const passingKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;

/** Throws an Error when the file of tokens cannot be read. */
export const composeSecurity = ({ state, transport, tokenAuthFile, clock }: SecurityParts): Security => {
  const authorizer = new Authorizer(fleetPolicy(state), fleetBelongings(state));
  const uidOf = uidIn(state);
  const accounts = new ServiceAccountTokens(transport?.serviceAccountKey ?? passingKey(), uidOf);
  const tokenReaders: readonly TokenReader[] = [...(tokenAuthFile === undefined ? [] : [tokenFile(tokenAuthFile)]), (token, audiences) => accounts.read(token, audiences)];
  const known: Authenticator = anyOf([clientCertificate(clock), bearerToken(tokenReaders)]);
  const everybody: Authenticator = () => ADMINISTRATOR;
  return {
    gate: new Gate(transport === undefined ? everybody : known, authorizer),
    authorizer,
    tokenReaders,
    tokenRequests: new TokenRequests({ tokens: accounts, uidOf, podOf: podIn(state), clock }),
  };
};
