import { describe, expect, it } from 'vitest';
import { fieldErrorMessage } from '../status/field-error.ts';
import {
  pathSegmentMistakes,
  validateClusterRole,
  validateClusterRoleBinding,
  validateClusterRoleBindingUpdate,
  validateRole,
  validateRoleBinding,
} from './roles.ts';

const GROUP = 'rbac.authorization.k8s.io';
const rule = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };
const messages = (errors: ReturnType<typeof validateRole>): readonly string[] => errors.map(fieldErrorMessage);
const binding = (more: object = {}): object => ({
  roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'view' },
  subjects: [{ kind: 'User', name: 'jane', apiGroup: GROUP }],
  ...more,
});

describe('roles', () => {
  it('are valid with rules for resources, and those of the cluster with paths too', () => {
    expect(validateRole({ rules: [rule] })).toEqual([]);
    expect(validateRole({})).toEqual([]);
    expect(validateClusterRole({ rules: [rule, { verbs: ['get'], nonResourceURLs: ['/metrics'] }] })).toEqual([]);
  });

  it.each([
    [{ ...rule, verbs: [] }, ['rules[0].verbs: Required value: verbs must contain at least one value']],
    [{ verbs: ['get'], resources: ['pods'] }, ['rules[0].apiGroups: Required value: resource rules must supply at least one api group']],
    [{ verbs: ['get'], apiGroups: [''] }, ['rules[0].resources: Required value: resource rules must supply at least one resource']],
    [
      { verbs: ['get'], nonResourceURLs: ['/a'] },
      ['rules[0].nonResourceURLs: Invalid value: ["/a"]: namespaced rules cannot apply to non-resource URLs'],
    ],
  ])('refuse the rule %j', (wrong, expected) => {
    expect(messages(validateRole({ rules: [wrong] }))).toEqual(expected);
  });

  it('refuse a rule for resources and paths at once', () => {
    expect(messages(validateClusterRole({ rules: [{ ...rule, nonResourceURLs: ['/a'] }] }))).toEqual([
      'rules[0].nonResourceURLs: Invalid value: ["/a"]: rules cannot apply to both regular resources and non-resource URLs',
    ]);
  });

  it('have names that fit into a path', () => {
    expect(pathSegmentMistakes('system:node')).toEqual([]);
    expect([pathSegmentMistakes('..'), pathSegmentMistakes('a/b'), pathSegmentMistakes('50%')]).toEqual([
      ["may not be '..'"],
      ["may not contain '/'"],
      ["may not contain '%'"],
    ]);
  });
});

describe('bindings', () => {
  it('name a role and subjects', () => {
    expect(validateRoleBinding(binding())).toEqual([]);
    expect(validateRoleBinding(binding({ roleRef: { apiGroup: GROUP, kind: 'Role', name: 'mine' }, subjects: [{ kind: 'ServiceAccount', name: 'ci' }] }))).toEqual([]);
    expect(validateClusterRoleBinding(binding({ subjects: [{ kind: 'ServiceAccount', name: 'ci', namespace: 'a' }] }))).toEqual([]);
  });

  it.each([
    [{ roleRef: { apiGroup: GROUP, kind: 'Role', name: 'mine' } }, ['roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"']],
    [{ roleRef: { apiGroup: GROUP, kind: 'ClusterRole' } }, ['roleRef.name: Required value']],
    [{ roleRef: { apiGroup: 'x', kind: 'ClusterRole', name: 'view' } }, [`roleRef.apiGroup: Unsupported value: "x": supported values: "${GROUP}"`]],
    [{ subjects: [{ kind: 'Robot', name: 'r2' }] }, ['subjects[0].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"']],
    [{ subjects: [{ kind: 'User', apiGroup: GROUP }] }, ['subjects[0].name: Required value']],
    [{ subjects: [{ kind: 'ServiceAccount', name: 'ci' }] }, ['subjects[0].namespace: Required value']],
    [{ subjects: [{ kind: 'User', name: 'jane' }] }, [`subjects[0].apiGroup: Unsupported value: "": supported values: "${GROUP}"`]],
  ])('of the cluster refuse %j', (more, expected) => {
    expect(messages(validateClusterRoleBinding(binding(more)))).toEqual(expected);
  });

  it('keep their role for life', () => {
    const other = binding({ roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'edit' } });
    expect(messages(validateClusterRoleBindingUpdate(other, binding()))).toEqual([
      expect.stringMatching(/^roleRef: Invalid value: .*: cannot change roleRef$/),
    ]);
    expect(validateClusterRoleBindingUpdate(binding({ subjects: [] }), binding())).toEqual([]);
  });
});
