import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const lib = (name: string): string => fileURLToPath(new URL(`./libs/${name}`, import.meta.url));

/** Unit kinds run in one pool; specs that start real processes run one file at a time. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@everynode\/([a-z-]+)\/testing$/, replacement: lib('$1/src/testing.ts') },
      { find: /^@everynode\/([a-z-]+)$/, replacement: lib('$1/src/index.ts') },
    ],
  },
  test: {
    reporters: ['default', './tools/test/closing-line-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['{apps,libs,test,tools}/**/*.spec.ts'],
          exclude: ['**/node_modules/**', 'dist/**', '**/*.{int,e2e,compose}.spec.ts'],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          sequence: { groupOrder: 1 },
          include: ['{apps,libs,test}/**/*.{int,e2e}.spec.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'compose',
          sequence: { groupOrder: 2 },
          include: ['test/compose/**/*.compose.spec.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
