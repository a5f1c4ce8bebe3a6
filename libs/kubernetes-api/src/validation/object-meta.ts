import { isSameJson, listAt, numberAt, objectAt, stringAt, stringMapAt, valueAt } from '../json/json-value.ts';
import { byteLength, dnsLabelMistakes, labelValueMistakes, qualifiedNameMistakes } from '../selectors/label-names.ts';
import { forbidden, inGoOrder, invalid, required, tooLong } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { notNegative } from './numbers.ts';

export const IMMUTABLE_TEXT = 'field is immutable';

const ANNOTATIONS_BYTES_MAX = 256 * 1024;

/** How a kind's names must look: mistakes of a name, empty when it is valid. */
export type NameRule = (name: string) => readonly string[];

export interface MetadataRules {
  readonly namespaced: boolean;
  readonly nameMistakes: NameRule;
}

export const validateLabels = (labels: Readonly<Record<string, string>>, path: string): FieldError[] =>
  Object.entries(labels).flatMap(([key, value]) => [
    ...qualifiedNameMistakes(key).map((text) => invalid(path, key, text)),
    ...labelValueMistakes(value).map((text) => invalid(path, value, text)),
  ]);

export const validateAnnotations = (annotations: Readonly<Record<string, string>>, path: string): FieldError[] => {
  const errors = Object.keys(annotations).flatMap((key) =>
    qualifiedNameMistakes(key.toLowerCase()).map((text) => invalid(path, key, text)),
  );
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) bytes += byteLength(key) + byteLength(value);
  return bytes > ANNOTATIONS_BYTES_MAX ? [...errors, tooLong(path, ANNOTATIONS_BYTES_MAX)] : errors;
};

const inOrderOfReference = (reference: unknown): unknown =>
  Object.fromEntries(
    ['apiVersion', 'kind', 'name', 'uid', 'controller', 'blockOwnerDeletion'].flatMap((field) => {
      const value = valueAt(reference, field);
      return value === undefined ? [] : [[field, value]];
    }),
  );

const validateOwnerReferences = (metadata: unknown): FieldError[] => {
  const path = 'metadata.ownerReferences';
  const references = listAt(metadata, 'ownerReferences');
  const errors: FieldError[] = [];
  let controller: string | undefined;
  for (const reference of references) {
    for (const [field, text] of [
      ['apiVersion', 'version must not be empty'],
      ['kind', 'must not be empty'],
      ['name', 'must not be empty'],
      ['uid', 'must not be empty'],
    ] as const) {
      const value = stringAt(reference, field);
      if (value === '') errors.push(invalid(`${path}.${field}`, value, text));
    }
    if (stringAt(reference, 'apiVersion') === 'v1' && stringAt(reference, 'kind') === 'Event') {
      errors.push(
        invalid(path, inGoOrder(inOrderOfReference(reference)), '/v1, Kind=Event is disallowed from being an owner'),
      );
    }
    if (valueAt(reference, 'controller') !== true) continue;
    const name = `${stringAt(reference, 'kind')}/${stringAt(reference, 'name')}`;
    if (controller !== undefined) {
      errors.push(
        invalid(
          path,
          inGoOrder(references.map(inOrderOfReference)),
          `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`,
        ),
      );
    }
    controller ??= name;
  }
  return errors;
};

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

const METADATA_FINALIZERS = 'metadata.finalizers';

/** Finalizers of the metadata, or those that a namespace has in its spec. */
export const validateFinalizers = (holder: unknown, path = METADATA_FINALIZERS): FieldError[] =>
  listAt(holder, 'finalizers').flatMap((finalizer, index) => {
    const place = path === METADATA_FINALIZERS ? `${path}[${index}]` : path;
    const name = typeof finalizer === 'string' ? finalizer : '';
    const mistakes = qualifiedNameMistakes(name).map((text) => invalid(path, finalizer, text));
    if (mistakes.length > 0 || name.includes('/') || STANDARD_FINALIZERS.has(name)) return mistakes;
    return [invalid(place, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')];
  });

const validateNamespace = (metadata: unknown, namespaced: boolean): FieldError[] => {
  const namespace = stringAt(metadata, 'namespace');
  if (!namespaced) {
    return namespace === '' ? [] : [forbidden('metadata.namespace', 'not allowed on this type')];
  }
  if (namespace === '') return [required('metadata.namespace')];
  return dnsLabelMistakes(namespace).map((text) => invalid('metadata.namespace', namespace, text));
};

const validateName = (metadata: unknown, nameMistakes: NameRule): FieldError[] => {
  const name = stringAt(metadata, 'name');
  const prefix = stringAt(metadata, 'generateName');
  // A generated name gets a suffix, so the prefix alone may end in a dash.
  const ofPrefix = prefix === '' ? [] : nameMistakes(prefix.replace(/-+$/, ''));
  return [
    ...ofPrefix.map((text) => invalid('metadata.generateName', prefix, text)),
    ...(name === ''
      ? [required('metadata.name', 'name or generateName is required')]
      : nameMistakes(name).map((text) => invalid('metadata.name', name, text))),
  ];
};

/** Rules that metadata follows in every kind. */
export const validateObjectMeta = (object: unknown, { namespaced, nameMistakes }: MetadataRules): FieldError[] => {
  const metadata = objectAt(object, 'metadata');
  return [
    ...validateName(metadata, nameMistakes),
    ...validateNamespace(metadata, namespaced),
    ...notNegative(metadata, 'metadata.generation', 'generation'),
    ...validateLabels(stringMapAt(metadata, 'labels'), 'metadata.labels'),
    ...validateAnnotations(stringMapAt(metadata, 'annotations'), 'metadata.annotations'),
    ...validateOwnerReferences(metadata),
    ...validateFinalizers(metadata),
  ];
};

const immutableFields = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
];

const validateFinalizersUpdate = (metadata: unknown, old: unknown): FieldError[] => {
  if (stringAt(old, 'deletionTimestamp') === '') return [];
  const before = new Set(listAt(old, 'finalizers'));
  const added = listAt(metadata, 'finalizers').filter((finalizer) => !before.has(finalizer));
  if (added.length === 0) return [];
  const shown = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  return [
    forbidden(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${shown}}`,
    ),
  ];
};

/** Rules for a change of metadata (DS-32); the resourceVersion has to be known by then. */
export const validateObjectMetaUpdate = (object: unknown, existing: unknown): FieldError[] => {
  const metadata = objectAt(object, 'metadata');
  const old = objectAt(existing, 'metadata');
  const generation = numberAt(metadata, 'generation') ?? 0;
  return [
    ...validateFinalizersUpdate(metadata, old),
    ...(stringAt(metadata, 'resourceVersion') === '' && stringAt(old, 'resourceVersion') !== ''
      ? [invalid('metadata.resourceVersion', '', 'must be specified for an update')]
      : []),
    ...(generation < (numberAt(old, 'generation') ?? 0)
      ? [invalid('metadata.generation', generation, 'must not be decremented')]
      : []),
    ...immutableFields.flatMap((field) => {
      const value = valueAt(metadata, field);
      return isSameJson(value ?? null, valueAt(old, field) ?? null)
        ? []
        : [invalid(`metadata.${field}`, value ?? null, IMMUTABLE_TEXT)];
    }),
    ...validateLabels(stringMapAt(metadata, 'labels'), 'metadata.labels'),
    ...validateAnnotations(stringMapAt(metadata, 'annotations'), 'metadata.annotations'),
    ...validateOwnerReferences(metadata),
    ...validateFinalizers(metadata),
  ];
};
