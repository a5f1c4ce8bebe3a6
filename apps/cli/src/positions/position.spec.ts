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
    // As it arrives in the query of an address when the plus is not encoded.
    ['2026-03-01T07:00:00 01:00', Date.UTC(2026, 2, 1, 6)],
    ['2026-03-01T07:00-0130', Date.UTC(2026, 2, 1, 8, 30)],
    ['2026-03-01t07:00:00.123456789z', Date.UTC(2026, 2, 1, 7, 0, 0, 123)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2026-03-01T07:00:00', Date.UTC(2026, 2, 1, 7)],
    ['2026-03-01 07:00', Date.UTC(2026, 2, 1, 7)],
    ['2026-03-01', Date.UTC(2026, 2, 1)],
    ['07:15', Date.UTC(2026, 2, 1, 7, 15)],
    ['07:15:30.250', Date.UTC(2026, 2, 1, 7, 15, 30, 250)],
  ])('reads %s as a time, in UTC unless it names a zone', (text, at) => {
    expect(parsePosition(text, NOW)).toEqual({ kind: 'time', at });
  });

  it.each([
    'yesterday',
    '',
    '-5',
    '1042x',
    ' 5m',
    '+5m',
    '-99999999999d',
    '12:3',
    '25:00',
    '2026-13-45',
    '2026-02-29',
    '2026-03-01T24:00Z',
    '2026-03-01T07:00:60Z',
    '2026-03-01(x)',
    '2026-03-01T07:00:00Z Z',
    '2026-03-01T07:00 01',
    '99999999999999999999',
  ])('refuses %j and says what it takes', (text) => {
    expect(() => parsePosition(text, NOW)).toThrow(/expected a sequence/);
  });
});
