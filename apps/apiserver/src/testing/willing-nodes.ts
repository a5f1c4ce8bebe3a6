import type { ContainerReport, NodeCommands, NodeRegistration, PodReport, PodStatusReport, RunPod } from '@everynode/core';
import type { InProcessLeader } from './in-process-leader.ts';

const HEARTBEAT_MS = 1_000;

const registration = (name: string, index: number): NodeRegistration => ({
  name,
  bootId: `boot-${name}`,
  labels: { 'kubernetes.io/hostname': name, ...(index === 0 ? { 'node-role.kubernetes.io/control-plane': '' } : {}) },
  taints: index === 0 ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] : [],
  address: `10.0.0.${index + 1}`,
  version: 'v1.33.0',
  capacity: { cpu: '4', memory: '8Gi', pods: '110' },
  osImage: 'Debian GNU/Linux 12',
  kernelVersion: '6.1.0',
  architecture: 'amd64',
  runtime: 'simulated://1',
});

const running = ({ spec }: RunPod): PodReport => {
  const containers: ContainerReport[] = spec.containers.map(({ name }) => ({ name, state: 'running', ready: true, restartCount: 0, startedAt: Date.now() }));
  return { phase: 'Running', ready: true, podIP: '10.1.0.1', startedAt: Date.now(), containers };
};

const GONE: PodReport = { phase: 'Succeeded', ready: false, containers: [] };

/** Nodes that do at once what they are told: Pods run and are ready, or are gone. */
export class WillingNodes {
  private readonly leader: InProcessLeader;
  private readonly reported = new Map<string, string>();
  private readonly heartbeats: NodeJS.Timeout;
  private readonly observed = new Map<string, { readonly epoch: number; readonly sequence: number }>();
  private revision = 0;

  constructor(leader: InProcessLeader, names: readonly string[]) {
    this.leader = leader;
    leader.onCommands = (commands) => setImmediate(() => this.obey(commands));
    leader.take({ type: 'RegisterNodes', agent: 'willing', instance: 'one', nodes: names.map(registration) });
    const beat = (): void => {
      const nodes = names.map((name) => ({ name, session: 1, ready: true, observedEpoch: this.observed.get(name)?.epoch ?? 0, observedSequence: this.observed.get(name)?.sequence ?? 0 }));
      leader.take({ type: 'Heartbeats', agent: 'willing', nodes });
    };
    beat();
    this.heartbeats = setInterval(beat, HEARTBEAT_MS);
  }

  stop(): void {
    clearInterval(this.heartbeats);
  }

  private obey({ node, epoch, sequence, run, terminate }: NodeCommands): void {
    this.observed.set(node, { epoch, sequence });
    const runs = run.filter(({ uid }) => this.reported.get(uid) !== 'running').map((pod) => this.report(pod, 'running', running(pod)));
    const ends = terminate.filter(({ uid }) => this.reported.get(uid) !== 'gone').map((pod) => this.report(pod, 'gone', GONE));
    const pods = [...runs, ...ends];
    this.leader.take({ type: 'ReportNodes', agent: 'willing', nodes: [{ name: node, session: 1, observedEpoch: epoch, observedSequence: sequence, pods, taints: [] }] });
  }

  private report({ namespace, name, uid }: { readonly namespace: string; readonly name: string; readonly uid: string }, state: 'running' | 'gone', report: PodReport): PodStatusReport {
    this.reported.set(uid, state);
    this.revision += 1;
    return { namespace, name, uid, revision: this.revision, gone: state === 'gone', report };
  }
}
