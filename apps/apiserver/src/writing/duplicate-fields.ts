import type { ApiWrite } from '@everynode/core';
import { badRequestStatus, decodeFields, duplicateFields, fieldsInOrder, invalid, invalidStatus } from '@everynode/kubernetes-api';
import { StatusError } from '../http/answer.ts';
import type { ResourceRequest } from '../reading/resource-request.ts';
import { JSON_BODY, mediaTypeOf } from './decode-body.ts';

/** Bodies that JSON.parse has read; YAML that gives a field twice is refused as such, and protobuf cannot. */
const isJson = ({ request }: ResourceRequest, { verb, patchType }: ApiWrite): boolean =>
  verb === 'patch' ? patchType !== 'apply' : (verb === 'create' || verb === 'update') && mediaTypeOf(request.headers['content-type']) === JSON_BODY;

const UNKNOWN = /^unknown field "(.*?)"(?: \(did you mean .*\))?$/;

/** Fields of a body that its kind does not have; none when it cannot be read as the kind at all, and directives of patches are no fields. */
const unknownFieldsOf = ({ target, request }: ResourceRequest, text: string, isPatch: boolean): readonly string[] => {
  const decoded = decodeFields(request.method === 'POST' && target.subresource !== undefined ? target.subresource : target.resource, JSON.parse(text), 'Warn');
  if (decoded.outcome === 'refused') return [];
  const paths = decoded.warnings.flatMap((warning) => UNKNOWN.exec(warning)?.[1] ?? []);
  return isPatch ? paths.filter((path) => !/(?:^|\.)\$/.test(path)) : paths;
};

const isWithin = (path: string, outer: string): boolean => path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);

/** All that a strict reader has against the body, in the order of the text. What is repeated in an unknown field is not looked at. */
const strictTexts = (duplicates: readonly string[], unknown: readonly string[], text: string): readonly string[] => {
  const place = new Map(fieldsInOrder(text).map((path, index) => [path, index]));
  const mistakes = [
    ...duplicates.filter((path) => !unknown.some((outer) => isWithin(path, outer))).map((path) => ({ what: 'duplicate', path })),
    ...unknown.map((path) => ({ what: 'unknown', path })),
  ];
  const placeOf = (path: string): number => place.get(path) ?? place.size;
  return mistakes.toSorted((left, right) => placeOf(left.path) - placeOf(right.path)).map(({ what, path }) => `${what} field ${JSON.stringify(path)}`);
};

/**
 * Warnings about fields that the body of a write gives more than once, of which the last one counts. Throws a StatusError when the client wants to have them refused, and names
 * unknown fields too: 400, or 422 for a patch, as Kubernetes does.
 */
export const duplicateFieldWarnings = (request: ResourceRequest, write: ApiWrite): readonly string[] => {
  if (write.fieldValidation === 'Ignore' || !isJson(request, write)) return [];
  const text = new TextDecoder().decode(request.request.body);
  const duplicates = duplicateFields(text);
  const isList = write.patchType === 'json';
  const prefix = isList ? 'json patch ' : '';
  if (duplicates.length === 0 || write.fieldValidation === 'Warn') return duplicates.map((path) => `${prefix}duplicate field ${JSON.stringify(path)}`);
  const isPatch = write.verb === 'patch';
  const unknown = isList ? [] : unknownFieldsOf(request, text, isPatch);
  const reason = `strict decoding error: ${strictTexts(duplicates, unknown, text)
    .map((mistake) => `${prefix}${mistake}`)
    .join(', ')}`;
  if (isPatch) throw new StatusError(invalidStatus({ group: '', kind: '' }, '', [invalid('patch', text, reason)]));
  const { kind, version } = request.target.subresource ?? request.target.resource;
  throw new StatusError(badRequestStatus(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${reason}`));
};
