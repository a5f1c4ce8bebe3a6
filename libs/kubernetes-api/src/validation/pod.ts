import {
  cloneJson,
  fieldOf,
  isJsonObject,
  isSameJson,
  listAt,
  objectAt,
  stringAt,
  valueAt,
} from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { forbidden, invalid, notSupported } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { NOT_NEGATIVE_TEXT } from './numbers.ts';
import { validatePodSpec } from './pod-spec.ts';

export const validatePod = (pod: unknown): FieldError[] => {
  const spec = objectAt(pod, 'spec');
  return [
    ...validatePodSpec(spec, 'spec'),
    ...(listAt(spec, 'ephemeralContainers').length === 0
      ? []
      : [forbidden('spec.ephemeralContainers', 'cannot be set on create')]),
  ];
};

/** Text of the 422 when anything but the few changeable fields of a pod was changed. */
export const POD_IMMUTABLE_TEXT =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** The new spec with every changeable field set to its old value: what still differs must not. */
const withOldChangeables = (spec: JsonObject, oldSpec: unknown): JsonObject => {
  const munged = cloneJson(spec);
  for (const field of ['containers', 'initContainers']) {
    for (const [index, container] of listAt(munged, field).entries()) {
      const oldContainer = listAt(oldSpec, field)[index];
      if (isJsonObject(container) && isJsonObject(oldContainer)) container['image'] = fieldOf(oldContainer, 'image');
    }
  }
  munged['activeDeadlineSeconds'] = valueAt(oldSpec, 'activeDeadlineSeconds');
  munged['tolerations'] = valueAt(oldSpec, 'tolerations');
  return cloneJson(munged);
};

const tolerationsErrors = (spec: unknown, oldSpec: unknown): FieldError[] => {
  const tolerations = listAt(spec, 'tolerations');
  const isKept = listAt(oldSpec, 'tolerations').every((old) => tolerations.some((now) => isSameToleration(now, old)));
  return isKept
    ? []
    : [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
};

const isSameToleration = (left: unknown, right: unknown): boolean =>
  ['key', 'operator', 'value', 'effect'].every((field) => stringAt(left, field) === stringAt(right, field));

const deadlineErrors = (spec: unknown, oldSpec: unknown): FieldError[] => {
  const path = 'spec.activeDeadlineSeconds';
  const deadline = valueAt(spec, 'activeDeadlineSeconds');
  const old = valueAt(oldSpec, 'activeDeadlineSeconds');
  if (typeof old !== 'number') return [];
  if (typeof deadline !== 'number')
    return [invalid(path, null, 'must not update from a positive integer to nil value')];
  return deadline > old ? [invalid(path, deadline, `must be less than or equal to previous value`)] : [];
};

/** A pod's spec can hardly be changed: images, a shorter deadline and more tolerations. */
export const validatePodUpdate = (pod: unknown, existing: unknown): FieldError[] => {
  const spec = objectAt(pod, 'spec');
  const oldSpec = objectAt(existing, 'spec');
  const errors = validatePodSpec(spec, 'spec');
  for (const field of ['containers', 'initContainers']) {
    if (listAt(spec, field).length !== listAt(oldSpec, field).length) {
      errors.push(forbidden(`spec.${field}`, 'pod updates may not add or remove containers'));
      return errors;
    }
  }
  errors.push(...deadlineErrors(spec, oldSpec), ...tolerationsErrors(spec, oldSpec));
  if (!isSameJson(withOldChangeables(spec, oldSpec), cloneJson(oldSpec)))
    errors.push(forbidden('spec', POD_IMMUTABLE_TEXT));
  return errors;
};

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'];

export const validatePodStatus = (pod: unknown): FieldError[] => {
  const phase = stringAt(pod, 'status', 'phase');
  const errors = phase === '' || PHASES.includes(phase) ? [] : [notSupported('status.phase', phase, PHASES)];
  for (const [index, container] of listAt(pod, 'status', 'containerStatuses').entries()) {
    const restarts = valueAt(container, 'restartCount');
    if (typeof restarts === 'number' && restarts < 0) {
      errors.push(invalid(`status.containerStatuses[${index}].restartCount`, restarts, NOT_NEGATIVE_TEXT));
    }
  }
  return errors;
};
