import { hasField, listAt, stringAt, stringMapAt, valueAt } from '../json/json-value.ts';
import { dnsLabelMistakes, dnsSubdomainMistakes, qualifiedNameMistakes } from '../selectors/label-names.ts';
import { validateLabelSelector } from '../selectors/label-selector-object.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { validateAffinity } from './affinity.ts';
import { validateHostNetworkPorts, validateHostPorts } from './container-port.ts';
import { validateContainer } from './container.ts';
import type { PodNames } from './container.ts';
import { validateEphemeralContainers } from './ephemeral-containers.ts';
import { validateDnsConfig, validateHostAliases } from './name-resolution.ts';
import { isBetween, rangeText } from './numbers.ts';
import { validateLabels } from './object-meta.ts';
import { validatePodSecurityContext } from './security-context.ts';
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
  errors.push(...validateEphemeralContainers(spec, path, names));
  if (valueAt(spec, 'hostNetwork') === true) {
    for (const field of ['containers', 'initContainers']) {
      errors.push(...validateHostNetworkPorts(listAt(spec, field), `${path}.${field}`));
    }
  }
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
  return errors;
};

/** A negative grace period is valid and means one second. */
const validateDeadline = (spec: unknown, path: string): FieldError[] => {
  const deadline = valueAt(spec, 'activeDeadlineSeconds');
  return deadline === undefined || isBetween(deadline, 1, INT32_MAX)
    ? []
    : [invalid(`${path}.activeDeadlineSeconds`, deadline, rangeText(1, INT32_MAX))];
};

const validateReadinessGates = (spec: unknown, path: string): FieldError[] =>
  listAt(spec, 'readinessGates').flatMap((gate, index) => {
    const type = stringAt(gate, 'conditionType');
    const here = `${path}.readinessGates[${index}].conditionType`;
    return qualifiedNameMistakes(type).map((text) => invalid(here, type, text));
  });

const validateSchedulingGates = (spec: unknown, path: string): FieldError[] => {
  const seen = new Set<string>();
  return listAt(spec, 'schedulingGates').flatMap((gate, index) => {
    const name = stringAt(gate, 'name');
    const here = `${path}.schedulingGates[${index}]`;
    const errors = qualifiedNameMistakes(name).map((text) => invalid(here, name, text));
    if (seen.has(name)) errors.push(duplicate(here, name));
    seen.add(name);
    return errors;
  });
};

const OPERATING_SYSTEMS = ['linux', 'windows'] as const;

const validateOperatingSystem = (spec: unknown, path: string): FieldError[] => {
  if (!hasField(spec, 'os')) return [];
  const name = stringAt(spec, 'os', 'name');
  if (name === '') return [required(`${path}.os.name`)];
  return OPERATING_SYSTEMS.some((known) => known === name) ? [] : [notSupported(`${path}.os`, name, OPERATING_SYSTEMS)];
};

type NameField = readonly [string, (value: string) => readonly string[]];

const HOST_NAMES: readonly NameField[] = [
  ['hostname', dnsLabelMistakes],
  ['subdomain', dnsLabelMistakes],
];

const NAMES: readonly NameField[] = [
  ['serviceAccountName', dnsSubdomainMistakes],
  ['nodeName', dnsSubdomainMistakes],
];

const LATER_NAMES: readonly NameField[] = [
  ['priorityClassName', dnsSubdomainMistakes],
  ['runtimeClassName', dnsSubdomainMistakes],
];

const validateNames = (spec: unknown, path: string, fields: readonly NameField[]): FieldError[] =>
  fields.flatMap(([field, mistakes]) => {
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
  ...validatePodSecurityContext(spec, path),
  ...validateAffinity(spec, path),
  ...validateDnsConfig(spec, path),
  ...validateReadinessGates(spec, path),
  ...validateSchedulingGates(spec, path),
  ...validateSpread(spec, path),
  ...validateNames(spec, path, NAMES),
  ...validateDeadline(spec, path),
  ...validateNames(spec, path, HOST_NAMES),
  ...validateTolerations(spec, path),
  ...validateHostAliases(spec, path),
  ...validateNames(spec, path, LATER_NAMES),
  ...validateOperatingSystem(spec, path),
];
