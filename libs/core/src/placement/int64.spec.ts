import { describe, expect, it } from 'vitest';
import { isLess, parseInt64 } from './int64.ts';

describe('parseInt64', () => {
  it.each<readonly [string, bigint | undefined]>([
    ['0', 0n],
    ['-0', 0n],
    ['+5', 5n],
    ['-5', -5n],
    ['007', 7n],
    ['9223372036854775807', 9_223_372_036_854_775_807n],
    ['9223372036854775808', undefined],
    ['-9223372036854775808', -9_223_372_036_854_775_808n],
    ['-9223372036854775809', undefined],
    ['', undefined],
    ['+', undefined],
    ['5.0', undefined],
    ['0x5', undefined],
    [' 5', undefined],
    ['5 ', undefined],
    ['1e3', undefined],
  ])('DS-116 reads %j as %s', (text, expected) => {
    expect(parseInt64(text)).toBe(expected);
  });
});

describe('isLess', () => {
  it.each<readonly [string | undefined, string | undefined, boolean]>([
    ['9', '10', true],
    ['10', '9', false],
    ['10', '10', false],
    ['few', '10', false],
    ['9', 'many', false],
    [undefined, '10', false],
    ['-9', undefined, false],
  ])('DS-116 takes %j as less than %j: %s', (left, right, expected) => {
    expect(isLess(left, right)).toBe(expected);
  });
});
