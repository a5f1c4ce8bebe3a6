import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { parse } from 'yaml';

export interface Answer {
  readonly code: number;
  readonly body: unknown;
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  readonly users?: readonly { readonly user?: { readonly token?: string } }[];
}

const REQUEST_TIMEOUT_MS = 20_000;
const KUBECTL_TIMEOUT_MS = 60_000;

/** Any cluster that a kubeconfig names, with the first server and the first token in it. Certificates are not checked: it is a test's own server. */
export class Cluster {
  private readonly kubeconfig: string;
  private readonly kubectlBinary: string;
  private readonly server: URL;
  private readonly token: string | undefined;
  private readonly agent: http.Agent;

  private constructor(kubeconfig: string, kubectlBinary: string, config: Kubeconfig) {
    this.kubeconfig = kubeconfig;
    this.kubectlBinary = kubectlBinary;
    this.server = new URL(config.clusters[0]?.cluster.server ?? '');
    this.token = config.users?.[0]?.user?.token;
    this.agent = this.isTls ? new https.Agent({ keepAlive: true, rejectUnauthorized: false }) : new http.Agent({ keepAlive: true });
  }

  static async open(kubeconfig: string, kubectlBinary: string): Promise<Cluster> {
    return new Cluster(kubeconfig, kubectlBinary, parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig);
  }

  private get isTls(): boolean {
    return this.server.protocol === 'https:';
  }

  send(method: string, path: string, body?: object, type = 'application/json'): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      accept: 'application/json',
      ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
      ...(text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
    };
    return new Promise((resolve, reject) => {
      const request = (this.isTls ? https : http).request(new URL(path, this.server), { method, agent: this.agent, headers }, (response) => {
        let answer = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (answer += part));
        response.on('end', () => resolve({ code: response.statusCode ?? 0, body: answer.startsWith('{') ? (JSON.parse(answer) as unknown) : answer }));
      });
      request.setTimeout(REQUEST_TIMEOUT_MS, () => request.destroy(new Error(`${method} ${path} was not answered in time`)));
      request.on('error', reject);
      request.end(text);
    });
  }

  /** Items of a list. Throws when it cannot be had. */
  async list<T>(path: string): Promise<readonly T[]> {
    const { code, body } = await this.send('GET', path);
    if (code !== 200) throw new Error(`GET ${path}: ${code}`);
    return (body as { readonly items: readonly T[] }).items;
  }

  /** Runs kubectl; what it printed on either stream, and its exit code. */
  kubectl(args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
    const env = { ...process.env, KUBECONFIG: this.kubeconfig, KUBECACHEDIR: `${this.kubeconfig}.cache` };
    return new Promise((resolve) => {
      execFile(this.kubectlBinary, [...args], { env, timeout: KUBECTL_TIMEOUT_MS }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, output: stdout + stderr });
      });
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
