import { listAt, stringAt, valueAt } from '../json/json-value.ts';
import { isJsonObject } from '../json/json-value.ts';
import { dnsLabelMistakes } from '../selectors/label-names.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { isBetween } from './numbers.ts';

const FILE_MODE_MAX = 0o777;
const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

const validateHostPath = (source: unknown, path: string): FieldError[] => {
  const hostPath = stringAt(source, 'path');
  const type = stringAt(source, 'type');
  if (hostPath === '') return [required(`${path}.path`)];
  return [
    ...(hostPath.split('/').includes('..') ? [invalid(`${path}.path`, hostPath, "must not contain '..'")] : []),
    ...(HOST_PATH_TYPES.includes(type) ? [] : [notSupported(`${path}.type`, type, HOST_PATH_TYPES)]),
  ];
};

const modeErrors = (source: unknown, path: string): FieldError[] => {
  const mode = valueAt(source, 'defaultMode');
  return mode === undefined || isBetween(mode, 0, FILE_MODE_MAX)
    ? []
    : [invalid(`${path}.defaultMode`, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
};

const itemErrors = (source: unknown, path: string): FieldError[] =>
  listAt(source, 'items').flatMap((item, index) => {
    const here = `${path}.items[${index}]`;
    const target = stringAt(item, 'path');
    return [
      ...(stringAt(item, 'key') === '' ? [required(`${here}.key`)] : []),
      ...(target === '' ? [required(`${here}.path`)] : []),
      ...(target.startsWith('/') ? [invalid(`${here}.path`, target, 'must be a relative path')] : []),
      ...(target.split('/').includes('..') ? [invalid(`${here}.path`, target, "must not contain '..'")] : []),
    ];
  });

const SOURCES: ReadonlyMap<string, (source: unknown, path: string) => FieldError[]> = new Map([
  ['hostPath', validateHostPath],
  [
    'secret',
    (source, path) => [
      ...(stringAt(source, 'secretName') === '' ? [required(`${path}.secretName`)] : []),
      ...modeErrors(source, path),
      ...itemErrors(source, path),
    ],
  ],
  [
    'configMap',
    (source, path) => [
      ...(stringAt(source, 'name') === '' ? [required(`${path}.name`)] : []),
      ...modeErrors(source, path),
      ...itemErrors(source, path),
    ],
  ],
  ['downwardAPI', modeErrors],
  ['projected', modeErrors],
  [
    'nfs',
    (source, path) => [
      ...(stringAt(source, 'server') === '' ? [required(`${path}.server`)] : []),
      ...(stringAt(source, 'path') === '' ? [required(`${path}.path`)] : []),
    ],
  ],
  [
    'persistentVolumeClaim',
    (source, path) => (stringAt(source, 'claimName') === '' ? [required(`${path}.claimName`)] : []),
  ],
]);

const validateSource = (volume: Readonly<Record<string, unknown>>, path: string): FieldError[] => {
  const [first, ...others] = Object.keys(volume).filter((field) => field !== 'name');
  if (first === undefined) return [required(path, 'must specify a volume type')];
  return [
    ...(SOURCES.get(first)?.(volume[first], `${path}.${first}`) ?? []),
    ...others.map((field) => forbidden(`${path}.${field}`, 'may not specify more than 1 volume type')),
  ];
};

/** Volumes of a pod spec; each has a unique name and exactly one source. */
export const validateVolumes = (spec: unknown, path: string): FieldError[] => {
  const names = new Set<string>();
  return listAt(spec, 'volumes').flatMap((volume, index) => {
    const here = `${path}.volumes[${index}]`;
    const name = stringAt(volume, 'name');
    const errors = isJsonObject(volume) ? validateSource(volume, here) : [];
    const mistakes = dnsLabelMistakes(name).map((text) => invalid(`${here}.name`, name, text));
    if (name === '') errors.push(required(`${here}.name`));
    else if (mistakes.length > 0) errors.push(...mistakes);
    else if (names.has(name)) errors.push(duplicate(`${here}.name`, name));
    // Only a volume without any mistake takes its name.
    if (errors.length === 0) names.add(name);
    return errors;
  });
};

export const volumeNames = (spec: unknown): ReadonlySet<string> =>
  new Set(listAt(spec, 'volumes').map((volume) => stringAt(volume, 'name')));
