import { cloneJson, isJsonObject } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { resolveSchema } from '../schema/schema.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import { normalScalar } from './normal-scalar.ts';
import { isOmittedZero, requiredZero } from './zero-values.ts';

const shortName = (definition: string): string => definition.split('.').at(-1) ?? '';

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;

const isCollection = (node: SchemaNode): boolean => node.type === 'array' || node.additionalProperties !== undefined;

/** Whether numbers and flags that the wire form always carries are put in where nobody set them. */
type Required = 'filled' | 'as given';

const normalMap = (values: SchemaNode, map: JsonObject, required: Required): JsonObject => {
  const normal: JsonObject = {};
  for (const key of Object.keys(map).toSorted()) {
    if (key === '__proto__') continue;
    const value = normalValue(values, map[key], '', required);
    if (value !== undefined) normal[key] = value;
  }
  return normal;
};

const normalObject = (node: SchemaNode, object: JsonObject, definition: string, required: Required): JsonObject => {
  const normal: JsonObject = {};
  for (const [field, child] of Object.entries(node.properties ?? {})) {
    const value = Object.hasOwn(object, field) ? normalValue(child, object[field], definition, required) : undefined;
    if (value === undefined) {
      const zero = required === 'filled' && (node.required ?? []).includes(field) ? requiredZero(child) : undefined;
      if (zero !== undefined) normal[field] = zero;
    } else if (isCollection(resolveSchema(child)) ? !isEmpty(value) : !isOmittedZero(node, definition, field, value)) {
      normal[field] = value;
    }
  }
  return normal;
};

const normalValue = (declared: SchemaNode, value: unknown, owner: string, required: Required): unknown => {
  if (value === null || value === undefined) return undefined;
  const node = resolveSchema(declared);
  const definition = declared.ref === undefined ? owner : shortName(declared.ref);
  if (node.preserveUnknown === true) return cloneJson(value);
  if (Array.isArray(value)) {
    const { items } = node;
    return items === undefined
      ? cloneJson(value)
      : value.map((item: unknown) => normalValue(items, item, definition, required) ?? null);
  }
  if (!isJsonObject(value)) return normalScalar(node, value);
  if (node.properties !== undefined) return normalObject(node, value, definition, required);
  return node.additionalProperties === undefined ? cloneJson(value) : normalMap(node.additionalProperties, value, required);
};

/**
 * Brings a value of a schema into the one form in which it is stored: unknown fields, nulls, empty lists and maps and
 * meaningless zeros left out, quantities and times canonical, fields in schema order, map keys sorted. Two values that
 * mean the same therefore have byte-identical JSON. The value's types are those of the schema (see decoding).
 */
export const normalForm = (schema: SchemaNode, kind: string, value: unknown): unknown =>
  normalValue(schema, value, kind, 'filled');

/** The same of a part of an object, such as a configuration that is applied: what it does not say stays unsaid, also where the whole object always says it. */
export const normalPart = (schema: SchemaNode, kind: string, value: unknown): unknown => normalValue(schema, value, kind, 'as given');
