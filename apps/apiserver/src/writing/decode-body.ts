import { badRequestStatus, decodeProtobuf, isBeyondLimits, PROTOBUF_CONTENT_TYPE, unsupportedMediaTypeStatus } from '@everynode/kubernetes-api';
import { StatusError } from '../http/answer.ts';
import { parseYaml, TOO_DEEP } from './parse-yaml.ts';

export const JSON_BODY = 'application/json';
export const YAML_BODY = 'application/yaml';

const BODY_TYPES = [JSON_BODY, YAML_BODY, PROTOBUF_CONTENT_TYPE] as const;

/** The media type of a Content-Type header, without parameters; JSON when there is none, as clients that send none send JSON. */
export const mediaTypeOf = (header: string | undefined): string => {
  const [mediaType = ''] = (header ?? '').split(';');
  return mediaType.trim() === '' ? JSON_BODY : mediaType.trim().toLowerCase();
};

const textOf = (body: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new StatusError(badRequestStatus('the body of the request is not valid UTF-8'));
  }
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Refuses (400) what recursion cannot work on. */
const withinLimits = (value: unknown): unknown => {
  if (isBeyondLimits(value)) throw new StatusError(badRequestStatus(TOO_DEEP));
  return value;
};

export const parseJsonBody = (body: Uint8Array): unknown => {
  try {
    return withinLimits(JSON.parse(textOf(body)));
  } catch (error) {
    if (error instanceof StatusError) throw error;
    throw new StatusError(badRequestStatus(`the object provided is unrecognized (must be of type JSON): ${reasonOf(error)}`));
  }
};

export const parseYamlBody = (body: Uint8Array): unknown => parseYaml(textOf(body));

const protobufBody = (body: Uint8Array): unknown => {
  const decoded = decodeProtobuf(body);
  if (decoded.outcome === 'refused') throw new StatusError(badRequestStatus(decoded.message));
  return withinLimits(decoded.value);
};

/**
 * The object in a request body, by its Content-Type: JSON, YAML or Kubernetes' protobuf; undefined for an empty body.
 * Throws a StatusError (400, 415).
 */
export const decodeBody = (contentType: string | undefined, body: Uint8Array): unknown => {
  if (body.length === 0) return undefined;
  switch (mediaTypeOf(contentType)) {
    case JSON_BODY:
      return parseJsonBody(body);
    case YAML_BODY:
      return parseYamlBody(body);
    case PROTOBUF_CONTENT_TYPE:
      return protobufBody(body);
    default:
      throw new StatusError(unsupportedMediaTypeStatus(BODY_TYPES));
  }
};
