import tableJson from './message-table.json' with { type: 'json' };

/**
 * A field of a message. Its type is `string`, `bytes`, `json` (bytes that hold a JSON document), `bool`, `int32`, `int64`,
 * or the full name of a message, after `[]` when repeated or `map:` when it is the value type of a map with string keys.
 * `inline`: the fields of the message appear in the outer object. `keepZero`: a zero value is part of the object; of all
 * other scalar fields Go writes the zero value to say that they are unset.
 */
export type MessageField =
  readonly [name: string, type: string] | readonly [name: string, type: string, rule: 'inline' | 'keepZero'];

/** The fields of one message by field number. */
export type MessageFields = Readonly<Record<string, MessageField>>;

interface MessageTable {
  readonly notice: string;
  readonly messages: Readonly<Record<string, MessageFields>>;
}

const { messages } = tableJson as unknown as MessageTable;

/** The fields of a message by its full protobuf name, e.g. `k8s.io.api.core.v1.Pod`. */
export function messageFields(name: string): MessageFields | undefined {
  return Object.hasOwn(messages, name) ? messages[name] : undefined;
}
