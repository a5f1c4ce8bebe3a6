/**
 * Builds programs of Kubernetes from its published Go modules, unmodified: its end-to-end specs and its controller manager.
 *
 *   node tools/upstream/build-upstream.mjs e2e.test kube-controller-manager
 *
 * Prints the path of each program on stdout, progress on stderr. Each is built once (about ten minutes on two cores when nothing is
 * cached) and kept in the user's cache folder. Exit code 2: there is no Go here, or the modules cannot be fetched; the last line says which.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { findGo } from './go-toolchain.mjs';

export const KUBERNETES_VERSION = '1.34.3';
const STAGING_VERSION = KUBERNETES_VERSION.replace(/^1\./, '0.');
const MODULE = 'k8s.io/kubernetes';

const STAMP = [
  '-s -w',
  `-X k8s.io/component-base/version.gitVersion=v${KUBERNETES_VERSION}`,
  `-X k8s.io/component-base/version.gitMajor=1`,
  `-X k8s.io/component-base/version.gitMinor=${KUBERNETES_VERSION.split('.')[1]}`,
].join(' ');

/** What Go makes each program of; the specs are the test binary of a package. Both with the same flags, so that what one has compiled serves the other. */
const PROGRAMS = {
  'e2e.test': { command: ['test', '-c'], listed: ['-test'], package: `${MODULE}/test/e2e` },
  'kube-controller-manager': { command: ['build'], listed: [], package: `${MODULE}/cmd/kube-controller-manager` },
};

const TRIMMED = '-trimpath';

const PROGRESS_EVERY_MS = 15_000;

class CannotBuild extends Error {}

const say = (line) => process.stderr.write(`${line}\n`);

export const upstreamCacheFolder = () =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'everynode', 'upstream', `v${KUBERNETES_VERSION}`);

/**
 * Runs Go, says now and then what `progress` makes of the seconds since then and of the lines on stderr that `counts` matches, and resolves with what Go printed
 * on stdout.
 */
