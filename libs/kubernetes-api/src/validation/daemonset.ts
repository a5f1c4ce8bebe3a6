import {
  hasField,
  isJsonObject,
  isSameJson,
  numberAt,
  objectAt,
  stringAt,
  stringMapAt,
  valueAt,
} from '../json/json-value.ts';
import {
  isEmptyLabelSelector,
  matchesLabelSelector,
  validateLabelSelector,
} from '../selectors/label-selector-object.ts';
import { forbidden, inGoOrder, invalid, notSupported, required } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { notNegative, NOT_NEGATIVE_TEXT } from './numbers.ts';
import { IMMUTABLE_TEXT } from './object-meta.ts';
import { validatePodTemplateSpec } from './pod-template.ts';

const PERCENT = /^[0-9]+%$/;
const PERCENT_TEXT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

const percentOf = (value: string): number => Number(value.slice(0, -1));

/** DS-28 to DS-30. */
const countOrPercentErrors = (value: unknown, path: string): FieldError[] => {
  if (typeof value === 'number') return value < 0 ? [invalid(path, value, NOT_NEGATIVE_TEXT)] : [];
  if (typeof value !== 'string') return [];
  if (!PERCENT.test(value)) return [invalid(path, value, PERCENT_TEXT)];
  return percentOf(value) > 100 ? [invalid(path, value, 'must not be greater than 100%')] : [];
};

/** Zero in either notation. Upstream reads a text without percent sign as the number in it, and as zero when there is none. */
const isZero = (value: unknown): boolean => {
  if (typeof value === 'string')
    return PERCENT.test(value) ? percentOf(value) === 0 : !/^[+-]?0*[1-9][0-9]*$/.test(value);
  return (value ?? 0) === 0;
};

