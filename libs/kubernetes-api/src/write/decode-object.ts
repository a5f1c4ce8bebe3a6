import { decodeFields } from '../decoding/decode-fields.ts';
import type { FieldValidation } from '../decoding/decode-fields.ts';
import { normalForm } from '../defaulting/normal-form.ts';
import { withDefaults } from '../defaulting/kind-defaults.ts';
import { cloneJson, findPrototypeKey, isJsonObject, stringAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import type { Resource } from '../resources/resource.ts';
import { apiVersionOf, schemaOfKind } from '../schema/schema.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import { strategyOf } from './strategies.ts';

/** Deeper JSON than this is refused: no kind nests so far, and walking it could exhaust the stack. */
const DEPTH_MAX = 200;

export type DecodedObject =
  | {
      readonly outcome: 'decoded';
      readonly object: JsonObject;
      /** Texts of `Warning` headers. */
      readonly warnings: readonly string[];
    }
  | { readonly outcome: 'undecodable'; readonly message: string };

const isTooDeep = (value: unknown, depth: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((item) => isTooDeep(item, depth - 1));
};

export const shapeMistake = (body: unknown): string | undefined => {
  if (isTooDeep(body, DEPTH_MAX)) return 'json: exceeded max depth';
  const key = findPrototypeKey(body);
  return key === undefined ? undefined : `json: the field name ${JSON.stringify(key)} cannot be stored`;
};

const prefixOf = ({ kind, version }: Resource): string =>
  `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: `;

/** A decode error without what it says about the kind, as errors about a patch quote it. */
export const bareMistake = (resource: Resource, message: string): string =>
  message.startsWith(prefixOf(resource)) ? message.slice(prefixOf(resource).length) : message;

/** The package that holds Kubernetes' internal form of a group's kinds. */
const packageOf = (group: string): string => (group === '' ? 'core' : (group.split('.')[0] ?? ''));

const kindMistake = (resource: Resource, body: JsonObject): string | undefined => {
  const expected = apiVersionOf(resource.group, resource.version);
  const apiVersion = stringAt(body, 'apiVersion') || expected;
  const kind = stringAt(body, 'kind') || resource.kind;
  if (apiVersion === expected && kind === resource.kind) return undefined;
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  const mistake =
    schemaOfKind(group, version, kind) === undefined
      ? `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:110"`
      : `converting (${version}.${kind}) to (${packageOf(resource.group)}.${resource.kind}): unknown conversion`;
  return `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${resource.kind}: ${mistake}`;
};

export const schemaOfResource = (resource: Resource): SchemaNode => {
  const schema = schemaOfKind(resource.group, resource.version, resource.kind);
  if (schema === undefined) throw new Error(`no schema for ${resource.kind}`);
  return schema;
};

/** Normal form and defaults of an object that is known to be of the resource's kind. */
export const normalize = (resource: Resource, object: JsonObject): JsonObject => {
  const schema = schemaOfResource(resource);
  const normal = normalForm(schema, resource.kind, object);
  const defaulted = withDefaults(resource.group, resource.kind, isJsonObject(normal) ? normal : {});
  const result = normalForm(schema, resource.kind, defaulted);
  return isJsonObject(result) ? result : {};
};

/**
 * Turns a body into an object of the resource's kind in normal form, with defaults. The message of an undecodable body
 * is the text of a 400.
 */
export const decodeObject = (resource: Resource, given: unknown, fieldValidation: FieldValidation): DecodedObject => {
  // `null` is an object without anything in it.
  const body = given === null ? {} : given;
  const undecodable = (message: string): DecodedObject => ({ outcome: 'undecodable', message });
  if (!isJsonObject(body)) {
    return undecodable(
      `the object provided is unrecognized (must be of type ${resource.kind}): the body is not a JSON object`,
    );
  }
  const shape = shapeMistake(body);
  if (shape !== undefined) return undecodable(prefixOf(resource) + shape);
  const ofKind = kindMistake(resource, body);
  if (ofKind !== undefined) return undecodable(ofKind);
  const typed = { ...cloneJson(body), apiVersion: apiVersionOf(resource.group, resource.version), kind: resource.kind };
  const fields = decodeFields(resource, typed, fieldValidation);
  if (fields.outcome === 'refused') return undecodable(fields.message);
  const object = normalize(resource, fields.value);
  const mistake = strategyOf(resource.group, resource.plural).decodingMistake(object);
  if (mistake !== undefined) return undecodable(prefixOf(resource) + mistake);
  return { outcome: 'decoded', object, warnings: fields.warnings };
};
