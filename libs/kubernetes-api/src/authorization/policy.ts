import { serviceAccountOf, type UserInfo } from './user-info.ts';
import { CLUSTER_BINDINGS } from './cluster-policy.ts';
import { CLUSTER_ROLES } from './cluster-roles.ts';
import type { PolicyRule } from './policy-rule.ts';

/** Whom a binding is about, as Kubernetes writes it. */
export interface PolicySubject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface RoleReference {
  readonly kind: string;
  readonly name: string;
}

export interface PolicyBinding {
  readonly subjects?: readonly PolicySubject[];
  readonly roleRef: RoleReference;
}

/** The roles and bindings that were written by users. */
export interface PolicySource {
  clusterRole(name: string): readonly PolicyRule[] | undefined;
  role(namespace: string, name: string): readonly PolicyRule[] | undefined;
  clusterRoleBindings(): Iterable<PolicyBinding>;
  roleBindings(namespace: string): Iterable<PolicyBinding>;
}

const group = (name: string): readonly PolicySubject[] => [{ kind: 'Group', name }];
const clusterRole = (name: string): RoleReference => ({ kind: 'ClusterRole', name });

/** Bindings that every cluster has; they count also where their objects are gone or changed. */
const BUILT_IN: readonly PolicyBinding[] = CLUSTER_BINDINGS.flatMap((binding) => (binding.group === undefined ? [] : [{ subjects: group(binding.group), roleRef: clusterRole(binding.role) }]));

/** Roles that a certificate itself can carry, as a group. */
export const CERTIFICATE_ROLES = ['admin', 'edit', 'view'] as const;
export type CertificateRole = (typeof CERTIFICATE_ROLES)[number];

const ROLE_GROUP = /^everynode:(admin|edit|view)(?::([a-z0-9][-a-z0-9]*))?$/;

/** The group whose members have a role, in one namespace or in all: `everynode:view`, `everynode:edit:team-a`. */
export const roleGroup = (role: CertificateRole, namespace?: string): string => `everynode:${role}${namespace === undefined ? '' : `:${namespace}`}`;

/** `within`: the namespace of the binding, which is also that of an account without one. */
const isAbout = (user: UserInfo, { kind, name, namespace }: PolicySubject, within: string): boolean => {
  if (kind === 'User') return name === user.username;
  if (kind === 'Group') return user.groups.includes(name);
  const account = kind === 'ServiceAccount' ? serviceAccountOf(user.username) : undefined;
  return account !== undefined && account.name === name && account.namespace === (namespace ?? within);
};

/** The rules that a reference names; undefined for a role that does not exist. A binding of a cluster has no namespace. */
export const rulesOfRole = (source: PolicySource, { kind, name }: RoleReference, namespace: string): readonly PolicyRule[] | undefined => {
  if (kind === 'ClusterRole') return source.clusterRole(name) ?? CLUSTER_ROLES.get(name);
  return namespace === '' ? undefined : source.role(namespace, name);
};

const rulesOfBindings = (source: PolicySource, user: UserInfo, bindings: Iterable<PolicyBinding>, namespace: string): readonly PolicyRule[] =>
  [...bindings]
    .filter(({ subjects = [] }) => subjects.some((subject) => isAbout(user, subject, namespace)))
    .flatMap(({ roleRef }) => rulesOfRole(source, roleRef, namespace) ?? []);

const rulesOfGroups = (source: PolicySource, user: UserInfo, namespace: string): readonly PolicyRule[] =>
  user.groups.flatMap((name) => {
    const [, role, within] = ROLE_GROUP.exec(name) ?? [];
    if (role === undefined || (within !== undefined && within !== namespace)) return [];
    return rulesOfRole(source, clusterRole(role), namespace) ?? [];
  });

/** Every rule that is bound to a user: those of the whole cluster, and in a namespace those of that namespace too. `namespace` is empty for the cluster alone. */
export const rulesFor = (source: PolicySource, user: UserInfo, namespace: string): readonly PolicyRule[] => [
  ...rulesOfBindings(source, user, BUILT_IN, ''),
  ...rulesOfGroups(source, user, namespace),
  ...rulesOfBindings(source, user, source.clusterRoleBindings(), ''),
  ...(namespace === '' ? [] : rulesOfBindings(source, user, source.roleBindings(namespace), namespace)),
];
