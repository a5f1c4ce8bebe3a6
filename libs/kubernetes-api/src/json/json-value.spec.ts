import { describe, expect, it } from 'vitest';
import { canonicalJson, cloneJson, fieldOf, findPrototypeKey, isSameJson, stringMapAt, valueAt } from './json-value.ts';

describe('JSON values', () => {
  it('have no inherited fields', () => {
    expect(fieldOf({}, 'constructor')).toBeUndefined();
    expect(valueAt({ a: { toString: 'own' } }, 'a', 'toString')).toBe('own');
    expect(valueAt('text', 'length')).toBeUndefined();
  });

  it('are copied without undefined fields and without a prototype key', () => {
    const copy = cloneJson<unknown>({
      a: undefined,
      b: [{ c: 1 }],
      ...(JSON.parse('{"d":{"__proto__":{"x":1}}}') as object),
    });
    expect(copy).toEqual({ b: [{ c: 1 }], d: {} });
    expect(valueAt(copy, 'd', 'x')).toBeUndefined();
    expect(findPrototypeKey(JSON.parse('{"a":[{"__proto__":1}]}'))).toBe('a[0].__proto__');
    expect(findPrototypeKey({ a: [{ constructor: 1 }] })).toBeUndefined();
  });

  it('are the same whatever the order of keys, and differ by order in lists', () => {
    expect(isSameJson({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 })).toBe(true);
    expect(isSameJson([1, 2], [2, 1])).toBe(false);
    expect(isSameJson({ a: 1 }, { constructor: 1 })).toBe(false);
    expect(isSameJson([], {})).toBe(false);
    expect(canonicalJson({ b: 1, a: { d: 1, c: 2 } })).toBe('{"a":{"c":2,"d":1},"b":1}');
  });

  it('give string maps without values of other types', () => {
    expect(stringMapAt({ labels: { a: 'b', c: 1 } }, 'labels')).toEqual({ a: 'b' });
  });
});
