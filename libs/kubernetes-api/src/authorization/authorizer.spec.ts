import { describe, expect, it } from 'vitest';
import { accessOfRequest } from './access-of-request.ts';
import { resourceAccess, type Access } from './access.ts';
import { accessForbiddenStatus, Authorizer } from './authorizer.ts';
import type { NodeBelongings } from './node-access.ts';
import { roleGroup, type PolicyBinding, type PolicySource } from './policy.ts';
import type { PolicyRule } from './policy-rule.ts';
import { AUTHENTICATED_GROUP, MASTERS_GROUP, serviceAccountUser, type UserInfo } from './user-info.ts';

const NO_BELONGINGS: NodeBelongings = { nodeOfPod: () => undefined, isUsedOnNode: () => false };

interface Written {
  readonly clusterRoles?: Readonly<Record<string, readonly PolicyRule[]>>;
  readonly roles?: Readonly<Record<string, readonly PolicyRule[]>>;
  readonly clusterRoleBindings?: readonly PolicyBinding[];
  readonly roleBindings?: Readonly<Record<string, readonly PolicyBinding[]>>;
}

const source = ({ clusterRoles = {}, roles = {}, clusterRoleBindings = [], roleBindings = {} }: Written = {}): PolicySource => ({
  clusterRole: (name) => clusterRoles[name],
  role: (namespace, name) => roles[`${namespace}/${name}`],
  clusterRoleBindings: () => clusterRoleBindings,
  roleBindings: (namespace) => roleBindings[namespace] ?? [],
});

const user = (username: string, ...groups: readonly string[]): UserInfo => ({ username, groups: [...groups, AUTHENTICATED_GROUP] });
const plain = new Authorizer(source(), NO_BELONGINGS);

const at = (method: string, url: string): Access => {
  const [path = '', search = ''] = url.split('?');
  const query = new Map(search.split('&').map((pair) => [pair.slice(0, pair.indexOf('=')), decodeURIComponent(pair.slice(pair.indexOf('=') + 1))]));
  return accessOfRequest({ method, path, isWatch: query.get('watch') === 'true', fieldSelector: query.get('fieldSelector') ?? null });
};

describe('the access that a request asks for', () => {
  it.each([
    ['GET', '/api/v1/namespaces/a/pods', 'list pods in a'],
    ['GET', '/api/v1/pods?watch=true', 'watch pods'],
    ['GET', '/api/v1/namespaces/a/pods/x', 'get pods x in a'],
    ['GET', '/api/v1/namespaces/a/pods/x?watch=true', 'get pods x in a'],
    ['HEAD', '/api/v1/namespaces/a/pods/x/', 'get pods x in a'],
    ['GET', '/api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Dx', 'list pods x in a'],
    ['POST', '/api/v1/namespaces/a/pods', 'create pods in a'],
    ['POST', '/api/v1/namespaces/a/pods/x/exec', 'create pods/exec x in a'],
    ['GET', '/api/v1/namespaces/a/pods/x/%65xec', 'get pods/exec x in a'],
    ['GET', '/api/v1/namespaces/a/pods/x:80/proxy', 'get pods/proxy x:80 in a'],
    ['GET', '/api/v1/namespaces/a/pods/x/proxy//b/%E0%A4%A?watch=true', 'get pods/proxy x in a'],
    ['POST', '/api/v1/namespaces/a/pods/x/proxy/api/v1/nodes', 'create pods/proxy x in a'],
    ['PUT', '/apis/apps/v1/namespaces/a/daemonsets/x/status', 'update daemonsets/status.apps x in a'],
    ['PATCH', '/apis/apps/v1/namespaces/a/daemonsets/x', 'patch daemonsets.apps x in a'],
    ['DELETE', '/apis/apps/v1/namespaces/a/daemonsets', 'deletecollection daemonsets.apps in a'],
    ['DELETE', '/api/v1/nodes/n', 'delete nodes n'],
    ['GET', '/api/v1/namespaces/a', 'get namespaces a in a'],
    ['PUT', '/api/v1/namespaces/a/finalize', 'update namespaces/finalize a in a'],
    ['GET', '/api/v1/namespaces', 'list namespaces'],
    ['GET', '/apis/apps/v1', 'get path /apis/apps/v1'],
    ['GET', '/api/v1', 'get path /api/v1'],
    ['GET', '/metrics', 'get path /metrics'],
    ['POST', '/api/v1//pods', 'post path /api/v1//pods'],
    ['GET', '/api/v1/pods/%E0%A4%A', 'get path /api/v1/pods/%E0%A4%A'],
  ])('%s %s is %s', (method, url, expected) => {
    const access = at(method, url);
    if (access.type === 'path') return expect(`${access.verb} path ${access.path}`).toBe(expected);
    const { verb, resource, subresource, group, name, namespace } = access;
    const words = [verb, `${resource}${subresource === '' ? '' : `/${subresource}`}${group === '' ? '' : `.${group}`}`, name, namespace === '' ? '' : `in ${namespace}`];
    expect(words.filter((word) => word !== '').join(' ')).toBe(expected);
  });
});

