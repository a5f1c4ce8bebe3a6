import { definitionNameOfKind, schemaDefinition, servedKinds } from '../schema/schema.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import type { OpenApiSchema } from './open-api-types.ts';

const REFERENCE_PREFIX = '#/components/schemas/';
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const TIME = `${META}.Time`;
const MICRO_TIME = `${META}.MicroTime`;
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';

/** Scalar types that Kubernetes' documents name; `explain` prints the name. */
const NAMED_SCALARS: Readonly<Record<string, OpenApiSchema>> = {
  [TIME]: { description: 'A time in RFC 3339, to the second.', type: 'string', format: 'date-time' },
  [MICRO_TIME]: { description: 'A time in RFC 3339, to the microsecond.', type: 'string', format: 'date-time' },
  [QUANTITY]: {
    description: 'A fixed-point number with an optional suffix, such as 500m, 1.5 or 64Mi.',
    oneOf: [{ type: 'string' }, { type: 'number' }],
  },
  [INT_OR_STRING]: {
    description: 'An integer, or a string such as a percentage or the name of a port.',
    format: 'int-or-string',
    oneOf: [{ type: 'integer' }, { type: 'string' }],
  },
};

const kindsOfDefinition = new Map<string, { group: string; version: string; kind: string }[]>();
for (const served of servedKinds()) {
  const name = definitionNameOfKind(served.group, served.version, served.kind) ?? '';
  kindsOfDefinition.set(name, [...(kindsOfDefinition.get(name) ?? []), served]);
}

/** `{ $ref }` to the component of that definition. */
export function referenceTo(definition: string): OpenApiSchema {
  return { $ref: `${REFERENCE_PREFIX}${definition}` };
}

/** The definition that a `$ref` names. */
export function definitionOfReference($ref: string): string {
  return $ref.slice(REFERENCE_PREFIX.length);
}

/** The components that the given definitions reach, by full name and sorted by it. */
export function componentSchemas(roots: readonly string[]): Readonly<Record<string, OpenApiSchema>> {
  const schemas = new Map<string, OpenApiSchema>();
  const pending = [...roots];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (schemas.has(name)) continue;
    const schema = NAMED_SCALARS[name] ?? definitionSchema(name);
    schemas.set(name, schema);
    pending.push(...references(schema));
  }
  return Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function definitionSchema(name: string): OpenApiSchema {
  const node = schemaDefinition(name);
  if (node === undefined) throw new Error(`schema data: no definition named ${name}`);
  const kinds = kindsOfDefinition.get(name);
  return {
    ...openApiSchema(node),
    ...(kinds === undefined ? {} : { 'x-kubernetes-group-version-kind': kinds }),
  };
}

/** All definitions that a schema refers to directly. */
function references({ $ref, allOf = [], properties = {}, items, additionalProperties }: OpenApiSchema): string[] {
  const children = [...allOf, ...Object.values(properties), ...(items === undefined ? [] : [items])];
  if (additionalProperties !== undefined) children.push(additionalProperties);
  return [...($ref === undefined ? [] : [definitionOfReference($ref)]), ...children.flatMap(references)];
}

function openApiSchema(node: SchemaNode): OpenApiSchema {
  const named = namedType(node);
  const description = node.description === undefined ? {} : { description: node.description };
  // A reference may have no siblings in OpenAPI 3.0, so a described one is wrapped.
  if (named !== undefined)
    return node.description === undefined ? referenceTo(named) : { ...description, allOf: [referenceTo(named)] };
  const { type, format, required, properties, items, additionalProperties } = node;
  return {
    ...description,
    ...(type === undefined ? {} : { type }),
    ...(format === undefined ? {} : { format }),
    ...(required === undefined ? {} : { required }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, child]) => [name, openApiSchema(child)]),
          ),
        }),
    ...(items === undefined ? {} : { items: openApiSchema(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: openApiSchema(additionalProperties) }),
    ...mergeExtensions(node),
  };
}

function namedType({ ref, format, intOrString, type }: SchemaNode): string | undefined {
  if (ref !== undefined) return ref;
  if (intOrString === true) return INT_OR_STRING;
  if (type !== 'string') return undefined;
  if (format === 'quantity') return QUANTITY;
  if (format === 'date-time') return TIME;
  return format === 'date-time-micro' ? MICRO_TIME : undefined;
}

function mergeExtensions({
  items,
  patchStrategy,
  patchMergeKey,
  listType,
  listMapKeys,
  mapType,
}: SchemaNode): OpenApiSchema {
  return {
    ...(items === undefined ? {} : { 'x-kubernetes-list-type': listType ?? 'atomic' }),
    ...(listMapKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': listMapKeys }),
    ...(mapType === undefined ? {} : { 'x-kubernetes-map-type': mapType }),
    ...(patchMergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': patchMergeKey }),
    ...(patchStrategy === undefined ? {} : { 'x-kubernetes-patch-strategy': patchStrategy }),
  };
}
