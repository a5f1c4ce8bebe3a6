import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The specs that mutants of the core are judged by. The random histories of the reconciler are left out: they take longer than all the
 * others together, and what they find is to be held by an example as well.
 */
export default defineConfig({
  root,
  test: {
    include: ['libs/core/src/{daemonset,placement,revision,rollout}/**/*.spec.ts', 'libs/core/src/reconcile/*.spec.ts'],
    exclude: ['libs/core/src/reconcile/*.prop.spec.ts'],
    setupFiles: ['tools/mutation/fixed-seed.ts'],
    testTimeout: 30_000,
  },
});
