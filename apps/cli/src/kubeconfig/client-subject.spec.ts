import { describe, expect, it } from 'vitest';
import { subjectOf } from './client-subject.ts';

describe('whom a certificate is made out for', () => {
  it.each([
    [{ group: [] }, 'system:admin', ['system:masters']],
    [{ user: 'jane', group: [] }, 'jane', []],
    [{ user: 'jane', role: 'view', group: [] }, 'jane', ['everynode:view']],
    [{ user: 'ci', role: 'edit', namespace: 'team-a', group: ['bots'] }, 'ci', ['everynode:edit:team-a', 'bots']],
    [{ user: 'node-1', role: 'node', group: [] }, 'system:node:node-1', ['system:nodes']],
    [{ user: 'system:node:node-1', role: 'node', group: [] }, 'system:node:node-1', ['system:nodes']],
  ])('%j is %s in %j', (wanted, user, groups) => {
    expect(subjectOf(wanted)).toEqual({ user, groups });
  });

  it.each([
    [{ role: 'view', group: [] }, /--user/],
    [{ group: ['dev'] }, /--user/],
    [{ user: '', role: 'view', group: [] }, /--user/],
    [{ user: 'jane', role: 'root', group: [] }, /--role: expected one of admin, edit, view, node/],
    [{ user: 'node-1', role: 'node', namespace: 'a', group: [] }, /--namespace/],
  ])('refuses %j', (wanted, message) => {
    expect(() => subjectOf(wanted)).toThrow(message);
  });
});
