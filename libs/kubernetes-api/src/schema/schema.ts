import schemaJson from './schema-data.json' with { type: 'json' };
import type { SchemaData, SchemaNode } from './schema-node.ts';

const data = schemaJson as unknown as SchemaData;

/** `apps/v1`, or `v1` for the core group (whose name is the empty string). */
export function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The schema of a served kind (core group: `''`), already resolved; undefined when the kind is not served. */
export function schemaOfKind(group: string, version: string, kind: string): SchemaNode | undefined {
  const name = definitionNameOfKind(group, version, kind);
  return name === undefined ? undefined : data.definitions[name];
}

/** Full definition name of a served kind, e.g. `io.k8s.api.apps.v1.DaemonSet`. */
export function definitionNameOfKind(group: string, version: string, kind: string): string | undefined {
  const key = `${apiVersionOf(group, version)}/${kind}`;
  return Object.hasOwn(data.kinds, key) ? data.kinds[key] : undefined;
}

/** The served kinds that a definition describes, as `group/version/Kind`. */
export function servedKinds(): readonly { readonly group: string; readonly version: string; readonly kind: string }[] {
  return Object.keys(data.kinds).map((key) => {
    const [kind = '', version = '', group = ''] = key.split('/').toReversed();
    return { group, version, kind };
  });
}

/** The definition of that full name. */
export function schemaDefinition(name: string): SchemaNode | undefined {
  return Object.hasOwn(data.definitions, name) ? data.definitions[name] : undefined;
}

/** Follows `ref` to the definition it names; a node without `ref` is its own resolution. */
export function resolveSchema(node: SchemaNode): SchemaNode {
  if (node.ref === undefined) return node;
  const definition = schemaDefinition(node.ref);
  if (definition === undefined) throw new Error(`schema data: no definition named ${node.ref}`);
  return definition;
}

/**
 * The resolved schema of one field of an object or one value of a map; undefined when the field is unknown.
 * Annotations of the field itself (patch strategy, list type) are on arrays and maps, which are never behind a `ref`.
 */
export function schemaOfField(node: SchemaNode, field: string): SchemaNode | undefined {
  const { properties, additionalProperties } = resolveSchema(node);
  const child = properties !== undefined && Object.hasOwn(properties, field) ? properties[field] : additionalProperties;
  return child === undefined ? undefined : resolveSchema(child);
}

/** The resolved schema of an array's elements. */
export function schemaOfItems(node: SchemaNode): SchemaNode | undefined {
  const { items } = resolveSchema(node);
  return items === undefined ? undefined : resolveSchema(items);
}

/**
 * How strategic merge patch treats a list: `mergeKey` names the field that identifies an object in it, `'set'` means
 * that values are united, undefined means that the list is replaced.
 */
export function mergeKeyOf(node: SchemaNode): { readonly mergeKey: string } | 'set' | undefined {
  const list = resolveSchema(node);
  if (list.type !== 'array' || !(list.patchStrategy ?? '').split(',').includes('merge')) return undefined;
  return list.patchMergeKey === undefined ? 'set' : { mergeKey: list.patchMergeKey };
}

/** How server-side apply owns a list: by key fields, by value, or as a whole. */
export function listTypeOf(
  node: SchemaNode,
): { readonly type: 'map'; readonly keys: readonly string[] } | { readonly type: 'set' } | { readonly type: 'atomic' } {
  const { listType, listMapKeys } = resolveSchema(node);
  if (listType === 'map' && listMapKeys !== undefined) return { type: 'map', keys: listMapKeys };
  return listType === 'set' ? { type: 'set' } : { type: 'atomic' };
}
