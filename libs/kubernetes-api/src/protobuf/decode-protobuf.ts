import protobuf from 'protobufjs/minimal.js';
import { definitionNameOfKind } from '../schema/schema.ts';
import { decodeMessage } from './decode-message.ts';

/** The content type of Kubernetes protobuf bodies. */
export const PROTOBUF_CONTENT_TYPE = 'application/vnd.kubernetes.protobuf';

/** `k8s` and a zero byte: how every protobuf body of Kubernetes starts. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00] as const;

/** A decoded body, or the text of a 400 BadRequest. */
export type DecodedProtobuf =
  | { readonly outcome: 'decoded'; readonly value: Record<string, unknown> }
  | { readonly outcome: 'refused'; readonly message: string };

/** `runtime.Unknown`: the envelope that names the kind of the message inside. */
interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

/**
 * Decodes a request body of content type `application/vnd.kubernetes.protobuf` to the JSON object that it stands for,
 * with `apiVersion` and `kind`. Knows the kinds that the API server serves, their subresources' bodies, and `DeleteOptions`
 * of any group. Unknown fields cannot occur in it, so it needs no field validation.
 */
export function decodeProtobuf(body: Uint8Array): DecodedProtobuf {
  if (!MAGIC.every((byte, index) => body[index] === byte)) {
    return refused(`provided data does not appear to be a protobuf message, expected prefix [${MAGIC.join(' ')}]`);
  }
  try {
    return decodeEnvelope(readEnvelope(body.subarray(MAGIC.length)));
  } catch (error) {
    return refused(`unable to decode the protobuf body: ${error instanceof Error ? error.message : 'malformed'}`);
  }
}

function decodeEnvelope({ apiVersion, kind, raw }: Envelope): DecodedProtobuf {
  const definition = definitionOf(apiVersion, kind);
  if (definition === undefined) return refused(`no kind "${kind}" is registered for version "${apiVersion}"`);
  const message = decodeMessage(definition.replace(/^io\.k8s\./, 'k8s.io.'), raw);
  return { outcome: 'decoded', value: { apiVersion, kind, ...message } };
}

/** Every group registers `DeleteOptions`, and clients send it under the group of the object they delete. */
function definitionOf(apiVersion: string, kind: string): string | undefined {
  if (kind === 'DeleteOptions') return definitionNameOfKind('', 'v1', kind);
  const slash = apiVersion.indexOf('/');
  return definitionNameOfKind(apiVersion.slice(0, Math.max(slash, 0)), apiVersion.slice(slash + 1), kind);
}

function readEnvelope(bytes: Uint8Array): Envelope {
  const reader = protobuf.Reader.create(bytes);
  let type = { apiVersion: '', kind: '' };
  let raw = new Uint8Array();
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) type = readTypeMeta(reader.bytes());
    else if (tag >>> 3 === 2) raw = new Uint8Array(reader.bytes());
    else reader.skipType(tag & 7);
  }
  return { ...type, raw };
}

function readTypeMeta(bytes: Uint8Array): { readonly apiVersion: string; readonly kind: string } {
  const reader = protobuf.Reader.create(bytes);
  let apiVersion = '';
  let kind = '';
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) apiVersion = reader.string();
    else if (tag >>> 3 === 2) kind = reader.string();
    else reader.skipType(tag & 7);
  }
  return { apiVersion, kind };
}

function refused(message: string): DecodedProtobuf {
  return { outcome: 'refused', message };
}
