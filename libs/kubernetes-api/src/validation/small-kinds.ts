import { base64ByteLength } from '../defaulting/base64.ts';
import {
  fieldOf,
  hasField,
  isJsonObject,
  isSameJson,
  objectAt,
  stringAt,
  stringMapAt,
  valueAt,
} from '../json/json-value.ts';
import { byteLength, regexText } from '../selectors/label-names.ts';
import { forbidden, invalid, required, tooLong } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { notNegative } from './numbers.ts';
import { IMMUTABLE_TEXT } from './object-meta.ts';

/** ConfigMaps and Secrets hold at most this much, so that one object cannot fill the log. */
const DATA_BYTES_MAX = 1024 * 1024;
const KEY_LENGTH_MAX = 253;
const KEY = '[-._a-zA-Z0-9]+';
const KEY_PATTERN = new RegExp(`^${KEY}$`);

const keyMistakes = (key: string): string[] => {
  if (key.length > KEY_LENGTH_MAX) return [`must be no more than ${KEY_LENGTH_MAX} characters`];
  if (!KEY_PATTERN.test(key)) {
    return [
      regexText(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        KEY,
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    ];
  }
  if (key === '.' || key === '..') return [`must not be '${key}'`];
  return key.startsWith('..') ? ["must not start with '..'"] : [];
};

const dataErrors = (object: unknown, field: string): FieldError[] =>
  Object.keys(objectAt(object, field)).flatMap((key) =>
    keyMistakes(key).map((text) => invalid(`${field}[${key}]`, key, text)),
  );

const textBytes = (object: unknown, field: string): number =>
  Object.values(stringMapAt(object, field)).reduce((sum, text) => sum + byteLength(text), 0);

const binaryBytes = (object: unknown, field: string): number =>
  Object.values(stringMapAt(object, field)).reduce((sum, text) => sum + base64ByteLength(text), 0);

export const validateConfigMap = (configMap: unknown): FieldError[] => {
  const errors = dataErrors(configMap, 'data');
  const binary = objectAt(configMap, 'binaryData');
  for (const key of Object.keys(objectAt(configMap, 'data'))) {
    if (Object.hasOwn(binary, key)) errors.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
  }
  errors.push(...dataErrors(configMap, 'binaryData'));
  const bytes = textBytes(configMap, 'data') + binaryBytes(configMap, 'binaryData');
  if (bytes > DATA_BYTES_MAX) errors.push(tooLong('[]', DATA_BYTES_MAX));
  return errors;
};

/** An object marked immutable keeps its data and the mark. */
const sealedErrors = (object: unknown, existing: unknown, fields: readonly string[]): FieldError[] => {
  if (valueAt(existing, 'immutable') !== true) return [];
  const errors: FieldError[] = [];
  if (valueAt(object, 'immutable') !== true)
    errors.push(forbidden('immutable', 'field is immutable when `immutable` is set'));
  for (const field of fields) {
    if (!isSameJson(objectAt(object, field), objectAt(existing, field))) {
      errors.push(forbidden(field, 'field is immutable when `immutable` is set'));
    }
  }
  return errors;
};

export const validateConfigMapUpdate = (configMap: unknown, existing: unknown): FieldError[] => [
  ...sealedErrors(configMap, existing, ['data', 'binaryData']),
  ...validateConfigMap(configMap),
];

/** Keys that the well-known secret types cannot do without. */
const SECRET_TYPE_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
  ['kubernetes.io/dockercfg', ['.dockercfg']],
  ['kubernetes.io/ssh-auth', ['ssh-privatekey']],
  ['kubernetes.io/tls', ['tls.crt', 'tls.key']],
]);

export const validateSecret = (secret: unknown): FieldError[] => {
  const errors = dataErrors(secret, 'data');
  if (binaryBytes(secret, 'data') > DATA_BYTES_MAX) errors.push(tooLong('data', DATA_BYTES_MAX));
  const data = objectAt(secret, 'data');
  for (const key of SECRET_TYPE_KEYS.get(stringAt(secret, 'type')) ?? []) {
    if (!Object.hasOwn(data, key)) errors.push(required(`data[${key}]`));
  }
  return errors;
};

export const validateSecretUpdate = (secret: unknown, existing: unknown): FieldError[] => [
  ...(stringAt(secret, 'type') === stringAt(existing, 'type')
    ? []
    : [invalid('type', stringAt(secret, 'type'), IMMUTABLE_TEXT)]),
  ...sealedErrors(secret, existing, ['data']),
  ...validateSecret(secret),
];

/** What a ControllerRevision keeps is an object (DS-54). */
const dataMistakes = (revision: unknown): FieldError[] => {
  if (!hasField(revision, 'data')) return [required('data', 'data is mandatory')];
  return isJsonObject(fieldOf(revision, 'data')) ? [] : [required('data', 'data must be a valid JSON object')];
};

/** DS-54. */
export const validateControllerRevision = (revision: unknown): FieldError[] => [
  ...dataMistakes(revision),
  ...notNegative(revision, 'revision', 'revision'),
];

/** DS-55: `revision`, labels and owners may change. */
export const validateControllerRevisionUpdate = (revision: unknown, existing: unknown): FieldError[] => [
  ...notNegative(revision, 'revision', 'revision'),
  ...(isSameJson(fieldOf(revision, 'data') ?? null, fieldOf(existing, 'data') ?? null)
    ? []
    : [invalid('data', fieldOf(revision, 'data') ?? null, IMMUTABLE_TEXT)]),
];

export const validateLease = (lease: unknown): FieldError[] => {
  const spec = objectAt(lease, 'spec');
  const duration = valueAt(spec, 'leaseDurationSeconds');
  return [
    ...(typeof duration === 'number' && duration <= 0
      ? [invalid('spec.leaseDurationSeconds', duration, 'must be greater than 0')]
      : []),
    ...notNegative(spec, 'spec.leaseTransitions', 'leaseTransitions'),
  ];
};

/** An event lives beside the object it is about; events about cluster-scoped objects live in `default`. */
export const validateEvent = (event: unknown): FieldError[] => {
  const namespace = stringAt(event, 'metadata', 'namespace');
  const about = stringAt(event, 'involvedObject', 'namespace');
  const isBeside = about === '' ? ['default', 'kube-system', ''].includes(namespace) : about === namespace;
  return isBeside ? [] : [invalid('involvedObject.namespace', about, 'does not match event.namespace')];
};
