import { cloneJson, isJsonObject } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { resolveSchema } from '../schema/schema.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import { jsonKind, normalScalar } from './normal-scalar.ts';
import { isOmittedZero, requiredZero } from './zero-values.ts';

export interface NormalForm {
  /** The value in its one stored form. */
  readonly value: unknown;
  /** Paths of fields that the schema does not know; they are not part of `value`. */
  readonly unknownFields: readonly string[];
  /** Values of a wrong type or format, in the words of a Go decoder. */
  readonly mistakes: readonly string[];
}

interface Findings {
  readonly unknownFields: string[];
  readonly mistakes: string[];
}

interface Place {
  /** Path with list indices, for people: `spec.containers[0].name`. */
  readonly path: string;
  /** Path of field names only, as Go's decoder prints it. */
  readonly fieldPath: string;
  /** Short name of the definition that owns the field: `Container`. */
  readonly owner: string;
}

const shortName = (definition: string | undefined): string => definition?.split('.').at(-1) ?? '';

const goType = (node: SchemaNode): string => {
  if (node.ref !== undefined) return `v1.${shortName(node.ref)}`;
  if (node.type === 'array') return `[]${node.items === undefined ? 'interface {}' : goType(node.items)}`;
  if (node.additionalProperties !== undefined) return `map[string]${goType(node.additionalProperties)}`;
  if (node.intOrString === true) return 'intstr.IntOrString';
  if (node.format === 'quantity') return 'resource.Quantity';
  if (node.type === 'boolean') return 'bool';
  return node.type === 'integer' ? (node.format ?? 'int64') : (node.type ?? 'interface {}');
};

const join = (parent: string, field: string): string => (parent === '' ? field : `${parent}.${field}`);

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;

const refuse = (node: SchemaNode, value: unknown, place: Place, findings: Findings): undefined => {
  const shown = typeof value === 'number' ? `number ${value}` : jsonKind(value);
  const field = place.fieldPath === '' ? `value` : `struct field ${place.owner}.${place.fieldPath}`;
  findings.mistakes.push(`json: cannot unmarshal ${shown} into Go ${field} of type ${goType(node)}`);
  return undefined;
};

const normalList = (node: SchemaNode, value: readonly unknown[], place: Place, findings: Findings): unknown => {
  const { items } = node;
  if (items === undefined) return cloneJson(value);
  return value.map((item, index) => normalValue(items, item, { ...place, path: `${place.path}[${index}]` }, findings) ?? null);
};

const normalMap = (node: SchemaNode, value: JsonObject, place: Place, findings: Findings): unknown => {
  const values = node.additionalProperties ?? {};
  const map: JsonObject = {};
  for (const key of Object.keys(value).toSorted()) {
    const normal = normalValue(values, value[key], { ...place, path: join(place.path, key) }, findings);
    // A null in a map of texts decodes to the empty text.
    if (normal !== undefined) map[key] = normal;
    else if (resolveSchema(values).type === 'string') map[key] = '';
  }
  return map;
};

const isLeftOut = (owner: SchemaNode, ownerName: string, field: string, value: unknown, node: SchemaNode): boolean => {
  const isCollection = node.type === 'array' || node.additionalProperties !== undefined;
  return isCollection ? isEmpty(value) : isOmittedZero(owner, ownerName, field, value);
};

const normalObject = (node: SchemaNode, value: JsonObject, place: Place, findings: Findings): unknown => {
  const properties = node.properties ?? {};
  for (const field of Object.keys(value)) {
    if (!Object.hasOwn(properties, field)) findings.unknownFields.push(join(place.path, field));
  }
  const object: JsonObject = {};
  for (const [field, child] of Object.entries(properties)) {
    const given = Object.hasOwn(value, field) ? value[field] : undefined;
    const childPlace = { path: join(place.path, field), fieldPath: join(place.fieldPath, field), owner: place.owner };
    const normal = given === undefined || given === null ? undefined : normalValue(child, given, childPlace, findings);
    if (normal === undefined) {
      const zero = (node.required ?? []).includes(field) ? requiredZero(child) : undefined;
      if (zero !== undefined) object[field] = zero;
    } else if (!isLeftOut(node, place.owner, field, normal, resolveSchema(child))) {
      object[field] = normal;
    }
  }
  return object;
};

const normalValue = (declared: SchemaNode, value: unknown, place: Place, findings: Findings): unknown => {
  if (value === null || value === undefined) return undefined;
  const node = resolveSchema(declared);
  const here = declared.ref === undefined ? place : { ...place, owner: shortName(declared.ref) };
  if (node.preserveUnknown === true) return cloneJson(value);
  if (node.type === 'array') {
    return Array.isArray(value) ? normalList(node, value, here, findings) : refuse(declared, value, place, findings);
  }
  if (node.type === 'object') {
    if (!isJsonObject(value)) return refuse(declared, value, place, findings);
    if (node.properties !== undefined) return normalObject(node, value, here, findings);
    return node.additionalProperties === undefined ? cloneJson(value) : normalMap(node, value, here, findings);
  }
  const scalar = normalScalar(node, value);
  if (scalar === undefined) return refuse(declared, value, place, findings);
  if ('value' in scalar) return scalar.value;
  findings.mistakes.push(`${place.path}: ${scalar.mistake}`);
  return undefined;
};

/**
 * Brings a value of a schema into the one form in which it is stored: unknown fields dropped, nulls, empty lists and
 * maps and meaningless zeros left out, quantities and times canonical, fields in schema order. Two values that mean the
 * same therefore have byte-identical JSON. What had to be dropped or could not be understood is reported.
 */
export const normalForm = (schema: SchemaNode, kind: string, value: unknown): NormalForm => {
  const findings: Findings = { unknownFields: [], mistakes: [] };
  const normal = normalValue(schema, value, { path: '', fieldPath: '', owner: kind }, findings);
  return { value: normal, ...findings };
};
