import { describe, expect, it } from 'vitest';
import { judgeLifetimes, judgeModes } from './check-certificates.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const NOW = Date.parse('2026-01-01T00:00:00Z');
const authority = { what: 'the authority', until: NOW + 3_650 * DAY_MS };

describe('certificates', () => {
  it.each([
    [365, 'ok', 'the kubeconfig counts until 2027-01-01'],
    [20, 'warn', 'the kubeconfig counts until 2026-01-21'],
    [-1, 'fail', 'the kubeconfig ended on 2025-12-31'],
  ])('that count for %i days more are %s', (days, verdict, detail) => {
    expect(judgeLifetimes([authority, { what: 'the kubeconfig', until: NOW + days * DAY_MS }], NOW)).toMatchObject({ verdict, detail });
  });

  it('are missed when there are none', () => {
    expect(judgeLifetimes([], NOW)).toMatchObject({ verdict: 'warn' });
  });
});

describe('keys', () => {
  it('are for their owner alone', () => {
    const modes: Readonly<Record<string, number>> = { 'ca.key': 0o100600, 'sa.key': 0o100644, kubeconfig: 0o100640 };
    expect(judgeModes(['ca.key', 'missing'], (file) => modes[file])).toEqual([]);
    expect(judgeModes(Object.keys(modes), (file) => modes[file])).toMatchObject([{ verdict: 'fail', detail: expect.stringContaining('sa.key and kubeconfig') as string }]);
  });
});
