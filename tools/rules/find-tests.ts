import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Test files that name a rule, by its number, with how many titles (or rows of a table of tests) name it. */
export type TestsOfRules = ReadonlyMap<number, ReadonlyMap<string, number>>;

const ROOTS = ['libs', 'apps', 'test'];
/** A title, or the first cell of a row of a table of tests, that begins with rule numbers. */
const TITLE = /['"`]((?:DS-\d+[ ,]*)+)/g;
const NUMBER = /DS-(\d+)/g;

const specsIn = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.spec.ts') && !file.includes('node_modules'))
    .map((file) => join(folder, file));

export const findTests = (root: string): TestsOfRules => {
  const found = new Map<number, Map<string, number>>();
  for (const file of ROOTS.flatMap((folder) => specsIn(root, folder)).sort()) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, title = ''] of text.matchAll(TITLE)) {
      for (const [, digits = ''] of title.matchAll(NUMBER)) {
        const files = found.get(Number(digits)) ?? new Map<string, number>();
        files.set(file, (files.get(file) ?? 0) + 1);
        found.set(Number(digits), files);
      }
    }
  }
  return found;
};
