import { isSameJson, listAt, objectAt, stringAt } from '../json/json-value.ts';
import { invalid, notSupported, required } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';

const RBAC = 'rbac.authorization.k8s.io';
const SUBJECT_KINDS = ['Group', 'ServiceAccount', 'User'] as const;

/** Names of roles hold colons, as `system:node` does; they only have to fit into a path. */
export const pathSegmentMistakes = (name: string): readonly string[] => {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((character) => name.includes(character)).map((character) => `may not contain '${character}'`);
};

const ruleErrors = (rule: unknown, path: string, namespaced: boolean): FieldError[] => {
  const errors = listAt(rule, 'verbs').length === 0 ? [required(`${path}.verbs`, 'verbs must contain at least one value')] : [];
  const [groups, resources, names, urls] = ['apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'].map((field) => listAt(rule, field).length);
  if (urls !== undefined && urls > 0) {
    if (namespaced) errors.push(invalid(`${path}.nonResourceURLs`, listAt(rule, 'nonResourceURLs'), 'namespaced rules cannot apply to non-resource URLs'));
    if (groups !== 0 || resources !== 0 || names !== 0) errors.push(invalid(`${path}.nonResourceURLs`, listAt(rule, 'nonResourceURLs'), 'rules cannot apply to both regular resources and non-resource URLs'));
    return errors;
  }
  if (groups === 0) errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  if (resources === 0) errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
  return errors;
};

const rulesErrors = (role: unknown, namespaced: boolean): FieldError[] => listAt(role, 'rules').flatMap((rule, index) => ruleErrors(rule, `rules[${index}]`, namespaced));

export const validateRole = (role: unknown): FieldError[] => rulesErrors(role, true);

export const validateClusterRole = (role: unknown): FieldError[] => rulesErrors(role, false);

const subjectErrors = (subject: unknown, path: string, namespaced: boolean): FieldError[] => {
  const [kind, name, group] = [stringAt(subject, 'kind'), stringAt(subject, 'name'), stringAt(subject, 'apiGroup')];
  const errors = name === '' ? [required(`${path}.name`)] : [];
  if (!SUBJECT_KINDS.some((known) => known === kind)) return [...errors, notSupported(`${path}.kind`, kind, SUBJECT_KINDS)];
  const wanted = kind === 'ServiceAccount' ? '' : RBAC;
  if (group !== wanted) errors.push(notSupported(`${path}.apiGroup`, group, [wanted]));
  if (kind === 'ServiceAccount' && !namespaced && stringAt(subject, 'namespace') === '') errors.push(required(`${path}.namespace`));
  return errors;
};

const bindingErrors = (binding: unknown, namespaced: boolean): FieldError[] => {
  const kinds = namespaced ? ['ClusterRole', 'Role'] : ['ClusterRole'];
  const [group, kind, name] = [stringAt(binding, 'roleRef', 'apiGroup'), stringAt(binding, 'roleRef', 'kind'), stringAt(binding, 'roleRef', 'name')];
  return [
    ...(group === RBAC ? [] : [notSupported('roleRef.apiGroup', group, [RBAC])]),
    ...(kinds.includes(kind) ? [] : [notSupported('roleRef.kind', kind, kinds)]),
    ...(name === '' ? [required('roleRef.name')] : pathSegmentMistakes(name).map((text) => invalid('roleRef.name', name, text))),
    ...listAt(binding, 'subjects').flatMap((subject, index) => subjectErrors(subject, `subjects[${index}]`, namespaced)),
  ];
};

export const validateRoleBinding = (binding: unknown): FieldError[] => bindingErrors(binding, true);

export const validateClusterRoleBinding = (binding: unknown): FieldError[] => bindingErrors(binding, false);

/** Whoever may add a subject to a binding could otherwise make it one of another role. */
const keepsRole = (binding: unknown, existing: unknown): FieldError[] =>
  isSameJson(objectAt(binding, 'roleRef'), objectAt(existing, 'roleRef')) ? [] : [invalid('roleRef', objectAt(binding, 'roleRef'), 'cannot change roleRef')];

export const validateRoleBindingUpdate = (binding: unknown, existing: unknown): FieldError[] => [...validateRoleBinding(binding), ...keepsRole(binding, existing)];

export const validateClusterRoleBindingUpdate = (binding: unknown, existing: unknown): FieldError[] => [...validateClusterRoleBinding(binding), ...keepsRole(binding, existing)];
