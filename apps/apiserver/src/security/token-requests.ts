import { badRequestStatus, forbiddenStatus, invalid, invalidStatus, nodeOfUser, notFoundStatus, type FieldError, type UserInfo } from '@everynode/kubernetes-api';
import { jsonAnswer, StatusError, type Answer } from '../http/answer.ts';
import { API_AUDIENCE } from './authentication/bearer-token.ts';
import type { ServiceAccountTokens, TokenWish, UidOf } from './authentication/service-account-tokens.ts';

const SECONDS_DEFAULT = 3_600;
const SECONDS_MIN = 600;
const SECONDS_MAX = 2 ** 32;
const AUDIENCES_MAX = 100;

interface TokenRequestSpec {
  readonly audiences?: readonly string[];
  readonly expirationSeconds?: number;
  readonly boundObjectRef?: { readonly apiVersion?: string; readonly kind?: string; readonly name?: string; readonly uid?: string };
}

/** What of a Pod decides which tokens can be bound to it. */
export interface PodOfToken {
  readonly account: string;
  /** Undefined while it has none. */
  readonly node: string | undefined;
}

export interface TokenRequestParts {
  readonly tokens: ServiceAccountTokens;
  readonly uidOf: UidOf;
  /** Undefined when there is no such Pod. */
  readonly podOf: (namespace: string, name: string) => PodOfToken | undefined;
  readonly clock: () => number;
}

const mistakes = ({ audiences = [], expirationSeconds: seconds = SECONDS_DEFAULT }: TokenRequestSpec): readonly FieldError[] => [
  ...(seconds < SECONDS_MIN ? [invalid('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes')] : []),
  ...(seconds > SECONDS_MAX ? [invalid('spec.expirationSeconds', seconds, 'may not specify a duration larger than 2^32 seconds')] : []),
  ...(audiences.length > AUDIENCES_MAX ? [invalid('spec.audiences', audiences.length, `at most ${AUDIENCES_MAX}`)] : []),
];

/** Answers `serviceaccounts/token`: what `kubectl create token` asks for. */
export class TokenRequests {
  private readonly parts: TokenRequestParts;

  constructor(parts: TokenRequestParts) {
    this.parts = parts;
  }

  /**
   * `user` asks. Throws a StatusError: 404 without such an account, 422 for what it may not ask for, 400 and 403 for an object that the token cannot be bound to,
   * and for a node that asks for a token of no Pod of its own.
   */
  async create({ namespace, name }: { readonly namespace: string; readonly name: string }, body: unknown, user: UserInfo): Promise<Answer> {
    const { metadata, spec = {} } = (body ?? {}) as { readonly metadata?: { readonly name?: string }; readonly spec?: TokenRequestSpec };
    this.checkNode(namespace, name, spec, user);
    const named = metadata?.name ?? '';
    const errors = [...mistakes(spec), ...(named === '' || named === name ? [] : [invalid('metadata.name', named, 'must match the service account name if specified')])];
    if (errors.length > 0) throw new StatusError(invalidStatus({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, name, errors));
    const uid = this.parts.uidOf('serviceaccounts', namespace, name);
    if (uid === undefined) throw new StatusError(notFoundStatus({ group: '', kind: 'serviceaccounts' }, name));
    const seconds = spec.expirationSeconds ?? SECONDS_DEFAULT;
    const audiences = spec.audiences === undefined || spec.audiences.length === 0 ? [API_AUDIENCE] : spec.audiences;
    const bound = this.bound(namespace, name, spec);
    const now = Math.floor(this.parts.clock() / 1_000);
    const token = await this.parts.tokens.sign({ account: { namespace, name, uid }, audiences, seconds, ...(bound === undefined ? {} : { bound }) }, now);
    return jsonAnswer(
      {
        kind: 'TokenRequest',
        apiVersion: 'authentication.k8s.io/v1',
        metadata: { name, namespace, creationTimestamp: time(now) },
        spec: { ...spec, audiences, expirationSeconds: seconds },
        status: { token, expirationTimestamp: time(now + seconds) },
      },
      201,
    );
  }

  /** As upstream's admission NodeRestriction: a node acts for its Pods, and for nobody else. */
  private checkNode(namespace: string, account: string, { boundObjectRef: ref }: TokenRequestSpec, user: UserInfo): void {
    const node = nodeOfUser(user);
    if (node === undefined) return;
    const forbidden = (cause: string): StatusError => new StatusError(forbiddenStatus({ group: '', kind: 'serviceaccounts' }, account, cause));
    if (ref?.apiVersion !== 'v1' || ref.kind !== 'Pod' || ref.name === undefined || ref.name === '') throw forbidden('node requested token not bound to a pod');
    if (ref.uid === undefined || ref.uid === '') throw forbidden('node requested token with a pod binding without a uid');
    const pod = this.parts.podOf(namespace, ref.name);
    if (pod !== undefined && pod.node !== node) throw forbidden('node requested token bound to a pod scheduled on a different node');
  }

  private bound(namespace: string, account: string, { boundObjectRef }: TokenRequestSpec): TokenWish['bound'] {
    if (boundObjectRef === undefined) return undefined;
    const { kind, name = '', uid } = boundObjectRef;
    if (kind !== 'Pod' && kind !== 'Secret') throw new StatusError(badRequestStatus(`cannot bind token to object of kind ${JSON.stringify(kind ?? '')}`));
    const resource = kind === 'Pod' ? 'pods' : 'secrets';
    const found = this.parts.uidOf(resource, namespace, name);
    if (found === undefined) throw new StatusError(notFoundStatus({ group: '', kind: resource }, name));
    if (kind === 'Pod' && this.parts.podOf(namespace, name)?.account !== account)
      throw new StatusError(badRequestStatus(`cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`));
    if (uid !== undefined && uid !== '' && uid !== found) throw new StatusError(forbiddenStatus({ group: '', kind: resource }, name, `the UID in the bound object reference (${uid}) does not match the UID in record (${found})`));
    return { kind, name, uid: found };
  }
}

const time = (seconds: number): string => new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');
