import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor.js';
import { kubectlBinary } from './file-descriptors.ts';

const FILE_NAME = 'openapiv2/OpenAPIv2.proto';
const PACKAGE = 'openapi.v2';

/** `FileDescriptorProto`: `name` starts it and `syntax`, its last field, ends it. */
const NAME_TAG = 0x0a;
const SYNTAX_FIELD = 12;
const LENGTH_DELIMITED = 2;

/** The descriptor refers to it; nothing here uses it. */
const ANY_FILE = {
  name: 'google/protobuf/any.proto',
  package: 'google.protobuf',
  messageType: [{ name: 'Any', field: [] }],
};

/** Types that a document never holds here; leaving them out leaves out the fields that refer to them. */
const UNUSED =
  /^(Header|FormData|.*Security|Oauth2|Basic|ApiKey|Xml|ExternalDocs|Example|FileSchema|Tag|Contact|License|JsonReference)/;

interface JsonField {
  readonly type?: string;
  readonly keyType?: string;
}
interface JsonMessage {
  readonly fields: Readonly<Record<string, JsonField>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
}

/** Go's newer generated code embeds the descriptor as it is, between other data and without its length. */
function rawFileDescriptor(): Uint8Array {
  const binary = kubectlBinary();
  const start = binary.indexOf(Buffer.concat([Buffer.from([NAME_TAG, FILE_NAME.length]), Buffer.from(FILE_NAME)]));
  if (start === -1) throw new Error(`no descriptor of ${FILE_NAME} in the kubectl binary`);
  const reader = protobuf.Reader.create(binary.subarray(start));
  for (;;) {
    const tag = reader.uint32();
    if ((tag & 7) !== LENGTH_DELIMITED) throw new Error(`${FILE_NAME}: unexpected field at byte ${reader.pos}`);
    reader.skipType(LENGTH_DELIMITED);
    if (tag >>> 3 === SYNTAX_FIELD) return binary.subarray(start, start + reader.pos);
  }
}

function messages(): Readonly<Record<string, JsonMessage>> {
  const file = descriptor.FileDescriptorProto.toObject(descriptor.FileDescriptorProto.decode(rawFileDescriptor()));
  const root = protobuf.Root.fromDescriptor({ file: [ANY_FILE, file] }, { keepCase: true });
  const nested = root.lookup(PACKAGE)?.toJSON() as { nested: Record<string, JsonMessage> };
  const isKept = (type: string): boolean => type !== 'google.protobuf.Any' && !UNUSED.test(type);
  return Object.fromEntries(
    Object.entries(nested.nested)
      .filter(([name]) => isKept(name))
      .map(([name, { fields, oneofs }]) => {
        const kept = Object.entries(fields).filter(([, { type = '' }]) =>
          isKept(type.replace(/^\.(openapi\.v2\.)?/, '')),
        );
        const names = new Set(kept.map(([field]) => field));
        return [
          name,
          {
            ...(oneofs === undefined
              ? {}
              : {
                  oneofs: Object.fromEntries(
                    Object.entries(oneofs).map(([oneof, members]) => [
                      oneof,
                      { oneof: members.oneof.filter((member) => names.has(member)) },
                    ]),
                  ),
                }),
            fields: Object.fromEntries(kept),
          },
        ];
      }),
  );
}

/**
 * The protobuf messages of an OpenAPI v2 document, as the descriptor embedded in kubectl defines them, in the JSON form that
 * protobufjs reads.
 */
export function gnosticMessagesText(): string {
  const lines = Object.entries(messages()).map(
    ([name, message]) => `${JSON.stringify(name)}:${JSON.stringify(message)}`,
  );
  return `{"nested":{"openapi":{"nested":{"v2":{"nested":{\n${lines.join(',\n')}\n}}}}}}\n`;
}
