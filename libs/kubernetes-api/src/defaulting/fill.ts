import { hasField, isJsonObject, listAt, stringAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';

/** Sets a field that is absent. */
export const fill = (object: JsonObject, field: string, value: unknown): void => {
  if (!hasField(object, field)) object[field] = value;
};

/** Sets a text that is absent or empty. */
export const fillText = (object: JsonObject, field: string, value: string): void => {
  if (stringAt(object, field) === '') object[field] = value;
};

/** The object in a field, created when absent. */
export const objectIn = (object: JsonObject, field: string): JsonObject => {
  const found = object[field];
  if (isJsonObject(found)) return found;
  const created: JsonObject = {};
  object[field] = created;
  return created;
};

/** The object in a field, when there is one. */
export const existingIn = (object: JsonObject, field: string): JsonObject | undefined => {
  const found = Object.hasOwn(object, field) ? object[field] : undefined;
  return isJsonObject(found) ? found : undefined;
};

export const objectsIn = (object: JsonObject, field: string): JsonObject[] =>
  listAt(object, field).filter(isJsonObject);
