import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '@everynode/event-log-jetstream';
import { upstreamCacheFolder } from '../../tools/upstream/build-upstream.mjs';

const VARIABLE = 'EVERYNODE_KUBE_CONTROLLER_MANAGER';

/** Path of an unmodified kube-controller-manager: what the environment names, or what tools/upstream has built. Undefined when there is neither. */
export const kubeControllerManagerBinary = (): string | undefined => {
  const named = process.env[VARIABLE];
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new Error(`${VARIABLE} names ${named}, which is not there`);
    return named;
  }
  const built = join(upstreamCacheFolder(), 'kube-controller-manager');
  return existsSync(built) ? built : undefined;
};

export const HOW_TO_GET_ONE = `there is no kube-controller-manager here: build it with "node tools/upstream/build-upstream.mjs kube-controller-manager", or name one in ${VARIABLE}`;

/** kube-controller-manager with its DaemonSet controller alone, on the API server of a kubeconfig. */
export class KubeControllerManager {
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  /** `dir` gets its log and the certificate of its own port. */
  static async start(binary: string, kubeconfig: string, dir: string): Promise<KubeControllerManager> {
    const log = openSync(join(dir, 'kube-controller-manager.log'), 'a');
    const certificates = join(dir, 'kube-controller-manager');
    const args = [
      `--kubeconfig=${kubeconfig}`,
      '--controllers=daemonset-controller',
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      `--secure-port=${await freePort()}`,
      `--cert-dir=${certificates}`,
      '--kube-api-qps=1000',
      '--kube-api-burst=1000',
    ];
    const child = spawn(binary, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    return new KubeControllerManager(child);
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await gone;
  }
}
