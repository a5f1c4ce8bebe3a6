import { objectIn } from '../defaulting/fill.ts';
import { stringAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import type { Manager } from '../patch/managed-fields.ts';
import { findResource } from '../resources/find-resource.ts';
import type { Resource } from '../resources/resource.ts';
import { badRequestStatus, invalidStatus, unknownPathStatus } from '../status/failures.ts';
import { validateObjectMeta } from '../validation/object-meta.ts';
import { decodeObject, normalize } from './decode-object.ts';
import { storedResourceOf, toStoredShape } from './event-view.ts';
import type { KubernetesObject } from './object.ts';
import { managersAfterUpdate, withManagers } from './owned-fields.ts';
import type { Writer } from './owned-fields.ts';
import { strategyOf } from './strategies.ts';
import { rejected } from './write-context.ts';
import type { PreparedWrite, ResourceRef, WriteContext } from './write-context.ts';

const GENERATED_NAME_LENGTH_MAX = 63;

/** Fields that only the server sets. */
const SERVER_FIELDS = ['deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'generation'];

const fillMetadata = (object: JsonObject, ref: ResourceRef, resource: Resource, context: WriteContext): void => {
  const metadata = objectIn(object, 'metadata');
  for (const field of SERVER_FIELDS) delete metadata[field];
  const prefix = stringAt(metadata, 'generateName');
  if (stringAt(metadata, 'name') === '' && prefix !== '') {
    metadata['name'] = `${prefix.slice(0, GENERATED_NAME_LENGTH_MAX - context.nameSuffix.length)}${context.nameSuffix}`;
  }
  if (!resource.namespaced) delete metadata['namespace'];
  else if (ref.namespace !== undefined) metadata['namespace'] = ref.namespace;
  metadata['uid'] = context.uid;
  metadata['creationTimestamp'] = context.now;
  if (strategyOf(resource.group, resource.plural).hasGeneration) metadata['generation'] = 1;
};

const requestMistake = (object: JsonObject, ref: ResourceRef): string | undefined => {
  const namespace = stringAt(object, 'metadata', 'namespace');
  if (stringAt(object, 'metadata', 'resourceVersion') !== '') {
    return 'resourceVersion should not be set on objects to be created';
  }
  if (ref.namespace !== undefined && namespace !== '' && namespace !== ref.namespace) {
    return 'the namespace of the provided object does not match the namespace sent on the request';
  }
  const name = stringAt(object, 'metadata', 'name');
  if (ref.name !== undefined && name !== '' && name !== ref.name) {
    return `the name of the object (${name}) does not match the name on the URL (${ref.name})`;
  }
  return undefined;
};

/** Last steps of a create: server-set metadata, strategy, validation and owners. Shared with server-side apply. */
export const finishCreate = (
  decoded: JsonObject,
  { ref, resource, context }: Writer,
  managersOf: (object: JsonObject) => readonly Manager[],
): PreparedWrite => {
  const mistake = requestMistake(decoded, ref);
  if (mistake !== undefined) return rejected(badRequestStatus(mistake));
  const strategy = strategyOf(resource.group, resource.plural);
  fillMetadata(decoded, ref, resource, context);
  strategy.complete(decoded);
  const asked = normalize(resource, decoded);
  strategy.prepareForCreate(decoded, context);
  const object = normalize(resource, decoded);
  const errors = [
    ...validateObjectMeta(object, { ...resource, nameMistakes: strategy.nameMistakes }),
    ...strategy.validate(object),
  ];
  if (errors.length > 0) return rejected(invalidStatus(resource, stringAt(object, 'metadata', 'name'), errors));
  const owned = normalize(resource, withManagers(object, managersOf(asked)));
  return {
    outcome: 'prepared',
    object: owned as unknown as KubernetesObject,
    changed: true,
    warnings: strategy.warnings(object, undefined),
  };
};

/**
 * Turns the body of a POST into a new object. Whether the name is still free is the caller's to check, as is whether
 * the namespace exists. `metadata.resourceVersion` stays absent: the store sets it.
 */
export const prepareCreate = (ref: ResourceRef, body: unknown, context: WriteContext): PreparedWrite => {
  const resource = findResource(ref.group, ref.version, ref.resource);
  if (resource === undefined) return rejected(unknownPathStatus());
  const decoded = decodeObject(resource, body, context.fieldValidation);
  if (decoded.outcome === 'undecodable') return rejected(badRequestStatus(decoded.message));
  const { object, warnings } = decoded;
  const writer = { resource: storedResourceOf(resource), ref, context };
  const prepared = finishCreate(toStoredShape(resource, object), writer, (created) =>
    managersAfterUpdate(writer, {}, created),
  );
  return prepared.outcome === 'rejected' ? prepared : { ...prepared, warnings: [...warnings, ...prepared.warnings] };
};
