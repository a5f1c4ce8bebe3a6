import { toRfc3339 } from '@everynode/core';
import { invalidStatus, nodeOfUser, refusalText, required, resourceAccess, type Access, type Authorizer, type PolicyRule, type UserInfo } from '@everynode/kubernetes-api';
import { jsonAnswer, StatusError, type Answer } from '../http/answer.ts';
import { API_AUDIENCE, readToken, type TokenReader } from '../security/authentication/bearer-token.ts';

type Body = Readonly<Record<string, unknown>>;
type Findings = Readonly<Record<string, unknown>>;

export interface ReviewsParts {
  readonly authorizer: Authorizer;
  /** Whom tokens stand for, for those that ask this server about theirs. */
  readonly tokens: readonly TokenReader[];
}

interface AccessSpec {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly resourceAttributes?: Readonly<Record<string, string>> | null;
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string } | null;
}

/** Audiences of a token review that are tried. */
const AUDIENCES_MAX = 20;

const specOf = (body: Body): Readonly<Record<string, unknown>> => (body['spec'] ?? {}) as Readonly<Record<string, unknown>>;

const resourceOf = ({ verb = '', group = '', version = '', resource = '', subresource = '', namespace = '', name = '' }: Readonly<Record<string, string>>): Access =>
  resourceAccess({ verb, group, version, resource, subresource, namespace, name });

const askedAccess = (kind: string, { resourceAttributes: resource, nonResourceAttributes: other }: AccessSpec): Access => {
  // A field that is null was not given.
  if (resource && !other) return resourceOf(resource);
  if (other && !resource) return { type: 'path', verb: other.verb ?? '', path: other.path ?? '' };
  const error = required('spec.resourceAttributes', 'exactly one of nonResourceAttributes or resourceAttributes must be specified');
  throw new StatusError(invalidStatus({ group: 'authorization.k8s.io', kind }, '', [error]));
};

const subjectOf = (kind: string, { user = '', groups = [], uid }: AccessSpec): UserInfo => {
  if (user !== '' || groups.length > 0) return { username: user, groups, ...(uid === undefined ? {} : { uid }) };
  throw new StatusError(invalidStatus({ group: 'authorization.k8s.io', kind }, '', [required('spec.user', 'at least one of user or group must be specified')]));
};

const resourceRule = ({ verbs, apiGroups, resources, resourceNames }: PolicyRule): object => ({ verbs, apiGroups, resources, ...(resourceNames === undefined ? {} : { resourceNames }) });

/** Answers questions about users and what they may do; nothing of it is stored. */
export class Reviews {
  private readonly parts: ReviewsParts;

  constructor(parts: ReviewsParts) {
    this.parts = parts;
  }

  /** `namespace`: that of the path, for kinds that have one. Throws a StatusError (422). */
  async answer(kind: string, body: Body, user: UserInfo, namespace: string): Promise<Answer> {
    const findings = await this.findings(kind, body, user, namespace);
    const metadata = kind === 'SelfSubjectReview' ? { creationTimestamp: toRfc3339(Date.now()) } : {};
    return jsonAnswer({ kind, apiVersion: body['apiVersion'], metadata, ...findings }, 201);
  }

  private async findings(kind: string, body: Body, user: UserInfo, namespace: string): Promise<Findings> {
    const spec = specOf(body);
    switch (kind) {
      case 'SelfSubjectAccessReview':
        return this.access(kind, spec, user);
      case 'SubjectAccessReview':
        return this.access(kind, spec, subjectOf(kind, spec));
      case 'LocalSubjectAccessReview':
        return this.access(kind, { ...spec, resourceAttributes: { ...(spec['resourceAttributes'] as object), namespace } }, subjectOf(kind, spec));
      case 'SelfSubjectRulesReview':
        return this.rules(spec, user);
      case 'SelfSubjectReview':
        return { status: { userInfo: user } };
      case 'TokenReview':
        return this.token(spec);
      default:
        throw new Error(`${kind} is no review`);
    }
  }

  private access(kind: string, spec: AccessSpec, user: UserInfo): Findings {
    const access = askedAccess(kind, spec);
    const allowed = this.parts.authorizer.isAllowed(user, access);
    return { spec, status: { allowed, ...(allowed ? {} : { reason: refusalText(user, access) }) } };
  }

  private rules(spec: Readonly<Record<string, unknown>>, user: UserInfo): Findings {
    const { namespace } = spec;
    const rules = this.parts.authorizer.rulesOf(user, typeof namespace === 'string' ? namespace : '');
    const nonResourceRules = rules.filter(({ nonResourceURLs }) => nonResourceURLs !== undefined).map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }));
    const resourceRules = rules.filter(({ resources }) => resources !== undefined).map(resourceRule);
    const incomplete = nodeOfUser(user) !== undefined;
    return { spec, status: { resourceRules, nonResourceRules, incomplete, ...(incomplete ? { evaluationError: 'what a node may do depends on its Pods' } : {}) } };
  }

  private async token(spec: Readonly<Record<string, unknown>>): Promise<Findings> {
    const { token, audiences } = spec as { readonly token?: unknown; readonly audiences?: unknown };
    if (typeof token !== 'string' || token === '') throw new StatusError(invalidStatus({ group: 'authentication.k8s.io', kind: 'TokenReview' }, '', [required('spec.token')]));
    const asked = Array.isArray(audiences) && audiences.length > 0 ? audiences.slice(0, AUDIENCES_MAX).map(String) : [API_AUDIENCE];
    for (const audience of asked) {
      const user = await readToken(this.parts.tokens, token, [audience]);
      if (user !== undefined) return { spec, status: { authenticated: true, user, audiences: [audience] } };
    }
    return { spec, status: { user: {}, error: 'invalid bearer token' } };
  }
}
