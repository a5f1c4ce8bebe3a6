import { describe, expect, it } from 'vitest';
import type { NodeSelectorTerm, SelectorRequirement } from '../kubernetes/objects.ts';
import { compileTerms, matchesTerms } from './node-affinity.ts';

const node = { name: 'host_1', labels: { zone: 'a', cores: '16', bad: 'ten', 'example.com/disk': 'ssd' } };
const matches = (...terms: readonly NodeSelectorTerm[]): boolean => matchesTerms(compileTerms(terms), node);
const expressions = (...matchExpressions: readonly SelectorRequirement[]): NodeSelectorTerm => ({ matchExpressions });
const fields = (...matchFields: readonly SelectorRequirement[]): NodeSelectorTerm => ({ matchFields });
const zoneA: SelectorRequirement = { key: 'zone', operator: 'In', values: ['a'] };
const zoneB: SelectorRequirement = { key: 'zone', operator: 'In', values: ['b'] };

describe('matchesTerms', () => {
  it('DS-113 takes terms as alternatives and requirements as all needed', () => {
    expect(matches(expressions(zoneB), expressions(zoneA))).toBe(true);
    expect(matches(expressions(zoneA, zoneB))).toBe(false);
    expect(matches({ ...expressions(zoneA), ...fields({ key: 'metadata.name', operator: 'In', values: ['host_1'] }) })).toBe(true);
    expect(matches({ ...expressions(zoneB), ...fields({ key: 'metadata.name', operator: 'In', values: ['host_1'] }) })).toBe(false);
    expect(matches(expressions(zoneB), fields({ key: 'metadata.name', operator: 'In', values: ['host_1'] }))).toBe(true);
  });

  it('DS-114 drops empty terms, and matches no node when none is left', () => {
    expect(matches({})).toBe(false);
    expect(matches({ matchExpressions: [], matchFields: [] })).toBe(false);
    expect(matches({}, expressions(zoneA))).toBe(true);
    expect(matches()).toBe(false);
  });

  it.each<readonly [SelectorRequirement, boolean]>([
    [{ key: 'zone', operator: 'In', values: ['b', 'a'] }, true],
    [{ key: 'zone', operator: 'In', values: ['b'] }, false],
    [{ key: 'none', operator: 'In', values: ['a'] }, false],
    [{ key: 'zone', operator: 'NotIn', values: ['b'] }, true],
    [{ key: 'zone', operator: 'NotIn', values: ['a'] }, false],
    [{ key: 'none', operator: 'NotIn', values: ['a'] }, true],
    [{ key: 'none', operator: 'NotIn', values: [''] }, true],
    [{ key: 'example.com/disk', operator: 'Exists' }, true],
    [{ key: 'none', operator: 'Exists' }, false],
    [{ key: 'none', operator: 'DoesNotExist' }, true],
    [{ key: 'zone', operator: 'DoesNotExist' }, false],
    [{ key: 'cores', operator: 'Gt', values: ['8'] }, true],
    [{ key: 'cores', operator: 'Gt', values: ['16'] }, false],
    [{ key: 'cores', operator: 'Lt', values: ['17'] }, true],
    [{ key: 'cores', operator: 'Lt', values: ['16'] }, false],
    [{ key: 'none', operator: 'Gt', values: ['0'] }, false],
    [{ key: 'bad', operator: 'Lt', values: ['100'] }, false],
  ])('DS-116 %o on the node is %s', (requirement, expected) => {
    expect(matches(expressions(requirement))).toBe(expected);
  });

  it.each<readonly [string, SelectorRequirement]>([
    ['a bad key', { key: 'no spaces', operator: 'DoesNotExist' }],
    ['a bad prefix', { key: 'UPPER/none', operator: 'DoesNotExist' }],
    ['an unknown operator', { key: 'none', operator: 'Near', values: ['a'] }],
    ['In without values', { key: 'zone', operator: 'In', values: [] }],
    ['NotIn without values', { key: 'none', operator: 'NotIn' }],
    ['Exists with values', { key: 'zone', operator: 'Exists', values: ['a'] }],
    ['DoesNotExist with values', { key: 'none', operator: 'DoesNotExist', values: ['a'] }],
    ['Gt with two values', { key: 'cores', operator: 'Gt', values: ['1', '2'] }],
    ['Gt without a value', { key: 'cores', operator: 'Gt' }],
    ['Lt with two values', { key: 'cores', operator: 'Lt', values: ['100', '200'] }],
    ['Gt with text', { key: 'cores', operator: 'Gt', values: ['few'] }],
    ['a value that is no label value', { key: 'none', operator: 'NotIn', values: ['not ok'] }],
  ])('DS-117 %s spoils its own term only', (_what, requirement) => {
    expect(matches(expressions(requirement))).toBe(false);
    expect(matches(expressions(zoneA, requirement))).toBe(false);
    expect(matches(expressions(requirement), expressions(zoneA))).toBe(true);
  });

  const long = 'p'.repeat(253);
  it.each([
    'A', 'a/b', 'a.b/c', 'a.b.c/d', 'ab.c-d.e--f/x_.Y', '0/0', `${long}/${'n'.repeat(63)}`,
  ])('DS-117 takes %s as a key', (key) => {
    expect(matches(expressions({ key, operator: 'DoesNotExist' }))).toBe(true);
  });

  it.each([
    '', '/', '/a', 'a/', 'a/b/c', '-a/b', 'a-/b', 'a..b/c', '.a/b', 'a./b', 'a.-b/c', 'a.b-/c', 'A/b', 'a_b/c', 'a.b_/c', '-a', 'a-', 'a b', `${long}p/a`, 'n'.repeat(64), `a/${'n'.repeat(64)}`,
  ])('DS-117 takes %j as no key', (key) => {
    expect(matches(expressions({ key, operator: 'DoesNotExist' }))).toBe(false);
  });

  it.each<readonly [string, SelectorRequirement, boolean]>([
    ['In with the name', { key: 'metadata.name', operator: 'In', values: ['host_1'] }, true],
    ['In with another name', { key: 'metadata.name', operator: 'In', values: ['host_2'] }, false],
    ['NotIn with another name', { key: 'metadata.name', operator: 'NotIn', values: ['host_2'] }, true],
    ['NotIn with the name', { key: 'metadata.name', operator: 'NotIn', values: ['host_1'] }, false],
    ['two names, which is invalid', { key: 'metadata.name', operator: 'In', values: ['host_1', 'host_2'] }, false],
    ['Exists, which is invalid', { key: 'metadata.name', operator: 'Exists' }, false],
    ['another operator, which is invalid', { key: 'metadata.name', operator: 'Gt', values: ['host_2'] }, false],
    ['In without values, which is invalid', { key: 'metadata.name', operator: 'In' }, false],
    ['NotIn without values, which is invalid', { key: 'metadata.name', operator: 'NotIn' }, false],
    ['In of nothing on another field, which is empty', { key: 'metadata.foo', operator: 'In', values: [''] }, true],
    ['In of the name on another field, which is empty', { key: 'metadata.foo', operator: 'In', values: ['host_1'] }, false],
    ['In on another field, which is empty', { key: 'metadata.foo', operator: 'In', values: ['bar'] }, false],
    ['NotIn on another field, which is empty', { key: 'metadata.foo', operator: 'NotIn', values: ['bar'] }, true],
  ])('DS-118 a field matches by %s', (_what, requirement, expected) => {
    expect(matches(fields(requirement))).toBe(expected);
  });
});
