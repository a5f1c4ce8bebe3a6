import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Test files of which a title (or a row of a table of tests) names a rule, by the number of the rule. */
export type TestsOfRules = ReadonlyMap<number, ReadonlySet<string>>;

const ROOTS = ['libs', 'apps', 'test'];
/** A title, or the first cell or the name of a row of a table of tests, that begins with rule numbers. What a test expects to read is not a title. */
const TITLE = /(?:\b(?:it|test|describe)\(|\)\(|^\s*\[|\bname:)\s*['"`]((?:DS-\d+[ ,]*)+)/gm;
const NUMBER = /DS-(\d+)/g;

const specsIn = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.spec.ts') && !file.includes('node_modules'))
    .map((file) => join(folder, file));

/** The numbers that the titles in the text of a test file begin with. */
export const rulesNamedIn = (text: string): ReadonlySet<number> =>
  new Set([...text.matchAll(TITLE)].flatMap(([, title = '']) => [...title.matchAll(NUMBER)].map(([, digits]) => Number(digits))));

export const findTests = (root: string): TestsOfRules => {
  const found = new Map<number, Set<string>>();
  for (const file of ROOTS.flatMap((folder) => specsIn(root, folder)).sort()) {
    for (const number of rulesNamedIn(readFileSync(join(root, file), 'utf8'))) {
      const files = found.get(number) ?? new Set<string>();
      found.set(number, files.add(file));
    }
  }
  return found;
};
