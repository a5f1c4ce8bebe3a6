const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]);

/** One length-delimited field of a protobuf message. */
export const field = (number: number, content: Uint8Array | string): Uint8Array => {
  const bytes = typeof content === 'string' ? bytesOf(content) : content;
  return Uint8Array.from([...varint((number << 3) | 2), ...varint(bytes.length), ...bytes]);
};

const concat = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

/** Kubernetes' envelope around a message: the four magic bytes and `runtime.Unknown` with the type and the raw message. */
export const protobufBody = (apiVersion: string, kind: string, raw: Uint8Array): Uint8Array =>
  concat(bytesOf('k8s'), Uint8Array.of(0), field(1, concat(field(1, apiVersion), field(2, kind))), field(2, raw));

/** An object with nothing but a name (`metadata` is field 1 of every kind, `name` field 1 of ObjectMeta). */
export const namedProtobuf = (apiVersion: string, kind: string, name: string): Uint8Array => protobufBody(apiVersion, kind, field(1, field(1, name)));
