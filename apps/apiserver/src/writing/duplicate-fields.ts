import type { ApiWrite } from '@everynode/core';
import { badRequestStatus, duplicateFields, invalid, invalidStatus } from '@everynode/kubernetes-api';
import { StatusError } from '../http/answer.ts';
import type { ResourceRequest } from '../reading/resource-request.ts';
import { JSON_BODY, mediaTypeOf } from './decode-body.ts';

/** Bodies that JSON.parse has read; YAML that gives a field twice is refused as such, and protobuf cannot. */
const isJson = ({ request }: ResourceRequest, { verb, patchType }: ApiWrite): boolean =>
  verb === 'patch' ? patchType !== 'apply' : (verb === 'create' || verb === 'update') && mediaTypeOf(request.headers['content-type']) === JSON_BODY;

/**
 * Warnings about fields that the body of a write gives more than once, of which the last one counts. Throws a StatusError when the client wants to have them refused: 400, or 422
 * for a patch, as Kubernetes does.
 */
export const duplicateFieldWarnings = (request: ResourceRequest, write: ApiWrite): readonly string[] => {
  if (write.fieldValidation === 'Ignore' || !isJson(request, write)) return [];
  const text = new TextDecoder().decode(request.request.body);
  const texts = duplicateFields(text).map((path) => `duplicate field ${JSON.stringify(path)}`);
  if (texts.length === 0 || write.fieldValidation === 'Warn') return texts;
  const reason = `strict decoding error: ${texts.join(', ')}`;
  if (write.verb === 'patch') throw new StatusError(invalidStatus({ group: '', kind: '' }, '', [invalid('patch', text, reason)]));
  const { kind, version } = request.target.subresource ?? request.target.resource;
  throw new StatusError(badRequestStatus(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${reason}`));
};
