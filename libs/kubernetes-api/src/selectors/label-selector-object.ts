import { fieldOf, isJsonObject, listAt, stringAt, stringMapAt } from '../json/json-value.ts';
import { forbidden, invalid, required } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { labelValueMistakes, qualifiedNameMistakes } from './label-names.ts';
import { matchesRequirements } from './label-requirement.ts';
import type { LabelRequirement, Labels } from './label-requirement.ts';
import { formatLabelRequirements } from './label-selector-text.ts';

type ObjectOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';

const isObjectOperator = (operator: string): operator is ObjectOperator =>
  operator === 'In' || operator === 'NotIn' || operator === 'Exists' || operator === 'DoesNotExist';

const stringsAt = (value: unknown, key: string): string[] =>
  listAt(value, key).filter((item): item is string => typeof item === 'string');

/** True when the selector names no condition at all, so that it would match every object. */
export const isEmptyLabelSelector = (selector: unknown): boolean =>
  isJsonObject(selector) &&
  Object.keys(stringMapAt(selector, 'matchLabels')).length === 0 &&
  listAt(selector, 'matchExpressions').length === 0;

/**
 * Requirements of the object form (`matchLabels` and `matchExpressions`), or undefined when it is absent: an absent
 * selector matches nothing, an empty one everything.
 */
export const requirementsOfSelector = (selector: unknown): readonly LabelRequirement[] | undefined => {
  if (!isJsonObject(selector)) return undefined;
  const labels = Object.entries(stringMapAt(selector, 'matchLabels')).map(([key, value]): LabelRequirement => ({
    key,
    operator: 'Equals',
    values: [value],
  }));
  const expressions = listAt(selector, 'matchExpressions').flatMap((expression): LabelRequirement[] => {
    const operator = stringAt(expression, 'operator');
    if (!isObjectOperator(operator)) return [];
    return [{ key: stringAt(expression, 'key'), operator, values: stringsAt(expression, 'values').toSorted() }];
  });
  return [...labels, ...expressions];
};

/** Whether the object form of a selector selects these labels. */
export const matchesLabelSelector = (selector: unknown, labels: Labels): boolean => {
  const requirements = requirementsOfSelector(selector);
  return requirements !== undefined && matchesRequirements(requirements, labels);
};

/** String form of the object form: `<none>` when absent or empty, as the tables print it. */
export const formatLabelSelector = (selector: unknown): string => {
  const text = formatLabelRequirements(requirementsOfSelector(selector) ?? []);
  return text === '' ? '<none>' : text;
};

const expressionMistakes = (expression: unknown, path: string, toleratesValues: boolean): FieldError[] => {
  const operator = stringAt(expression, 'operator');
  const values = stringsAt(expression, 'values');
  const errors: FieldError[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      errors.push(forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    }
  } else {
    errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  }
  const key = stringAt(expression, 'key');
  errors.push(...qualifiedNameMistakes(key).map((text) => invalid(`${path}.key`, key, text)));
  if (toleratesValues) return errors;
  for (const [index, value] of values.entries()) {
    errors.push(...labelValueMistakes(value).map((text) => invalid(`${path}.values[${index}]`, value, text)));
  }
  return errors;
};

/**
 * Syntax errors of a LabelSelector. `toleratesValues` skips the check of values inside expressions, for objects that
 * were stored before the check existed.
 */
export const validateLabelSelector = (selector: unknown, path: string, toleratesValues = false): FieldError[] => {
  if (!isJsonObject(selector)) return [];
  const errors: FieldError[] = [];
  const matchLabels = fieldOf(selector, 'matchLabels');
  for (const [key, value] of Object.entries(isJsonObject(matchLabels) ? matchLabels : {})) {
    const field = `${path}.matchLabels`;
    errors.push(...qualifiedNameMistakes(key).map((text) => invalid(field, key, text)));
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    errors.push(...labelValueMistakes(text).map((mistake) => invalid(field, value, mistake)));
  }
  for (const [index, expression] of listAt(selector, 'matchExpressions').entries()) {
    errors.push(...expressionMistakes(expression, `${path}.matchExpressions[${index}]`, toleratesValues));
  }
  return errors;
};
