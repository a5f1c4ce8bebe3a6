import { describe, expect, it } from 'vitest';
import { compareQuantities, formatQuantity, isSameQuantity, parseQuantity } from './quantity.ts';
import type { Quantity } from './quantity.ts';

const quantity = (text: string | number): Quantity => {
  const parsed = parseQuantity(text);
  if (parsed === undefined) throw new Error(`no quantity: ${text}`);
  return parsed;
};

describe('parseQuantity', () => {
  it.each([
    ['1', 1_000_000_000n],
    ['100m', 100_000_000n],
    ['1.5Gi', 1_610_612_736_000_000_000n],
    ['0.5Ki', 512_000_000_000n],
    ['1e3', 1_000_000_000_000n],
    ['1E-3', 1_000_000n],
    ['12E', 12_000_000_000_000_000_000_000_000_000n],
    ['-5k', -5_000_000_000_000n],
    ['+2', 2_000_000_000n],
    ['.5', 500_000_000n],
    ['1n', 1n],
    ['0.1n', 1n],
    [2, 2_000_000_000n],
  ])('reads %s', (text, nanos) => {
    expect(parseQuantity(text)?.nanos).toBe(nanos);
  });

  it.each(['', 'a', '1 ', '1KB', '1ki', '1.2.3', '--1', '1e', 'NaN', '1e999', '0x10'])('refuses %j', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });
});

describe('formatQuantity', () => {
  it.each([
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['1.5', '1500m'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['1000k', '1M'],
    ['100Ki', '100Ki'],
    ['1000', '1k'],
    ['1e3', '1e3'],
    ['0', '0'],
    ['0Gi', '0'],
    ['-1500m', '-1500m'],
    ['2000000u', '2'],
  ])('writes %s as %s', (text, canonical) => {
    expect(formatQuantity(quantity(text))).toBe(canonical);
  });
});

describe('comparison', () => {
  it('is by value', () => {
    expect(isSameQuantity('1000m', 1)).toBe(true);
    expect(isSameQuantity('1Ki', '1024')).toBe(true);
    expect(isSameQuantity('1k', '1Ki')).toBe(false);
    expect(isSameQuantity('x', 'x')).toBe(true);
    expect(compareQuantities(quantity('100m'), quantity('1'))).toBe(-1);
    expect(compareQuantities(quantity('1Gi'), quantity('1G'))).toBe(1);
  });
});
