import { canonicalJson, cloneJson, isJsonObject } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { listTypeOf, resolveSchema } from '../schema/schema.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import type { ManagerConflict } from '../status/failures.ts';
import type { FieldSet } from './field-set.ts';
import { formatPath, isBelow, isElementPath, isKeyField, keysOf, removeAtPath } from './field-path.ts';
import type { FieldPath } from './field-path.ts';
import { isChangedAt, isSameManager } from './managed-fields.ts';
import type { Manager } from './managed-fields.ts';

interface Merging {
  /** What tells one element from another, as text. */
  readonly identify: (item: unknown) => string;
  readonly merge: (live: unknown, applied: unknown) => unknown;
}

/**
 * Elements of both lists, each once. What is in both comes in the order of the configuration; what only the live list has stays where it was among
 * them, before what is new at the same place. As structured-merge-diff does it.
 */
const mergeElements = (live: readonly unknown[], applied: readonly unknown[], { identify, merge }: Merging): unknown[] => {
  const liveById = new Map(live.map((item) => [identify(item), item]));
  const appliedIds = new Set(applied.map(identify));
  const shared = applied.map(identify).filter((id) => liveById.has(id));
  const merged: unknown[] = [];
  const taken = new Set<string>();
  const take = (item: unknown): void => {
    const id = identify(item);
    merged.push(liveById.has(id) ? merge(liveById.get(id), item) : cloneJson(item));
    taken.add(id);
    if (shared[0] === id) shared.shift();
  };
  let [left, right] = [0, 0];
  while (left < live.length || right < applied.length) {
    const id = left < live.length ? identify(live[left]) : undefined;
    const isSame = id !== undefined && right < applied.length && id === identify(applied[right]);
    if (isSame) {
      take(applied[right]);
      right += 1;
      left += 1;
    } else if (id !== undefined && !appliedIds.has(id)) {
      merged.push(live[left]);
      left += 1;
    } else if (id !== undefined && (taken.has(id) || shared[0] !== id)) left += 1;
    else {
      take(applied[right]);
      right += 1;
    }
  }
  return merged;
};

const mergeLists = (node: SchemaNode, live: unknown, applied: readonly unknown[]): unknown => {
  const type = listTypeOf(node);
  if (type.type === 'atomic' || !Array.isArray(live)) return cloneJson(applied);
  const items = node.items ?? {};
  if (type.type !== 'map') return mergeElements(live, applied, { identify: canonicalJson, merge: (_live, item) => item });
  const identify = (item: unknown): string => canonicalJson(keysOf(item, type.keys) ?? item);
  return mergeElements(live, applied, { identify, merge: (old, item) => mergeApplied(items, old, item) });
};

/** Lays a configuration over the live value: keyed lists and maps merge, everything atomic is replaced. */
export const mergeApplied = (declared: SchemaNode, live: unknown, applied: unknown): unknown => {
  const node = resolveSchema(declared);
  if (Array.isArray(applied)) return mergeLists(node, live, applied);
  const isWhole = declared.mapType === 'atomic' || node.mapType === 'atomic' || node.preserveUnknown === true;
  if (!isJsonObject(applied) || !isJsonObject(live) || isWhole) return cloneJson(applied);
  const merged: JsonObject = cloneJson(live);
  for (const [name, value] of Object.entries(applied)) {
    const { properties, additionalProperties } = node;
    const child = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    merged[name] = mergeApplied(child ?? {}, Object.hasOwn(live, name) ? live[name] : undefined, value);
  }
  return merged;
};

/** A manager in the words of a conflict. */
const describe = ({ name, operation, apiVersion, subresource }: Manager): string => {
  const named = JSON.stringify(name);
  if (operation === 'Apply') return named;
  const part = subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`;
  return `${named}${part} using ${apiVersion}`;
};

export interface AppliedConfiguration {
  readonly schema: SchemaNode;
  readonly live: JsonObject;
  readonly configuration: JsonObject;
  /** What the configuration says, of the fields that a writer can own. */
  readonly fields: FieldSet;
  readonly managers: readonly Manager[];
  readonly applier: Omit<Manager, 'fields'>;
  readonly force: boolean;
}

export type Applied =
  | { readonly outcome: 'applied'; readonly object: JsonObject; readonly managers: readonly Manager[] }
  | { readonly outcome: 'conflicts'; readonly conflicts: readonly ManagerConflict[] };

/**
 * Fields that the applier owned, does not name any more, and shares with nobody are taken away. Elements of lists go as a
 * whole; where another manager owns something inside, the element stays and keeps the fields that identify it.
 */
const removeAbandoned = (object: JsonObject, abandoned: readonly FieldPath[], others: readonly Manager[]): void => {
  const isShared = (path: FieldPath): boolean =>
    others.some(
      ({ fields }) => fields.has(path) || (isElementPath(path) && [...fields].some((field) => isBelow(field, path))),
    );
  const removable = abandoned.filter((path) => !isShared(path));
  const elements = removable.filter(isElementPath).toSorted((left, right) => left.length - right.length);
  const removed: FieldPath[] = [];
  for (const path of [...elements, ...removable.filter((path) => !isElementPath(path))]) {
    if (isKeyField(path) || removed.some((element) => isBelow(path, element))) continue;
    removeAtPath(object, path);
    removed.push(path);
  }
};

/**
 * Server-side apply: lays a configuration over the live object. A field that another manager owns with another value is
 * a conflict, unless `force` takes it over; with the same value both own it.
 */
export const applyConfiguration = ({
  schema,
  live,
  configuration,
  fields,
  managers,
  applier,
  force,
}: AppliedConfiguration): Applied => {
  const previous = managers.find((manager) => isSameManager(manager, applier));
  const others = managers.filter((manager) => manager !== previous);
  const object = mergeApplied(schema, live, configuration) as JsonObject;
  const contested = (manager: Manager): FieldPath[] =>
    [...fields].filter((path) => manager.fields.has(path) && isChangedAt(live, object, path));
  const conflicts = others.flatMap((manager) =>
    contested(manager).map((path) => ({ manager: describe(manager), field: formatPath(path) })),
  );
  if (conflicts.length > 0 && !force) return { outcome: 'conflicts', conflicts };
  const remaining = others.map((manager) => {
    const lost = new Set(contested(manager));
    return { ...manager, fields: new Set([...manager.fields].filter((path) => !lost.has(path))) };
  });
  const abandoned = [...(previous?.fields ?? [])].filter((path) => !fields.has(path));
  removeAbandoned(object, abandoned, remaining);
  const isSame = previous !== undefined && abandoned.length === 0 && previous.fields.size === fields.size;
  const time =
    isSame && conflicts.length === 0 && ![...fields].some((path) => isChangedAt(live, object, path))
      ? previous.time
      : applier.time;
  return { outcome: 'applied', object, managers: [...remaining, { ...applier, time, fields }] };
};
