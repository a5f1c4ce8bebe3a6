import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { OrderedNames } from './ordered-names.ts';

let rebuilds = 0;
let takes = 0;

describe('OrderedNames', () => {
  it('DS-200 gives names in order whatever was added, deleted and taken before', () => {
    const name = fc.integer({ min: 0, max: 120 }).map((value) => `n${String(value).padStart(3, '0')}`);
    const operation = fc.oneof(
      { weight: 5, arbitrary: fc.record({ type: fc.constant('add' as const), name }) },
      { weight: 4, arbitrary: fc.record({ type: fc.constant('delete' as const), name }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('take' as const), count: fc.nat(4) }) },
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 400, size: 'max' }), (operations) => {
        const names = new OrderedNames();
        const model = new Set<string>();
        let added = 0;
        for (const step of operations) {
          if (step.type === 'add') {
            names.add(step.name);
            model.add(step.name);
            added += 1;
          } else if (step.type === 'delete') {
            names.delete(step.name);
            model.delete(step.name);
          } else {
            const expected = [...model].sort().slice(0, step.count);
            expect(names.take(step.count)).toEqual(expected);
            for (const taken of expected) model.delete(taken);
            if (expected.length > 1) takes += 1;
          }
          expect(names.size).toBe(model.size);
        }
        if (added > 100) rebuilds += 1;
        expect(names.take(1_000)).toEqual([...model].sort());
      }),
      { numRuns: 100 },
    );
  });

  it('DS-200 keeps no trace of names that are gone', () => {
    const names = new OrderedNames();
    for (let round = 0; round < 10_000; round += 1) {
      names.add(`node-${round}`);
      names.delete(`node-${round}`);
    }
    expect(JSON.stringify([...(names as unknown as { heap: string[] }).heap]).length).toBeLessThan(2_000);
  });

  it('DS-200 keeps a name once however often it comes and goes', () => {
    const names = new OrderedNames();
    for (let round = 0; round < 30; round += 1) {
      names.add('a');
      names.delete('a');
      expect(names.has('a')).toBe(false);
      names.add('a');
      expect(names.has('a')).toBe(true);
    }
    expect((names as unknown as { heap: string[] }).heap).toEqual(['a']);
    expect(names.take(2)).toEqual(['a']);
  });

  it('DS-200 keeps the order when most names are gone at once', () => {
    const all = Array.from({ length: 300 }, (_, index) => `n${String((index * 7) % 300).padStart(3, '0')}`);
    const names = new OrderedNames();
    for (const name of all.toReversed()) names.add(name);
    for (const name of all.slice(0, 250)) names.delete(name);
    names.add('n000');
    expect(names.size).toBe(51);
    expect([...names.take(20), ...names.take(-1), ...names.take(0), ...names.take(100)]).toEqual([...all.slice(250), 'n000'].sort());
    expect(names.size).toBe(0);
    for (const name of ['b', 'c', 'a']) names.add(name);
    expect(names.take(3)).toEqual(['a', 'b', 'c']);
  });

  afterAll(() => {
    expect(rebuilds, 'long histories').toBeGreaterThan(0);
    expect(takes, 'several names taken at once').toBeGreaterThan(0);
  });
});
