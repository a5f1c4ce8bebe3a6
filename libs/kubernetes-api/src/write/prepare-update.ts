import { objectIn } from '../defaulting/fill.ts';
import { cloneJson, fieldOf, hasField, isSameJson, numberAt, objectAt, stringAt, valueAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import type { Manager } from '../patch/managed-fields.ts';
import { findResource } from '../resources/find-resource.ts';
import type { Resource } from '../resources/resource.ts';
import { badRequestStatus, conflictStatus, invalidStatus, unknownPathStatus } from '../status/failures.ts';
import { invalid } from '../status/field-error.ts';
import type { Status } from '../status/status.ts';
import { validateObjectMetaUpdate } from '../validation/object-meta.ts';
import { decodeObject, normalize } from './decode-object.ts';
import { storedResourceOf, toStoredShape } from './event-view.ts';
import type { KubernetesObject } from './object.ts';
import { managersAfterUpdate, ownSameFields, withManagers, withoutManagers } from './owned-fields.ts';
import { strategyOf } from './strategies.ts';
import { rejected } from './write-context.ts';
import type { PreparedWrite, ResourceRef, WriteContext } from './write-context.ts';

/** One update on its way: the decoded new object, the stored one in normal form, and where it is. */
export interface Update {
  readonly resource: Resource;
  readonly ref: ResourceRef;
  readonly object: JsonObject;
  readonly existing: JsonObject;
  readonly context: WriteContext;
  /** A uid in the body of a PUT is a precondition (409); a patch that sets one tries to change a field that is immutable (422). */
  readonly isPatch?: boolean;
  /** The owners of the result's fields; absent: the writer owns what it changes. */
  readonly managersOf?: (result: JsonObject) => readonly Manager[];
}

const addressMistake = ({ object, ref }: Update): string | undefined => {
  const name = stringAt(object, 'metadata', 'name');
  const namespace = stringAt(object, 'metadata', 'namespace');
  if (ref.name !== undefined && name === '') return `the name of the object (${ref.name} based on URL) was undeterminable: name must be provided`;
  if (ref.name !== undefined && name !== ref.name) {
    return `the name of the object (${name}) does not match the name on the URL (${ref.name})`;
  }
  if (ref.namespace !== undefined && namespace !== '' && namespace !== ref.namespace) {
    return 'the namespace of the provided object does not match the namespace sent on the request';
  }
  return undefined;
};

/** DS-47, and the uid as a precondition: a write meant for another incarnation is refused. */
const staleness = ({ object, existing, resource, isPatch = false }: Update): Status | undefined => {
  const name = stringAt(existing, 'metadata', 'name');
  const about = { group: resource.group, kind: resource.plural };
  const [uid, oldUid] = [stringAt(object, 'metadata', 'uid'), stringAt(existing, 'metadata', 'uid')];
  if (!isPatch && uid !== '' && uid !== oldUid) {
    return conflictStatus(
      about,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${oldUid}`,
    );
  }
  const version = stringAt(object, 'metadata', 'resourceVersion');
  if (version === '' && !isPatch && strategyOf(resource.group, resource.plural).updatesKnownVersion) {
    return invalidStatus(about, name, [invalid('metadata.resourceVersion', 0, 'must be specified for an update')]);
  }
  const isStale = version !== '' && version !== '0' && version !== stringAt(existing, 'metadata', 'resourceVersion');
  return isStale ? conflictStatus(about, name) : undefined;
};

/** Metadata that an update cannot touch is taken from the stored object, as an absent value means "as it was". */
const inheritMetadata = ({ object, existing, ref, resource }: Update): void => {
  const metadata = objectIn(object, 'metadata');
  const old = objectAt(existing, 'metadata');
  const keep = (field: string): void => {
    const value = fieldOf(old, field);
    if (value === undefined) delete metadata[field];
    else metadata[field] = cloneJson(value);
  };
  for (const field of ['resourceVersion', 'creationTimestamp', 'generation', 'selfLink']) keep(field);
  if (hasField(old, 'deletionTimestamp')) keep('deletionTimestamp');
  if (!hasField(metadata, 'deletionGracePeriodSeconds')) keep('deletionGracePeriodSeconds');
  if (stringAt(metadata, 'uid') === '') keep('uid');
  if (!resource.namespaced) delete metadata['namespace'];
  else if (stringAt(metadata, 'namespace') === '' && ref.namespace !== undefined) keep('namespace');
};

const take = (object: JsonObject, existing: JsonObject, field: string): void => {
  const value = fieldOf(existing, field);
  if (value === undefined) delete object[field];
  else object[field] = cloneJson(value);
};

/** Fields of `spec` that are written through a subresource of their own. */
const PARTS: Readonly<Record<string, string>> = { ephemeralcontainers: 'ephemeralContainers' };

const partOf = ({ subresource }: ResourceRef): string | undefined =>
  subresource !== undefined && Object.hasOwn(PARTS, subresource) ? PARTS[subresource] : undefined;

/** Leaves nothing of the body but the one field of `spec`, and what names the object and its version. */
const keepAllBut = (part: string, { object, existing }: Update): void => {
  const value = valueAt(object, 'spec', part);
  const { managedFields } = objectAt(object, 'metadata');
  for (const field of Object.keys({ ...object, ...existing })) if (!['apiVersion', 'kind'].includes(field)) take(object, existing, field);
  if (managedFields !== undefined) objectIn(object, 'metadata')['managedFields'] = managedFields;
  const spec = objectIn(object, 'spec');
  if (value === undefined) delete spec[part];
  else spec[part] = value;
};

/** DS-42 and DS-46: each endpoint writes its own part, the other part stays as stored. */
const keepOtherPart = (update: Update): void => {
  const { object, existing, ref, resource } = update;
  const part = partOf(ref);
  if (part !== undefined) keepAllBut(part, update);
  else if (ref.subresource === 'status') {
    for (const field of Object.keys({ ...object, ...existing })) {
      if (!['apiVersion', 'kind', 'metadata', 'status'].includes(field)) take(object, existing, field);
    }
  } else if (resource.hasStatus) take(object, existing, 'status');
};

const contentOf = (object: JsonObject): JsonObject => {
  const { status: _status, metadata: _metadata, ...content } = object;
  return content;
};

/** DS-43 to DS-45: any change of meaning outside metadata and status counts once. */
const countGeneration = ({ object, existing }: Update): void => {
  const generation = numberAt(existing, 'metadata', 'generation') ?? 0;
  if (isSameJson(contentOf(object), contentOf(existing))) return;
  objectIn(object, 'metadata')['generation'] = generation + 1;
};

const validate = ({ object, existing, ref, resource }: Update): ReturnType<typeof validateObjectMetaUpdate> => {
  const strategy = strategyOf(resource.group, resource.plural);
  const rules = ref.subresource === 'status' ? strategy.validateStatus : partOf(ref) === undefined ? strategy.validateUpdate : strategy.validatePart;
  return [...validateObjectMetaUpdate(object, existing), ...rules(object, existing)];
};

/** Last steps of an update: preconditions, strategy, validation and the comparison with what is stored. */
export const finishUpdate = (update: Update, stored: KubernetesObject): PreparedWrite => {
  const { resource, ref, object, existing } = update;
  const mistake = addressMistake(update);
  if (mistake !== undefined) return rejected(badRequestStatus(mistake));
  const stale = staleness(update);
  if (stale !== undefined) return rejected(stale);
  const strategy = strategyOf(resource.group, resource.plural);
  inheritMetadata(update);
  keepOtherPart(update);
  if (ref.subresource === 'status') strategy.prepareForStatusUpdate(object, existing);
  else {
    if (ref.subresource !== 'finalize' && partOf(ref) === undefined) strategy.prepareForUpdate(object, existing);
    if (strategy.hasGeneration) countGeneration(update);
  }
  const result = normalize(resource, object);
  const errors = validate({ ...update, object: result });
  if (errors.length > 0) return rejected(invalidStatus(resource, stringAt(existing, 'metadata', 'name'), errors));
  const managers = update.managersOf?.(result) ?? managersAfterUpdate(update, existing, result);
  if (isSameJson(withoutManagers(result), withoutManagers(existing)) && ownSameFields(existing, managers)) {
    return { outcome: 'prepared', object: stored, changed: false, warnings: [] };
  }
  const owned = normalize(resource, withManagers(result, managers));
  const warnings = ref.subresource === 'status' ? [] : strategy.warnings(result, existing);
  return { outcome: 'prepared', object: owned as unknown as KubernetesObject, changed: true, warnings };
};

/** The stored object in normal form, as updates compare with it. */
export const normalExisting = (resource: Resource, existing: KubernetesObject): JsonObject =>
  normalize(resource, cloneJson({ ...existing }));

/**
 * Turns the body of a PUT into the next version of `existing`; `ref.subresource` tells which part it writes.
 * A resourceVersion in the body must be the stored one (409 otherwise); without one the write is unconditional.
 */
export const prepareUpdate = (
  ref: ResourceRef,
  existing: KubernetesObject,
  body: unknown,
  context: WriteContext,
): PreparedWrite => {
  const resource = findResource(ref.group, ref.version, ref.resource);
  if (resource === undefined) return rejected(unknownPathStatus());
  const decoded = decodeObject(resource, body, context.fieldValidation);
  if (decoded.outcome === 'undecodable') return rejected(badRequestStatus(decoded.message));
  const { object, warnings } = decoded;
  const stored = storedResourceOf(resource);
  const update = {
    resource: stored,
    ref,
    object: toStoredShape(resource, object),
    existing: normalExisting(stored, existing),
    context,
  };
  const prepared = finishUpdate(update, existing);
  return prepared.outcome === 'rejected' ? prepared : { ...prepared, warnings: [...warnings, ...prepared.warnings] };
};
