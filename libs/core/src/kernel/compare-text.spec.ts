import { describe, expect, it } from 'vitest';
import { compareText } from './compare-text.ts';

describe('compareText', () => {
  it.each([
    ['a', 'b', -1],
    ['b', 'a', 1],
    ['a', 'a', 0],
    ['B', 'a', -1],
    ['a10', 'a9', -1],
    ['', 'a', -1],
  ])('orders %j and %j: %i', (left, right, expected) => {
    expect(compareText(left, right)).toBe(expected);
  });
});
