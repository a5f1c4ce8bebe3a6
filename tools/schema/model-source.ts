import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One field of a generated model, with the facts that its declaration and its runtime type map carry between them. */
export interface ModelField {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly isRequired: boolean;
  readonly description: string;
}

export interface Model {
  readonly description: string;
  readonly fields: readonly ModelField[];
}

interface TypeMapEntry {
  /** The property in the class, escaped where it is a JavaScript word (`_continue`). */
  readonly name: string;
  /** The field on the wire. */
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

const require = createRequire(import.meta.url);
const modelsFolder = join(dirname(require.resolve('@kubernetes/client-node')), 'gen', 'models');

const DOC = String.raw`/\*\*\n((?:\s*\*(?!/)[^\n]*\n)*)\s*\*/\n`;
const FIELD = new RegExp(String.raw`(?:${DOC})?\s*'([^']+)'(\??): `, 'g');

/** Reads one generated model; `V1Pod` -> its documentation and fields in declaration order. */
export async function readModel(name: string): Promise<Model> {
  const declaration = readFileSync(join(modelsFolder, `${name}.d.ts`), 'utf8');
  const module: unknown = await import(pathToFileURL(join(modelsFolder, `${name}.js`)).href);
  const typeMap = (module as Record<string, { attributeTypeMap: readonly TypeMapEntry[] }>)[name]?.attributeTypeMap;
  if (typeMap === undefined) throw new Error(`${name}: no attributeTypeMap in the client library`);
  const [head = '', body = ''] = declaration.split(/export declare class \w+ \{\n/);
  const declared = new Map([...body.matchAll(FIELD)].map((match) => [match[2], match] as const));
  return {
    description: docText(head.slice(head.lastIndexOf('/**')).replace(/^\/\*\*\n|\s*\*\/\s*$/g, '')),
    fields: typeMap.map(({ name: property, baseName, type, format }) => {
      const match = declared.get(property);
      if (match === undefined) throw new Error(`${name}.${baseName}: not declared in ${name}.d.ts`);
      return { name: baseName, type, format, isRequired: match[3] === '', description: docText(match[1] ?? '') };
    }),
  };
}

function docText(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim()
    .replaceAll('\\"', '"');
}
