import { fieldOf, isSameJson, listAt, objectAt, stringMapAt, valueAt } from '../json/json-value.ts';
import { parseQuantity } from '../quantity/quantity.ts';
import { qualifiedNameMistakes } from '../selectors/label-names.ts';
import { invalid } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { NOT_NEGATIVE_TEXT } from './numbers.ts';
import { IMMUTABLE_TEXT } from './object-meta.ts';

const NANOS_PER_UNIT = 1_000_000_000n;

/** Kinds that a quota counts under their plural alone; every other one is counted under `count/PLURAL.GROUP`. */
const COUNTED: readonly string[] = [
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
];
const COUNTED_OTHERWISE: readonly string[] = ['services.nodeports', 'services.loadbalancers'];
const MEASURED: readonly string[] = ['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => [
  name,
  `requests.${name}`,
  `limits.${name}`,
]);
const WHOLE: ReadonlySet<string> = new Set([...COUNTED, ...COUNTED_OTHERWISE]);
const STANDARD: ReadonlySet<string> = new Set([...WHOLE, ...MEASURED, 'requests.storage']);

const isHugePages = (name: string): boolean => /^(requests\.)?hugepages-/.test(name);
const isObjectCount = (name: string): boolean => name.startsWith('count/');
const isWhole = (name: string): boolean =>
  WHOLE.has(name) || (name.includes('/') && !name.startsWith('kubernetes.io/') && !name.startsWith('requests.'));

const nameErrors = (name: string, path: string): FieldError[] => {
  const errors = qualifiedNameMistakes(name).map((text) => invalid(path, name, text));
  if (!name.includes('/') && !STANDARD.has(name) && !isHugePages(name)) {
    errors.push(
      invalid(path, name, 'must be a standard resource type or fully qualified'),
      invalid(path, name, 'must be a standard resource for quota'),
    );
  }
  return errors;
};

const amountErrors = (name: string, amount: string, path: string): FieldError[] => {
  const quantity = parseQuantity(amount);
  if (quantity === undefined) return [invalid(path, amount, 'must be a quantity')];
  if (quantity.nanos < 0n) return [invalid(path, amount, NOT_NEGATIVE_TEXT)];
  return isWhole(name) && quantity.nanos % NANOS_PER_UNIT !== 0n ? [invalid(path, amount, 'must be an integer')] : [];
};

const amountsErrors = (holder: unknown, path: string, field: string): FieldError[] =>
  Object.entries(stringMapAt(holder, field)).flatMap(([name, amount]) => [
    ...nameErrors(name, `${path}.${field}[${name}]`),
    ...amountErrors(name, amount, `${path}.${field}[${name}]`),
  ]);

/** `spec` of a new ResourceQuota. */
export const validateResourceQuota = (quota: unknown): FieldError[] => amountsErrors(objectAt(quota, 'spec'), 'spec', 'hard');

/** What a quota is about may not change: its scopes are immutable. */
export const validateResourceQuotaUpdate = (quota: unknown, existing: unknown): FieldError[] => [
  ...validateResourceQuota(quota),
  ...['scopes', 'scopeSelector'].flatMap((field) => {
    const value = fieldOf(objectAt(quota, 'spec'), field) ?? null;
    const isSame = isSameJson(value, fieldOf(objectAt(existing, 'spec'), field) ?? null);
    return isSame ? [] : [invalid(`spec.${field}`, value, IMMUTABLE_TEXT)];
  }),
];

export const validateResourceQuotaStatus = (quota: unknown): FieldError[] =>
  ['hard', 'used'].flatMap((field) => amountsErrors(objectAt(quota, 'status'), 'status', field));

const isKept = (name: string): boolean => !COUNTED.includes(name) && !isObjectCount(name);

const allWarnings = (quota: unknown): readonly string[] => {
  const isScoped = listAt(quota, 'spec', 'scopes').length > 0 || valueAt(quota, 'spec', 'scopeSelector') !== undefined;
  if (isScoped) return ['spec.scopes: a quota with scopes is kept but not enforced, because nothing here tells Pods apart by them'];
  return Object.keys(objectAt(objectAt(quota, 'spec'), 'hard'))
    .filter(isKept)
    .map((name) => `spec.hard[${name}]: is kept but not enforced; objects are counted, resources are not`);
};

/** A limit that nothing enforces is accepted, as in Kubernetes, but not in silence; only what a write brings in. */
export const resourceQuotaWarnings = (quota: unknown, existing: unknown): readonly string[] => {
  const known = existing === undefined ? [] : allWarnings(existing);
  return allWarnings(quota).filter((warning) => !known.includes(warning));
};
