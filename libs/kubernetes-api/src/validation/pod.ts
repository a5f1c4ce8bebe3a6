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
import { forbidden, invalid } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { qualifiedNameMistakes } from '../selectors/label-names.ts';
import { validateContainersOfPod } from './container.ts';
import { addressMistakes } from './name-resolution.ts';
import { IMMUTABLE_TEXT } from './object-meta.ts';
import { validateEphemeralContainersUpdate } from './ephemeral-containers.ts';
import { validatePodSpec } from './pod-spec.ts';
import { gateErrors, isGated, placementErrors } from './scheduling-gates.ts';

export const validatePod = (pod: unknown): FieldError[] => {
  const spec = objectAt(pod, 'spec');
  return [
    ...validatePodSpec(spec, 'spec'),
    ...validateContainersOfPod(spec, 'spec'),
    ...(listAt(spec, 'ephemeralContainers').length === 0
      ? []
      : [forbidden('spec.ephemeralContainers', 'cannot be set on create')]),
    ...(stringAt(spec, 'nodeName') === '' || listAt(spec, 'schedulingGates').length === 0
      ? []
      : [forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')]),
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
  for (const field of ['schedulingGates', ...(isGated(oldSpec) ? ['nodeSelector', 'affinity'] : [])]) {
    munged[field] = valueAt(oldSpec, field);
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
  errors.push(...deadlineErrors(spec, oldSpec), ...gateErrors(spec, oldSpec), ...tolerationsErrors(spec, oldSpec));
  if (isGated(oldSpec)) errors.push(...placementErrors(spec, oldSpec));
  if (!isSameJson(withOldChangeables(spec, oldSpec), cloneJson(oldSpec)))
    errors.push(forbidden('spec', POD_IMMUTABLE_TEXT));
  return errors;
};

/** What `pods/ephemeralcontainers` makes of a Pod: the rest of it is as it was. */
export const validateEphemeralContainersOfPod = (pod: unknown, existing: unknown): FieldError[] => [
  ...validatePodSpec(objectAt(pod, 'spec'), 'spec'),
  ...validateEphemeralContainersUpdate(pod, existing),
];

/** Of a status only what others rely on is checked: the class of service stays, conditions have names, addresses are addresses. */
export const validatePodStatus = (pod: unknown, existing: unknown): FieldError[] => {
  const status = objectAt(pod, 'status');
  const oldClass = stringAt(existing, 'status', 'qosClass');
  const errors: FieldError[] = [];
  const newClass = stringAt(status, 'qosClass');
  if (oldClass !== '' && newClass !== '' && newClass !== oldClass) {
    errors.push(invalid('status.qosClass', newClass, IMMUTABLE_TEXT));
  }
  for (const [index, condition] of listAt(status, 'conditions').entries()) {
    const type = stringAt(condition, 'type');
    errors.push(...qualifiedNameMistakes(type).map((text) => invalid(`status.conditions[${index}].Type`, type, text)));
  }
  const address = stringAt(status, 'podIP');
  if (address !== '')
    errors.push(...addressMistakes(address).map((text) => invalid('status.podIPs[0]', address, text)));
  return errors;
};
