import { isSameJson, listAt, stringAt, stringMapAt, valueAt } from '../json/json-value.ts';
import { parseQuantity } from '../quantity/quantity.ts';
import { forbidden, inGoOrder, invalid } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { addressFamilyOfRange, CIDR_TEXT } from './name-resolution.ts';
import { NOT_NEGATIVE_TEXT } from './numbers.ts';
import { validateTaints } from './toleration.ts';

const validatePodRanges = (node: unknown): FieldError[] => {
  const path = 'spec.podCIDRs';
  const ranges = listAt(node, 'spec', 'podCIDRs').map(String);
  const errors = ranges.flatMap((range, index) =>
    addressFamilyOfRange(range) === undefined ? [invalid(`${path}[${index}]`, range, CIDR_TEXT)] : [],
  );
  const families = ranges.map(addressFamilyOfRange);
  const isOnePerFamily = new Set(families).size === ranges.length && !(ranges.length > 1 && families.includes(undefined));
  if (!isOnePerFamily) errors.push(invalid(path, ranges, 'may specify no more than one CIDR for each IP family'));
  return errors;
};

/** Upstream reports taints under `metadata.taints`, where they never were; tools that match the path rely on it. */
export const validateNode = (node: unknown): FieldError[] =>
  [...validateTaints(listAt(node, 'spec', 'taints'), 'metadata.taints'), ...validatePodRanges(node)];

/** Once set, what a node is at its provider stays. */
export const validateNodeUpdate = (node: unknown, existing: unknown): FieldError[] => {
  const errors = validateNode(node);
  const oldProvider = stringAt(existing, 'spec', 'providerID');
  if (oldProvider !== '' && stringAt(node, 'spec', 'providerID') !== oldProvider) {
    errors.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  }
  const oldCidrs = listAt(existing, 'spec', 'podCIDRs');
  if (oldCidrs.length > 0 && !isSameJson(listAt(node, 'spec', 'podCIDRs'), oldCidrs)) {
    errors.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  }
  return errors;
};

const validateAmounts = (amounts: Readonly<Record<string, string>>, path: string): FieldError[] =>
  Object.entries(amounts).flatMap(([name, amount]) => {
    const quantity = parseQuantity(amount);
    return quantity !== undefined && quantity.nanos < 0n
      ? [invalid(`${path}.${name}`, amount, NOT_NEGATIVE_TEXT)]
      : [];
  });

const validateAddresses = (node: unknown): FieldError[] => {
  const seen = new Set<string>();
  return listAt(node, 'status', 'addresses').flatMap((address, index) => {
    const identity = `${stringAt(address, 'type')} ${stringAt(address, 'address')}`;
    const isKnown = seen.has(identity);
    seen.add(identity);
    const path = `status.addresses[${index}]`;
    return isKnown
      ? [
          {
            type: 'FieldValueDuplicate' as const,
            field: path,
            badValue: inGoOrder({ Type: stringAt(address, 'type'), Address: stringAt(address, 'address') }),
            detail: '',
          },
        ]
      : [];
  });
};

export const validateNodeStatus = (node: unknown): FieldError[] => [
  ...validateAmounts(stringMapAt(node, 'status', 'capacity'), 'status.capacity'),
  ...validateAmounts(stringMapAt(node, 'status', 'allocatable'), 'status.allocatable'),
  ...validateAddresses(node),
  ...(valueAt(node, 'status', 'conditions') === undefined ? [] : duplicateConditions(node)),
];

/** Conditions are keyed by type: kubectl and the controller read the first and would miss the second. */
const duplicateConditions = (node: unknown): FieldError[] => {
  const seen = new Set<string>();
  return listAt(node, 'status', 'conditions').flatMap((condition, index) => {
    const type = stringAt(condition, 'type');
    const isKnown = seen.has(type);
    seen.add(type);
    const path = `status.conditions[${index}]`;
    return isKnown ? [{ type: 'FieldValueDuplicate' as const, field: path, badValue: type, detail: '' }] : [];
  });
};
