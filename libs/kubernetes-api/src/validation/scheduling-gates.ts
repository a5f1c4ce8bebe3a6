import { fieldOf, isJsonObject, isSameJson, listAt, objectAt, stringAt, stringMapAt } from '../json/json-value.ts';
import { forbidden, invalid } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';

export const isGated = (spec: unknown): boolean => listAt(spec, 'schedulingGates').length > 0;

/** Gates are taken away one by one; none comes after the Pod was made. */
export const gateErrors = (spec: unknown, oldSpec: unknown): FieldError[] => {
  const before = new Set(listAt(oldSpec, 'schedulingGates').map((gate) => stringAt(gate, 'name')));
  return listAt(spec, 'schedulingGates').flatMap((gate, index) => {
    const name = stringAt(gate, 'name');
    return before.has(name)
      ? []
      : [forbidden(`spec.schedulingGates[${index}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`)];
  });
};

const ADDITIONS_TEXT = 'only additions are allowed (no mutations or deletions)';
const TERMS = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';

const isPrefix = (old: readonly unknown[], now: readonly unknown[]): boolean =>
  old.every((entry, index) => isSameJson(entry, now[index]));

const termsOf = (spec: unknown): readonly unknown[] =>
  listAt(spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms');

const termErrors = (term: unknown, old: unknown, path: string): FieldError[] => {
  if (listAt(old, 'matchExpressions').length === 0 && listAt(old, 'matchFields').length === 0) {
    return isSameJson(term, old) ? [] : [invalid(path, term, ADDITIONS_TEXT)];
  }
  return ['matchExpressions', 'matchFields'].flatMap((field) =>
    isPrefix(listAt(old, field), listAt(term, field)) ? [] : [invalid(path, term, ADDITIONS_TEXT)],
  );
};

const nodeAffinityErrors = (spec: unknown, oldSpec: unknown): FieldError[] => {
  const [now, old] = [termsOf(spec), termsOf(oldSpec)];
  if (old.length === 0) return [];
  if (now.length !== old.length) {
    return [invalid(TERMS, now, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')];
  }
  return now.flatMap((term, index) => termErrors(term, old[index], `${TERMS}[${index}]`));
};

const withoutNodeAffinity = (spec: unknown): unknown => {
  const { nodeAffinity: _nodeAffinity, ...others } = objectAt(spec, 'affinity');
  return others;
};

/** A Pod that waits behind gates may still be told more narrowly where it is to go, and not otherwise. */
export const placementErrors = (spec: unknown, oldSpec: unknown): FieldError[] => {
  const selector = stringMapAt(spec, 'nodeSelector');
  const isKept = Object.entries(stringMapAt(oldSpec, 'nodeSelector')).every(([key, value]) => fieldOf(selector, key) === value);
  const errors: FieldError[] = isKept
    ? []
    : [invalid('spec.nodeSelector', selector, 'only additions to spec.nodeSelector are allowed (no mutations or deletions)')];
  errors.push(...nodeAffinityErrors(spec, oldSpec));
  if (isJsonObject(withoutNodeAffinity(spec)) && !isSameJson(withoutNodeAffinity(spec), withoutNodeAffinity(oldSpec))) {
    errors.push(forbidden('spec.affinity', 'only spec.affinity.nodeAffinity may change while the Pod waits for its scheduling gates'));
  }
  return errors;
};
