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

/** What Go is asked for each program; the specs are the test binary of a package. */
const PROGRAMS = {
  'e2e.test': (out) => ['test', '-c', '-v', '-o', out, '-ldflags', STAMP, `${MODULE}/test/e2e`],
  'kube-controller-manager': (out) => [
    'build',
    '-v',
    '-trimpath',
    '-o',
    out,
    '-ldflags',
    STAMP,
    `${MODULE}/cmd/kube-controller-manager`,
  ],
};

const PROGRESS_EVERY_MS = 15_000;

class CannotBuild extends Error {}

const say = (line) => process.stderr.write(`${line}\n`);

export const upstreamCacheFolder = () =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'everynode', 'upstream', `v${KUBERNETES_VERSION}`);

/** Runs Go and tells now and then how far it is; `go -v` prints one line a compiled package. */
const runGo = (go, args, { cwd, what }) =>
  new Promise((resolve, reject) => {
    const startedAt = Date.now();
    const last = [];
    let compiled = 0;
    const child = spawn(go, args, {
      cwd,
      env: { ...process.env, GOFLAGS: '-mod=mod -buildvcs=false' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    createInterface(child.stderr).on('line', (line) => {
      if (/^[a-z0-9.]+\/\S+$|^[a-z]+(\/\S+)?$/.test(line)) compiled += 1;
      else last.push(line);
      if (last.length > 5) last.shift();
    });
    const progress = setInterval(
      () => say(`${what}: ${compiled} packages compiled after ${Math.round((Date.now() - startedAt) / 1_000)} s`),
      PROGRESS_EVERY_MS,
    );
    child.on('error', (error) => {
      clearInterval(progress);
      reject(error);
    });
    child.on('close', (status) => {
      clearInterval(progress);
      if (status === 0) resolve(Math.round((Date.now() - startedAt) / 1_000));
      else reject(new CannotBuild(`${what} failed: ${last.join(' | ') || `exit code ${status}`}`));
    });
  });

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
      say(`building ${name}`);
      const seconds = await runGo(go, PROGRAMS[name](join(work, name)), { cwd: work, what: `building ${name}` });
      // The cache may be on another file system; what stands there under its name is always whole.
      copyFileSync(join(work, name), join(folder, `${name}.${process.pid}`));
      renameSync(join(folder, `${name}.${process.pid}`), join(folder, name));
      say(`built ${name} in ${seconds} s`);
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