const runGo = (go, args, { cwd, counts, progress }) =>
  new Promise((resolve, reject) => {
    const startedAt = Date.now();
    const last = [];
    let counted = 0;
    let stdout = '';
    const child = spawn(go, args, {
      cwd,
      env: { ...process.env, GOFLAGS: '-mod=mod -buildvcs=false' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    createInterface(child.stderr).on('line', (line) => {
      if (counts.test(line)) counted += 1;
      else last.push(line);
      if (last.length > 5) last.shift();
    });
    const timer = setInterval(
      () => say(progress(counted, Math.round((Date.now() - startedAt) / 1_000))),
      PROGRESS_EVERY_MS,
    );
    child.on('error', (error) => {
      clearInterval(timer);
      reject(error);
    });
    child.on('close', (status) => {
      clearInterval(timer);
      if (status === 0) resolve(stdout);
      else reject(new CannotBuild(`go ${args[0]} failed: ${last.join(' | ') || `exit code ${status}`}`));
    });
  });

/** Packages that have to be compiled for a program, but for its own; what Go has compiled before is in its cache. Fetches the modules that are lacking. */
const uncompiledPackages = async (go, name, cwd) => {
  const { listed, package: main } = PROGRAMS[name];
  const format = '{{if and .Stale (ne .Name "main")}}{{.ImportPath}}\t{{.StaleReason}}{{end}}';
  const lines = await runGo(go, ['list', '-deps', ...listed, TRIMMED, '-f', format, main], {
    cwd,
    counts: /^go: downloading /,
    progress: (modules, seconds) => `${name}: ${modules} modules fetched after ${seconds} s`,
  });
  return lines
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(
      ([path, reason]) => /^\S+$/.test(path) && !path.endsWith('.test') && !/available in build cache/.test(reason),
    )
    .map(([path]) => path);
};

/** Compiles what a program is made of, and then the program, into a file of its name in the folder. */
const buildProgram = async (go, name, cwd) => {
  const startedAt = Date.now();
  const packages = await uncompiledPackages(go, name, cwd);
  say(`building ${name}: ${packages.length} packages to compile`);
  const compiled = (count, seconds) => `${name}: ${count} of ${packages.length} packages compiled after ${seconds} s`;
  if (packages.length > 0)
    await runGo(go, ['build', '-v', TRIMMED, ...packages], { cwd, counts: /^[a-z0-9.]+(\/\S+)?$/, progress: compiled });
  const { command, package: main } = PROGRAMS[name];
  await runGo(go, [...command, TRIMMED, '-o', join(cwd, name), '-ldflags', STAMP, main], {
    cwd,
    counts: /^$/,
    progress: (_count, seconds) => `${name}: linking for ${seconds} s`,
  });
  say(`built ${name} in ${Math.round((Date.now() - startedAt) / 1_000)} s`);
};

/** Folder of the sources of Kubernetes in Go's module cache. */
const downloadSources = (go, cwd) => {
  say(`fetching the sources of Kubernetes ${KUBERNETES_VERSION}`);
  const { status, stdout, stderr } = spawnSync(go, ['mod', 'download', '-json', `${MODULE}@v${KUBERNETES_VERSION}`], {
    cwd,
    encoding: 'utf8',
  });
  const { Dir: dir, Error: error } = stdout.startsWith('{') ? JSON.parse(stdout) : {};
  if (status !== 0 || dir === undefined)
    throw new CannotBuild(`the sources of Kubernetes cannot be fetched: ${(error ?? stderr).trim().split('\n')[0]}`);
  return dir;
};

/** Kubernetes' own go.mod points at folders beside it; a module that depends on it points at what is published of each instead. */
const moduleFile = (goMod) => {
  const staged = [...goMod.matchAll(/^\s*(k8s\.io\/[a-z-]+) => \.\/staging/gm)].map(([, name]) => name);
  const head = goMod
    .replace(/^module .*/m, 'module upstream')
    .replace(/^replace \([\s\S]*?^\)\n/gm, '')
    .replace(/(k8s\.io\/[a-z-]+) v0\.0\.0(?=\s)/g, `$1 v${STAGING_VERSION}`);
  const replacements = staged.map((name) => `\t${name} => ${name} v${STAGING_VERSION}`).join('\n');
  return `${head}\nrequire ${MODULE} v${KUBERNETES_VERSION}\n\nreplace (\n${replacements}\n)\n`;
};

const build = async (go, names, folder) => {
  const work = mkdtempSync(join(tmpdir(), 'everynode-upstream-'));
  try {
    const sources = downloadSources(go, work);
    writeFileSync(join(work, 'go.mod'), moduleFile(readFileSync(join(sources, 'go.mod'), 'utf8')));
    copyFileSync(join(sources, 'go.sum'), join(work, 'go.sum'));
    for (const name of names) {
      await buildProgram(go, name, work);
      // The cache may be on another file system; what stands there under its name is always whole.
      copyFileSync(join(work, name), join(folder, `${name}.${process.pid}`));
      renameSync(join(folder, `${name}.${process.pid}`), join(folder, name));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

/** Paths of the programs, by name; builds those that are not in the cache. Rejects with a sentence when it cannot. */
export const upstreamPrograms = async (names) => {
  const unknown = names.find((name) => !(name in PROGRAMS));
  if (unknown !== undefined) throw new CannotBuild(`${unknown} is not one of ${Object.keys(PROGRAMS).join(', ')}`);
  const folder = upstreamCacheFolder();
  const lacking = names.filter((name) => !existsSync(join(folder, name)));
  if (lacking.length > 0) {
    const { path, reason } = findGo();
    if (path === undefined) throw new CannotBuild(`${lacking.join(' and ')} cannot be built: ${reason}`);
    mkdirSync(folder, { recursive: true });
    await build(path, lacking, folder);
  }
  return Object.fromEntries(names.map((name) => [name, join(folder, name)]));
};

const main = async () => {
  const names = process.argv.slice(2);
  if (names.length === 0) throw new CannotBuild(`name at least one of ${Object.keys(PROGRAMS).join(', ')}`);
  for (const path of Object.values(await upstreamPrograms(names))) process.stdout.write(`${path}\n`);
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error) => {
    if (!(error instanceof CannotBuild)) throw error;
    say(error.message);
    process.exit(2);
  });
}
