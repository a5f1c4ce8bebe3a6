import { describe, expect, it } from 'vitest';
import type { DaemonSetSpec } from '../kubernetes/objects.ts';
import { aFoo, ON_DELETE } from '../daemonset/daemon-set-fixtures.ts';
import { allowsSurge, isRollingUpdate, rolloutLimits, scaled } from './rollout-limits.ts';

type Strategy = NonNullable<DaemonSetSpec['updateStrategy']>;
const specOf = (updateStrategy: Strategy): DaemonSetSpec => ({ ...aFoo().spec, updateStrategy });
const limits = (rollingUpdate: NonNullable<Strategy['rollingUpdate']>, desired: number): string => {
  const found = rolloutLimits(specOf({ type: 'RollingUpdate', rollingUpdate }), desired);
  return found === undefined ? 'error' : `${found.maxSurge}/${found.maxUnavailable}`;
};

describe('rolloutLimits', () => {
  it.each<readonly [number | string | undefined, number, number | undefined]>([
    [3, 10, 3],
    [30, 10, 30],
    ['30%', 10, 3],
    ['1%', 10, 1],
    ['10%', 11, 2],
    ['100%', 7, 7],
    ['0%', 7, 0],
    ['50%', 0, 0],
    ['five', 10, undefined],
    ['5', 10, undefined],
    ['5%!', 10, undefined],
    ['-5%', 10, undefined],
    ['%', 10, undefined],
    [undefined, 10, undefined],
  ])('DS-191 scales %o of %i nodes to %o', (value, desired, expected) => {
    expect(scaled(value, desired)).toBe(expected);
  });

  it('DS-192 has no limits but zero when nothing is rolled', () => {
    expect(rolloutLimits(specOf(ON_DELETE ?? {}), 5)).toEqual({ maxSurge: 0, maxUnavailable: 0 });
    expect(rolloutLimits(specOf({ type: 'RollingUpdate' }), 5)).toEqual({ maxSurge: 0, maxUnavailable: 0 });
    expect(limits({ maxUnavailable: 2 }, 5)).toBe('0/2');
  });

  it('DS-192 has no limits but zero when no strategy is given, and rolls', () => {
    const { updateStrategy: _strategy, ...spec } = aFoo().spec;
    expect(rolloutLimits(spec, 5)).toEqual({ maxSurge: 0, maxUnavailable: 0 });
    expect(isRollingUpdate(spec)).toBe(true);
    expect(allowsSurge(spec)).toBe(false);
  });

  it('DS-192 has none at all without maxUnavailable or with a value that is no number', () => {
    expect(limits({ maxSurge: 1 }, 5)).toBe('error');
    expect(limits({ maxSurge: 'many', maxUnavailable: 0 }, 5)).toBe('error');
    expect(limits({ maxSurge: 0, maxUnavailable: 'some' }, 5)).toBe('error');
  });

  it.each<readonly [string, NonNullable<Strategy['rollingUpdate']>, number, string]>([
    ['unavailable 0 of no nodes', { maxUnavailable: 0 }, 0, '0/0'],
    ['unavailable 1 of 2', { maxUnavailable: 1 }, 2, '0/1'],
    ['unavailable 0 of 2', { maxUnavailable: 0 }, 2, '0/1'],
    ['surge 0 and unavailable 0 of 2', { maxUnavailable: 0, maxSurge: 0 }, 2, '0/1'],
    ['unavailable 50% of 2', { maxUnavailable: '50%' }, 2, '0/1'],
    ['surge 50% of 2', { maxUnavailable: 0, maxSurge: '50%' }, 2, '1/0'],
    ['surge 100% of 2', { maxUnavailable: 0, maxSurge: '100%' }, 2, '2/0'],
    ['unavailable 50% of 3', { maxUnavailable: '50%' }, 3, '0/2'],
  ])('DS-193 %s', (_what, rollingUpdate, desired, expected) => {
    expect(limits(rollingUpdate, desired)).toBe(expected);
  });

  it.each<readonly [string, Strategy, boolean]>([
    ['a surge', { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } }, true],
    ['a percentage', { rollingUpdate: { maxSurge: '1%' } }, true],
    ['no surge', { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0 } }, false],
    ['no percentage', { type: 'RollingUpdate', rollingUpdate: { maxSurge: '0%' } }, false],
    ['nonsense', { type: 'RollingUpdate', rollingUpdate: { maxSurge: 'many' } }, false],
    ['nothing', { type: 'RollingUpdate', rollingUpdate: {} }, false],
    ['no limits', { type: 'RollingUpdate' }, false],
    ['OnDelete', { type: 'OnDelete', rollingUpdate: { maxSurge: 1 } }, false],
  ])('DS-130 allows a second Pod with %s: %s', (_what, strategy, expected) => {
    expect(allowsSurge(specOf(strategy))).toBe(expected);
  });

  it('DS-223 rounds a surge up, so that any percentage allows one', () => {
    expect(limits({ maxUnavailable: 0, maxSurge: '1%' }, 1)).toBe('1/0');
  });
});