/** Resource (with its group) → verbs of each role on it, in a namespace: g get, l list, w watch, c create, u update, p patch, d delete, x deletecollection. */
const ROLE_TABLE: readonly (readonly [resource: string, view: string, edit: string, admin: string])[] = [
  ['pods', 'glw', 'glwcupdx', 'glwcupdx'],
  ['pods/status', 'glw', 'glw', 'glw'],
  ['pods/log', 'glw', 'glw', 'glw'],
  ['pods/exec', '', 'glwcupdx', 'glwcupdx'],
  ['pods/attach', '', 'glwcupdx', 'glwcupdx'],
  ['pods/portforward', '', 'glwcupdx', 'glwcupdx'],
  ['pods/eviction', '', 'c', 'c'],
  ['pods/binding', '', '', ''],
  ['configmaps', 'glw', 'glwcupdx', 'glwcupdx'],
  ['secrets', '', 'glwcupdx', 'glwcupdx'],
  ['serviceaccounts', 'glw', 'glwcupdx', 'glwcupdx'],
  ['serviceaccounts/token', '', 'c', 'c'],
  ['services', 'glw', 'glwcupdx', 'glwcupdx'],
  ['events', 'glw', 'glwcupdx', 'glwcupdx'],
  ['namespaces', 'glw', 'glw', 'glw'],
  ['nodes', '', '', ''],
  ['nodes/status', '', '', ''],
  ['daemonsets.apps', 'glw', 'glwcupdx', 'glwcupdx'],
  ['daemonsets/status.apps', 'glw', 'glw', 'glw'],
  ['controllerrevisions.apps', 'glw', 'glw', 'glw'],
  ['leases.coordination.k8s.io', '', 'glwcupdx', 'glwcupdx'],
  ['roles.rbac.authorization.k8s.io', '', '', 'glwcupdx'],
  ['rolebindings.rbac.authorization.k8s.io', '', '', 'glwcupdx'],
  ['clusterroles.rbac.authorization.k8s.io', '', '', ''],
  ['clusterrolebindings.rbac.authorization.k8s.io', '', '', ''],
  ['localsubjectaccessreviews.authorization.k8s.io', '', '', 'c'],
  ['subjectaccessreviews.authorization.k8s.io', '', '', ''],
  ['selfsubjectaccessreviews.authorization.k8s.io', 'c', 'c', 'c'],
  ['selfsubjectrulesreviews.authorization.k8s.io', 'c', 'c', 'c'],
  ['selfsubjectreviews.authentication.k8s.io', 'c', 'c', 'c'],
];

const VERBS = { g: 'get', l: 'list', w: 'watch', c: 'create', u: 'update', p: 'patch', d: 'delete', x: 'deletecollection' } as const;

const parsedResource = (text: string): { readonly resource: string; readonly subresource: string; readonly group: string } => {
  const dot = text.indexOf('.');
  const [resource = '', subresource = ''] = (dot === -1 ? text : text.slice(0, dot)).split('/');
  return { resource, subresource, group: dot === -1 ? '' : text.slice(dot + 1) };
};

