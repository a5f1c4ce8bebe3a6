import { applyPatch, JsonPatchError } from 'fast-json-patch';
import type { Operation } from 'fast-json-patch';
import { cloneJson, findPrototypeKey, isJsonObject } from '../json/json-value.ts';
import { failed, patched } from './patch-error.ts';
import type { Patched } from './patch-error.ts';

const OPERATIONS_MAX = 10_000;
const PROTOTYPE_STEP = /\/(__proto__|prototype)(\/|$)/;

const isOperation = (value: unknown): value is Operation =>
  isJsonObject(value) && typeof value['op'] === 'string' && typeof value['path'] === 'string';

const namesPrototype = (operation: Operation): boolean =>
  PROTOTYPE_STEP.test(operation.path) || ('from' in operation && PROTOTYPE_STEP.test(operation.from));

/** RFC 6902. An operation that fails (a `test`, a path that does not exist) fails the whole patch. */
export const applyJsonPatch = (target: unknown, operations: unknown): Patched => {
  if (!Array.isArray(operations) || !operations.every(isOperation)) {
    return failed(
      'malformed',
      'json: cannot unmarshal patch: a JSON patch must be a list of operations with op and path',
    );
  }
  if (operations.length > OPERATIONS_MAX) {
    return failed(
      'tooLarge',
      `The allowed maximum operations in a JSON patch is ${OPERATIONS_MAX}, got ${operations.length}`,
    );
  }
  if (operations.some(namesPrototype) || findPrototypeKey(operations) !== undefined) {
    return failed('malformed', 'json: a patch must not name the field "__proto__"');
  }
  try {
    const result = applyPatch(cloneJson(target), cloneJson(operations), true, true);
    return patched(result.newDocument);
  } catch (error) {
    if (error instanceof JsonPatchError) return failed('unprocessable', error.message.split('\n')[0] ?? error.name);
    // The library reports some steps into absent values as plain TypeErrors.
    if (error instanceof TypeError) return failed('unprocessable', error.message);
    throw error;
  }
};
