import { describe, expect, it } from 'vitest';
import type { LabelSelector } from '../kubernetes/objects.ts';
import { isEmptySelector, matchesSelector } from './label-selector.ts';

const labels = { app: 'a', tier: 'front' };

describe('matchesSelector', () => {
  it.each<readonly [LabelSelector, boolean]>([
    [{ matchLabels: { app: 'a' } }, true],
    [{ matchLabels: { app: 'a', tier: 'back' } }, false],
    [{ matchExpressions: [{ key: 'tier', operator: 'In', values: ['front', 'middle'] }] }, true],
    [{ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['front'] }] }, false],
    [{ matchExpressions: [{ key: 'none', operator: 'NotIn', values: ['front'] }] }, true],
    [{ matchExpressions: [{ key: 'none', operator: 'Exists' }] }, false],
    [{ matchExpressions: [{ key: 'none', operator: 'DoesNotExist' }] }, true],
    [{ matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, false],
    [{ matchExpressions: [{ key: 'tier', operator: 'In', values: ['middle'] }] }, false],
    [{ matchExpressions: [{ key: 'none', operator: 'In', values: ['front'] }] }, false],
    [{ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['middle'] }] }, true],
    [{ matchLabels: { app: 'a' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, true],
    [{}, true],
  ])('DS-230 %o matches: %s', (selector, expected) => {
    expect(matchesSelector(selector, labels)).toBe(expected);
  });

  it.each<readonly [string, LabelSelector]>([
    ['an unknown operator', { matchExpressions: [{ key: 'app', operator: 'Near' }] }],
    ['In without values', { matchExpressions: [{ key: 'app', operator: 'In' }] }],
    ['NotIn without values', { matchExpressions: [{ key: 'none', operator: 'NotIn' }] }],
    ['Exists with values', { matchExpressions: [{ key: 'app', operator: 'Exists', values: ['a'] }] }],
    ['DoesNotExist with values', { matchExpressions: [{ key: 'none', operator: 'DoesNotExist', values: ['a'] }] }],
  ])('matches nothing with %s', (_what, selector) => {
    expect(matchesSelector(selector, labels)).toBe(false);
  });

  it('DS-17 matches nothing without a selector', () => {
    expect(matchesSelector(undefined, labels)).toBe(false);
  });

  it('DS-67 matches no Pod without labels', () => {
    expect(matchesSelector({ matchLabels: { app: 'a' } }, undefined)).toBe(false);
  });

  it('DS-88 knows a selector without requirements', () => {
    expect(isEmptySelector({})).toBe(true);
    expect(isEmptySelector({ matchLabels: {}, matchExpressions: [] })).toBe(true);
    expect(isEmptySelector({ matchLabels: { a: 'b' } })).toBe(false);
    expect(isEmptySelector({ matchExpressions: [{ key: 'a', operator: 'Exists' }] })).toBe(false);
  });
});
