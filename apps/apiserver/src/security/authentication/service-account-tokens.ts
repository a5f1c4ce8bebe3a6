import { createPublicKey, randomUUID, type KeyObject } from 'node:crypto';
import { jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { serviceAccountUser, type UserInfo } from '@everynode/kubernetes-api';
import { API_AUDIENCE } from './bearer-token.ts';

/** Who signs. */
const ISSUER = API_AUDIENCE;
const ALGORITHM = 'ES256';
const CLAIM = 'kubernetes.io';

interface ObjectName {
  readonly name: string;
  readonly uid: string;
}

/** What a token says of itself under `kubernetes.io`. */
interface AccountClaim {
  readonly namespace: string;
  readonly serviceaccount: ObjectName;
  readonly pod?: ObjectName;
  readonly secret?: ObjectName;
}

export interface TokenWish {
  readonly account: { readonly namespace: string; readonly name: string; readonly uid: string };
  /** The object with which the token ends. */
  readonly bound?: { readonly kind: 'Pod' | 'Secret'; readonly name: string; readonly uid: string };
  readonly audiences: readonly string[];
  readonly seconds: number;
}

/** Uid of an object as it is now; undefined when there is none, or when it is being deleted. */
export type UidOf = (resource: 'serviceaccounts' | 'pods' | 'secrets', namespace: string, name: string) => string | undefined;

/** Makes tokens of service accounts and knows them again, as long as what they are bound to exists. */
export class ServiceAccountTokens {
  private readonly key: KeyObject;
  private readonly publicKey: KeyObject;
  private readonly uidOf: UidOf;

  constructor(key: KeyObject, uidOf: UidOf) {
    this.key = key;
    this.publicKey = createPublicKey(key);
    this.uidOf = uidOf;
  }

  sign({ account, bound, audiences, seconds }: TokenWish, nowSeconds: number): Promise<string> {
    const claim: AccountClaim = {
      namespace: account.namespace,
      serviceaccount: { name: account.name, uid: account.uid },
      ...(bound === undefined ? {} : { [bound.kind.toLowerCase()]: { name: bound.name, uid: bound.uid } }),
    };
    return new SignJWT({ [CLAIM]: claim })
      .setProtectedHeader({ alg: ALGORITHM })
      .setIssuer(ISSUER)
      .setAudience([...audiences])
      .setSubject(serviceAccountUser(account.namespace, account.name).username)
      .setIssuedAt(nowSeconds)
      .setNotBefore(nowSeconds)
      .setExpirationTime(nowSeconds + seconds)
      .setJti(randomUUID())
      .sign(this.key);
  }

  /** The account of a token that is for one of these audiences; undefined for every other text. */
  async read(token: string, audiences: readonly string[]): Promise<UserInfo | undefined> {
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, this.publicKey, { algorithms: [ALGORITHM], issuer: ISSUER, audience: [...audiences], requiredClaims: ['exp', 'sub', CLAIM] }));
    } catch {
      return undefined;
    }
    const claim = payload[CLAIM] as AccountClaim;
    if (!this.isAlive(claim)) return undefined;
    const { namespace, serviceaccount, pod } = claim;
    return {
      ...serviceAccountUser(namespace, serviceaccount.name),
      uid: serviceaccount.uid,
      extra: {
        'authentication.kubernetes.io/credential-id': [`JTI=${payload.jti ?? ''}`],
        ...(pod === undefined ? {} : { 'authentication.kubernetes.io/pod-name': [pod.name], 'authentication.kubernetes.io/pod-uid': [pod.uid] }),
      },
    };
  }

  /** Deleting an account, or what a token is bound to, ends the token. */
  private isAlive({ namespace, serviceaccount, pod, secret }: AccountClaim): boolean {
    const holds = (resource: Parameters<UidOf>[0], object: ObjectName | undefined): boolean => object === undefined || this.uidOf(resource, namespace, object.name) === object.uid;
    return holds('serviceaccounts', serviceaccount) && holds('pods', pod) && holds('secrets', secret);
  }
}
