import { canonicalJson, fieldOf, isJsonObject, isSameJson } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';

/**
 * A place in an object as server-side apply names it: elements `f:name` (field or map key), `k:{"name":"c"}` (element of
 * a keyed list) and `v:"x"` (value of a set), joined by a character that none of them contains.
 */
export type FieldPath = string;

const SEPARATOR = '\u0001';

export const pathOf = (elements: readonly string[]): FieldPath => elements.join(SEPARATOR);
export const elementsOf = (path: FieldPath): string[] => path.split(SEPARATOR);
export const isBelow = (path: FieldPath, ancestor: FieldPath): boolean => path.startsWith(ancestor + SEPARATOR);

export const fieldElement = (name: string): string => `f:${name}`;
export const valueElement = (value: unknown): string => `v:${JSON.stringify(value)}`;

/** Key fields that clients leave out because they have a default. */
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

const keyOf = (item: unknown, key: string): unknown => fieldOf(item, key) ?? KEY_DEFAULTS[key];

/** The keys of an element of a keyed list; undefined when one is missing. */
export const keysOf = (item: unknown, keys: readonly string[]): JsonObject | undefined => {
  const found: JsonObject = {};
  for (const key of keys) {
    const value = keyOf(item, key);
    if (value === undefined) return undefined;
    found[key] = value;
  }
  return found;
};

export const keyElement = (keys: JsonObject): string => `k:${canonicalJson(keys)}`;

const parsed = (element: string): unknown => JSON.parse(element.slice('k:'.length));

const hasKeys = (item: unknown, keys: unknown): boolean =>
  isJsonObject(keys) && Object.entries(keys).every(([key, value]) => isSameJson(keyOf(item, key), value));

const indexIn = (list: readonly unknown[], element: string): number =>
  element.startsWith('k:')
    ? list.findIndex((item) => hasKeys(item, parsed(element)))
    : list.findIndex((item) => isSameJson(item, parsed(element)));

const step = (value: unknown, element: string): unknown => {
  if (element.startsWith('f:')) return fieldOf(value, element.slice('f:'.length));
  return Array.isArray(value) ? (value as readonly unknown[])[indexIn(value, element)] : undefined;
};

/** What stands at a path; undefined when nothing does. */
export const valueAtPath = (value: unknown, path: FieldPath): unknown => {
  let current = value;
  for (const element of elementsOf(path)) current = step(current, element);
  return current;
};

/** Takes what stands at a path out of the (private) value. */
export const removeAtPath = (value: unknown, path: FieldPath): void => {
  const elements = elementsOf(path);
  const last = elements.pop() ?? '';
  let parent = value;
  for (const element of elements) parent = step(parent, element);
  if (Array.isArray(parent)) {
    const index = indexIn(parent, last);
    if (index !== -1) parent.splice(index, 1);
  } else if (isJsonObject(parent)) delete parent[last.slice('f:'.length)];
};

/** Elements of lists are compared by presence: their fields have paths of their own. */
export const isElementPath = (path: FieldPath): boolean => !(elementsOf(path).at(-1) ?? '').startsWith('f:');

/** Whether a path is one of the fields that identify an element of a keyed list. */
export const isKeyField = (path: FieldPath): boolean => {
  const [element = '', field = ''] = elementsOf(path).slice(-2);
  return element.startsWith('k:') && Object.hasOwn(Object(parsed(element)), field.slice('f:'.length));
};

/** Form for people: `.spec.template.spec.containers[name="c"].image`. */
export const formatPath = (path: FieldPath): string =>
  elementsOf(path)
    .map((element) => {
      if (element.startsWith('f:')) return `.${element.slice('f:'.length)}`;
      const value = parsed(element);
      if (element.startsWith('v:') || !isJsonObject(value)) return `[=${JSON.stringify(value)}]`;
      return `[${Object.entries(value)
        .map(([key, item]) => `${key}=${JSON.stringify(item)}`)
        .join(',')}]`;
    })
    .join('');
