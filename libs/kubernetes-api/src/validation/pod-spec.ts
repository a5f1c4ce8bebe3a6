import { hasField, listAt, stringAt, stringMapAt, valueAt } from '../json/json-value.ts';
import { dnsLabelMistakes, dnsSubdomainMistakes, qualifiedNameMistakes } from '../selectors/label-names.ts';
import { validateLabelSelector } from '../selectors/label-selector-object.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { validateAffinity } from './affinity.ts';
import { validateHostNetworkPorts, validateHostPorts } from './container-port.ts';
import { validateContainer } from './container.ts';
import type { PodNames } from './container.ts';
import { isBetween, NOT_NEGATIVE_TEXT, rangeText } from './numbers.ts';
import { validateLabels } from './object-meta.ts';
import { validateTolerations } from './toleration.ts';
import { validateVolumes, volumeNames } from './volume.ts';

const INT32_MAX = 2_147_483_647;
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'] as const;
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'] as const;

const validateContainers = (spec: unknown, path: string): FieldError[] => {
  const names: PodNames = { containers: new Set(), volumes: volumeNames(spec) };
  const containers = listAt(spec, 'containers');
  const errors: FieldError[] = [];
  if (containers.length === 0) errors.push(required(`${path}.containers`));
  for (const [index, container] of containers.entries()) {
    const here = `${path}.containers[${index}]`;
    errors.push(...validateContainer(container, here, names));
    if (hasField(container, 'restartPolicy')) {
      errors.push(forbidden(`${here}.restartPolicy`, 'may not be set for non-init containers'));
    }
  }
  errors.push(...validateHostPorts(containers, `${path}.containers`));
  for (const [index, container] of listAt(spec, 'initContainers').entries()) {
    errors.push(...validateInitContainer(container, `${path}.initContainers[${index}]`, names));
  }
  if (valueAt(spec, 'hostNetwork') === true) errors.push(...validateHostNetworkPorts(containers, `${path}.containers`));
  return errors;
};

/** An init container that restarts is a sidecar: only such a one may have probes and hooks. */
const validateInitContainer = (container: unknown, path: string, names: PodNames): FieldError[] => {
  const errors = validateContainer(container, path, names);
  if (stringAt(container, 'restartPolicy') === 'Always') return errors;
  for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
    if (hasField(container, field)) {
      errors.push(forbidden(`${path}.${field}`, 'may not be set for init containers without restartPolicy=Always'));
    }
  }
  return errors;
};

const validatePolicies = (spec: unknown, path: string): FieldError[] => {
  const errors: FieldError[] = [];
  for (const [field, supported] of [
    ['restartPolicy', RESTART_POLICIES],
    ['dnsPolicy', DNS_POLICIES],
  ] as const) {
    const value = stringAt(spec, field);
    if (value === '') errors.push(required(`${path}.${field}`));
    else if (!supported.some((known) => known === value))
      errors.push(notSupported(`${path}.${field}`, value, supported));
  }
  if (stringAt(spec, 'dnsPolicy') === 'None' && listAt(spec, 'dnsConfig', 'nameservers').length === 0) {
    errors.push(
      required(`${path}.dnsConfig.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'),
    );
  }
  return errors;
};

const validateSeconds = (spec: unknown, path: string): FieldError[] => {
  const errors: FieldError[] = [];
  const grace = valueAt(spec, 'terminationGracePeriodSeconds');
  if (typeof grace === 'number' && grace < 0) {
    errors.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, NOT_NEGATIVE_TEXT));
  }
  const deadline = valueAt(spec, 'activeDeadlineSeconds');
  if (deadline !== undefined && !isBetween(deadline, 1, INT32_MAX)) {
    errors.push(invalid(`${path}.activeDeadlineSeconds`, deadline, rangeText(1, INT32_MAX)));
  }
  return errors;
};

const NAME_FIELDS = [
  ['nodeName', dnsSubdomainMistakes],
  ['serviceAccountName', dnsSubdomainMistakes],
  ['hostname', dnsLabelMistakes],
  ['subdomain', dnsLabelMistakes],
  ['priorityClassName', dnsSubdomainMistakes],
  ['schedulerName', qualifiedNameMistakes],
] as const;

const validateNames = (spec: unknown, path: string): FieldError[] =>
  NAME_FIELDS.flatMap(([field, mistakes]) => {
    const value = stringAt(spec, field);
    return value === '' ? [] : mistakes(value).map((text) => invalid(`${path}.${field}`, value, text));
  });

const UNSATISFIABLE_ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'] as const;

const validateSpread = (spec: unknown, path: string): FieldError[] => {
  const seen = new Set<string>();
  return listAt(spec, 'topologySpreadConstraints').flatMap((constraint, index) => {
    const here = `${path}.topologySpreadConstraints[${index}]`;
    const errors: FieldError[] = [];
    const skew = valueAt(constraint, 'maxSkew') ?? 0;
    const topologyKey = stringAt(constraint, 'topologyKey');
    const action = stringAt(constraint, 'whenUnsatisfiable');
    if (!isBetween(skew, 1, INT32_MAX)) errors.push(invalid(`${here}.maxSkew`, skew, 'must be greater than zero'));
    if (topologyKey === '') errors.push(required(`${here}.topologyKey`, 'can not be empty'));
    if (!UNSATISFIABLE_ACTIONS.some((known) => known === action)) {
      errors.push(notSupported(`${here}.whenUnsatisfiable`, action, UNSATISFIABLE_ACTIONS));
    }
    if (seen.has(`${topologyKey} ${action}`)) {
      errors.push(duplicate(`${here}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${action}}`));
    }
    seen.add(`${topologyKey} ${action}`);
    errors.push(...validateLabelSelector(valueAt(constraint, 'labelSelector'), `${here}.labelSelector`));
    return errors;
  });
};

/** A pod spec after defaulting, wherever it stands. `path` is where, e.g. `spec.template.spec`. */
export const validatePodSpec = (spec: unknown, path: string): FieldError[] => [
  ...validateVolumes(spec, path),
  ...validateContainers(spec, path),
  ...validatePolicies(spec, path),
  ...validateLabels(stringMapAt(spec, 'nodeSelector'), `${path}.nodeSelector`),
  ...validateSeconds(spec, path),
  ...validateNames(spec, path),
  ...validateAffinity(spec, path),
  ...validateTolerations(spec, path),
  ...validateSpread(spec, path),
];
