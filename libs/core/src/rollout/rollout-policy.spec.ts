import { describe, expect, it } from 'vitest';
import { aFoo } from '../daemonset/daemon-set-fixtures.ts';
import { rolloutPolicyOf, unknownRolloutPolicy } from './rollout-policy.ts';

describe('the annotation everynode.dev/rollout-policy', () => {
  it.each<readonly [string | undefined, 'kubernetes' | 'strict', string | undefined]>([
    [undefined, 'kubernetes', undefined],
    ['kubernetes', 'kubernetes', undefined],
    ['strict', 'strict', undefined],
    ['Strict', 'kubernetes', 'Strict'],
    ['', 'kubernetes', ''],
  ])('%j acts as %s', (value, policy, unknown) => {
    const daemonSet = aFoo(value === undefined ? {} : { annotations: { 'everynode.dev/rollout-policy': value } });
    expect(rolloutPolicyOf(daemonSet)).toBe(policy);
    expect(unknownRolloutPolicy(daemonSet)).toBe(unknown);
  });
});
