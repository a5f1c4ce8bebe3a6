import { labelValueMistakes, qualifiedNameMistakes } from './label-names.ts';

export type LabelOperator =
  'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Equals' | 'NotEquals' | 'GreaterThan' | 'LessThan';

/** One condition on one label key. A selector is a list of them, all of which must hold; the empty list matches all. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** Sorted; exactly one for Equals, NotEquals, GreaterThan and LessThan; none for Exists and DoesNotExist. */
  readonly values: readonly string[];
}

export type Labels = Readonly<Record<string, string>>;

const INTEGER = /^[+-]?\d{1,19}$/;

const compareIntegers = (label: string, bound: string | undefined): number | undefined => {
  if (!INTEGER.test(label) || bound === undefined || !INTEGER.test(bound)) return undefined;
  const difference = BigInt(label) - BigInt(bound);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

export const matchesRequirement = ({ key, operator, values }: LabelRequirement, labels: Labels): boolean => {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
    case 'Equals':
      return value !== undefined && values.includes(value);
    case 'NotIn':
    case 'NotEquals':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'GreaterThan':
      return value !== undefined && compareIntegers(value, values[0]) === 1;
    case 'LessThan':
      return value !== undefined && compareIntegers(value, values[0]) === -1;
  }
};

export const matchesRequirements = (requirements: readonly LabelRequirement[], labels: Labels): boolean =>
  requirements.every((requirement) => matchesRequirement(requirement, labels));

const isOrdered = (operator: LabelOperator): boolean => operator === 'GreaterThan' || operator === 'LessThan';

/** First mistake of a requirement in Kubernetes' words, or undefined. */
export const requirementMistake = ({ key, operator, values }: LabelRequirement): string | undefined => {
  const [keyMistake] = qualifiedNameMistakes(key);
  if (keyMistake !== undefined) return `key: Invalid value: ${JSON.stringify(key)}: ${keyMistake}`;
  if (isOrdered(operator) && !INTEGER.test(values[0] ?? '')) {
    return `values[0]: Invalid value: ${JSON.stringify(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer`;
  }
  for (const [index, value] of values.entries()) {
    const [mistake] = labelValueMistakes(value);
    if (mistake !== undefined) return `values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${mistake}`;
  }
  return undefined;
};

/** String form of one requirement, as `kubectl get -o wide` prints it. */
export const formatRequirement = ({ key, operator, values }: LabelRequirement): string => {
  switch (operator) {
    case 'In':
      return `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'Equals':
      return `${key}=${values[0] ?? ''}`;
    case 'NotEquals':
      return `${key}!=${values[0] ?? ''}`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'GreaterThan':
      return `${key}>${values[0] ?? ''}`;
    case 'LessThan':
      return `${key}<${values[0] ?? ''}`;
  }
};
