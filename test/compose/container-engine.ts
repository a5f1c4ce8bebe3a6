import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BASE = 'debian:bookworm-slim';
const OWN_BASE = 'everynode-base:bookworm';
const NODE = join('node_modules', 'node', 'bin', 'node');

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
  if (!succeeds('docker', 'compose', 'version') && !succeeds('docker-compose', 'version'))
    return 'neither `docker compose` nor `docker-compose` is there';
  return undefined;
};

/** testcontainers' way to name the compose program that is installed: the plugin, or Debian's stand-alone one. */
export const composeExecutable = (): { readonly executablePath: string; readonly standalone: true } | undefined =>
  succeeds('docker', 'compose', 'version') ? undefined : { executablePath: 'docker-compose', standalone: true };

/** The base image: pulled where a registry answers, else made from the Debian mirror that apt uses here, by debootstrap (needs root). */
const baseImage = (): string => {
  if (succeeds('docker', 'image', 'inspect', BASE)) return BASE;
  if (succeeds('docker', 'image', 'inspect', OWN_BASE)) return OWN_BASE;
  if (succeeds('timeout', '20', 'docker', 'pull', '-q', BASE)) return BASE;
  if (!existsSync('/usr/sbin/debootstrap'))
    throw new Error(`${BASE} cannot be pulled and debootstrap is not installed`);
  const mirror =
    execFileSync('apt-get', ['indextargets', '--format', '$(REPO_URI)'], { encoding: 'utf8' })
      .split('\n')
      .find((uri) => /\/debian\/?$/.test(uri)) ?? '';
  const root = mkdtempSync(join(tmpdir(), 'everynode-base-'));
  try {
    execFileSync(
      'debootstrap',
      ['--variant=minbase', 'bookworm', root, mirror].filter((argument) => argument !== ''),
      { stdio: 'pipe' },
    );
    execFileSync('sh', ['-c', `tar -C ${root} -c . | docker import - ${OWN_BASE}`], { stdio: 'pipe' });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return OWN_BASE;
};

/** Builds the project's image from the bundles in `dist`, the way `npm run image` does. */
export const buildImage = (tag: string): void => {
  execFileSync(NODE, ['dist/prepare-image.mjs'], { stdio: 'pipe' });
  execFileSync(NODE, ['tools/image/build-image.mjs', '--quiet'], {
    stdio: 'pipe',
    env: { ...process.env, BASE: baseImage(), TAG: tag },
  });
};

export const removeImage = (tag: string): void => {
  execFileSync('docker', ['image', 'rm', '--force', tag], { stdio: 'pipe' });
};

/** The running container of a compose service, by the labels that every compose sets; undefined when there is none. */
export const containerOf = (project: string, service: string): string | undefined => {
  const filters = [`com.docker.compose.project=${project}`, `com.docker.compose.service=${service}`].flatMap(
    (label) => ['--filter', `label=${label}`],
  );
  const [id] = execFileSync('docker', ['ps', '--quiet', ...filters], { encoding: 'utf8' })
    .trim()
    .split('\n');
  return id === '' ? undefined : id;
};

/** What a URL says inside a container; the image holds Node and no curl. */
export const fetchInside = (container: string, url: string): string =>
  execFileSync(
    'docker',
    ['exec', container, 'node', '-e', 'fetch(process.argv[1]).then((answer) => answer.text()).then(console.log)', url],
    { encoding: 'utf8' },
  ).trim();

/** Names of what a project has left on the engine. */
export const remainsOf = (project: string): readonly string[] => {
  const label = ['--filter', `label=com.docker.compose.project=${project}`];
  const list = (...args: readonly string[]): readonly string[] =>
    execFileSync('docker', [...args, ...label], { encoding: 'utf8' })
      .trim()
      .split('\n');
  return [
    ...list('ps', '--all', '--format', '{{.Names}}'),
    ...list('volume', 'ls', '--quiet'),
    ...list('network', 'ls', '--format', '{{.Name}}'),
  ].filter((name) => name !== '');
};
