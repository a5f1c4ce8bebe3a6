import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Manifest } from '@everynode/simulator';
import { parseAllDocuments } from 'yaml';

const FOLDER = fileURLToPath(new URL('./public', import.meta.url));

/** Names of the manifests, without `.yaml`. */
export const MANIFESTS: readonly string[] = readdirSync(FOLDER)
  .map((file) => file.replace(/\.yaml$/, ''))
  .toSorted();

export const pathOf = (name: string): string => `${FOLDER}/${name}.yaml`;

/** The documents of a manifest as kubectl makes them of the file: empty ones left out, the items of a List one by one. */
export const documentsOf = (name: string): readonly Manifest[] => {
  const documents = parseAllDocuments(readFileSync(pathOf(name), 'utf8')).map((document) => {
    if (document.errors.length > 0) throw new Error(`${name}: ${document.errors.map((error) => error.message).join('; ')}`);
    return document.toJS() as Manifest | null;
  });
  return documents.flatMap((document) => {
    if (document === null) return [];
    return document.kind === 'List' ? (document['items'] as readonly Manifest[]) : [document];
  });
};

export const daemonSetsIn = (name: string): readonly Manifest[] => documentsOf(name).filter((document) => document.kind === 'DaemonSet');