const allowedTo = (authorizer: Authorizer, who: UserInfo, text: string, namespace: string): string =>
  Object.entries(VERBS)
    .filter(([, verb]) => authorizer.isAllowed(who, resourceAccess({ verb, ...parsedResource(text), namespace })))
    .map(([letter]) => letter)
    .join('');

const sorted = (letters: string): string => letters.split('').toSorted().join('');

describe('roles', () => {
  it.each(ROLE_TABLE)('give on %s what they give in Kubernetes: view %j, edit %j, admin %j', (resource, view, edit, admin) => {
    for (const [role, expected] of [['view', view], ['edit', edit], ['admin', admin]] as const) {
      expect(sorted(allowedTo(plain, user('jane', roleGroup(role)), resource, 'default')), role).toBe(sorted(expected));
    }
    expect(allowedTo(plain, user('root', MASTERS_GROUP), resource, 'default')).toBe('glwcupdx');
    const isOwn = resource.startsWith('self');
    expect(allowedTo(plain, user('nobody'), resource, 'default')).toBe(isOwn ? 'c' : '');
  });

  it('count in their namespace only, when they are given for one', () => {
    const jane = user('jane', roleGroup('edit', 'team-a'));
    expect(allowedTo(plain, jane, 'daemonsets.apps', 'team-a')).toBe('glwcupdx');
    expect(allowedTo(plain, jane, 'daemonsets.apps', 'team-b')).toBe('');
    expect(allowedTo(plain, jane, 'daemonsets.apps', '')).toBe('');
    expect(plain.isAllowed(jane, at('GET', '/api/v1/namespaces/team-a'))).toBe(true);
    expect(plain.isAllowed(jane, at('GET', '/api/v1/namespaces'))).toBe(false);
  });

  it('let everyone discover what is served, and only some see metrics', () => {
    const jane = user('jane');
    for (const path of ['/api', '/apis', '/apis/apps/v1', '/openapi/v3', '/openapi/v3/apis/apps/v1', '/version', '/readyz']) expect(plain.isAllowed(jane, at('GET', path)), path).toBe(true);
    expect(plain.isAllowed(jane, at('POST', '/version'))).toBe(false);
    expect(plain.isAllowed(jane, at('GET', '/metrics'))).toBe(false);
    expect(plain.isAllowed(user('prometheus', 'system:monitoring'), at('GET', '/metrics'))).toBe(true);
  });

  it('are nobody’s who only calls a group of the same beginning theirs', () => {
    for (const group of ['everynode:viewer', 'everynode:view:', 'everynode:cluster-admin', 'everynode:node', 'x-everynode:admin', 'everynode:admin:a:b']) {
      expect(allowedTo(plain, user('mallory', group), 'pods', 'a'), group).toBe('');
    }
  });
});

