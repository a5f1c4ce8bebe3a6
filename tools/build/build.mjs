/**
 * Bundles every app to one file, dist/<app>.mjs. Plain JavaScript, so that it runs before anything is built and on any Node from 18.
 * No code is split off into chunks shared by the bundles: the bundler would then run a chunk before the polyfill that its decorators need.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { appsAsBundles } from './apps-as-bundles.mjs';
import { optionalPeers } from './optional-peers.mjs';
import { unusedPackages } from './unused-packages.mjs';
import { withoutSideEffects } from './without-side-effects.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Programs that are no apps of the fleet. */
const TOOLS = {
  bench: 'test/perf/bench.ts',
  'api-bench': 'test/perf/api-bench.ts',
  fuzz: 'test/fuzz/fuzz-api.ts',
  'prepare-image': 'tools/image/prepare.ts',
  'kubectl-folder': 'tools/kubectl/kubectl-folder.ts',
};

/** All apps and tools, or those named on the command line. */
const entries = (wanted) => {
  const apps = readdirSync(join(root, 'apps')).map((app) => [app, join('apps', app, 'src', 'main.ts')]);
  const programs = [...apps, ...Object.entries(TOOLS)].filter(
    ([name, file]) => (wanted.length === 0 || wanted.includes(name)) && existsSync(join(root, file)),
  );
  return Object.fromEntries(programs);
};

/** Puts each file in place as a whole, so that a process which starts meanwhile never reads half a bundle. */
const put = (outputs) => {
  for (const { path, contents } of outputs) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, contents);
    renameSync(`${path}.new`, path);
  }
};

/** Removes what an earlier build of everything left behind. */
const removeStale = (outdir, outputs) => {
  const fresh = new Set(outputs.map(({ path }) => path));
  for (const entry of readdirSync(outdir)) {
    const file = join(outdir, entry);
    if (!fresh.has(file) && !entry.endsWith('.new')) rmSync(file, { recursive: true, force: true });
  }
};

// CommonJS packages inside an ES module bundle call `require` for Node's own modules.
const REQUIRE =
  "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);";

const bundle = async () => {
  const startedAt = Date.now();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const outdir = join(root, 'dist');
  const wanted = process.argv.slice(2);
  const entryPoints = entries(wanted);
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    sourcemap: true,
    sourcesContent: false,
    minifySyntax: true,
    legalComments: 'none',
    tsconfig: join(root, 'tsconfig.json'),
    define: { EVERYNODE_VERSION: JSON.stringify(version) },
    external: optionalPeers(root),
    plugins: [appsAsBundles(root), unusedPackages, withoutSideEffects(root)],
    banner: { js: REQUIRE },
    write: false,
    logLevel: 'warning',
  });
  put(outputFiles);
  if (wanted.length === 0) removeStale(outdir, outputFiles);
  process.stdout.write(`built ${Object.keys(entryPoints).join(', ')} in ${Date.now() - startedAt} ms\n`);
};

bundle().catch((error) => {
  // esbuild has printed what is wrong with the sources.
  if (!Array.isArray(error?.errors))
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
