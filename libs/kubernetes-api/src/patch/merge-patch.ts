import { cloneJson, findPrototypeKey, isJsonObject } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { failed, patched } from './patch-error.ts';
import type { Patched } from './patch-error.ts';

const merge = (target: unknown, patch: unknown): unknown => {
  if (!isJsonObject(patch)) return cloneJson(patch);
  const merged: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(Object.hasOwn(merged, key) ? merged[key] : undefined, value);
  }
  return merged;
};

/** RFC 7396: objects merge, null deletes, everything else replaces. Neither argument is changed. */
export const applyMergePatch = (target: unknown, patch: unknown): Patched => {
  if (!isJsonObject(patch))
    return failed('malformed', 'json: cannot unmarshal patch: a merge patch must be a JSON object');
  const key = findPrototypeKey(patch);
  if (key !== undefined) return failed('malformed', `the field name ${JSON.stringify(key)} cannot be stored`);
  return patched(merge(cloneJson(target), patch));
};
