import type { Taint, TaintEffect, Toleration } from '../kubernetes/objects.ts';
import { isLess } from './int64.ts';

/** Whether one toleration covers one taint (DS-119, DS-120). How long it does plays no role here. */
export const tolerates = (toleration: Toleration, taint: Taint): boolean => {
  const { key = '', effect = '', operator = '', value = '' } = toleration;
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  if (operator === '' || operator === 'Equal') return value === (taint.value ?? '');
  if (operator === 'Lt') return isLess(taint.value, value);
  if (operator === 'Gt') return isLess(value, taint.value);
  return operator === 'Exists';
};

/** The first taint of one of the effects that no toleration covers (DS-121). */
export const firstUntolerated = (
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[],
  effects: readonly TaintEffect[],
): Taint | undefined => taints?.find((taint) => effects.includes(taint.effect) && !tolerations.some((toleration) => tolerates(toleration, taint)));
