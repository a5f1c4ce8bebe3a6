import type { KubernetesObject } from '@everynode/core';
import {
  badRequestStatus,
  matchesFieldSelector,
  matchesRequirements,
  parseFieldSelector,
  parseLabelSelector,
  type Resource,
} from '@everynode/kubernetes-api';
import { StatusError } from '../http/answer.ts';

/** Which objects of a resource a list, watch or deletion is about. */
export interface Selection {
  readonly namespace: string | undefined;
  /** Set when the field selector allows one name only. */
  readonly name: string | undefined;
  /** True when every object of the namespace is selected. */
  readonly isEverything: boolean;
  /** Namespace and both selectors together. */
  readonly selects: (object: KubernetesObject) => boolean;
}

const NO_LABELS = {};

/** Reads the selectors of a query. Throws a StatusError (400) for one that cannot be read or names a field that the resource does not offer. */
export const parseSelection = (resource: Resource, namespace: string | undefined, query: URLSearchParams): Selection => {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  if (labels.outcome === 'malformed') throw new StatusError(badRequestStatus(labels.message));
  const fields = parseFieldSelector(resource.group, resource.plural, query.get('fieldSelector') ?? '');
  if (fields.outcome === 'malformed') throw new StatusError(badRequestStatus(fields.message));
  const named = fields.requirements.find(({ path, operator }) => path === 'metadata.name' && operator === '=');
  return {
    namespace,
    name: named?.value,
    isEverything: labels.requirements.length === 0 && fields.requirements.length === 0,
    selects: (object) =>
      (namespace === undefined || object.metadata.namespace === namespace) &&
      (labels.requirements.length === 0 || matchesRequirements(labels.requirements, object.metadata.labels ?? NO_LABELS)) &&
      (fields.requirements.length === 0 || matchesFieldSelector(resource.group, resource.plural, fields.requirements, object)),
  };
};
