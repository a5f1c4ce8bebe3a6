import type { Taint, TaintEffect, Toleration } from '../kubernetes/objects.ts';
import { parseInt64 } from './int64.ts';

const compares = (toleration: Toleration, taint: Taint): boolean => {
  const limit = parseInt64(toleration.value ?? '');
  const value = parseInt64(taint.value ?? '');
  if (limit === undefined || value === undefined) return false;
  return toleration.operator === 'Lt' ? value < limit : value > limit;
};

/** Whether one toleration covers one taint (DS-119, DS-120). How long it does plays no role here. */
export const tolerates = (toleration: Toleration, taint: Taint): boolean => {
  const { key = '', effect = '', operator = '', value = '' } = toleration;
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  switch (operator) {
    case '':
    case 'Equal':
      return value === (taint.value ?? '');
    case 'Exists':
      return true;
    case 'Lt':
    case 'Gt':
      return compares(toleration, taint);
    default:
      return false;
  }
};

/** The first taint of one of the effects that no toleration covers (DS-121). */
export const firstUntolerated = (
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[],
  effects: readonly TaintEffect[],
): Taint | undefined => taints?.find((taint) => effects.includes(taint.effect) && !tolerations.some((toleration) => tolerates(toleration, taint)));
