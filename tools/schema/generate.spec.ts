import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GENERATED_FILES, pathOf } from './generated-files.ts';

describe('generated data', () => {
  it.each(GENERATED_FILES)('is checked in as the generator writes it: $name', async (file) => {
    const generated = await file.text();
    // Compared as a whole first: a difference of these sizes is not for reading in a terminal.
    expect(generated === readFileSync(pathOf(file), 'utf8'), 'run npx node tools/schema/generate.ts').toBe(true);
  });
});
