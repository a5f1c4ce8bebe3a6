import { describe, expect, it } from 'vitest';
import type { Taint, Toleration } from '../kubernetes/objects.ts';
import { firstUntolerated, tolerates } from './tolerations.ts';

const taint: Taint = { key: 'k', value: 'v', effect: 'NoSchedule' };
const number = (value: string): Taint => ({ key: 'sla', value, effect: 'NoSchedule' });

describe('tolerates', () => {
  it.each<readonly [string, Toleration, Taint, boolean]>([
    ['the same key, value and effect', { key: 'k', operator: 'Equal', value: 'v', effect: 'NoSchedule' }, taint, true],
    ['no operator as Equal', { key: 'k', value: 'v', effect: 'NoSchedule' }, taint, true],
    ['no effect as every effect', { key: 'k', value: 'v' }, taint, true],
    ['Exists whatever the value', { key: 'k', operator: 'Exists' }, taint, true],
    ['not another value', { key: 'k', operator: 'Equal', value: 'w' }, taint, false],
    ['not another effect', { key: 'k', operator: 'Exists', effect: 'NoExecute' }, taint, false],
    ['not another key', { key: 'other', operator: 'Exists' }, taint, false],
    ['not with an unknown operator', { key: 'k', operator: 'Near', value: 'v' }, taint, false],
    ['a taint without value and a toleration without value', { key: 'k' }, { key: 'k', effect: 'NoExecute' }, true],
    ['whatever tolerationSeconds says', { key: 'k', operator: 'Exists', tolerationSeconds: 0 }, taint, true],
    ['Lt when the taint is smaller', { key: 'sla', operator: 'Lt', value: '100' }, number('99'), true],
    ['Lt not when it is the same', { key: 'sla', operator: 'Lt', value: '100' }, number('100'), false],
    ['Gt when the taint is larger', { key: 'sla', operator: 'Gt', value: '-5' }, number('0'), true],
    ['Gt not when it is smaller', { key: 'sla', operator: 'Gt', value: '0' }, number('-1'), false],
    ['Gt not when it is the same', { key: 'sla', operator: 'Gt', value: '7' }, number('7'), false],
    ['Lt not without a value', { key: 'sla', operator: 'Lt' }, number('1'), false],
    ['Lt not for a taint without a value', { key: 'sla', operator: 'Lt', value: '1' }, { key: 'sla', effect: 'NoSchedule' }, false],
    ['Gt not for text', { key: 'sla', operator: 'Gt', value: '1' }, number('many'), false],
    ['Lt not for more than 64 bits', { key: 'sla', operator: 'Lt', value: '9223372036854775808' }, number('1'), false],
    ['Lt compares the whole of 64 bits', { key: 'sla', operator: 'Lt', value: '9223372036854775807' }, number('9223372036854775806'), true],
  ])('DS-119 tolerates %s', (_what, toleration, given, expected) => {
    expect(tolerates(toleration, given)).toBe(expected);
  });

  it.each<readonly [string, Toleration, boolean]>([
    ['Exists without key every taint', { operator: 'Exists' }, true],
    ['Exists without key only of its effect', { operator: 'Exists', effect: 'NoExecute' }, false],
    ['Equal without key every taint of that value', { operator: 'Equal', value: 'v' }, true],
    ['Equal without key no taint of another value', { operator: 'Equal', value: 'w' }, false],
  ])('DS-120 tolerates with %s', (_what, toleration, expected) => {
    expect(tolerates(toleration, taint)).toBe(expected);
  });
});

describe('firstUntolerated', () => {
  it('DS-121 gives the first taint that no toleration covers', () => {
    const taints: readonly Taint[] = [{ key: 'a', effect: 'NoSchedule' }, { key: 'b', effect: 'NoSchedule' }, { key: 'c', effect: 'NoSchedule' }];
    expect(firstUntolerated(taints, [{ key: 'a', operator: 'Exists' }], ['NoSchedule'])).toEqual({ key: 'b', effect: 'NoSchedule' });
    expect(firstUntolerated(taints, [{ operator: 'Exists' }], ['NoSchedule'])).toBeUndefined();
    expect(firstUntolerated(undefined, [], ['NoSchedule'])).toBeUndefined();
  });

  it('DS-106 looks at the effects that it is asked about', () => {
    expect(firstUntolerated([{ key: 'a', effect: 'PreferNoSchedule' }], [], ['NoSchedule', 'NoExecute'])).toBeUndefined();
  });
});
