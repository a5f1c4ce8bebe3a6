// Writes docs/reference/daemonset-rules.md from the rules and from the titles of the tests. `npx node tools/rules/generate.ts` writes it, with `--check` it fails when it is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, exit, stdout } from 'node:process';
import { document, ROOT, rules, TARGET } from './rules-document.ts';

if (argv.includes('--check')) {
  const isFresh = readFileSync(join(ROOT, TARGET), 'utf8') === document;
  stdout.write(isFresh ? `${TARGET} is up to date\n` : `${TARGET} is stale: run npx node tools/rules/generate.ts\n`);
  exit(isFresh ? 0 : 1);
}
writeFileSync(join(ROOT, TARGET), document);
stdout.write(`${TARGET}: ${rules.length} rules\n`);
