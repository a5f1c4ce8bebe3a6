// Comparing JSON values: nothing differs exactly when they are equal, and every change that is named is one.
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { compareValues } from './compare-values.ts';

const seen = { equal: 0, different: 0, lists: 0 };
const normal = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
/** Fields that are null are not there. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, field]) => (field === null ? [] : [[key, withoutNulls(field)]])));
};
const changes = (before: unknown, after: unknown): readonly { readonly path: string; readonly before: unknown; readonly after: unknown }[] => [...compareValues('', before, after)];

const containers = fc.uniqueArray(fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), image: fc.constantFrom('v1', 'v2') }), { selector: ({ name }) => name });
const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.record({ containers, labels: fc.dictionary(fc.constantFrom('app', 'a/b.c'), fc.constantFrom('x', 'y')) }));

afterAll(() => {
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
});

describe('comparing values', () => {
  it('finds no change exactly between equal values', () => {
    fc.assert(
      fc.property(value, value, fc.boolean(), (left, right, isSame) => {
        const [before, after] = [normal(left), normal(isSame ? left : right)];
        const isEqual = isDeepStrictEqual(withoutNulls(before), withoutNulls(after));
        seen[isEqual ? 'equal' : 'different'] += 1;
        expect(changes(before, after).length === 0).toBe(isEqual);
      }),
      { numRuns: 500 },
    );
  });

  it('names changes that are none of equal values, the same backwards', () => {
    fc.assert(
      fc.property(containers, containers, (before, after) => {
        if (before.length > 1 && after.length > 1) seen.lists += 1;
        const forwards = changes({ before: 1, list: before }, { before: 1, list: after });
        for (const change of forwards) expect(change.before).not.toEqual(change.after);
        const backwards = changes({ before: 1, list: after }, { before: 1, list: before });
        expect(new Set(backwards.map(({ path }) => path))).toEqual(new Set(forwards.map(({ path }) => path)));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [{ a: { b: 1 } }, { a: { b: 2 } }, ['a.b']],
    [{ containers: [{ name: 'c', image: '1' }] }, { containers: [{ name: 'd' }, { name: 'c', image: '2' }] }, ['containers[name=c].image', 'containers[name=d]']],
    [{ labels: { 'a/b.c': 'x' } }, { labels: {} }, ['labels["a/b.c"]']],
    [{ a: null, b: null }, { b: 1 }, ['b']],
    [{ list: [1] }, { list: [1, null] }, ['list[1]']],
    [{ list: [1, 2] }, { list: [1, 3, 4] }, ['list[1]', 'list[2]']],
    [{ list: [{ name: 'a' }, { name: 'b' }] }, { list: [{ name: 'b' }, { name: 'a' }] }, ['list (order)']],
    [{ list: [{ name: 'a' }, { name: 'a', x: 1 }] }, { list: [{ name: 'a' }, { name: 'a', x: 2 }] }, ['list[1].x']],
    [1, 'one', ['']],
  ])('tells where %j and %j differ', (before, after, paths) => {
    expect(changes(before, after).map(({ path }) => path)).toEqual(paths);
  });
});
