import type { KubernetesObject, Preparation, SelectorMatch } from '@everynode/core';
import { findResource } from '../resources/find-resource.ts';
import { matchesFieldSelector, parseFieldSelector } from '../selectors/field-selector.ts';
import { matchesRequirements } from '../selectors/label-requirement.ts';
import { parseLabelSelector } from '../selectors/label-selector-text.ts';
import { alreadyExistsStatus, badRequestStatus, conflictStatus, forbiddenStatus, methodNotAllowedStatus, notFoundStatus, unknownPathStatus } from '../status/failures.ts';
import { success } from '../status/status.ts';
import { prepareCreate } from './prepare-create.ts';
import { preparePatch } from './prepare-patch.ts';
import { prepareUpdate } from './prepare-update.ts';

const selectObjects = (group: string, resource: string, selectors: { readonly label: string | undefined; readonly field: string | undefined }): SelectorMatch => {
  const labels = parseLabelSelector(selectors.label ?? '');
  if (labels.outcome === 'malformed') return labels;
  const fields = parseFieldSelector(group, resource, selectors.field ?? '');
  if (fields.outcome === 'malformed') return fields;
  return {
    outcome: 'matcher',
    matches: (object: KubernetesObject) =>
      matchesRequirements(labels.requirements, object.metadata.labels ?? {}) && matchesFieldSelector(group, resource, fields.requirements, object),
  };
};

/** How the leading controller turns API writes into objects: this lib's pipeline in the shape that the core asks for. */
export const apiPreparation: Preparation = {
  findResource: (group, version, plural) => {
    const row = findResource(group, version, plural);
    if (row === undefined || row.storage === 'review') return undefined;
    return { kind: row.kind, namespaced: row.namespaced, viewOf: row.viewOf?.plural };
  },
  prepareCreate,
  prepareUpdate,
  preparePatch,
  selectObjects,
  status: {
    badRequest: badRequestStatus,
    notFound: notFoundStatus,
    unknownPath: unknownPathStatus,
    alreadyExists: alreadyExistsStatus,
    conflict: conflictStatus,
    forbidden: forbiddenStatus,
    methodNotAllowed: methodNotAllowedStatus,
    success,
  },
};
