import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { CommandFailed, reasonOf } from '../../terminal/command-failed.ts';

/** An object to be applied, as far as it has to be known to send it. */
export interface Manifest {
  /** File that it stands in. */
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly body: object;
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandFailed(`--manifest: ${reasonOf(error)}`);
  }
};

const field = (where: string, value: unknown, name: string): string => {
  if (typeof value !== 'string' || value === '') throw new CommandFailed(`${where}: ${name} is missing`);
  return value;
};

const manifestOf = (file: string, index: number, value: unknown): readonly Manifest[] => {
  const where = `--manifest: ${file}, document ${index + 1}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CommandFailed(`${where} is not an object`);
  const { apiVersion, kind, metadata, items } = value as {
    readonly apiVersion?: unknown;
    readonly kind?: unknown;
    readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown };
    readonly items?: unknown;
  };
  if (kind === 'List' && Array.isArray(items)) return items.flatMap((item) => manifestOf(file, index, item));
  return [
    {
      file,
      apiVersion: field(where, apiVersion, 'apiVersion'),
      kind: field(where, kind, 'kind'),
      name: field(where, metadata?.name, 'metadata.name'),
      namespace: typeof metadata?.namespace === 'string' ? metadata.namespace : undefined,
      body: value,
    },
  ];
};

/** All objects in a YAML or JSON file, several documents and lists included. Throws CommandFailed naming the file and what is wrong. */
export const readManifests = (file: string): readonly Manifest[] =>
  parseAllDocuments(textOf(file)).flatMap((document, index) => {
    const [error] = document.errors;
    if (error !== undefined)
      throw new CommandFailed(`--manifest: ${file}: ${error.message.split('\n')[0] ?? 'not YAML'}`);
    const value: unknown = document.toJS();
    return value === null ? [] : manifestOf(file, index, value);
  });

/** The DaemonSet that a new fleet starts with, where the project's examples are at hand. */
export const exampleManifest = (): string | undefined => {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const file = join(folder, 'examples', 'fluentd.yaml');
    if (existsSync(file)) return file;
    if (dirname(folder) === folder) return undefined;
  }
};
