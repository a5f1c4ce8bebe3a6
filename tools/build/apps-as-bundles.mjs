import { join } from 'node:path';

/** What one app imports of another stays the other's own bundle, loaded only when it is needed: the command line hosts the other apps that way. */
export const appsAsBundles = (root) => ({
  name: 'apps-as-bundles',
  setup(build) {
    build.onResolve({ filter: /^(\.\.\/)+[a-z-]+\/src\/main\.ts$/ }, ({ path, resolveDir }) => {
      const [app, ...rest] = join(resolveDir, path)
        .slice(join(root, 'apps').length + 1)
        .split('/');
      return rest.join('/') === 'src/main.ts' ? { path: `./${app}.mjs`, external: true } : undefined;
    });
  },
});
