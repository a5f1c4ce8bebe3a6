import { findResource } from '../resources/find-resource.ts';
import { matchesFieldSelector, parseFieldSelector } from '../selectors/field-selector.ts';
import { matchesRequirements } from '../selectors/label-requirement.ts';
import { parseLabelSelector } from '../selectors/label-selector-text.ts';
import {
  alreadyExistsStatus,
  badRequestStatus,
  conflictStatus,
  forbiddenStatus,
  methodNotAllowedStatus,
  notFoundStatus,
  requestEntityTooLargeStatus,
  unknownPathStatus,
} from '../status/failures.ts';
import { success } from '../status/status.ts';
import { decodePart } from './decode-part.ts';
import type { KubernetesObject } from './object.ts';
import { prepareCreate } from './prepare-create.ts';
import { preparePatch } from './prepare-patch.ts';
import { prepareUpdate } from './prepare-update.ts';

export type ObjectSelection =
  | { readonly outcome: 'matcher'; readonly matches: (object: KubernetesObject) => boolean }
  | { readonly outcome: 'malformed'; readonly message: string };

/** A resource as far as writes depend on it. */
export interface WritableResource {
  readonly kind: string;
  readonly namespaced: boolean;
  /** Plural in the core group whose objects this resource shows in another shape. */
  readonly viewOf: string | undefined;
  readonly subresources: readonly string[];
}

const findWritable = (group: string, version: string, plural: string): WritableResource | undefined => {
  const resource = findResource(group, version, plural);
  if (resource === undefined || ['review', 'empty', 'measured'].includes(resource.storage)) return undefined;
  const { kind, namespaced, viewOf, subresources } = resource;
  return { kind, namespaced, viewOf: viewOf?.plural, subresources: subresources.map(({ name }) => name) };
};

/** Compiles the two selectors of a request; undefined and the empty text match everything. */
export const selectObjects = (
  group: string,
  resource: string,
  selectors: { readonly label: string | undefined; readonly field: string | undefined },
): ObjectSelection => {
  const labels = parseLabelSelector(selectors.label ?? '');
  if (labels.outcome === 'malformed') return labels;
  const fields = parseFieldSelector(group, resource, selectors.field ?? '');
  if (fields.outcome === 'malformed') return fields;
  return {
    outcome: 'matcher',
    matches: (object) =>
      matchesRequirements(labels.requirements, object.metadata.labels ?? {}) &&
      matchesFieldSelector(group, resource, fields.requirements, object),
  };
};

/** All that the controller needs to turn API writes into objects, as one value in the shape that the core asks for. */
export const apiPreparation = {
  findResource: findWritable,
  prepareCreate,
  prepareUpdate,
  preparePatch,
  decodePart,
  selectObjects,
  status: {
    badRequest: badRequestStatus,
    notFound: notFoundStatus,
    unknownPath: unknownPathStatus,
    alreadyExists: alreadyExistsStatus,
    conflict: conflictStatus,
    forbidden: forbiddenStatus,
    methodNotAllowed: methodNotAllowedStatus,
    tooLarge: requestEntityTooLargeStatus,
    success,
  },
} as const;
