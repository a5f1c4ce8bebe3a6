import { describe, expect, it } from 'vitest';
import type { Condition, KubernetesObject } from '../kubernetes/objects.ts';
import { deletionConditions, remainsOf } from './deletion-conditions.ts';

const object = (apiVersion: string, name: string, finalizers?: readonly string[]): KubernetesObject => ({
  apiVersion,
  kind: 'Any',
  metadata: { name, uid: name, ...(finalizers === undefined ? {} : { finalizers }) },
});

describe('remainsOf', () => {
  it('counts objects by resource and group, and finalizers over all of them, in order', () => {
    const remains = remainsOf([
      ['secrets', [object('v1', 'a', ['x.io/two']), object('v1', 'b')]],
      ['deployments', [object('apps/v1', 'c', ['x.io/two', 'a.io/one'])]],
    ]);
    expect(remains).toEqual({
      resources: ['deployments.apps has 1 resource instances', 'secrets. has 2 resource instances'],
      finalizers: ['a.io/one in 1 resource instances', 'x.io/two in 2 resource instances'],
    });
  });
});

describe('deletionConditions', () => {
  const NOTHING = { resources: [], finalizers: [] };
  const own: Condition = { type: 'Example', status: 'True' };

  it('keeps conditions that others wrote, and the times of those whose status stays', () => {
    const first = deletionConditions([own], { ...NOTHING, resources: ['pods. has 2 resource instances'] }, 'first') ?? [];
    expect(first.map(({ type }) => type)[0]).toBe('Example');
    expect(first).toHaveLength(6);
    const second = deletionConditions(first, { ...NOTHING, resources: ['pods. has 1 resource instances'] }, 'second') ?? [];
    expect(second.find(({ type }) => type === 'NamespaceContentRemaining')).toMatchObject({ lastTransitionTime: 'first', message: 'Some resources are remaining: pods. has 1 resource instances' });
    const third = deletionConditions(second, NOTHING, 'third') ?? [];
    expect(third.filter(({ lastTransitionTime }) => lastTransitionTime === 'third').map(({ type }) => type)).toEqual(['NamespaceContentRemaining']);
  });

  it('gives nothing when the conditions say already what remains', () => {
    const first = deletionConditions([], NOTHING, 'first') ?? [];
    expect(first).toHaveLength(5);
    expect(deletionConditions(first, NOTHING, 'second')).toBeUndefined();
  });
});
