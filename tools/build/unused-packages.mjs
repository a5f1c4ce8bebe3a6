const LEFT_OUT =
  "const leftOut = () => { throw new Error('libphonenumber-js is left out of the bundles, see tools/build/unused-packages.mjs'); };";

/** What replaces packages that others import at their start for a feature that nothing here uses. */
const REPLACEMENTS = {
  // The numbering plans of all countries, half a megabyte, for class-validator's `@IsPhoneNumber`.
  'libphonenumber-js': `${LEFT_OUT} export default leftOut; export const parsePhoneNumber = leftOut;`,
};

export const unusedPackages = {
  name: 'unused-packages',
  setup(build) {
    build.onResolve({ filter: /^libphonenumber-js(\/.*)?$/ }, () => ({
      path: 'libphonenumber-js',
      namespace: 'unused',
      sideEffects: false,
    }));
    build.onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({ contents: REPLACEMENTS[path], loader: 'js' }));
  },
};
