import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kubectlCacheFolder } from './kubectl.ts';

const execute = promisify(execFile);

const PACKAGE = 'kubernetes-client';
const VERSION = '1.20';

const reasonOf = (error: unknown): string => {
  const text = error instanceof Error ? ('stderr' in error && String(error.stderr).trim()) || error.message : String(error);
  return text.split('\n').find((line) => line.trim() !== '') ?? text;
};

/** The package is only downloaded and unpacked, which needs no rights; the lists of packages are brought up to date when they name none. */
const download = async (folder: string): Promise<string> => {
  const get = async (): Promise<void> => {
    await execute('apt-get', ['download', PACKAGE], { cwd: folder });
  };
  try {
    await get();
  } catch {
    await execute('apt-get', ['update', '-qq']);
    await get();
  }
  const file = (await readdir(folder)).find((name) => name.endsWith('.deb'));
  if (file === undefined) throw new Error(`apt-get downloaded no ${PACKAGE}`);
  return join(folder, file);
};

const unpack = async (target: string): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'everynode-debian-kubectl-'));
  try {
    await execute('dpkg-deb', ['-x', await download(folder), join(folder, 'root')]);
    const binary = join(folder, 'root/usr/bin/kubectl');
    const { stdout } = await execute(binary, ['version', '--client', '-o', 'json']);
    const { minor = '' } = (JSON.parse(stdout) as { readonly clientVersion?: { readonly minor?: string } }).clientVersion ?? {};
    if (`1.${minor}` !== VERSION) throw new Error(`Debian's ${PACKAGE} holds kubectl 1.${minor} here, not ${VERSION}`);
    await mkdir(join(target, '..'), { recursive: true });
    await copyFile(binary, `${target}.${process.pid}`);
    await rename(`${target}.${process.pid}`, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** kubectl 1.20, the oldest one that people still install, out of Debian's package; `reason` says why it cannot be had here. */
export const debianKubectl = async (): Promise<{ readonly path: string } | { readonly reason: string }> => {
  const path = join(kubectlCacheFolder(), VERSION, 'kubectl');
  try {
    if (!existsSync(path)) await unpack(path);
    return { path };
  } catch (error) {
    return { reason: `kubectl ${VERSION} cannot be had from Debian's packages: ${reasonOf(error)}` };
  }
};
