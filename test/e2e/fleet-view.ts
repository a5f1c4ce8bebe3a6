import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kubectlBinary, type Fleet } from '@everynode/testkit';

const execute = promisify(execFile);

export interface PodView {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly daemonSet: string;
  readonly hash: string;
  readonly image: string;
  readonly isReady: boolean;
  readonly isTerminating: boolean;
}

interface PodObject {
  readonly metadata: { name: string; uid: string; labels?: Record<string, string>; deletionTimestamp?: string; ownerReferences?: { name: string }[] };
  readonly spec: { nodeName?: string; containers: { image: string }[] };
  readonly status?: { conditions?: { type: string; status: string }[] };
}

const viewOf = (pod: PodObject): PodView => ({
  name: pod.metadata.name,
  uid: pod.metadata.uid,
  node: pod.spec.nodeName ?? '',
  daemonSet: pod.metadata.ownerReferences?.[0]?.name ?? '',
  hash: pod.metadata.labels?.['controller-revision-hash'] ?? '',
  image: pod.spec.containers[0]?.image ?? '',
  isReady: pod.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false,
  isTerminating: pod.metadata.deletionTimestamp !== undefined,
});

/** Pods of a DaemonSet in namespace `default`, as the API shows them. */
export const podsOf = async (fleet: Fleet, daemonSet: string): Promise<readonly PodView[]> => {
  const list = await fleet.api<{ items: PodObject[] }>('GET', '/api/v1/namespaces/default/pods');
  return list.items.map(viewOf).filter((pod) => pod.daemonSet === daemonSet);
};

/** True when exactly the given nodes have exactly one Pod each, Ready and not terminating. */
export const runsOnExactly = async (fleet: Fleet, daemonSet: string, nodes: readonly string[]): Promise<boolean> => {
  const pods = await podsOf(fleet, daemonSet);
  const on = pods.map((pod) => pod.node).toSorted();
  return pods.every((pod) => pod.isReady && !pod.isTerminating) && JSON.stringify(on) === JSON.stringify([...nodes].sort());
};

export interface DaemonSetOptions {
  readonly image?: string;
  readonly maxUnavailable?: number | string;
  readonly tolerations?: readonly object[];
  readonly annotations?: Readonly<Record<string, string>>;
}

export const daemonSet = (name: string, options: DaemonSetOptions = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace: 'default' },
  spec: {
    selector: { matchLabels: { app: name } },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: options.maxUnavailable ?? 1 } },
    template: {
      metadata: { labels: { app: name }, ...(options.annotations === undefined ? {} : { annotations: options.annotations }) },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'main', image: options.image ?? 'registry.example/daemon:1' }],
        ...(options.tolerations === undefined ? {} : { tolerations: options.tolerations }),
      },
    },
  },
});

export const DAEMONSETS = '/apis/apps/v1/namespaces/default/daemonsets';

export const setImage = (fleet: Fleet, name: string, image: string): Promise<unknown> =>
  fleet.api('PATCH', `${DAEMONSETS}/${name}`, { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } }, 'application/strategic-merge-patch+json');

/** Runs the real kubectl against the fleet; rejects with what it printed when it fails. */
export const kubectl = async (fleet: Fleet, ...args: readonly string[]): Promise<string> => {
  const home = join(fleet.dir, 'kubectl-home');
  mkdirSync(home, { recursive: true });
  const binary = await kubectlBinary('1.35');
  const env = { ...process.env, HOME: home, KUBECACHEDIR: join(home, 'cache'), KUBECONFIG: fleet.kubeconfig };
  const { stdout } = await execute(binary, [...args], { env, timeout: 120_000, maxBuffer: 64 << 20 });
  return stdout;
};

/** Watches the Pods of a DaemonSet in the background and keeps the worst that was seen. */
export class RolloutWatch {
  unavailableMax = 0;
  podsOnOneNodeMax = 0;
  readonly seen = new Map<string, Set<string>>();
  private isStopped = false;
  private readonly loop: Promise<void>;

  constructor(fleet: Fleet, name: string, nodes: number) {
    this.loop = this.run(fleet, name, nodes);
  }

  private async run(fleet: Fleet, name: string, nodes: number): Promise<void> {
    while (!this.isStopped) {
      try {
        const pods = await podsOf(fleet, name);
        const available = new Set(pods.filter((pod) => pod.isReady && !pod.isTerminating).map((pod) => pod.node));
        this.unavailableMax = Math.max(this.unavailableMax, nodes - available.size);
        const onNode = new Map<string, number>();
        for (const pod of pods) {
          onNode.set(pod.node, (onNode.get(pod.node) ?? 0) + 1);
          this.seen.set(pod.hash, (this.seen.get(pod.hash) ?? new Set()).add(pod.uid));
        }
        this.podsOnOneNodeMax = Math.max(this.podsOnOneNodeMax, ...onNode.values());
      } catch {
        // The API server may be cut off while a fault is on; what it shows afterwards counts.
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.loop;
  }
}
