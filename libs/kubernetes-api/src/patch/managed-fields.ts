import { isSameJson, listAt, objectAt, stringAt, valueAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { fromFieldsV1, toFieldsV1 } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import { isBelow, isElementPath, pathOf, valueAtPath } from './field-path.ts';
import type { FieldPath } from './field-path.ts';

export type Operation = 'Apply' | 'Update';

/** Who owns which fields of an object. */
export interface Manager {
  readonly name: string;
  readonly operation: Operation;
  readonly apiVersion: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  readonly time: string;
  readonly fields: FieldSet;
}

/** More writers than this are merged into one entry, the oldest first, so that an object cannot grow without end. */
const UPDATE_MANAGERS_MAX = 10;
const MERGED_MANAGER = 'ancient-changes';

const METADATA_OF_SERVER = [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'generation',
  'managedFields',
  'resourceVersion',
];

const NEVER_OWNED: FieldSet = new Set([
  pathOf(['f:apiVersion']),
  pathOf(['f:kind']),
  pathOf(['f:metadata']),
  ...METADATA_OF_SERVER.map((field) => pathOf(['f:metadata', `f:${field}`])),
]);

const STATUS = pathOf(['f:status']);

/** Fields that a writer can own: not the identity of the object, and not the part of another endpoint (DS-50). */
export const ownableFields = (fields: FieldSet, subresource: string, hasStatus: boolean): Set<FieldPath> =>
  new Set(
    [...fields].filter((path) => {
      if ([...NEVER_OWNED].some((own) => path === own || (own !== 'f:metadata' && isBelow(path, own)))) return false;
      const isStatus = path === STATUS || isBelow(path, STATUS);
      if (subresource === 'status') return isStatus || isBelow(path, 'f:metadata');
      return !(isStatus && hasStatus);
    }),
  );

export const isSameManager = (left: Manager, right: Omit<Manager, 'time' | 'fields'>): boolean =>
  left.name === right.name &&
  left.operation === right.operation &&
  left.subresource === right.subresource &&
  left.apiVersion === right.apiVersion;

/** Reads `metadata.managedFields`; entries that cannot be understood are left out. */
export const decodeManagers = (object: unknown): Manager[] =>
  listAt(object, 'metadata', 'managedFields').flatMap((entry): Manager[] => {
    const operation = stringAt(entry, 'operation');
    if (operation !== 'Apply' && operation !== 'Update') return [];
    return [
      {
        name: stringAt(entry, 'manager'),
        operation,
        apiVersion: stringAt(entry, 'apiVersion'),
        subresource: stringAt(entry, 'subresource'),
        time: stringAt(entry, 'time'),
        fields: fromFieldsV1(objectAt(entry, 'fieldsV1')),
      },
    ];
  });

/** A list with one empty entry asks to forget all owners. */
export const isReset = (object: unknown): boolean => isSameJson(valueAt(object, 'metadata', 'managedFields'), [{}]);

const mergeOldest = (managers: readonly Manager[]): Manager[] => {
  const updates = managers
    .filter(({ operation }) => operation === 'Update')
    .toSorted((a, b) => (a.time < b.time ? -1 : 1));
  const excess = updates.slice(0, Math.max(0, updates.length - UPDATE_MANAGERS_MAX + 1));
  const [oldest] = excess;
  if (oldest === undefined || updates.length <= UPDATE_MANAGERS_MAX) return [...managers];
  const fields = new Set(excess.flatMap((manager) => [...manager.fields]));
  const time = excess.at(-1)?.time ?? oldest.time;
  const merged: Manager = { ...oldest, name: MERGED_MANAGER, subresource: '', time, fields };
  return [...managers.filter((manager) => !excess.includes(manager)), merged];
};

const compare = (left: Manager, right: Manager): number => {
  const key = ({ operation, time, name }: Manager): string => `${operation} ${time} ${name}`;
  return key(left) < key(right) ? -1 : 1;
};

/** Entries for `metadata.managedFields`, without owners of nothing. */
export const encodeManagers = (managers: readonly Manager[]): JsonObject[] =>
  mergeOldest(managers.filter(({ fields }) => fields.size > 0))
    .toSorted(compare)
    .map(({ name, operation, apiVersion, subresource, time, fields }) => ({
      manager: name,
      operation,
      apiVersion,
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(fields),
      ...(subresource === '' ? {} : { subresource }),
    }));

const isSameSet = (left: FieldSet, right: FieldSet): boolean =>
  left.size === right.size && [...left].every((path) => right.has(path));

/** Same owners of the same fields, whenever they last wrote. */
export const areSameManagers = (left: readonly Manager[], right: readonly Manager[]): boolean => {
  const owning = (managers: readonly Manager[]): Manager[] => managers.filter(({ fields }) => fields.size > 0);
  const [one, other] = [owning(left), owning(right)];
  return (
    one.length === other.length &&
    one.every((manager) => other.some((also) => isSameManager(manager, also) && isSameSet(manager.fields, also.fields)))
  );
};

/** Whether a field reads differently in two objects; elements of lists are compared by presence. */
export const isChangedAt = (before: unknown, after: unknown, path: FieldPath): boolean => {
  const [old, now] = [valueAtPath(before, path), valueAtPath(after, path)];
  if (isElementPath(path)) return (old === undefined) !== (now === undefined);
  return !isSameJson(old ?? null, now ?? null);
};

export interface ObjectChange {
  readonly before: JsonObject;
  readonly after: JsonObject;
  /** Ownable fields of each. */
  readonly fieldsBefore: FieldSet;
  readonly fieldsAfter: FieldSet;
  /** What is around them, where somebody may own that. */
  readonly innerBefore: FieldSet;
  readonly innerAfter: FieldSet;
}

const isIn = (path: FieldPath, ...sets: readonly FieldSet[]): boolean => sets.some((set) => set.has(path));

/** The owners after a plain write: whoever changes a field or makes what is around it owns it alone; what is gone belongs to nobody. */
export const trackUpdate = (
  managers: readonly Manager[],
  writer: Omit<Manager, 'fields'>,
  { before, after, fieldsBefore, fieldsAfter, innerBefore, innerAfter }: ObjectChange,
): Manager[] => {
  const changed = new Set([
    ...[...fieldsAfter].filter((path) => !innerBefore.has(path) && (!fieldsBefore.has(path) || isChangedAt(before, after, path))),
    ...[...innerAfter].filter((path) => !isIn(path, fieldsBefore, innerBefore)),
  ]);
  const gone = new Set([...fieldsBefore, ...innerBefore].filter((path) => !isIn(path, fieldsAfter, innerAfter)));
  if (changed.size === 0 && gone.size === 0) return [...managers];
  const own = managers.find((manager) => isSameManager(manager, writer));
  const others = managers
    .filter((manager) => manager !== own)
    .map((manager) => ({
      ...manager,
      fields: new Set([...manager.fields].filter((path) => !changed.has(path) && !gone.has(path))),
    }));
  const fields = new Set([...(own?.fields ?? []), ...changed].filter((path) => !gone.has(path)));
  const time = own !== undefined && isSameSet(own.fields, fields) && changed.size === 0 ? own.time : writer.time;
  return [...others, { ...writer, time, fields }];
};
