import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BASE = 'debian:bookworm-slim';
const OWN_BASE = 'everynode-base:bookworm';

const succeeds = (command: string, ...args: readonly string[]): boolean => {
  try {
    execFileSync(command, [...args], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Why containers cannot be tested here; undefined when they can. */
export const reasonToSkip = (): string | undefined => {
  if (!succeeds('docker', 'info')) return 'no container engine answers (`docker info` fails)';
  if (!succeeds('docker', 'compose', 'version') && !succeeds('docker-compose', 'version')) return 'neither `docker compose` nor `docker-compose` is there';
  return undefined;
};

/** testcontainers' way to name the compose program that is installed: the plugin, or Debian's stand-alone one. */
export const composeExecutable = (): { readonly executablePath: string; readonly standalone: true } | undefined =>
  succeeds('docker', 'compose', 'version') ? undefined : { executablePath: 'docker-compose', standalone: true };

/** The base image: pulled where a registry answers, else made from the Debian mirror that apt uses here, by debootstrap (needs root). */
export const baseImage = (): string => {
  if (succeeds('docker', 'image', 'inspect', BASE)) return BASE;
  if (succeeds('docker', 'image', 'inspect', OWN_BASE)) return OWN_BASE;
  if (succeeds('timeout', '20', 'docker', 'pull', '-q', BASE)) return BASE;
  if (!existsSync('/usr/sbin/debootstrap')) throw new Error(`${BASE} cannot be pulled and debootstrap is not installed`);
  const mirror = execFileSync('apt-get', ['indextargets', '--format', '$(REPO_URI)'], { encoding: 'utf8' }).split('\n')[0] ?? '';
  const root = mkdtempSync(join(tmpdir(), 'everynode-base-'));
  try {
    execFileSync('debootstrap', ['--variant=minbase', 'bookworm', root, mirror], { stdio: 'pipe' });
    execFileSync('sh', ['-c', `tar -C ${root} -c . | docker import - ${OWN_BASE}`], { stdio: 'pipe' });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return OWN_BASE;
};

/** Builds the project's image from what `npm run build` and `npm run image` have put in place. */
export const buildImage = (tag: string): void => {
  execFileSync('node_modules/node/bin/node', ['dist/prepare-image.mjs'], { stdio: 'pipe' });
  execFileSync('docker', ['build', '-q', '--build-arg', `BASE=${baseImage()}`, '-t', tag, '.'], { stdio: 'pipe' });
};
