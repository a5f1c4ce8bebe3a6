import type { Labels, LabelSelector, SelectorRequirement } from '../kubernetes/objects.ts';

type Check = (labels: Labels) => boolean;

const NOTHING: Labels = {};

const checkOf = ({ key, operator, values = [] }: SelectorRequirement): Check | undefined => {
  switch (operator) {
    case 'In':
      return values.length === 0 ? undefined : (labels) => labels[key] !== undefined && values.includes(labels[key]);
    case 'NotIn':
      return values.length === 0 ? undefined : (labels) => labels[key] === undefined || !values.includes(labels[key]);
    case 'Exists':
      return values.length > 0 ? undefined : (labels) => labels[key] !== undefined;
    case 'DoesNotExist':
      return values.length > 0 ? undefined : (labels) => labels[key] === undefined;
    default:
      return undefined;
  }
};

const compile = (selector: LabelSelector): readonly Check[] | undefined => {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]): Check => (labels) => labels[key] === value);
  const checks = (selector.matchExpressions ?? []).map(checkOf);
  return checks.some((check) => check === undefined) ? undefined : [...equal, ...checks.filter((check) => check !== undefined)];
};

/** Selectors are compiled once; an invalid one is kept as undefined. */
const compiled = new WeakMap<LabelSelector, { readonly checks: readonly Check[] | undefined }>();

const checksOf = (selector: LabelSelector): readonly Check[] | undefined => {
  let entry = compiled.get(selector);
  if (entry === undefined) {
    entry = { checks: compile(selector) };
    compiled.set(selector, entry);
  }
  return entry.checks;
};

/** A selector without any requirement: it would select everything, which no DaemonSet may (DS-88). */
export const isEmptySelector = (selector: LabelSelector): boolean =>
  Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;

/** Whether labels satisfy every requirement. No selector and an invalid selector match nothing; an empty one matches everything. */
export const matchesSelector = (selector: LabelSelector | undefined, labels: Labels | undefined): boolean => {
  if (selector === undefined) return false;
  const checks = checksOf(selector);
  return checks !== undefined && checks.every((check) => check(labels ?? NOTHING));
};
