import { badRequestStatus, notAcceptableStatus } from '@everynode/kubernetes-api';
import { parseAccept, takesJson, type AcceptClause } from '../http/accept.ts';
import type { ApiRequest } from '../http/api-request.ts';
import { JSON_TYPE, StatusError } from '../http/answer.ts';

/** The shape in which a client wants objects. */
export type Representation =
  | { readonly shape: 'whole' }
  | { readonly shape: 'metadata' }
  | { readonly shape: 'table'; readonly version: string; readonly includeObject: 'None' | 'Metadata' | 'Object' };

const META_GROUP = 'meta.k8s.io';

const includeObjectOf = (query: URLSearchParams): 'None' | 'Metadata' | 'Object' => {
  const asked = query.get('includeObject') ?? '';
  if (asked === 'None' || asked === 'Object' || asked === 'Metadata') return asked;
  if (asked === '') return 'Metadata';
  const mistake = `includeObject: Invalid value: ${JSON.stringify(asked)}: must be 'Metadata', 'Object', 'None', or empty`;
  throw new StatusError(badRequestStatus(`Unable to convert to Table as requested: ${mistake}`));
};

const representationOf = ({ parameters }: AcceptClause, query: URLSearchParams): Representation | undefined => {
  const { as: shape, g: group, v: version } = parameters;
  if (shape === undefined) return { shape: 'whole' };
  if (group !== META_GROUP || (version !== 'v1' && version !== 'v1beta1')) return undefined;
  if (shape === 'Table') return { shape: 'table', version, includeObject: includeObjectOf(query) };
  if (shape === 'PartialObjectMetadata' || shape === 'PartialObjectMetadataList') return { shape: 'metadata' };
  return undefined;
};

/** The representation that the Accept header asks for. Throws a StatusError (406) when none fits, and (400) for a Table with something that there is not. */
export const negotiate = (request: ApiRequest): Representation => {
  for (const clause of parseAccept(request.headers.accept)) {
    const found = takesJson(clause) ? representationOf(clause, request.query) : undefined;
    if (found !== undefined) return found;
  }
  throw new StatusError(notAcceptableStatus([JSON_TYPE]));
};
