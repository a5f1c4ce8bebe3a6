/**
 * Writes the generated data of libs/kubernetes-api anew, after an upgrade of @kubernetes/client-node or of kubectl, or a
 * change of the rules beside this file.
 *
 * Run: npx node tools/schema/generate.ts
 */
import { writeFileSync } from 'node:fs';
import { GENERATED_FILES, pathOf } from './generated-files.ts';

for (const file of GENERATED_FILES) {
  const text = await file.text();
  writeFileSync(pathOf(file), text);
  process.stdout.write(`${file.name}: ${text.length} characters\n`);
}
