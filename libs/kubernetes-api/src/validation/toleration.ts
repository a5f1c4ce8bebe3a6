import { hasField, listAt, stringAt, valueAt } from '../json/json-value.ts';
import { labelValueMistakes, qualifiedNameMistakes } from '../selectors/label-names.ts';
import { inGoOrder, invalid, notSupported, required } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';

export const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

const isTaintEffect = (effect: string): boolean => TAINT_EFFECTS.some((known) => known === effect);

const operatorErrors = (toleration: unknown, path: string): FieldError[] => {
  const operator = stringAt(toleration, 'operator');
  const value = stringAt(toleration, 'value');
  switch (operator) {
    case '':
    case 'Equal':
      return labelValueMistakes(value).map((text) => invalid(`${path}.operator`, value, text));
    case 'Exists':
      return value === ''
        ? []
        : [invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'")];
    default:
      return [notSupported(`${path}.operator`, operator, ['Equal', 'Exists'])];
  }
};

const validateToleration = (toleration: unknown, path: string): FieldError[] => {
  const key = stringAt(toleration, 'key');
  const effect = stringAt(toleration, 'effect');
  const errors: FieldError[] = [];
  if (key !== '') errors.push(...qualifiedNameMistakes(key).map((text) => invalid(`${path}.key`, key, text)));
  else if (stringAt(toleration, 'operator') !== 'Exists') {
    errors.push(
      invalid(
        `${path}.operator`,
        stringAt(toleration, 'operator'),
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ),
    );
  }
  if (hasField(toleration, 'tolerationSeconds') && effect !== 'NoExecute') {
    errors.push(invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
  }
  errors.push(...operatorErrors(toleration, path));
  if (effect !== '' && !isTaintEffect(effect)) errors.push(notSupported(`${path}.effect`, effect, TAINT_EFFECTS));
  return errors;
};

export const validateTolerations = (spec: unknown, path: string): FieldError[] =>
  listAt(spec, 'tolerations').flatMap((toleration, index) =>
    validateToleration(toleration, `${path}.tolerations[${index}]`),
  );

const effectErrors = (effect: string, path: string): FieldError[] => {
  if (effect === '') return [required(path)];
  return isTaintEffect(effect) ? [] : [notSupported(path, effect, TAINT_EFFECTS)];
};

const validateTaint = (taint: unknown, path: string): FieldError[] => {
  const key = stringAt(taint, 'key');
  const value = stringAt(taint, 'value');
  return [
    ...qualifiedNameMistakes(key).map((text) => invalid(`${path}.key`, key, text)),
    ...labelValueMistakes(value).map((text) => invalid(`${path}.value`, value, text)),
    ...effectErrors(stringAt(taint, 'effect'), `${path}.effect`),
  ];
};

/** Taints of a node: valid each, and unique by key and effect. */
export const validateTaints = (taints: readonly unknown[], path: string): FieldError[] => {
  const seen = new Set<string>();
  return taints.flatMap((taint, index): FieldError[] => {
    const here = `${path}[${index}]`;
    const identity = `${stringAt(taint, 'key')}:${stringAt(taint, 'effect')}`;
    const errors = validateTaint(taint, here);
    if (seen.has(identity)) {
      errors.push({
        type: 'FieldValueDuplicate',
        field: here,
        badValue: inGoOrder({
          Key: stringAt(taint, 'key'),
          Value: stringAt(taint, 'value'),
          Effect: stringAt(taint, 'effect'),
          TimeAdded: valueAt(taint, 'timeAdded') ?? null,
        }),
        detail: 'taints must be unique by key and effect pair',
      });
    }
    seen.add(identity);
    return errors;
  });
};
