import { hasField, listAt, objectAt, stringAt } from '../json/json-value.ts';
import { dnsLabelMistakes } from '../selectors/label-names.ts';
import { duplicate, invalid, notFound, notSupported, required } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { validateContainerPorts } from './container-port.ts';
import { validateProbes } from './probe.ts';
import { validateResources } from './resource-requirements.ts';
import { validateSecurityContext } from './security-context.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'] as const;
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'] as const;

/** What the containers of one pod share. */
export interface PodNames {
  /** Names used by any container so far. */
  readonly containers: Set<string>;
  readonly volumes: ReadonlySet<string>;
}

const environmentNameMistakes = (name: string): string[] => {
  if (name === '') return [];
  if (!/^[ -<>-~]+$/.test(name)) {
    return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
  }
  return [];
};

const VALUE_SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];

/** What a Pod can say of itself in its environment. */
const POD_FIELDS: ReadonlySet<string> = new Set([
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]);

const POD_FIELD_ENTRY = /^metadata\.(?:labels|annotations)\['[^']+'\]$/;

const sourceErrors = (name: string, source: unknown, path: string): FieldError[] => {
  if (name === 'fieldRef') {
    const field = stringAt(source, 'fieldPath');
    if (field === '') return [required(`${path}.fieldPath`)];
    return POD_FIELDS.has(field) || POD_FIELD_ENTRY.test(field)
      ? []
      : [invalid(`${path}.fieldPath`, field, `error converting fieldPath: field label not supported: ${field}`)];
  }
  const hasKey = name === 'configMapKeyRef' || name === 'secretKeyRef';
  return hasKey && stringAt(source, 'key') === '' ? [required(`${path}.key`)] : [];
};

const validateValueFrom = (variable: unknown, path: string): FieldError[] => {
  if (!hasField(variable, 'valueFrom')) return [];
  const source = objectAt(variable, 'valueFrom');
  const chosen = VALUE_SOURCES.filter((name) => hasField(source, name));
  const errors = chosen.flatMap((name) => sourceErrors(name, objectAt(source, name), `${path}.${name}`));
  if (chosen.length === 0) {
    errors.push(
      invalid(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'),
    );
  } else if (stringAt(variable, 'value') !== '') {
    errors.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  } else if (chosen.length > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
  return errors;
};

const validateEnvironment = (container: unknown, path: string): FieldError[] =>
  listAt(container, 'env').flatMap((variable, index) => {
    const here = `${path}.env[${index}]`;
    const name = stringAt(variable, 'name');
    return [
      ...(name === ''
        ? [required(`${here}.name`)]
        : environmentNameMistakes(name).map((text) => invalid(`${here}.name`, name, text))),
      ...validateValueFrom(variable, `${here}.valueFrom`),
    ];
  });

const validateEnvironmentFrom = (container: unknown, path: string): FieldError[] =>
  listAt(container, 'envFrom').flatMap((source, index) => {
    const here = `${path}.envFrom[${index}]`;
    const prefix = stringAt(source, 'prefix');
    const chosen = ['configMapRef', 'secretRef'].filter((name) => hasField(source, name));
    const errors = environmentNameMistakes(prefix).map((text) => invalid(`${here}.prefix`, prefix, text));
    for (const name of chosen) {
      if (stringAt(source, name, 'name') === '') errors.push(required(`${here}.${name}.name`));
    }
    if (chosen.length === 0) {
      errors.push(invalid(`${path}.envFrom`, '', 'must specify one of: `configMapRef` or `secretRef`'));
    } else if (chosen.length > 1) {
      errors.push(invalid(`${path}.envFrom`, '', 'may not have more than one field specified at a time'));
    }
    return errors;
  });

const validateVolumeMounts = (container: unknown, path: string, volumes: ReadonlySet<string>): FieldError[] => {
  const paths = new Set<string>();
  return listAt(container, 'volumeMounts').flatMap((mount, index) => {
    const here = `${path}.volumeMounts[${index}]`;
    const name = stringAt(mount, 'name');
    const mountPath = stringAt(mount, 'mountPath');
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(`${here}.name`));
    else if (!volumes.has(name)) errors.push(notFound(`${here}.name`, name));
    if (mountPath === '') errors.push(required(`${here}.mountPath`));
    else if (paths.has(mountPath)) errors.push(invalid(`${here}.mountPath`, mountPath, 'must be unique'));
    paths.add(mountPath);
    const subPath = stringAt(mount, 'subPath');
    if (subPath.startsWith('/'))
      errors.push(invalid(`${path}.volumeMounts.subPath`, subPath, 'must be a relative path'));
    if (subPath.split('/').includes('..'))
      errors.push(invalid(`${path}.volumeMounts.subPath`, subPath, "must not contain '..'"));
    return errors;
  });
};

const validateName = (container: unknown, path: string, names: Set<string>): FieldError[] => {
  const name = stringAt(container, 'name');
  if (name === '') return [required(`${path}.name`)];
  const errors = dnsLabelMistakes(name).map((text) => invalid(`${path}.name`, name, text));
  if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
  names.add(name);
  return errors;
};

const validateImage = (container: unknown, path: string): FieldError[] =>
  stringAt(container, 'image') === '' ? [required(`${path}.image`)] : [];

/** What is asked only of the containers of a Pod, not of a template. */
export const validateContainersOfPod = (spec: unknown, path: string): FieldError[] =>
  ['containers', 'initContainers'].flatMap((field) =>
    listAt(spec, field).flatMap((container, index) => {
      const image = stringAt(container, 'image');
      return image.trim() === image
        ? []
        : [invalid(`${path}.${field}[${index}].image`, image, 'must not have leading or trailing whitespace')];
    }),
  );

const policyErrors = (value: string, path: string, supported: readonly string[]): FieldError[] => {
  if (value === '') return [required(path)];
  return supported.includes(value) ? [] : [notSupported(path, value, supported)];
};

/** One container of any list of a pod spec. Adds its name to `names.containers`. */
export const validateContainer = (container: unknown, path: string, names: PodNames): FieldError[] => [
  ...validateName(container, path, names.containers),
  ...validateImage(container, path),
  ...validateContainerPorts(container, path),
  ...validateEnvironment(container, path),
  ...validateEnvironmentFrom(container, path),
  ...validateVolumeMounts(container, path, names.volumes),
  ...policyErrors(
    stringAt(container, 'terminationMessagePolicy'),
    `${path}.terminationMessagePolicy`,
    MESSAGE_POLICIES,
  ),
  ...policyErrors(stringAt(container, 'imagePullPolicy'), `${path}.imagePullPolicy`, PULL_POLICIES),
  ...validateProbes(container, path),
  ...validateResources(container, path),
  ...validateSecurityContext(container, path),
];
