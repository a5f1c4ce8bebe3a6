import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const rootAbove = (folder: string): string => {
  if (existsSync(join(folder, 'package-lock.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('the project root is not above this file');
  return rootAbove(parent);
};

/** The checkout's top folder, also when this code runs from a bundle under `dist/`. */
export const ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));
