// What reviews of access say is what happens: roles and bindings are drawn, and each request is made as well as asked about.
import * as fc from 'fast-check';
import type { KubernetesObject } from '@everynode/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { created, HandMadeLog } from '../testing/hand-made-log.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
const USERS = ['ann', 'ben', 'system:serviceaccount:a:bot', 'system:node:n1'] as const;
const NAMESPACES = ['a', 'b'] as const;
const NAMES = ['one', 'two'] as const;
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', '*'] as const;
const RESOURCES = ['pods', 'pods/log', 'pods/exec', 'pods/proxy', 'pods/status', 'configmaps', 'daemonsets', 'nodes', 'pods/*', '*/status', '*'] as const;

/** Verb, and what of HTTP asks for it. */
const METHODS = { get: 'GET', list: 'GET', watch: 'GET', create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE', deletecollection: 'DELETE' } as const;
type Verb = keyof typeof METHODS;
const OF_MANY: ReadonlySet<Verb> = new Set(['list', 'watch', 'deletecollection', 'create']);

interface Asked {
  readonly user: string;
  readonly verb: Verb;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

const groupOf = (resource: string): string => (resource === 'daemonsets' ? 'apps' : '');

const requests = fc
  .record({
    user: fc.constantFrom(...USERS),
    verb: fc.constantFrom(...(Object.keys(METHODS) as Verb[])),
    kind: fc.constantFrom('pods', 'pods/log', 'pods/exec', 'pods/proxy', 'pods/status', 'configmaps', 'daemonsets', 'daemonsets/status', 'nodes'),
    namespace: fc.constantFrom(...NAMESPACES, ''),
    name: fc.constantFrom(...NAMES),
  })
  .map(({ user, verb, kind, namespace, name }): Asked => {
    const [resource = '', subresource = ''] = kind.split('/');
    // A part of an object is always of one that is named, in its namespace.
    const isMany = subresource === '' && OF_MANY.has(verb);
    const place = resource === 'nodes' ? '' : isMany && verb !== 'create' ? namespace : namespace || 'a';
    const known = subresource !== '' && ['list', 'watch', 'deletecollection'].includes(verb) ? 'get' : verb;
    return { user, verb: known, resource, subresource, namespace: place, name: isMany ? '' : name };
  });

const pathOf = ({ resource, subresource, namespace, name, verb }: Asked): string => {
  const parts = [groupOf(resource) === '' ? '/api/v1' : '/apis/apps/v1', ...(namespace === '' ? [] : ['namespaces', namespace]), resource, ...(name === '' ? [] : [name]), ...(subresource === '' ? [] : [subresource])];
  return `${parts.join('/')}${verb === 'watch' ? '?watch=true' : ''}`;
};

const object = (kind: string, name: string, namespace: string | undefined, more: object): KubernetesObject => ({
  apiVersion: RBAC,
  kind,
  metadata: { name, uid: `uid-${kind}-${namespace ?? ''}-${name}`, ...(namespace === undefined ? {} : { namespace }) },
  ...more,
});

const rules = fc.array(
  fc.record({
    verbs: fc.uniqueArray(fc.constantFrom(...VERBS), { minLength: 1, maxLength: 3 }),
    apiGroups: fc.constantFrom([''], ['apps'], ['*'], ['', 'apps']),
    resources: fc.uniqueArray(fc.constantFrom(...RESOURCES), { minLength: 1, maxLength: 2 }),
    resourceNames: fc.constantFrom([], [], ['one']),
  }),
  { minLength: 1, maxLength: 2 },
);

describe('reviews of access', () => {
  const hand = new HandMadeLog();
  let api: TestServer;

  beforeAll(async () => {
    const drawn = fc.sample(rules, { numRuns: 40, seed: 7 });
    for (const [index, role] of drawn.entries()) {
      const user = USERS[index % USERS.length] ?? USERS[0];
      const namespace = index % 3 === 0 ? undefined : NAMESPACES[index % 2];
      const of = namespace === undefined ? 'Cluster' : '';
      const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: user }];
      const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: `${of}Role`, name: `r${index}` };
      const plural = of === '' ? 'role' : 'clusterrole';
      await hand.append(created(`${plural}s`, object(`${of}Role`, `r${index}`, namespace, { rules: role })), created(`${plural}bindings`, object(`${of}RoleBinding`, `r${index}`, namespace, { subjects, roleRef })));
    }
    api = await startTestServer(hand.log);
    await api.folded(hand.last);
  });
  afterAll(() => api.stop());

  const says = async ({ user, name, ...attributes }: Asked): Promise<boolean> => {
    const spec = { resourceAttributes: { ...attributes, group: groupOf(attributes.resource), name } };
    const body = JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec });
    const headers = { 'impersonate-user': user, 'content-type': 'application/json', ...(user.startsWith('system:node:') ? { 'impersonate-group': 'system:nodes' } : {}) };
    const response = await api.send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body, headers });
    return ((await response.json()) as { readonly status: { readonly allowed: boolean } }).status.allowed;
  };

  /** Whether the gate lets it pass; behind it every request is refused for the time that it asks for, so that nothing is done or waited for. */
  const passes = async (asked: Asked): Promise<boolean> => {
    const path = pathOf(asked);
    const headers = { 'impersonate-user': asked.user, ...(asked.user.startsWith('system:node:') ? { 'impersonate-group': 'system:nodes' } : {}) };
    const response = await api.send(METHODS[asked.verb], `${path}${path.includes('?') ? '&' : '?'}timeout=never`, { headers });
    await response.body?.cancel();
    expect([400, 403], `${asked.verb} ${path}`).toContain(response.status);
    return response.status === 400;
  };

  it('say what happens', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(requests, async (asked) => {
        // A WebSocket into a Pod comes as a GET, and is more than a read.
        const isEntry = asked.verb === 'get' && asked.subresource === 'exec';
        const expected = (await says(asked)) && (!isEntry || (await says({ ...asked, verb: 'create' })));
        seen.set(`${asked.verb} ${String(expected)}`, (seen.get(`${asked.verb} ${String(expected)}`) ?? 0) + 1);
        expect(await passes(asked), JSON.stringify(asked)).toBe(expected);
      }),
      { numRuns: 250 },
    );
    for (const verb of Object.keys(METHODS)) for (const answer of ['true', 'false']) expect(seen.get(`${verb} ${answer}`) ?? 0, `${verb} ${answer}`).toBeGreaterThan(0);
  });
});
