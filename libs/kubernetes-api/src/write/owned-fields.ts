import { isJsonObject, objectAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { fieldSetOf, innerFieldsOf } from '../patch/field-set.ts';
import type { FieldSet } from '../patch/field-set.ts';
import {
  areSameManagers,
  decodeManagers,
  encodeManagers,
  isReset,
  ownableFields,
  trackUpdate,
} from '../patch/managed-fields.ts';
import type { Manager, Operation } from '../patch/managed-fields.ts';
import type { Resource } from '../resources/resource.ts';
import { apiVersionOf } from '../schema/schema.ts';
import { schemaOfResource } from './decode-object.ts';
import type { ResourceRef, WriteContext } from './write-context.ts';

/** Who writes, and through which endpoint. */
export interface Writer {
  readonly resource: Resource;
  readonly ref: ResourceRef;
  readonly context: WriteContext;
}

const partOf = ({ subresource }: ResourceRef): string => subresource ?? '';

export const managerOf = ({ resource, ref, context }: Writer, operation: Operation): Omit<Manager, 'fields'> => ({
  name: context.fieldManager === '' ? 'unknown' : context.fieldManager,
  operation,
  apiVersion: apiVersionOf(resource.group, resource.version),
  subresource: partOf(ref),
  time: context.now,
});

/** The fields of an object that the writer's endpoint can own. */
export const fieldsOf = ({ resource, ref }: Writer, object: JsonObject): FieldSet =>
  ownableFields(fieldSetOf(schemaOfResource(resource), object), partOf(ref), resource.hasStatus);

/** What is around those fields, where the writer can own that. */
export const innerOf = ({ resource, ref }: Writer, object: JsonObject): FieldSet =>
  ownableFields(innerFieldsOf(schemaOfResource(resource), object), partOf(ref), resource.hasStatus);

/** The owners after a create or update; `after` may carry owners that the client itself set. */
export const managersAfterUpdate = (writer: Writer, before: JsonObject, after: JsonObject): readonly Manager[] => {
  if (isReset(after)) return [];
  const given = partOf(writer.ref) === '' ? decodeManagers(after) : [];
  const managers = given.length > 0 ? given : decodeManagers(before);
  return trackUpdate(managers, managerOf(writer, 'Update'), {
    before,
    after,
    fieldsBefore: fieldsOf(writer, before),
    fieldsAfter: fieldsOf(writer, after),
    innerBefore: innerOf(writer, before),
    innerAfter: innerOf(writer, after),
  });
};

/** The object with these owners instead of its own. */
export const withManagers = (object: JsonObject, managers: readonly Manager[]): JsonObject => {
  const metadata = { ...objectAt(object, 'metadata') };
  const entries = encodeManagers(managers);
  delete metadata['managedFields'];
  return { ...object, metadata: entries.length === 0 ? metadata : { ...metadata, managedFields: entries } };
};

export const withoutManagers = (object: JsonObject): JsonObject =>
  isJsonObject(object['metadata']) ? withManagers(object, []) : object;

export const ownSameFields = (object: JsonObject, managers: readonly Manager[]): boolean =>
  areSameManagers(decodeManagers(object), managers);
