import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { formatQuantity, parseQuantity } from './quantity.ts';

const SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'e3', 'E-2'];

describe('quantities', () => {
  const seen = new Set<string>();

  it('keep their value and settle in one text when written in canonical form', () => {
    const texts = fc
      .tuple(
        fc.constantFrom('', '-', '+'),
        fc.integer({ min: 0, max: 100_000 }),
        fc.constantFrom('', '.5', '.25'),
        fc.constantFrom(...SUFFIXES),
      )
      .map(([sign, whole, fraction, suffix]) => ({ text: `${sign}${whole}${fraction}${suffix}`, suffix }));
    fc.assert(
      fc.property(texts, ({ text, suffix }) => {
        const parsed = parseQuantity(text);
        if (parsed === undefined) throw new Error(`refused ${text}`);
        const canonical = formatQuantity(parsed);
        const again = parseQuantity(canonical);
        seen.add(suffix);
        expect(again?.nanos).toBe(parsed.nanos);
        expect(again === undefined ? '' : formatQuantity(again)).toBe(canonical);
      }),
      { seed: 11, numRuns: 1000 },
    );
  });

  afterAll(() => {
    expect([...seen].toSorted()).toEqual(SUFFIXES.toSorted());
  });
});