const validateRollingUpdate = (rollingUpdate: unknown, path: string): FieldError[] => {
  const maxUnavailable = valueAt(rollingUpdate, 'maxUnavailable');
  const maxSurge = valueAt(rollingUpdate, 'maxSurge');
  const errors = [
    ...countOrPercentErrors(maxUnavailable, `${path}.maxUnavailable`),
    ...countOrPercentErrors(maxSurge, `${path}.maxSurge`),
  ];
  if (!isZero(maxUnavailable) && !isZero(maxSurge)) {
    errors.push(invalid(`${path}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  }
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    errors.push(required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  }
  return errors;
};

/** The strategy as upstream's internal type is written out: field names in Go's spelling, and nothing left out. */
const strategyInGo = (strategy: unknown): object => ({
  Type: stringAt(strategy, 'type'),
  RollingUpdate: hasField(strategy, 'rollingUpdate')
    ? {
        MaxUnavailable: valueAt(strategy, 'rollingUpdate', 'maxUnavailable') ?? 0,
        MaxSurge: valueAt(strategy, 'rollingUpdate', 'maxSurge') ?? 0,
      }
    : null,
});

/** DS-26 and DS-27: the whole strategy is the bad value of an unknown type. */
const validateStrategy = (spec: unknown): FieldError[] => {
  const path = 'spec.updateStrategy';
  const strategy = objectAt(spec, 'updateStrategy');
  const type = stringAt(strategy, 'type');
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') {
    return [notSupported(path, inGoOrder(strategyInGo(strategy)), ['RollingUpdate', 'OnDelete'])];
  }
  return hasField(strategy, 'rollingUpdate')
    ? validateRollingUpdate(valueAt(strategy, 'rollingUpdate'), `${path}.rollingUpdate`)
    : [required(`${path}.rollingUpdate`)];
};

/** DS-15 to DS-19: the labels of the template are compared only with a selector that can be parsed. */
const validateSelector = (spec: unknown, template: unknown, toleratesValues: boolean): FieldError[] => {
  const selector = valueAt(spec, 'selector');
  const errors = validateLabelSelector(selector, 'spec.selector', toleratesValues);
  if (isEmptyLabelSelector(selector)) {
    errors.push(invalid('spec.selector', selector, 'empty selector is invalid for daemonset'));
  }
  const isParsable = validateLabelSelector(selector, '').length === 0;
  const labels = stringMapAt(template, 'metadata', 'labels');
  const isMatched = matchesLabelSelector(selector, labels);
  if (isParsable && !isMatched) {
    const sent = valueAt(template, 'metadata', 'labels') ?? null;
    errors.push(invalid('spec.template.metadata.labels', sent, '`selector` does not match template `labels`'));
  }
  return errors;
};

/** DS-20 to DS-23. Shared disks need not be read-only: upstream no longer asks for it (DS-24). */
const validateTemplate = (template: unknown): FieldError[] => {
  const path = 'spec.template';
  const spec = valueAt(template, 'spec');
  const errors = validatePodTemplateSpec(template, path);
  const restartPolicy = stringAt(spec, 'restartPolicy');
  if (restartPolicy !== 'Always') errors.push(notSupported(`${path}.spec.restartPolicy`, restartPolicy, ['Always']));
  if (hasField(spec, 'activeDeadlineSeconds')) {
    errors.push(forbidden(`${path}.spec.activeDeadlineSeconds`, 'activeDeadlineSeconds in DaemonSet is not Supported'));
  }
  return errors;
};

const validateSpec = (spec: unknown, oldSpec: unknown): FieldError[] => {
  const template = objectAt(spec, 'template');
  const oldSelector = valueAt(oldSpec, 'selector');
  const toleratesValues = isJsonObject(oldSelector) && validateLabelSelector(oldSelector, '').length > 0;
  return [
    ...validateSelector(spec, template, toleratesValues),
    ...validateTemplate(template),
    ...notNegative(spec, 'spec.minReadySeconds', 'minReadySeconds'),
    ...validateStrategy(spec),
    ...notNegative(spec, 'spec.revisionHistoryLimit', 'revisionHistoryLimit'),
  ];
};

const DEADLINE = 'everynode.dev/progress-deadline-seconds';
const DEADLINE_MAX = 2 ** 31 - 1;
const deadlineOf = (daemonSet: unknown): unknown => valueAt(daemonSet, 'metadata', 'annotations', DEADLINE);

/** What a Deployment asks of its `progressDeadlineSeconds`. One that is stored already does not keep anybody from changing something else. */
const validateProgressDeadline = (daemonSet: unknown, existing: unknown): FieldError[] => {
  const sent = deadlineOf(daemonSet);
  const minReadySeconds = numberAt(daemonSet, 'spec', 'minReadySeconds') ?? 0;
  const isAsBefore = sent === deadlineOf(existing) && minReadySeconds === (numberAt(existing, 'spec', 'minReadySeconds') ?? 0);
  if (sent === undefined || isAsBefore) return [];
  const path = `metadata.annotations[${DEADLINE}]`;
  if (typeof sent !== 'string' || !/^[1-9][0-9]{0,9}$/.test(sent) || Number(sent) > DEADLINE_MAX) {
    return [invalid(path, sent, `must be a whole number of seconds from 1 to ${DEADLINE_MAX}, in decimal digits`)];
  }
  return Number(sent) > minReadySeconds ? [] : [invalid(path, sent, 'must be greater than minReadySeconds')];
};

/** `spec` of a new DaemonSet, after defaulting, and its annotations that mean something here. */
export const validateDaemonSet = (daemonSet: unknown): FieldError[] => [
  ...validateSpec(objectAt(daemonSet, 'spec'), undefined),
  ...validateProgressDeadline(daemonSet, undefined),
];

/** `spec` of a changed DaemonSet: the selector is immutable (DS-33). */
export const validateDaemonSetUpdate = (daemonSet: unknown, existing: unknown): FieldError[] => {
  const selector = valueAt(daemonSet, 'spec', 'selector');
  const isSameSelector = isSameJson(selector ?? null, valueAt(existing, 'spec', 'selector') ?? null);
  return [
    ...(isSameSelector ? [] : [invalid('spec.selector', selector ?? null, IMMUTABLE_TEXT)]),
    ...validateSpec(objectAt(daemonSet, 'spec'), objectAt(existing, 'spec')),
    ...validateProgressDeadline(daemonSet, existing),
  ];
};

const STATUS_NUMBERS = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
];

/** DS-36 to DS-38. */
export const validateDaemonSetStatus = (daemonSet: unknown, existing: unknown): FieldError[] => {
  const status = objectAt(daemonSet, 'status');
  const errors = STATUS_NUMBERS.flatMap((field) => notNegative(status, `status.${field}`, field));
  const oldCount = numberAt(existing, 'status', 'collisionCount');
  const count = numberAt(status, 'collisionCount');
  if (oldCount !== undefined && (count ?? -1) < oldCount) {
    errors.push(invalid('status.collisionCount', count ?? 0, 'cannot be decremented'));
  }
  return errors;
};
