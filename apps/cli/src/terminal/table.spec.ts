import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import { shortSpan } from './age.ts';
import { table } from './table.ts';

describe('table', () => {
  it('lines columns up and leaves no space at the end of a line', () => {
    expect(
      table(
        ['NAME', 'STATUS'],
        [
          ['node-1', 'Ready'],
          ['node-10', ''],
        ],
      ),
    ).toBe('NAME      STATUS\nnode-1    Ready\nnode-10\n');
  });

  it('does not count colours', () => {
    const { red } = pico.createColors(true);
    const [, first = '', second = ''] = table(
      ['A', 'B'],
      [
        [red('xx'), '1'],
        ['xx', '1'],
      ],
    ).split('\n');
    expect(first.endsWith(second.slice(2))).toBe(true);
  });
});

describe('shortSpan', () => {
  it.each([
    [0, '0s'],
    [119_000, '119s'],
    [120_000, '2m'],
    [200_000, '3m20s'],
    [11 * 60_000, '11m'],
    [5 * 3_600_000, '5h'],
    [72 * 3_600_000, '3d'],
  ])('%i ms is %s', (milliseconds, text) => {
    expect(shortSpan(milliseconds)).toBe(text);
  });
});
