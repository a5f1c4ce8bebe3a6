// Every relative link of every document leads to a file of this checkout.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const documents = [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];

const LINK = /\]\(([^)\s]+)\)/g;

const relativeLinks = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(LINK)]
    .map(([, target = '']) => target.split('#')[0] ?? '')
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target));

describe('links between documents', () => {
  it('finds the documents and their links', () => {
    expect(documents.length).toBeGreaterThan(5);
    expect(relativeLinks('README.md')).toContain('docs/ARCHITECTURE.md');
  });

  it.each(documents)('lead somewhere in %s', (file) => {
    expect(relativeLinks(file).filter((target) => !existsSync(join(dirname(file), target)))).toEqual([]);
  });
});
