import { cloneJson, fieldOf, findPrototypeKey, isJsonObject, isSameJson } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { mergeKeyOf, schemaOfField, schemaOfItems } from '../schema/schema.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import { identifyBy, indexOfIdentity, orderElements } from './element-order.ts';
import { failed, patched } from './patch-error.ts';
import type { Patched } from './patch-error.ts';

const PATCH = '$patch';
const RETAIN_KEYS = '$retainKeys';
const SET_ORDER = '$setElementOrder/';
const DELETE_PRIMITIVES = '$deleteFromPrimitiveList/';

/** Only this file sees it: applyStrategicMergePatch turns it into a value. */
class StrategicPatchError extends Error {
  readonly code = 'STRATEGIC_PATCH';
}

const isDirective = (key: string): boolean =>
  key === PATCH || key === RETAIN_KEYS || key.startsWith(SET_ORDER) || key.startsWith(DELETE_PRIMITIVES);

const listOf = (value: unknown, directive: string): readonly unknown[] => {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw new StrategicPatchError(`invalid patch format of ${directive}: must be a list`);
};

const retainKeys = (live: JsonObject, patch: JsonObject): void => {
  const kept = new Set(listOf(patch[RETAIN_KEYS], 'retainKeys'));
  for (const key of Object.keys(patch)) {
    if (!isDirective(key) && patch[key] !== null && !kept.has(key)) {
      throw new StrategicPatchError('invalid patch format of retainKeys');
    }
  }
  for (const key of Object.keys(live)) if (!kept.has(key)) delete live[key];
};

const withoutDirectives = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutDirectives);
  if (!isJsonObject(value)) return value;
  const plain: JsonObject = {};
  for (const [key, item] of Object.entries(value)) if (!isDirective(key)) plain[key] = withoutDirectives(item);
  return plain;
};

const mergeKeyMissing = (element: unknown, mergeKey: string): StrategicPatchError =>
  new StrategicPatchError(`map: ${JSON.stringify(element)} does not contain declared merge key: ${mergeKey}`);

interface KeyedList {
  readonly mergeKey: string;
  readonly elementSchema: SchemaNode | undefined;
}

const mergeKeyedList = (
  live: readonly unknown[],
  patch: readonly unknown[],
  { mergeKey, elementSchema }: KeyedList,
): unknown[] => {
  let merged = [...live];
  const isReplacing = patch.some((element) => isJsonObject(element) && element[PATCH] === 'replace');
  if (isReplacing) {
    return patch.filter((element) => fieldOf(element, PATCH) !== 'replace').map(withoutDirectives);
  }
  const identify = identifyBy(mergeKey);
  const named: unknown[] = [];
  for (const element of patch) {
    const identity = identify(element);
    if (!isJsonObject(element) || identity === undefined || identity === null) throw mergeKeyMissing(element, mergeKey);
    if (element[PATCH] === 'delete') {
      merged = merged.filter((known) => !isSameJson(identify(known), identity));
      continue;
    }
    named.push(element);
    const index = indexOfIdentity(merged, identity, identify);
    const known = index === -1 ? {} : merged[index];
    const result = mergeObject(isJsonObject(known) ? known : {}, element, elementSchema);
    if (index === -1) merged.push(result);
    else merged[index] = result;
  }
  return orderElements(merged, named, live, identify);
};

const uniteValues = (live: readonly unknown[], patch: readonly unknown[]): unknown[] => {
  const united = [...live];
  for (const value of patch) if (!united.some((known) => isSameJson(known, value))) united.push(value);
  return orderElements(united, patch, live, identifyBy(undefined));
};

const mergeList = (live: unknown, patch: readonly unknown[], schema: SchemaNode | undefined): unknown => {
  const strategy = schema === undefined ? undefined : mergeKeyOf(schema);
  if (strategy === undefined || schema === undefined) return withoutDirectives(patch);
  const before = Array.isArray(live) ? (live as readonly unknown[]) : [];
  if (strategy === 'set') return uniteValues(before, patch);
  return mergeKeyedList(before, patch, { mergeKey: strategy.mergeKey, elementSchema: schemaOfItems(schema) });
};

const mergeValue = (live: unknown, patch: unknown, schema: SchemaNode | undefined): unknown => {
  if (Array.isArray(patch)) return mergeList(live, patch, schema);
  if (!isJsonObject(patch)) return patch;
  return mergeObject(isJsonObject(live) ? live : {}, patch, schema);
};

const mergeKeyOfList = (schema: SchemaNode | undefined): string | undefined => {
  const strategy = schema === undefined ? undefined : mergeKeyOf(schema);
  return strategy === undefined || strategy === 'set' ? undefined : strategy.mergeKey;
};

/** Removes values from a list of texts or numbers, as `$deleteFromPrimitiveList/finalizers` asks. */
const deletePrimitives = (live: JsonObject, directive: string, values: unknown): void => {
  const field = directive.slice(DELETE_PRIMITIVES.length);
  const removed = listOf(values, 'deleteFromPrimitiveList');
  const list = Object.hasOwn(live, field) ? live[field] : undefined;
  if (!Array.isArray(list)) return;
  live[field] = list.filter((value: unknown) => !removed.some((gone) => isSameJson(gone, value)));
};

