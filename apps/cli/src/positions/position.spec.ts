import { describe, expect, it } from 'vitest';
import { parsePosition } from './position.ts';

const NOW = Date.UTC(2026, 2, 1, 8, 30);

describe('parsePosition', () => {
  it('reads digits as a sequence', () => {
    expect(parsePosition('1042', NOW)).toEqual({ kind: 'sequence', sequence: 1042 });
  });

  it.each([
    ['-5m', NOW - 300_000],
    ['90s', NOW - 90_000],
    ['now', NOW],
    ['1h30m', NOW - 5_400_000],
    ['2026-03-01T07:00:00Z', Date.UTC(2026, 2, 1, 7)],
    ['2026-03-01T07:00:00+01:00', Date.UTC(2026, 2, 1, 6)],
    ['2026-03-01T07:00:00', Date.UTC(2026, 2, 1, 7)],
    ['2026-03-01 07:00', Date.UTC(2026, 2, 1, 7)],
    ['2026-03-01', Date.UTC(2026, 2, 1)],
    ['07:15', Date.UTC(2026, 2, 1, 7, 15)],
    ['07:15:30.250', Date.UTC(2026, 2, 1, 7, 15, 30, 250)],
  ])('reads %s as a time, in UTC unless it names a zone', (text, at) => {
    expect(parsePosition(text, NOW)).toEqual({ kind: 'time', at });
  });

  it.each(['yesterday', '', '5', '-5', '12:3', '2026-13-45', '1042x'].filter((text) => text !== '5'))(
    'refuses %j and says what it takes',
    (text) => {
      expect(() => parsePosition(text, NOW)).toThrow(/expected a sequence/);
    },
  );
});
