import { badRequestStatus, forbiddenStatus, invalid, invalidStatus, notFoundStatus, type FieldError } from '@everynode/kubernetes-api';
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
  readonly boundObjectRef?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
}

const mistakes = ({ audiences = [], expirationSeconds: seconds = SECONDS_DEFAULT }: TokenRequestSpec): readonly FieldError[] => [
  ...(seconds < SECONDS_MIN ? [invalid('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes')] : []),
  ...(seconds > SECONDS_MAX ? [invalid('spec.expirationSeconds', seconds, 'may not specify a duration larger than 2^32 seconds')] : []),
  ...(audiences.length > AUDIENCES_MAX ? [invalid('spec.audiences', audiences.length, `at most ${AUDIENCES_MAX}`)] : []),
];

/** Answers `serviceaccounts/token`: what `kubectl create token` asks for. */
export class TokenRequests {
  private readonly tokens: ServiceAccountTokens;
  private readonly uidOf: UidOf;
  private readonly clock: () => number;

  constructor(tokens: ServiceAccountTokens, uidOf: UidOf, clock: () => number) {
    this.tokens = tokens;
    this.uidOf = uidOf;
    this.clock = clock;
  }

  /** Throws a StatusError: 404 without such an account, 422 for what it may not ask for, 400 and 409 for an object that the token cannot be bound to. */
  async create(namespace: string, name: string, body: unknown): Promise<Answer> {
    const { metadata, spec = {} } = (body ?? {}) as { readonly metadata?: { readonly name?: string }; readonly spec?: TokenRequestSpec };
    const named = metadata?.name ?? '';
    const errors = [...mistakes(spec), ...(named === '' || named === name ? [] : [invalid('metadata.name', named, 'must match the service account name if specified')])];
    if (errors.length > 0) throw new StatusError(invalidStatus({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, name, errors));
    const uid = this.uidOf('serviceaccounts', namespace, name);
    if (uid === undefined) throw new StatusError(notFoundStatus({ group: '', kind: 'serviceaccounts' }, name));
    const seconds = spec.expirationSeconds ?? SECONDS_DEFAULT;
    const audiences = spec.audiences === undefined || spec.audiences.length === 0 ? [API_AUDIENCE] : spec.audiences;
    const bound = this.bound(namespace, spec);
    const now = Math.floor(this.clock() / 1_000);
    const token = await this.tokens.sign({ account: { namespace, name, uid }, audiences, seconds, ...(bound === undefined ? {} : { bound }) }, now);
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

  private bound(namespace: string, { boundObjectRef }: TokenRequestSpec): TokenWish['bound'] {
    if (boundObjectRef === undefined) return undefined;
    const { kind, name = '', uid } = boundObjectRef;
    if (kind !== 'Pod' && kind !== 'Secret') throw new StatusError(badRequestStatus(`cannot bind token to object of kind ${JSON.stringify(kind ?? '')}`));
    const resource = kind === 'Pod' ? 'pods' : 'secrets';
    const found = this.uidOf(resource, namespace, name);
    if (found === undefined) throw new StatusError(notFoundStatus({ group: '', kind: resource }, name));
    if (uid !== undefined && uid !== '' && uid !== found) throw new StatusError(forbiddenStatus({ group: '', kind: resource }, name, `the UID in the bound object reference (${uid}) does not match the UID in record (${found})`));
    return { kind, name, uid: found };
  }
}

const time = (seconds: number): string => new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');
