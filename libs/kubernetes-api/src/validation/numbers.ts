import { valueAt } from '../json/json-value.ts';
import { invalid } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';

export const NOT_NEGATIVE_TEXT = 'must be greater than or equal to 0';

export const rangeText = (minimum: number, maximum: number): string =>
  `must be between ${minimum} and ${maximum}, inclusive`;

/** An error when the number at the path is there and negative. */
export const notNegative = (object: unknown, path: string, ...keys: readonly string[]): FieldError[] => {
  const value = valueAt(object, ...keys);
  return typeof value === 'number' && value < 0 ? [invalid(path, value, NOT_NEGATIVE_TEXT)] : [];
};

export const isBetween = (value: unknown, minimum: number, maximum: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum;
