import { canonicalJson } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { applyJsonPatch } from '../patch/json-patch.ts';
import type { Manager } from '../patch/managed-fields.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import type { PatchError, Patched } from '../patch/patch-error.ts';
import { applyStrategicMergePatch } from '../patch/strategic-merge-patch.ts';
import { findResource } from '../resources/find-resource.ts';
import type { Resource } from '../resources/resource.ts';
import {
  badRequestStatus,
  invalidStatus,
  notFoundStatus,
  unknownPathStatus,
  unprocessableStatus,
} from '../status/failures.ts';
import { invalid } from '../status/field-error.ts';
import { failure } from '../status/status.ts';
import type { Status } from '../status/status.ts';
import { bareMistake, decodeObject, schemaOfResource } from './decode-object.ts';
import { storedResourceOf, toStoredShape, toViewShape } from './event-view.ts';
import type { KubernetesObject } from './object.ts';
import { prepareApply } from './prepare-apply.ts';
import { managersAfterUpdate } from './owned-fields.ts';
import { finishUpdate, normalExisting } from './prepare-update.ts';
import { isUndo, ownersAfterUndo } from './undo-owners.ts';
import { rejected } from './write-context.ts';
import type { PreparedWrite, ResourceRef, WriteContext } from './write-context.ts';

export interface Patch {
  readonly type: 'json' | 'merge' | 'strategic' | 'apply';
  /** Parsed body: a list of operations for `json`, an object for the others. */
  readonly body: unknown;
}

/** A patch that says how to change an object, other than a configuration to apply. */
interface ContentPatch extends Patch {
  readonly type: 'json' | 'merge' | 'strategic';
}

const isContentPatch = (patch: Patch): patch is ContentPatch => patch.type !== 'apply';

const statusOfPatchError = ({ reason, message }: PatchError): Status => {
  switch (reason) {
    case 'malformed':
      return badRequestStatus(message);
    case 'unprocessable':
      return unprocessableStatus(message);
    case 'tooLarge':
      return failure({ code: 413, reason: 'RequestEntityTooLarge', message: `Request entity too large: ${message}` });
  }
};

const applyTo = (existing: unknown, patch: ContentPatch, resource: Resource): Patched => {
  switch (patch.type) {
    case 'json':
      return applyJsonPatch(existing, patch.body);
    case 'merge':
      return applyMergePatch(existing, patch.body);
    case 'strategic':
      return applyStrategicMergePatch(existing, patch.body, schemaOfResource(resource));
  }
};

/** 422 that blames the patch: kubectl prints it as `The request is invalid: patch: Invalid value: …`. */
const invalidPatch = (patch: Patch, mistake: string): Status =>
  invalidStatus({ group: '', kind: '' }, '', [invalid('patch', canonicalJson(patch.body), mistake)]);

/**
 * Applies a patch to `existing` and prepares the result like an update. Only server-side apply (`apply`) may come
 * without an existing object, which it then creates.
 */
export const preparePatch = (
  ref: ResourceRef,
  existing: KubernetesObject | undefined,
  patch: Patch,
  context: WriteContext,
): PreparedWrite => {
  const resource = findResource(ref.group, ref.version, ref.resource);
  if (resource === undefined) return rejected(unknownPathStatus());
  if (!isContentPatch(patch)) return prepareApply({ resource, ref, context }, existing, patch.body);
  if (existing === undefined) {
    return rejected(notFoundStatus({ group: resource.group, kind: resource.plural }, ref.name ?? ''));
  }
  const stored = storedResourceOf(resource);
  const normal = normalExisting(stored, existing);
  const result = applyTo(toViewShape(resource, normal), patch, resource);
  if (result.outcome === 'failed') return rejected(statusOfPatchError(result.error));
  const decoded = decodeObject(resource, result.value, context.fieldValidation);
  if (decoded.outcome === 'undecodable') return rejected(invalidPatch(patch, bareMistake(resource, decoded.message)));
  const { object, warnings } = decoded;
  const writer = { resource: stored, ref, context };
  const update = { ...writer, object: toStoredShape(resource, object), existing: normal, isPatch: true };
  const managersOf = (after: JsonObject): readonly Manager[] =>
    ownersAfterUndo(writer, normal, after) ?? managersAfterUpdate(writer, normal, after);
  const isTemplateRestored = isUndo(writer, patch.type, patch.body);
  const prepared = finishUpdate(isTemplateRestored ? { ...update, managersOf } : update, existing);
  return prepared.outcome === 'rejected' ? prepared : { ...prepared, warnings: [...warnings, ...prepared.warnings] };
};
