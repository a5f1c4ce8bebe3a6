import { keyOf, objectsOf, type FleetState } from '@everynode/core';
import { badRequestStatus, forbiddenStatus, notFoundStatus, resourceAccess, type Authorizer, type PolicyBinding, type PolicyRule, type UserInfo } from '@everynode/kubernetes-api';
import { StatusError } from '../../http/answer.ts';
import type { ResourceRequest } from '../../reading/resource-request.ts';
import { writeVerbOf } from '../../writing/build-write.ts';
import { decodeBody, parseYamlBody } from '../../writing/decode-body.ts';
import { patchTypeOf } from '../../writing/write-options.ts';

const RBAC = 'rbac.authorization.k8s.io';
const BINDINGS: ReadonlySet<string> = new Set(['rolebindings', 'clusterrolebindings']);
const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch']);
/** What only somebody who may do everything has. */
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

const RULE_FIELDS = ['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'] as const;

const isListOfText = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');

const isRule = (value: unknown): value is PolicyRule => {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return isListOfText(fields['verbs']) && RULE_FIELDS.every((field) => (fields[field] ?? undefined) === undefined || isListOfText(fields[field]));
};

/** The rules of a role as it was sent; one that gathers rules from others may come to everything. Throws a StatusError (400). */
const rulesIn = (role: unknown): readonly PolicyRule[] => {
  const { rules, aggregationRule } = (role ?? {}) as { readonly rules?: unknown; readonly aggregationRule?: unknown };
  if (aggregationRule !== undefined && aggregationRule !== null) return EVERYTHING;
  if (rules === undefined || rules === null) return [];
  if (Array.isArray(rules) && rules.every(isRule)) return rules;
  throw new StatusError(badRequestStatus('rules: expected a list of rules, each with lists of texts'));
};

const ruleText = ({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PolicyRule): string => {
  const part = (name: string, values: readonly string[] | undefined): readonly string[] => (values === undefined || values.length === 0 ? [] : [`${name}:[${values.map((value) => JSON.stringify(value)).join(' ')}]`]);
  return `{${[...part('APIGroups', apiGroups), ...part('Resources', resources), ...part('ResourceNames', resourceNames), ...part('NonResourceURLs', nonResourceURLs), ...part('Verbs', verbs)].join(', ')}}`;
};

/** Keeps users from giving away, or taking for themselves, more than is theirs: by a role, or by binding one. */
export class RoleGuard {
  private readonly authorizer: Authorizer;
  private readonly state: () => FleetState;

  constructor(authorizer: Authorizer, state: () => FleetState) {
    this.authorizer = authorizer;
    this.state = state;
  }

  /** Throws a StatusError (403) for a write of a role or binding that goes beyond what its user may do, and 404 for a binding of a role that does not exist. */
  check(request: ResourceRequest): void {
    const { target } = request;
    if (target.resource.group !== RBAC || target.resource.storage !== 'stored') return;
    const verb = writeVerbOf(target, request.request.method);
    if (!WRITES.has(verb)) return;
    if (BINDINGS.has(target.resource.plural)) this.checkBinding(request);
    else this.checkRole(request);
  }

  private checkRole(request: ResourceRequest): void {
    const { target, request: { user, method } } = request;
    const { group, plural } = target.resource;
    const access = resourceAccess({ verb: 'escalate', group, resource: plural, namespace: target.namespace ?? '', name: target.name ?? '' });
    if (this.authorizer.isAllowed(user, access)) return;
    // What a patch makes of a role is known to the leader alone.
    if (method === 'PATCH') throw this.refused(request, 'a role is patched only by those who may escalate it; send the whole role instead');
    this.demand(request, rulesIn(bodyOf(request)));
  }

  private checkBinding(request: ResourceRequest): void {
    const { target, request: { user } } = request;
    const namespace = target.namespace ?? '';
    const { kind = '', name = '' } = this.boundRole(request) ?? {};
    const plural = kind === 'Role' ? 'roles' : 'clusterroles';
    if (this.authorizer.isAllowed(user, resourceAccess({ verb: 'bind', group: RBAC, resource: plural, namespace, name }))) return;
    const rules = this.authorizer.rulesOfRole({ kind, name }, namespace);
    if (rules === undefined) throw new StatusError(notFoundStatus({ group: RBAC, kind: plural }, name));
    this.demand(request, rules);
  }

  /** A binding keeps its role for life, so one that exists says itself which it is. */
  private boundRole(request: ResourceRequest): Partial<PolicyBinding['roleRef']> | undefined {
    const { target } = request;
    const { plural, group } = target.resource;
    const existing = target.name === undefined ? undefined : objectsOf(this.state(), plural).get(keyOf(target.namespace, target.name));
    const isWhole = request.request.method !== 'PATCH' || patchTypeOf(request.request.headers['content-type']) === 'apply';
    if (existing === undefined && !isWhole) throw new StatusError(notFoundStatus({ group, kind: plural }, target.name ?? ''));
    return ((existing ?? bodyOf(request)) as Partial<PolicyBinding> | undefined)?.roleRef;
  }

  private demand(request: ResourceRequest, rules: readonly PolicyRule[]): void {
    const { user } = request.request;
    const beyond = this.authorizer.beyond(user, rules, request.target.namespace ?? '');
    if (beyond.length > 0) throw this.refused(request, `${userText(user)} is attempting to grant RBAC permissions not currently held:\n${beyond.map(ruleText).join('\n')}`);
  }

  private refused({ target, request }: ResourceRequest, cause: string): StatusError {
    const { group, plural } = target.resource;
    const body = bodyOf({ target, request }) as { readonly metadata?: { readonly name?: string } } | undefined;
    return new StatusError(forbiddenStatus({ group, kind: plural }, target.name ?? body?.metadata?.name ?? '', cause));
  }
}

const userText = ({ username, groups }: UserInfo): string => `user ${JSON.stringify(username)} (groups=[${groups.map((group) => JSON.stringify(group)).join(' ')}])`;

const bodyOf = ({ request: { method, headers, body } }: ResourceRequest): unknown => (method === 'PATCH' ? parseYamlBody(body) : decodeBody(headers['content-type'], body));
