import { isJsonObject } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { listTypeOf, resolveSchema } from '../schema/schema.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import { elementsOf, fieldElement, formatPath, keyElement, keysOf, pathOf, valueElement } from './field-path.ts';
import type { FieldPath } from './field-path.ts';

/** Fields that somebody owns, or that a value has. */
export type FieldSet = ReadonlySet<FieldPath>;

const isAtomic = (declared: SchemaNode, node: SchemaNode): boolean =>
  declared.mapType === 'atomic' || node.mapType === 'atomic' || node.preserveUnknown === true;

/** `leaves`: what is owned as it stands; `inner`: maps, lists and structs around them. */
interface Paths {
  readonly leaves: Set<FieldPath>;
  readonly inner: Set<FieldPath>;
}

const collectList = (node: SchemaNode, list: readonly unknown[], elements: readonly string[], paths: Paths): void => {
  const type = listTypeOf(node);
  if (type.type === 'atomic' || list.length === 0) {
    paths.leaves.add(pathOf(elements));
    return;
  }
  paths.inner.add(pathOf(elements));
  for (const item of list) {
    if (type.type === 'set') {
      paths.leaves.add(pathOf([...elements, valueElement(item)]));
      continue;
    }
    const keys = keysOf(item, type.keys);
    if (keys === undefined) continue;
    const here = [...elements, keyElement(keys)];
    paths.leaves.add(pathOf(here));
    if (node.items !== undefined && isJsonObject(item) && !isAtomic(node.items, resolveSchema(node.items))) collectFields(resolveSchema(node.items), item, here, paths);
  }
};

const collectFields = (node: SchemaNode, object: JsonObject, elements: readonly string[], paths: Paths): void => {
  for (const [name, value] of Object.entries(object)) {
    const { properties, additionalProperties } = node;
    const child = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (child !== undefined) collect(child, value, [...elements, fieldElement(name)], paths);
  }
};

const collect = (declared: SchemaNode, value: unknown, elements: readonly string[], paths: Paths): void => {
  if (value === undefined || value === null) return;
  const node = resolveSchema(declared);
  if (Array.isArray(value)) collectList(node, value, elements, paths);
  else if (!isJsonObject(value) || isAtomic(declared, node) || Object.keys(value).length === 0)
    paths.leaves.add(pathOf(elements));
  else {
    paths.inner.add(pathOf(elements));
    collectFields(node, value, elements, paths);
  }
};

/** Every field of an object, one path a leaf: scalars, atomic lists and maps, and elements of keyed lists and sets. */
export const fieldSetOf = (schema: SchemaNode, object: JsonObject): Set<FieldPath> => {
  const paths: Paths = { leaves: new Set(), inner: new Set() };
  collectFields(schema, object, [], paths);
  return paths.leaves;
};

/**
 * Structs, maps and lists that Kubernetes' types always have, be they empty: nobody makes them, so nobody owns them. What else is around fields belongs to
 * whoever first puts something into it.
 */
const ALWAYS_THERE: ReadonlySet<FieldPath> = new Set(
  `metadata spec spec.template spec.template.metadata spec.template.spec spec.template.spec.containers spec.updateStrategy spec.containers
   template template.metadata template.spec template.spec.containers
   status status.daemonEndpoints status.daemonEndpoints.kubeletEndpoint status.nodeInfo status.loadBalancer source`
    .split(/\s+/)
    .map((path) => pathOf(path.split('.').map(fieldElement))),
);

/** Maps, lists and structs with something in them that an object need not have, one path each. */
export const innerFieldsOf = (schema: SchemaNode, object: JsonObject): Set<FieldPath> => {
  const paths: Paths = { leaves: new Set(), inner: new Set() };
  collectFields(schema, object, [], paths);
  return new Set([...paths.inner].filter((path) => !ALWAYS_THERE.has(path)));
};

/** The first element of a keyed list or set that is there twice, in upstream's words; server-side apply could not tell the two apart. */
export const duplicateElement = (schema: SchemaNode, object: JsonObject): string | undefined => {
  const inside = (declared: SchemaNode, value: unknown, elements: readonly string[]): string | undefined => {
    const node = resolveSchema(declared);
    if (isAtomic(declared, node)) return undefined;
    if (Array.isArray(value)) return inList(node, value, elements);
    if (!isJsonObject(value)) return undefined;
    for (const [name, item] of Object.entries(value)) {
      const { properties, additionalProperties } = node;
      const child = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      const found = child === undefined ? undefined : inside(child, item, [...elements, fieldElement(name)]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const inList = (node: SchemaNode, list: readonly unknown[], elements: readonly string[]): string | undefined => {
    const type = listTypeOf(node);
    if (type.type === 'atomic') return undefined;
    const seen = new Set<string>();
    for (const item of list) {
      const keys = type.type === 'map' ? keysOf(item, type.keys) : undefined;
      if (type.type === 'map' && keys === undefined) continue;
      const element = keys === undefined ? valueElement(item) : keyElement(keys);
      if (seen.has(element)) return `${formatPath(pathOf(elements))}: duplicate entries for key ${formatPath(element)}`;
      seen.add(element);
      const found = node.items === undefined ? undefined : inside(node.items, item, [...elements, element]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return inside(schema, object, []);
};

/** The tree that `managedFields[].fieldsV1` holds; `.` marks an inner node that is owned itself. */
export const toFieldsV1 = (fields: FieldSet): JsonObject => {
  const root: JsonObject = {};
  for (const path of [...fields].toSorted()) {
    let node = root;
    for (const element of elementsOf(path)) {
      const next = node[element];
      const child: JsonObject = isJsonObject(next) ? next : {};
      node[element] = child;
      node = child;
    }
    node['.'] = {};
  }
  return prune(root);
};

/** A leaf is written as the empty object, without the mark. */
const prune = (node: JsonObject): JsonObject => {
  const names = Object.keys(node);
  if (names.length === 1 && names[0] === '.') return {};
  return Object.fromEntries(names.map((name) => [name, name === '.' ? {} : prune(node[name] as JsonObject)]));
};

export const fromFieldsV1 = (tree: unknown): Set<FieldPath> => {
  const paths = new Set<FieldPath>();
  const visit = (node: unknown, elements: readonly string[]): void => {
    if (!isJsonObject(node)) return;
    const names = Object.keys(node);
    if (elements.length > 0 && (names.length === 0 || names.includes('.'))) paths.add(pathOf(elements));
    for (const name of names) if (/^[fkv]:/.test(name)) visit(node[name], [...elements, name]);
  };
  visit(tree, []);
  return paths;
};
