/** A JSON object whose fields are not known yet. */
export type JsonObject = { [key: string]: unknown };

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads a field that the object itself has. Plain property access would also find inherited names such as
 * `constructor`, which are legal label keys and must read as absent.
 */
export const fieldOf = (value: unknown, key: string): unknown =>
  isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

/** Follows a list of field names; absent or non-object steps read as undefined. */
export const valueAt = (value: unknown, ...keys: readonly string[]): unknown => {
  let current = value;
  for (const key of keys) current = fieldOf(current, key);
  return current;
};

export const objectAt = (value: unknown, ...keys: readonly string[]): JsonObject => {
  const found = valueAt(value, ...keys);
  return isJsonObject(found) ? found : {};
};

export const listAt = (value: unknown, ...keys: readonly string[]): readonly unknown[] => {
  const found = valueAt(value, ...keys);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
};

export const stringAt = (value: unknown, ...keys: readonly string[]): string => {
  const found = valueAt(value, ...keys);
  return typeof found === 'string' ? found : '';
};

export const numberAt = (value: unknown, ...keys: readonly string[]): number | undefined => {
  const found = valueAt(value, ...keys);
  return typeof found === 'number' ? found : undefined;
};

/** String-to-string maps such as labels; values of other types are left out. */
export const stringMapAt = (value: unknown, ...keys: readonly string[]): Record<string, string> => {
  const map: Record<string, string> = {};
  for (const [key, item] of Object.entries(objectAt(value, ...keys))) {
    if (typeof item === 'string' && key !== '__proto__') map[key] = item;
  }
  return map;
};

export const hasField = (value: unknown, key: string): boolean => {
  const found = fieldOf(value, key);
  return found !== undefined && found !== null;
};

/** Deep copy of a JSON value. Fields that are undefined and the key `__proto__` are left out. */
export const cloneJson = <T>(value: T): T => {
  if (Array.isArray(value)) return value.map((item: unknown) => cloneJson(item)) as T;
  if (!isJsonObject(value)) return value;
  const copy: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    if (key !== '__proto__' && item !== undefined) copy[key] = cloneJson(item);
  }
  return copy as T;
};

/** Objects and lists inside one another that a request may have; far below what recursion can take. */
export const NESTING_MAX = 1_000;
/** Values in one object; a list of as many zeros is as long as a request can be. */
const VALUES_MAX = 2_000_000;

/** Whether a value is too deep or too large to be worked on, as a list that holds itself is. Needs no stack of its own depth. */
export const isBeyondLimits = (value: unknown): boolean => {
  const rest: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  let count = 0;
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    count += 1;
    if (next.depth > NESTING_MAX || count > VALUES_MAX) return true;
    if (typeof next.value !== 'object' || next.value === null) continue;
    for (const inner of Object.values(next.value)) rest.push({ value: inner, depth: next.depth + 1 });
  }
  return false;
};

/** Same JSON value, whatever the order of the keys. */
export const isSameJson = (left: unknown, right: unknown): boolean => {
  if (left === right) return true;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => isSameJson(item, right[index]))
    );
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isSameJson(left[key], right[key]))
  );
};

const compareKeys = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Copy with every object's keys in code point order. */
export const sortKeys = <T>(value: T): T => {
  if (Array.isArray(value)) return value.map((item: unknown) => sortKeys(item)) as T;
  if (!isJsonObject(value)) return value;
  const sorted: JsonObject = {};
  for (const key of Object.keys(value).toSorted(compareKeys)) {
    if (key !== '__proto__' && value[key] !== undefined) sorted[key] = sortKeys(value[key]);
  }
  return sorted as T;
};

/** JSON text with sorted keys: equal values give byte-identical texts. */
export const canonicalJson = (value: unknown): string => JSON.stringify(sortKeys(value)) ?? 'null';

/**
 * Path of the first key that JavaScript itself treats as a prototype, or undefined. Such a key would be lost in any
 * copy, so a writer is told instead.
 */
export const findPrototypeKey = (value: unknown, path = ''): string | undefined => {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = findPrototypeKey(item, `${path}[${index}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  for (const key of Object.keys(value)) {
    const here = path === '' ? key : `${path}.${key}`;
    if (key === '__proto__') return here;
    const found = findPrototypeKey(value[key], here);
    if (found !== undefined) return found;
  }
  return undefined;
};
