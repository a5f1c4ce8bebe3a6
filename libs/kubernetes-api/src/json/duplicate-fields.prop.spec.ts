// Fields that a JSON text gives twice: of every text that JSON.stringify makes there is none; those that are put in are found where they are.
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { duplicateFields, fieldsInOrder } from './duplicate-fields.ts';

const seen = { nested: 0, strange: 0 };
afterAll(() => {
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
});

describe('duplicateFields', () => {
  it('finds none in what has none, whatever is in its texts', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.boolean(), (value, isPretty) => {
        const text = JSON.stringify({ value, strange: '{"a":1,"a":2}\\"' }, null, isPretty ? 2 : 0);
        if (/[[{].*[[{]/s.test(text)) seen.nested += 1;
        expect(duplicateFields(text)).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('finds a field that is repeated after any others', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 1 }), { minKeys: 1 }), (fields) => {
        const [field = ''] = Object.keys(fields);
        if (!/^\w+$/.test(field)) seen.strange += 1;
        const body = JSON.stringify(fields).slice(0, -1);
        expect(duplicateFields(`${body},${JSON.stringify(field)}:{}}`)).toEqual([field]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['{"a":1,"a":2}', ['a']],
    ['{"a":1,"a":2,"a":3}', ['a']],
    ['{"spec":{"template":{"x":1,"x":1}}}', ['spec.template.x']],
    ['{"list":[{"a":1},{"a":1,"a":2},[{"b":1,"b":1}]]}', ['list[1].a', 'list[2][0].b']],
    ['[{"op":"add","op":"add"}]', ['[0].op']],
    ['{"a":{"b":1},"c":{"b":1},"a":{"b":2}}', ['a']],
    [String.raw`{"a\"":1,"a\u0022":2}`, ['a"']],
    ['{ "labels" : { "x/y.z" : "1" , "x/y.z" : "2" } }', ['labels.x/y.z']],
    ['"a:a"', []],
  ])('%s repeats %j', (text, fields) => {
    expect(duplicateFields(text)).toEqual(fields);
  });

  it('stops after as many as upstream reports', () => {
    expect(duplicateFields(`{${Array.from({ length: 300 }, (_, index) => `"f${index}":1,"f${index}":2`).join(',')}}`)).toHaveLength(100);
  });
});

describe('fieldsInOrder', () => {
  it('puts a field that is repeated where it comes last', () => {
    expect(fieldsInOrder('{"a":{"b":1},"c":[{"d":1},{"d":2}],"a":{"e":1}}')).toEqual(['a.b', 'c', 'c[0].d', 'c[1].d', 'a', 'a.e']);
  });

  it('keeps the order of 10,000 at most', () => {
    expect(fieldsInOrder(`{${Array.from({ length: 10_100 }, (_, index) => `"f${index}":1`).join(',')}}`)).toHaveLength(10_000);
  });
});
