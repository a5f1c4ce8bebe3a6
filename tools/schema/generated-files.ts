import { fileURLToPath } from 'node:url';
import { gnosticMessagesText } from './gnostic-messages.ts';
import { messageTableText } from './message-table.ts';
import { schemaDataText } from './schema-data.ts';

/** A checked-in file of libs/kubernetes-api and what makes its text. */
export interface GeneratedFile {
  /** Relative to the sources of the lib. */
  readonly name: string;
  readonly text: () => string | Promise<string>;
}

export const GENERATED_FILES: readonly GeneratedFile[] = [
  { name: 'schema/schema-data.json', text: schemaDataText },
  { name: 'protobuf/message-table.json', text: messageTableText },
  { name: 'openapi/gnostic-messages.json', text: gnosticMessagesText },
];

/** Where a generated file is on disk. */
export function pathOf({ name }: GeneratedFile): string {
  return fileURLToPath(new URL(`../../libs/kubernetes-api/src/${name}`, import.meta.url));
}
