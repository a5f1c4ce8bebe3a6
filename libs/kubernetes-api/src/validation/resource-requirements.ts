import { objectAt, stringMapAt } from '../json/json-value.ts';
import { compareQuantities, parseQuantity } from '../quantity/quantity.ts';
import { qualifiedNameMistakes } from '../selectors/label-names.ts';
import { invalid, required } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { NOT_NEGATIVE_TEXT } from './numbers.ts';

const NANOS_PER_UNIT = 1_000_000_000n;

const STANDARD_RESOURCES: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);

const isHugePages = (name: string): boolean => name.startsWith('hugepages-');

/** Extended resources are counted, so they carry the vendor's domain and come in whole numbers. */
const nameErrors = (name: string, path: string): FieldError[] => {
  const mistakes = qualifiedNameMistakes(name).map((text) => invalid(path, name, text));
  if (mistakes.length > 0 || name.includes('/') || STANDARD_RESOURCES.has(name) || isHugePages(name)) return mistakes;
  return [invalid(path, name, 'must be a standard resource type or fully qualified')];
};

const amountErrors = (name: string, amount: string, path: string): FieldError[] => {
  const quantity = parseQuantity(amount);
  if (quantity === undefined) return [invalid(path, amount, 'must be a quantity')];
  if (quantity.nanos < 0n) return [invalid(path, amount, NOT_NEGATIVE_TEXT)];
  const isCounted = name.includes('/') && !name.startsWith('kubernetes.io/');
  return isCounted && quantity.nanos % NANOS_PER_UNIT !== 0n ? [invalid(path, amount, 'must be an integer')] : [];
};

const validateRequest = (name: string, amount: string, limit: string | undefined, path: string): FieldError[] => {
  if (limit === undefined) {
    return name.includes('/') || isHugePages(name)
      ? [required(path, 'Limit must be set for non overcommitable resources')]
      : [];
  }
  const requested = parseQuantity(amount);
  const allowed = parseQuantity(limit);
  if (requested === undefined || allowed === undefined) return [];
  if ((name.includes('/') || isHugePages(name)) && requested.nanos !== allowed.nanos) {
    return [invalid(path, amount, `must be equal to ${name} limit of ${limit}`)];
  }
  return compareQuantities(requested, allowed) > 0
    ? [invalid(path, amount, `must be less than or equal to ${name} limit of ${limit}`)]
    : [];
};

/** `resources` of a container. */
export const validateResources = (container: unknown, path: string): FieldError[] => {
  const resources = objectAt(container, 'resources');
  const limits = stringMapAt(resources, 'limits');
  const requests = stringMapAt(resources, 'requests');
  const errors: FieldError[] = [];
  for (const [field, amounts] of [
    ['limits', limits],
    ['requests', requests],
  ] as const) {
    for (const [name, amount] of Object.entries(amounts)) {
      const here = `${path}.resources.${field}`;
      errors.push(...nameErrors(name, here), ...amountErrors(name, amount, `${here}[${name}]`));
    }
  }
  for (const [name, amount] of Object.entries(requests)) {
    const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
    errors.push(...validateRequest(name, amount, limit, `${path}.resources.requests`));
  }
  return errors;
};
