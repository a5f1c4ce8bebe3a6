import protobuf from 'protobufjs/minimal.js';
import { messageFields } from './message-table.ts';
import type { MessageField } from './message-table.ts';
import { WELL_KNOWN_TYPES } from './well-known-types.ts';

const LENGTH_DELIMITED = 2;

/** Decodes one message to the JSON object that a client would have sent in its place. Throws on malformed bytes. */
export function decodeMessage(name: string, bytes: Uint8Array): Record<string, unknown> {
  return readFields(name, protobuf.Reader.create(bytes), bytes.length);
}

function readFields(name: string, reader: protobuf.Reader, end: number): Record<string, unknown> {
  const fields = messageFields(name);
  if (fields === undefined) throw new Error(`no protobuf message named ${name}`);
  const keepsZeros = WELL_KNOWN_TYPES.has(name);
  const values = new Map<string, unknown>();
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = fields[tag >>> 3];
    // A newer client may know fields that this table does not; protobuf is made to pass over them.
    if (field === undefined) reader.skipType(tag & 7);
    else readField(field, { reader, wireType: tag & 7, values, keepsZeros });
  }
  if (reader.pos !== end) throw new RangeError(`${name} runs past its end`);
  return Object.fromEntries(values);
}

interface FieldReading {
  readonly reader: protobuf.Reader;
  readonly wireType: number;
  readonly values: Map<string, unknown>;
  readonly keepsZeros: boolean;
}

function readField([name, type, rule]: MessageField, { reader, wireType, values, keepsZeros }: FieldReading): void {
  if (type.startsWith('[]')) {
    const list = (values.get(name) ?? []) as unknown[];
    readElements(type.slice(2), reader, wireType, list);
    values.set(name, list);
    return;
  }
  if (type.startsWith('map:')) {
    const [key, value] = readMapEntry(type.slice('map:'.length), reader);
    const entries = Object.entries(values.get(name) ?? {});
    values.set(name, Object.fromEntries([...entries, [key, value]]));
    return;
  }
  const value = readValue(type, reader);
  if (rule === 'inline') {
    for (const [inner, innerValue] of Object.entries(value as object)) values.set(inner, innerValue);
  } else if (value !== null && (keepsZeros || rule === 'keepZero' || !isUnset(type, value))) {
    values.set(name, value);
  }
}

/** Go writes every scalar that is not a pointer; messages it writes only when they are set, or are part of the object. */
function isUnset(type: string, value: unknown): boolean {
  return !type.includes('.') && (value === '' || value === 0 || value === false);
}

function readElements(type: string, reader: protobuf.Reader, wireType: number, list: unknown[]): void {
  const isPacked = wireType === LENGTH_DELIMITED && (type === 'int32' || type === 'int64' || type === 'bool');
  if (!isPacked) {
    list.push(readValue(type, reader));
    return;
  }
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) list.push(readValue(type, reader));
}

function readMapEntry(type: string, reader: protobuf.Reader): readonly [key: string, value: unknown] {
  const end = reader.uint32() + reader.pos;
  let key = '';
  let value: unknown = '';
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) key = reader.string();
    else if (tag >>> 3 === 2) value = readValue(type, reader);
    else reader.skipType(tag & 7);
  }
  return [key, value];
}

function readValue(type: string, reader: protobuf.Reader): unknown {
  switch (type) {
    case 'string':
      return reader.string();
    case 'bool':
      return reader.bool();
    case 'int32':
      return reader.int32();
    case 'int64':
      return Number(reader.int64());
    case 'bytes':
      return base64Of(reader.bytes());
    case 'json':
      return jsonOf(reader.bytes());
    default:
      return readMessage(type, reader);
  }
}

function readMessage(type: string, reader: protobuf.Reader): unknown {
  const length = reader.uint32();
  const fields = readFields(type, reader, reader.pos + length);
  const wellKnown = WELL_KNOWN_TYPES.get(type);
  return wellKnown === undefined ? fields : wellKnown(fields);
}

const base64Of = (bytes: Uint8Array): string => protobuf.util.base64.encode(bytes, 0, bytes.length);

function jsonOf(bytes: Uint8Array): unknown {
  return bytes.length === 0 ? undefined : JSON.parse(protobuf.util.utf8.read(bytes, 0, bytes.length));
}
