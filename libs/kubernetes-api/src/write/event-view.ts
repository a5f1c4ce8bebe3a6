import { cloneJson, fieldOf } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { findResource } from '../resources/find-resource.ts';
import type { Resource } from '../resources/resource.ts';

/** Events are stored as core/v1 has them; events.k8s.io/v1 shows the same objects with other names of fields. */
const FIELD_NAMES: readonly (readonly [view: string, stored: string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

const rename = (
  object: JsonObject,
  names: readonly (readonly [from: string, to: string])[],
  apiVersion: string,
): JsonObject => {
  const renamed = cloneJson(object);
  renamed['apiVersion'] = apiVersion;
  for (const [from, to] of names) {
    const value = fieldOf(renamed, from);
    delete renamed[from];
    if (value !== undefined) renamed[to] = value;
  }
  return renamed;
};

const isEventView = (resource: Resource): boolean => resource.storage === 'view' && resource.kind === 'Event';

/** The resource under which the objects of `resource` are stored: itself, unless it is a view of another. */
export const storedResourceOf = (resource: Resource): Resource => {
  const { viewOf } = resource;
  return viewOf === undefined ? resource : (findResource(viewOf.group, viewOf.version, viewOf.plural) ?? resource);
};

/** From the shape in which clients of `resource` write to the stored one. */
export const toStoredShape = (resource: Resource, object: JsonObject): JsonObject =>
  isEventView(resource)
    ? rename(
        object,
        FIELD_NAMES.map(([view, stored]) => [view, stored] as const),
        'v1',
      )
    : object;

/** From the stored shape to the one in which clients of `resource` read. */
export const toViewShape = (resource: Resource, object: JsonObject): JsonObject =>
  isEventView(resource)
    ? rename(
        object,
        FIELD_NAMES.map(([view, stored]) => [stored, view] as const),
        `${resource.group}/${resource.version}`,
      )
    : object;