interface ListOrder {
  readonly field: string;
  readonly order: readonly unknown[];
  readonly liveBefore: readonly unknown[];
  readonly mergeKey: string | undefined;
}

/** What Go calls a JSON value of this kind. */
const goKind = (value: unknown): string => {
  if (value === null || value === undefined) return '%!s(<nil>)';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : typeof value;
};

const listIn = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw new StrategicPatchError(`expected a []interface {}, but received a ${goKind(value)}`);
};

/** The elements that an order names, each by the merge key of the list where it has one. */
const elementOrder = (value: unknown, mergeKey: string | undefined): readonly unknown[] => {
  const order = listIn(value);
  if (mergeKey === undefined) return order;
  for (const element of order) {
    if (!isJsonObject(element)) throw new StrategicPatchError(`expected a map[string]interface {}, but received a ${goKind(element)}`);
    if (!Object.hasOwn(element, mergeKey)) throw mergeKeyMissing(element, mergeKey);
  }
  return order;
};

const checkOrder = (patchList: unknown, { field, order, mergeKey }: ListOrder): void => {
  if (!Array.isArray(patchList)) return;
  const identify = identifyBy(mergeKey);
  let last = -1;
  for (const element of patchList as readonly unknown[]) {
    if (isJsonObject(element) && Object.hasOwn(element, PATCH)) continue;
    const position = indexOfIdentity(order, identify(element), identify);
    if (position < last || position === -1) {
      throw new StrategicPatchError(
        `The order in patch list:\n${JSON.stringify(patchList)}\n doesn't match ${SET_ORDER}${field} list:\n${JSON.stringify(order)}\n`,
      );
    }
    last = position;
  }
};

const listOrders = (live: JsonObject, patch: JsonObject, schema: SchemaNode | undefined): ListOrder[] =>
  Object.keys(patch)
    .filter((key) => key.startsWith(SET_ORDER))
    .map((key) => {
      const field = key.slice(SET_ORDER.length);
      const before = fieldOf(live, field);
      const declared = schema === undefined ? undefined : schemaOfField(schema, field);
      if (schema !== undefined && declared === undefined) throw new StrategicPatchError(`unable to find the field ${JSON.stringify(field)} of ${key}`);
      const mergeKey = mergeKeyOfList(declared);
      const order = elementOrder(patch[key], mergeKey);
      if (before !== undefined) listIn(before);
      return { field, order, liveBefore: Array.isArray(before) ? (before as readonly unknown[]) : [], mergeKey };
    });

const mergeObject = (liveObject: JsonObject, patch: JsonObject, schema: SchemaNode | undefined): JsonObject => {
  const live = { ...liveObject };
  const directive = patch[PATCH];
  if (directive === 'replace') return withoutDirectives(patch) as JsonObject;
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') {
    throw new StrategicPatchError(`unknown patch type found: ${JSON.stringify(directive)}`);
  }
  if (Object.hasOwn(patch, RETAIN_KEYS)) retainKeys(live, patch);
  for (const key of Object.keys(patch)) if (key.startsWith(DELETE_PRIMITIVES)) deletePrimitives(live, key, patch[key]);
  const orders = listOrders(live, patch, schema);
  for (const [key, value] of Object.entries(patch)) {
    if (isDirective(key)) continue;
    if (value === null) {
      delete live[key];
      continue;
    }
    const child = schema === undefined ? undefined : schemaOfField(schema, key);
    live[key] = mergeValue(Object.hasOwn(live, key) ? live[key] : undefined, value, child);
  }
  for (const order of orders) {
    checkOrder(fieldOf(patch, order.field), order);
    const merged = fieldOf(live, order.field);
    if (!Array.isArray(merged)) continue;
    live[order.field] = orderElements(merged, order.order, order.liveBefore, identifyBy(order.mergeKey));
  }
  return live;
};

/**
 * Merges a patch as the schema says: lists with a merge key element by element, sets of values united, other lists
 * replaced, maps merged, null deletes. Directives: `$patch`, `$retainKeys`, `$setElementOrder/<list>`,
 * `$deleteFromPrimitiveList/<list>`. Neither argument is changed.
 */
export const applyStrategicMergePatch = (target: unknown, patch: unknown, schema: SchemaNode): Patched => {
  if (!isJsonObject(patch))
    return failed('malformed', 'json: cannot unmarshal patch: a strategic merge patch must be a JSON object');
  const key = findPrototypeKey(patch);
  if (key !== undefined) return failed('malformed', `the field name ${JSON.stringify(key)} cannot be stored`);
  try {
    return patched(cloneJson(mergeObject(isJsonObject(target) ? target : {}, patch, schema)));
  } catch (error) {
    if (error instanceof StrategicPatchError) return failed('malformed', error.message);
    throw error;
  }
};
