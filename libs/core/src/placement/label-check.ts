import type { Labels, SelectorRequirement } from '../kubernetes/objects.ts';

export type LabelCheck = (labels: Labels) => boolean;

const never: LabelCheck = () => false;

export const isAmong = (values: readonly (string | undefined)[], value: string | undefined): boolean => values.includes(value);

/**
 * What a requirement asks of labels: In, NotIn, Exists and DoesNotExist (DS-116). One that is invalid holds for nothing, so whatever it is a part of matches
 * nothing (DS-117): another operator, In or NotIn without values, Exists or DoesNotExist with values.
 */
export const labelCheck = ({ key, operator, values = [] }: SelectorRequirement): LabelCheck => {
  if (operator === 'In') return (labels) => isAmong(values, labels[key]);
  if (operator === 'NotIn' && values.length > 0) return (labels) => !isAmong(values, labels[key]);
  if (operator === 'Exists' && values.length === 0) return (labels) => labels[key] !== undefined;
  if (operator === 'DoesNotExist' && values.length === 0) return (labels) => labels[key] === undefined;
  return never;
};
