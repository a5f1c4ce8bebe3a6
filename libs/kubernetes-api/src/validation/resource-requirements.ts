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
  const errors = qualifiedNameMistakes(name).map((text) => invalid(path, name, text));
  const isKnown = STANDARD_RESOURCES.has(name) || isHugePages(name);
  if (!name.includes('/') && !isKnown) {
    errors.push(
      invalid(path, name, 'must be a standard resource type or fully qualified'),
      invalid(path, name, 'must be a standard resource for containers'),
    );
  } else if (errors.length > 0 && name.includes('/')) {
    errors.push(invalid(path, name, "doesn't follow extended resource name standard"));
  }
  return errors;
};

const amountErrors = (name: string, amount: string, path: string): FieldError[] => {
  const quantity = parseQuantity(amount);
  if (quantity === undefined) return [invalid(path, amount, 'must be a quantity')];
  if (quantity.nanos < 0n) return [invalid(path, amount, NOT_NEGATIVE_TEXT)];
  const isCounted = name.includes('/') && !name.startsWith('kubernetes.io/');
  return isCounted && quantity.nanos % NANOS_PER_UNIT !== 0n ? [invalid(path, amount, 'must be an integer')] : [];
};

const validateRequest = (name: string, amount: string, limit: string | undefined, resources: string): FieldError[] => {
  const path = `${resources}.requests`;
  if (limit === undefined) {
    return name.includes('/') || isHugePages(name)
      ? [required(`${resources}.limits`, 'Limit must be set for non overcommitable resources')]
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

/** `resources` of a container: limits first, then each request with its limit. */
export const validateResources = (container: unknown, path: string): FieldError[] => {
  const here = `${path}.resources`;
  const resources = objectAt(container, 'resources');
  const limits = stringMapAt(resources, 'limits');
  const requests = stringMapAt(resources, 'requests');
  const amountsOf = (field: string, name: string, amount: string): FieldError[] => {
    const place = `${here}.${field}[${name}]`;
    return [...nameErrors(name, place), ...amountErrors(name, amount, place)];
  };
  return [
    ...Object.entries(limits).flatMap(([name, amount]) => amountsOf('limits', name, amount)),
    ...Object.entries(requests).flatMap(([name, amount]) => [
      ...amountsOf('requests', name, amount),
      ...validateRequest(name, amount, Object.hasOwn(limits, name) ? limits[name] : undefined, here),
    ]),
  ];
};
