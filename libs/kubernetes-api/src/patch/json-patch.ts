import { applyOperation, getValueByPointer, JsonPatchError } from 'fast-json-patch';
import type { Operation } from 'fast-json-patch';
import { cloneJson, findPrototypeKey, isBeyondLimits, isJsonObject, NESTING_MAX } from '../json/json-value.ts';
import { failed, patched } from './patch-error.ts';
import type { Patched } from './patch-error.ts';

const OPERATIONS_MAX = 10_000;
/** Characters that all copies of one patch may add up to: as Kubernetes, no more than a request could hold. Copies of copies grow without end. */
const COPIED_MAX = 3 * 1024 * 1024;
const PROTOTYPE_STEP = /\/(__proto__|prototype)(\/|$)/;

const isOperation = (value: unknown): value is Operation =>
  isJsonObject(value) && typeof value['op'] === 'string' && typeof value['path'] === 'string';

const namesPrototype = (operation: Operation): boolean =>
  PROTOTYPE_STEP.test(operation.path) || ('from' in operation && PROTOTYPE_STEP.test(operation.from));

/** One after the other, on a private document. Throws what the library throws for an operation that fails. */
const applyOperations = (target: unknown, operations: readonly Operation[]): Patched => {
  let document = target;
  let copied = 0;
  for (const [index, operation] of operations.entries()) {
    if (operation.op === 'copy') {
      copied += (JSON.stringify(getValueByPointer(document, operation.from)) ?? '').length;
      if (copied > COPIED_MAX) {
        const limit = `the accumulated size increase of copy operations in a JSON patch is limited to ${COPIED_MAX} bytes`;
        return failed('tooLarge', limit);
      }
    }
    document = applyOperation(document, operation, true, true, true, index).newDocument;
    if (operation.op === 'copy' && isBeyondLimits(document)) return failed('tooLarge', `a JSON patch nests the object deeper than ${NESTING_MAX} levels`);
  }
  return patched(document);
};

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
    return applyOperations(cloneJson(target), cloneJson(operations));
  } catch (error) {
    if (error instanceof JsonPatchError) return failed('unprocessable', error.message.split('\n')[0] ?? error.name);
    // The library reports some steps into absent values as plain TypeErrors.
    if (error instanceof TypeError) return failed('unprocessable', error.message);
    throw error;
  }
};
