import { Authorizer, MASTERS_GROUP, roleGroup, type PolicySource, type UserInfo } from '@everynode/kubernetes-api';
import { describe, expect, it } from 'vitest';
import { StatusError } from '../http/answer.ts';
import { Reviews } from './reviews.ts';

const NOTHING: PolicySource = { clusterRole: () => undefined, role: () => undefined, clusterRoleBindings: () => [], roleBindings: () => [] };
const reviews = new Reviews({ authorizer: new Authorizer(NOTHING, { nodeOfPod: () => undefined, isUsedOnNode: () => false }), tokens: [] });
const jane: UserInfo = { username: 'jane', groups: [roleGroup('view', 'a'), 'system:authenticated'] };

const ask = async (kind: string, spec: unknown, user: UserInfo = jane, namespace = ''): Promise<Record<string, unknown>> => {
  const { body } = await reviews.answer(kind, { apiVersion: 'x/v1', spec }, user, namespace);
  return (JSON.parse(body as string) as { status: Record<string, unknown> }).status;
};
const pods = { verb: 'list', resource: 'pods', namespace: 'a' };

describe('reviews of access', () => {
  it('say of oneself what may be done, and why not', async () => {
    expect(await ask('SelfSubjectAccessReview', { resourceAttributes: pods })).toEqual({ allowed: true });
    expect(await ask('SelfSubjectAccessReview', { resourceAttributes: { ...pods, namespace: 'b' }, nonResourceAttributes: null })).toEqual({
      allowed: false,
      reason: 'User "jane" cannot list resource "pods" in API group "" in the namespace "b"',
    });
    expect(await ask('SelfSubjectAccessReview', { nonResourceAttributes: { verb: 'get', path: '/api' } })).toEqual({ allowed: true });
    expect(await ask('SelfSubjectAccessReview', { resourceAttributes: { verb: '*', resource: '*', group: '*' } }, { username: 'root', groups: [MASTERS_GROUP] })).toEqual({ allowed: true });
  });

  it('say it of others', async () => {
    expect(await ask('SubjectAccessReview', { user: 'bob', groups: [roleGroup('edit')], resourceAttributes: { ...pods, verb: 'delete' } })).toEqual({ allowed: true });
    expect(await ask('SubjectAccessReview', { user: 'bob', resourceAttributes: pods })).toMatchObject({ allowed: false });
    expect(await ask('LocalSubjectAccessReview', { user: 'bob', groups: [roleGroup('view', 'a')], resourceAttributes: { ...pods, namespace: '' } }, jane, 'a')).toEqual({ allowed: true });
  });

  it.each([
    ['SelfSubjectAccessReview', {}],
    ['SelfSubjectAccessReview', { resourceAttributes: pods, nonResourceAttributes: { path: '/' } }],
    ['SubjectAccessReview', { resourceAttributes: pods }],
    ['TokenReview', {}],
  ])('are refused when they ask nothing that can be answered: %s %j', async (kind, spec) => {
    await expect(ask(kind, spec)).rejects.toThrow(StatusError);
  });

  it('list the rules of a namespace', async () => {
    const { resourceRules, nonResourceRules, incomplete } = await ask('SelfSubjectRulesReview', { namespace: 'a' });
    expect(incomplete).toBe(false);
    expect(resourceRules).toContainEqual({ verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['namespaces'] });
    expect(nonResourceRules).toMatchObject([{ verbs: ['get'], nonResourceURLs: expect.arrayContaining(['/api', '/version']) as string[] }]);
    expect((await ask('SelfSubjectRulesReview', { namespace: 'b' }))['resourceRules']).not.toContainEqual(expect.objectContaining({ resources: ['namespaces'] }));
    expect(await ask('SelfSubjectRulesReview', { namespace: 'a' }, { username: 'system:node:n', groups: ['system:nodes'] })).toMatchObject({ incomplete: true });
  });
});
