import { existsSync } from 'node:fs';
import { join } from 'node:path';

const LIB = /^@everynode\/([a-z-]+)(\/testing)?$/;

/**
 * Tells the bundler that loading a lib of this repository does nothing by itself, so a file of it that nobody uses is left out with all that it imports:
 * a command that needs one function of a lib does not load the frameworks that another file of that lib needs.
 */
export const withoutSideEffects = (root) => ({
  name: 'without-side-effects',
  setup(build) {
    build.onResolve({ filter: LIB }, ({ path }) => {
      const [, lib, testing] = LIB.exec(path) ?? [];
      const file = join(root, 'libs', lib, 'src', testing === undefined ? 'index.ts' : 'testing.ts');
      return existsSync(file) ? { path: file, sideEffects: false } : undefined;
    });
    build.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir }) => {
      const file = join(resolveDir, path);
      return file.startsWith(join(root, 'libs')) && existsSync(file) ? { path: file, sideEffects: false } : undefined;
    });
  },
});
