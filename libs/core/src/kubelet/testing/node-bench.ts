import type { PodReport } from '../../event/fleet-event.ts';
import { KubeletMachine } from '../kubelet-machine.ts';
import {
  KUBELET_DEFAULTS,
  type AgentMessage,
  type KubeletAction,
  type KubeletMessage,
  type StartedNode,
} from '../kubelet-messages.ts';
import type { NodeCommands, RunPod } from '../node-commands.ts';
import { NodeRecords, type StoreChange } from '../node-record.ts';
import type { RunningPod, RuntimeRequest } from '../runtime.ts';

export const RUNNING: PodReport = {
  phase: 'Running',
  ready: true,
  podIP: '10.64.0.1',
  containers: [{ name: 'c', state: 'running', ready: true, restartCount: 0 }],
};
export const ENDED: PodReport = {
  phase: 'Succeeded',
  ready: false,
  containers: [{ name: 'c', state: 'terminated', ready: false, restartCount: 0, exitCode: 0 }],
};

export const runPod = (uid: string, more: Partial<RunPod> = {}): RunPod => ({
  namespace: 'default',
  name: `pod-${uid}`,
  uid,
  owner: 'ds-1',
  surge: false,
  labels: {},
  annotations: {},
  spec: { containers: [{ name: 'c', image: 'agent:1' }], terminationGracePeriodSeconds: 7 },
  ...more,
});

export const description = (name: string): StartedNode['description'] => ({
  name,
  labels: {},
  taints: [],
  address: '10.0.0.1',
  version: 'v0',
  capacity: {},
  osImage: 'sim',
  kernelVersion: '0',
  architecture: 'amd64',
  runtime: 'simulated://1.0',
});

/** One node `n1` with its store, and a controller that is spoken for by the test. */
export class NodeBench {
  machine = NodeBench.newMachine('i-1');
  now = 1_000;
  records = new NodeRecords();
  sent: { readonly id: number; readonly message: AgentMessage }[] = [];
  requests: RuntimeRequest[] = [];
  resynced: string[] = [];
  changes: StoreChange[] = [];
  notices: string[] = [];
  last: readonly KubeletAction[] = [];

  static newMachine(instance: string): KubeletMachine {
    return new KubeletMachine({ agent: 'a', instance, seed: 's', ...KUBELET_DEFAULTS });
  }

  start(running: readonly RunningPod[] = [], bootId = 'boot-1'): this {
    this.handle({
      type: 'started',
      nodes: [{ description: description('n1'), record: this.records.get('n1'), bootId, running }],
    });
    return this.handle({ type: 'connection', isConnected: true });
  }

  handle(message: KubeletMessage): this {
    this.last = this.machine.handle(message, this.now);
    for (const action of this.last) {
      if (action.type === 'persist') {
        for (const change of JSON.parse(JSON.stringify(action.changes)) as StoreChange[]) this.records.apply(change);
        this.changes.push(...action.changes);
      } else if (action.type === 'runtime') this.requests.push(...action.requests);
      else if (action.type === 'send') this.sent.push(action);
      else if (action.type === 'resync') this.resynced.push(...action.nodes);
      else this.notices.push(action.text);
    }
    return this;
  }

  tick(ms = 0): this {
    this.now += ms;
    return this.handle({ type: 'tick' });
  }

  newest(type: AgentMessage['type']): { readonly id: number; readonly message: AgentMessage } {
    const found = this.sent.findLast((entry) => entry.message.type === type);
    if (found === undefined) throw new Error(`no ${type} was sent`);
    return found;
  }

  register(uid = 'node-uid', session = 1): this {
    return this.handle({
      type: 'answered',
      epoch: 1,
      id: this.newest('RegisterNodes').id,
      answer: { type: 'Registered', nodes: [{ name: 'n1', uid, session }] },
    });
  }

  commands(sequence: number, run: readonly RunPod[], more: Partial<NodeCommands> = {}): this {
    return this.handle({
      type: 'commands',
      sets: [{ node: 'n1', nodeUid: 'node-uid', epoch: 1, sequence, run, terminate: [], ...more }],
    });
  }

  changed(uid: string, report = RUNNING): this {
    return this.handle({ type: 'runtime', events: [{ type: 'changed', node: 'n1', uid, report }] });
  }

  stopped(uid: string): this {
    return this.handle({ type: 'runtime', events: [{ type: 'stopped', node: 'n1', uid, report: ENDED }] });
  }

  /** Pods of the newest report message, as uid → revision. */
  reported(): Record<string, number> {
    const { message } = this.newest('ReportNodes');
    return message.type === 'ReportNodes'
      ? Object.fromEntries(message.nodes.flatMap((node) => node.pods.map((pod) => [pod.uid, pod.revision])))
      : {};
  }

  count(type: AgentMessage['type']): number {
    return this.sent.filter((entry) => entry.message.type === type).length;
  }

  acknowledge(refusedNodes: readonly string[] = []): this {
    return this.handle({
      type: 'answered',
      epoch: 1,
      id: this.newest('ReportNodes').id,
      answer: { type: 'Reported', refusedNodes },
    });
  }

  asked(): string[] {
    return this.requests.map(
      (request) =>
        `${request.type} ${request.type === 'stop' ? `${request.uid} ${request.graceSeconds}` : request.pod.uid}`,
    );
  }
}

export const registered = (): NodeBench => new NodeBench().start().register();
