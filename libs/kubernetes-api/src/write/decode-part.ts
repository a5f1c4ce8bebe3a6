import { decodeFields } from '../decoding/decode-fields.ts';
import type { FieldValidation } from '../decoding/decode-fields.ts';
import { isJsonObject, stringAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { findResource } from '../resources/find-resource.ts';
import type { Subresource } from '../resources/resource.ts';
import { apiVersionOf } from '../schema/schema.ts';
import { badRequestStatus, unknownPathStatus } from '../status/failures.ts';
import type { Status } from '../status/status.ts';
import { shapeMistake } from './decode-object.ts';
import { rejected } from './write-context.ts';
import type { ResourceRef } from './write-context.ts';

/** What a request asks of a part of an object: an Eviction, a Binding. */
export type DecodedPart =
  | { readonly outcome: 'decoded'; readonly value: JsonObject; readonly warnings: readonly string[] }
  | { readonly outcome: 'rejected'; readonly status: Status };

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '');

/** Older versions of the group say the same of the few kinds that are asked for here. */
const kindMistake = ({ group, version, kind }: Subresource, body: JsonObject): string | undefined => {
  const [apiVersion, named] = [stringAt(body, 'apiVersion'), stringAt(body, 'kind')];
  if (named !== '' && named !== kind) return `${named} in version ${JSON.stringify(apiVersion)} cannot be handled as a ${kind}: the kind in the data does not match`;
  if (apiVersion === '' || groupOf(apiVersion) === group) return undefined;
  return `the API version in the data (${apiVersion}) does not match the expected API version (${apiVersionOf(group, version)})`;
};

/** Reads the body of a request to a subresource whose kind is not that of the object. */
export const decodePart = (ref: ResourceRef, body: unknown, fieldValidation: FieldValidation): DecodedPart => {
  const part = findResource(ref.group, ref.version, ref.resource)?.subresources.find(({ name }) => name === ref.subresource);
  if (part === undefined) return rejected(unknownPathStatus());
  if (!isJsonObject(body)) return rejected(badRequestStatus(`the object provided is unrecognized (must be of type ${part.kind}): the body is not a JSON object`));
  const mistake = shapeMistake(body) ?? kindMistake(part, body);
  if (mistake !== undefined) return rejected(badRequestStatus(mistake));
  const decoded = decodeFields(part, { ...body, apiVersion: apiVersionOf(part.group, part.version), kind: part.kind }, fieldValidation);
  return decoded.outcome === 'refused' ? rejected(badRequestStatus(decoded.message)) : decoded;
};
