import { hasField, isJsonObject, listAt, objectAt, stringAt, valueAt } from '../json/json-value.ts';
import { dnsLabelMistakes, labelValueMistakes, qualifiedNameMistakes } from '../selectors/label-names.ts';
import { validateLabelSelector } from '../selectors/label-selector-object.ts';
import { forbidden, invalid, required } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { isBetween } from './numbers.ts';

const WEIGHT_MAX = 100;
/** The only field that a node can be selected by (DS-12). */
const NODE_NAME_FIELD = 'metadata.name';

const valuesOf = (requirement: unknown): readonly unknown[] => listAt(requirement, 'values');

const validateExpression = (requirement: unknown, path: string): FieldError[] => {
  const operator = stringAt(requirement, 'operator');
  const key = stringAt(requirement, 'key');
  const values = valuesOf(requirement);
  const errors: FieldError[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) {
      errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      errors.push(forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    }
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) {
      errors.push(required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
    }
  } else errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  errors.push(...qualifiedNameMistakes(key).map((text) => invalid(`${path}.key`, key, text)));
  for (const [index, value] of values.entries()) {
    const text = typeof value === 'string' ? value : '';
    errors.push(...labelValueMistakes(text).map((mistake) => invalid(`${path}.values[${index}]`, value, mistake)));
  }
  return errors;
};

const validateFieldRequirement = (requirement: unknown, path: string): FieldError[] => {
  const operator = stringAt(requirement, 'operator');
  const key = stringAt(requirement, 'key');
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  } else if (valuesOf(requirement).length !== 1) {
    errors.push(
      required(`${path}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"),
    );
  }
  if (key !== NODE_NAME_FIELD) errors.push(invalid(`${path}.key`, key, 'not a valid field selector key'));
  return errors;
};

const validateNodeTerm = (term: unknown, path: string): FieldError[] => [
  ...listAt(term, 'matchExpressions').flatMap((item, index) =>
    validateExpression(item, `${path}.matchExpressions[${index}]`),
  ),
  ...listAt(term, 'matchFields').flatMap((item, index) =>
    validateFieldRequirement(item, `${path}.matchFields[${index}]`),
  ),
];

const validateWeight = (term: unknown, path: string): FieldError[] => {
  const weight = valueAt(term, 'weight') ?? 0;
  return isBetween(weight, 1, WEIGHT_MAX) ? [] : [invalid(`${path}.weight`, weight, 'must be in the range 1-100')];
};

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

const validateNodeAffinity = (affinity: unknown, path: string): FieldError[] => {
  const errors: FieldError[] = [];
  if (hasField(affinity, REQUIRED)) {
    const here = `${path}.${REQUIRED}.nodeSelectorTerms`;
    const terms = listAt(affinity, REQUIRED, 'nodeSelectorTerms');
    if (terms.length === 0) errors.push(required(here, 'must have at least one node selector term'));
    errors.push(...terms.flatMap((term, index) => validateNodeTerm(term, `${here}[${index}]`)));
  }
  for (const [index, term] of listAt(affinity, PREFERRED).entries()) {
    const here = `${path}.${PREFERRED}[${index}]`;
    errors.push(...validateWeight(term, here), ...validateNodeTerm(objectAt(term, 'preference'), `${here}.preference`));
  }
  return errors;
};

const validatePodTerm = (term: unknown, path: string): FieldError[] => {
  const topologyKey = stringAt(term, 'topologyKey');
  return [
    ...validateLabelSelector(valueAt(term, 'labelSelector'), `${path}.labelSelector`),
    ...validateLabelSelector(valueAt(term, 'namespaceSelector'), `${path}.namespaceSelector`),
    ...listAt(term, 'namespaces').flatMap((namespace) =>
      dnsLabelMistakes(typeof namespace === 'string' ? namespace : '').map((text) =>
        invalid(`${path}.namespace`, namespace, text),
      ),
    ),
    ...(topologyKey === '' ? [required(`${path}.topologyKey`, 'can not be empty')] : []),
    ...qualifiedNameMistakes(topologyKey).map((text) => invalid(`${path}.topologyKey`, topologyKey, text)),
  ];
};

const validatePodAffinity = (affinity: unknown, path: string): FieldError[] => [
  ...listAt(affinity, REQUIRED).flatMap((term, index) => validatePodTerm(term, `${path}.${REQUIRED}[${index}]`)),
  ...listAt(affinity, PREFERRED).flatMap((term, index) => {
    const here = `${path}.${PREFERRED}[${index}]`;
    return [
      ...validateWeight(term, here),
      ...validatePodTerm(objectAt(term, 'podAffinityTerm'), `${here}.podAffinityTerm`),
    ];
  }),
];

export const validateAffinity = (spec: unknown, path: string): FieldError[] => {
  const affinity = valueAt(spec, 'affinity');
  if (!isJsonObject(affinity)) return [];
  const here = `${path}.affinity`;
  return [
    ...validateNodeAffinity(objectAt(affinity, 'nodeAffinity'), `${here}.nodeAffinity`),
    ...validatePodAffinity(objectAt(affinity, 'podAffinity'), `${here}.podAffinity`),
    ...validatePodAffinity(objectAt(affinity, 'podAntiAffinity'), `${here}.podAntiAffinity`),
  ];
};