describe('bindings', () => {
  const bound = (written: Written): Authorizer => new Authorizer(source(written), NO_BELONGINGS);
  const view = { kind: 'ClusterRole', name: 'view' };

  it('give a role to users, groups and service accounts, everywhere or in one namespace', () => {
    const authorizer = bound({
      clusterRoleBindings: [{ subjects: [{ kind: 'User', name: 'jane' }], roleRef: view }],
      roleBindings: { a: [{ subjects: [{ kind: 'Group', name: 'dev' }, { kind: 'ServiceAccount', name: 'ci', namespace: 'b' }, { kind: 'ServiceAccount', name: 'here' }], roleRef: view }] },
    });
    expect(allowedTo(authorizer, user('jane'), 'pods', 'b')).toBe('glw');
    expect(allowedTo(authorizer, user('bob', 'dev'), 'pods', 'a')).toBe('glw');
    expect(allowedTo(authorizer, user('bob', 'dev'), 'pods', 'b')).toBe('');
    expect(allowedTo(authorizer, serviceAccountUser('b', 'ci'), 'pods', 'a')).toBe('glw');
    expect(allowedTo(authorizer, serviceAccountUser('a', 'ci'), 'pods', 'a')).toBe('');
    expect(allowedTo(authorizer, serviceAccountUser('a', 'here'), 'pods', 'a')).toBe('glw');
    expect(allowedTo(authorizer, user('dev'), 'pods', 'a')).toBe('');
  });

  it('take roles of one’s own, with names of objects and wildcards', () => {
    const rules: readonly PolicyRule[] = [
      { verbs: ['get'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['one'] },
      { verbs: ['*'], apiGroups: ['apps'], resources: ['*'] },
      { verbs: ['update'], apiGroups: ['*'], resources: ['*/status'] },
    ];
    const authorizer = bound({
      roles: { 'a/mine': rules },
      roleBindings: { a: [{ subjects: [{ kind: 'User', name: 'jane' }], roleRef: { kind: 'Role', name: 'mine' } }] },
      clusterRoleBindings: [{ subjects: [{ kind: 'User', name: 'jane' }], roleRef: { kind: 'Role', name: 'mine' } }, { subjects: [{ kind: 'User', name: 'jane' }], roleRef: { kind: 'ClusterRole', name: 'gone' } }],
    });
    const jane = user('jane');
    expect(authorizer.isAllowed(jane, at('GET', '/api/v1/namespaces/a/configmaps/one'))).toBe(true);
    expect(authorizer.isAllowed(jane, at('GET', '/api/v1/namespaces/a/configmaps/two'))).toBe(false);
    expect(authorizer.isAllowed(jane, at('GET', '/api/v1/namespaces/a/configmaps'))).toBe(false);
    expect(authorizer.isAllowed(jane, at('DELETE', '/apis/apps/v1/namespaces/a/daemonsets/x'))).toBe(true);
    expect(authorizer.isAllowed(jane, at('PUT', '/api/v1/namespaces/a/pods/x/status'))).toBe(true);
    expect(authorizer.isAllowed(jane, at('PUT', '/api/v1/namespaces/a/pods/x'))).toBe(false);
    expect(authorizer.isAllowed(jane, at('DELETE', '/apis/apps/v1/namespaces/b/daemonsets/x'))).toBe(false);
  });

  it('show what of a role is beyond a user', () => {
    const edit = user('ed', roleGroup('edit'));
    const rules = (verbs: readonly string[], ...resources: readonly string[]): readonly PolicyRule[] => [{ verbs, apiGroups: [''], resources }];
    expect(plain.beyond(edit, rules(['get', 'create'], 'pods', 'secrets'), 'a')).toEqual([]);
    expect(plain.beyond(edit, rules(['get', 'create'], 'pods', 'nodes'), 'a')).toEqual([
      { verbs: ['get'], apiGroups: [''], resources: ['nodes'] },
      { verbs: ['create'], apiGroups: [''], resources: ['nodes'] },
    ]);
    expect(plain.beyond(edit, rules(['*'], 'pods'), 'a')).toHaveLength(1);
    expect(plain.beyond(edit, [{ verbs: ['get'], apiGroups: [''], resources: ['*'] }], 'a')).toHaveLength(1);
    expect(plain.beyond(edit, [{ verbs: ['get'], nonResourceURLs: ['/metrics'] }], '')).toHaveLength(1);
    expect(plain.beyond(edit, [{ verbs: ['get'], nonResourceURLs: ['/api/v1'] }], '')).toEqual([]);
    expect(plain.beyond(user('root', MASTERS_GROUP), rules(['*'], '*'), '')).toEqual([]);
    const endless = Array.from({ length: 500 }, (_, index) => `r${index}`);
    expect(plain.beyond(edit, [{ verbs: endless, apiGroups: endless, resources: endless }], 'a')).toHaveLength(1);
  });

  it('let a rule for one name give no more than that name', () => {
    const one: readonly PolicyRule[] = [{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['one'] }];
    const authorizer = bound({ clusterRoles: { one }, clusterRoleBindings: [{ subjects: [{ kind: 'User', name: 'jane' }], roleRef: { kind: 'ClusterRole', name: 'one' } }] });
    expect(authorizer.beyond(user('jane'), one, '')).toEqual([]);
    expect(authorizer.beyond(user('jane'), [{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'] }], '')).toHaveLength(1);
    expect(authorizer.beyond(user('jane'), [{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['two'] }], '')).toHaveLength(1);
  });
});

describe('a node', () => {
  const belongings: NodeBelongings = {
    nodeOfPod: (_namespace, name) => ({ mine: 'n1', other: 'n2' })[name],
    isUsedOnNode: (node, resource, _namespace, name) => node === 'n1' && `${resource}/${name}` === 'secrets/used',
  };
  const authorizer = new Authorizer(source(), belongings);
  const node = user('system:node:n1', 'system:nodes');

  it.each([
    ['GET', '/api/v1/nodes/n1', true],
    ['GET', '/api/v1/nodes/n2', false],
    ['GET', '/api/v1/nodes', false],
    ['GET', '/api/v1/nodes?watch=1&fieldSelector=metadata.name%3Dn1', true],
    ['PATCH', '/api/v1/nodes/n1/status', true],
    ['PATCH', '/api/v1/nodes/n2/status', false],
    ['PATCH', '/api/v1/nodes/n1', false],
    ['GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dn1&watch=true', true],
    ['GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dn2', false],
    ['GET', '/api/v1/pods', false],
    ['GET', '/api/v1/namespaces/a/pods/mine', true],
    ['GET', '/api/v1/namespaces/a/pods/other', false],
    ['PATCH', '/api/v1/namespaces/a/pods/mine/status', true],
    ['PATCH', '/api/v1/namespaces/a/pods/other/status', false],
    ['PATCH', '/api/v1/namespaces/a/pods/missing/status', false],
    ['DELETE', '/api/v1/namespaces/a/pods/mine', true],
    ['DELETE', '/api/v1/namespaces/a/pods/other', false],
    ['DELETE', '/api/v1/namespaces/a/pods', false],
    ['POST', '/api/v1/namespaces/a/pods', false],
    ['POST', '/api/v1/namespaces/a/pods/mine/eviction', true],
    ['GET', '/api/v1/namespaces/a/secrets/used', true],
    ['GET', '/api/v1/namespaces/a/secrets/unused', false],
    ['GET', '/api/v1/namespaces/a/secrets', false],
    ['PUT', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1', true],
    ['PUT', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n2', false],
    ['PUT', '/apis/coordination.k8s.io/v1/namespaces/default/leases/n1', false],
    ['POST', '/api/v1/namespaces/a/events', true],
    ['GET', '/api/v1/services', true],
    ['PATCH', '/apis/apps/v1/namespaces/a/daemonsets/x', false],
    ['GET', '/metrics', false],
  ])('%s %s is allowed: %s', (method, url, allowed) => {
    expect(authorizer.isAllowed(node, at(method, url))).toBe(allowed);
  });

  it('is one by name and group together', () => {
    const path = at('GET', '/api/v1/nodes/n1');
    expect(authorizer.isAllowed(user('system:node:n1'), path)).toBe(false);
    expect(authorizer.isAllowed(user('n1', 'system:nodes'), path)).toBe(false);
  });
});

describe('a refusal', () => {
  it.each([
    ['GET', '/api/v1/namespaces/default/pods', 'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"'],
    ['GET', '/api/v1/nodes', 'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope'],
    ['DELETE', '/apis/apps/v1/namespaces/a/daemonsets/x', 'daemonsets.apps "x" is forbidden: User "jane" cannot delete resource "daemonsets" in API group "apps" in the namespace "a"'],
    ['POST', '/api/v1/namespaces/a/pods/x/exec', 'pods "x" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" in the namespace "a"'],
    ['GET', '/metrics', 'forbidden: User "jane" cannot get path "/metrics"'],
  ])('of %s %s has the words that clients know', (method, url, message) => {
    expect(accessForbiddenStatus(user('jane'), at(method, url))).toMatchObject({ code: 403, reason: 'Forbidden', message });
  });
});
