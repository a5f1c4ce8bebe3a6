import { RecordBuilder } from '../controller/record-builder.ts';
import type { Decision } from '../controller/decision.ts';
import type { NodeRegistration } from '../controller/input.ts';
import type { FleetEvent, FleetEventType } from '../event/fleet-event.ts';
import { emptyFleet, keyOf, objectsOf, type FleetState } from '../fleet/state.ts';
import { randomFrom } from '../kernel/random.ts';
import type { DaemonSet, KubernetesObject, Node, ObjectMeta, Pod, PodSpec, PodStatus, Taint } from '../kubernetes/objects.ts';

/** Half past nine, so that times in failures are easy to read. */
export const START = Date.parse('2026-01-01T09:30:00Z');

const CREATED = '2026-01-01T09:00:00Z';

/** A fleet for specs: decisions are made one after the other on one state, and what they emitted is kept. */
export class FleetUnderTest {
  readonly state: FleetState = emptyFleet();
  readonly emitted: FleetEvent[] = [];
  now = START;
  leavesDaemonSets = false;
  rootCertificate: string | undefined;
  private decisions = 0;

  /** Makes one decision and returns what it returned. */
  decide<T>(make: (decision: Decision) => T): T {
    this.decisions += 1;
    const builder = new RecordBuilder(this.state, this.now, randomFrom(`decision-${this.decisions}`), this);
    const decision: Decision = {
      state: builder.state,
      now: builder.now,
      random: builder.random,
      leavesDaemonSets: builder.leavesDaemonSets,
      rootCertificate: builder.rootCertificate,
      emit: (event) => {
        this.emitted.push(event);
        builder.emit(event);
      },
    };
    const result = make(decision);
    builder.finish();
    return result;
  }

  /** Puts events into the log without keeping them in `emitted`. */
  given(...events: readonly FleetEvent[]): this {
    this.decide((decision) => {
      for (const event of events) decision.emit(event);
    });
    this.emitted.length = 0;
    return this;
  }

  after(milliseconds: number): this {
    this.now += milliseconds;
    return this;
  }

  /** Forgets marks and emitted events, as if everything so far had been reconciled. */
  settled(): this {
    for (const marks of Object.values(this.state.dirty) as { clear(): void }[]) marks.clear();
    this.emitted.length = 0;
    return this;
  }

  of<T extends FleetEventType>(type: T): readonly Extract<FleetEvent, { type: T }>[] {
    return this.emitted.filter((event): event is Extract<FleetEvent, { type: T }> => event.type === type);
  }

  get(resource: string, namespace: string | undefined, name: string): KubernetesObject | undefined {
    return objectsOf(this.state, resource).get(keyOf(namespace, name));
  }

  node(name: string): Node {
    const node = this.get('nodes', undefined, name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  pod(name: string): Pod | undefined {
    return this.get('pods', 'default', name) as Pod | undefined;
  }

  /** `reason: message` of the Kubernetes events recorded. */
  reasons(): readonly string[] {
    return this.of('event.recorded.v1').map((event) => `${event.reason}: ${event.message}`);
  }
}

export const aNode = (name: string, more: { readonly ready?: 'True' | 'False' | 'Unknown'; readonly taints?: readonly Taint[]; readonly labels?: Record<string, string> } = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: `uid-${name}`, creationTimestamp: CREATED, labels: { 'kubernetes.io/hostname': name, ...more.labels } },
  spec: more.taints === undefined ? {} : { taints: more.taints },
  status: {
    conditions: [{ type: 'Ready', status: more.ready ?? 'True', lastHeartbeatTime: CREATED, lastTransitionTime: CREATED, reason: 'KubeletReady' }],
    addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
  },
});

export const registered = (node: Node, agent = 'agent-1', session = 1): FleetEvent => ({ type: 'node.registered.v1', node, agent, session, bootId: 'boot-1' });

export const registration = (name: string, more: Partial<NodeRegistration> = {}): NodeRegistration => ({
  name,
  bootId: 'boot-1',
  labels: {},
  taints: [],
  address: '10.0.0.1',
  version: 'v0.1.0',
  capacity: { cpu: '4', memory: '8Gi', pods: '110' },
  osImage: 'Debian GNU/Linux 12',
  kernelVersion: '6.1.0',
  architecture: 'amd64',
  runtime: 'simulated://1',
  ...more,
});

export const aPod = (name: string, spec: Partial<PodSpec> = {}, more: { readonly metadata?: Partial<ObjectMeta>; readonly status?: PodStatus } = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: `uid-${name}`, creationTimestamp: CREATED, ...more.metadata },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
  status: more.status ?? { phase: 'Pending' },
});

export const applied = (pod: Pod): FleetEvent => ({ type: 'pod.applied.v1', pod, by: 'someone' });

/** A Pod that runs and is Ready. */
export const runningStatus: PodStatus = {
  phase: 'Running',
  conditions: [
    { type: 'Ready', status: 'True', lastTransitionTime: CREATED },
    { type: 'ContainersReady', status: 'True', lastTransitionTime: CREATED },
  ],
};

export const aDaemonSet = (name: string, metadata: Partial<ObjectMeta> = {}): DaemonSet => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace: 'default', uid: `uid-${name}`, creationTimestamp: CREATED, generation: 1, ...metadata },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
});

export const ownedBy = (owner: KubernetesObject, more: { readonly block?: boolean } = {}): Partial<ObjectMeta> => ({
  ownerReferences: [
    {
      apiVersion: owner.apiVersion,
      kind: owner.kind,
      name: owner.metadata.name,
      uid: owner.metadata.uid,
      controller: true,
      ...(more.block === undefined ? {} : { blockOwnerDeletion: more.block }),
    },
  ],
});

export const created = (resource: string, object: KubernetesObject): FleetEvent => ({ type: 'object.created.v1', resource, object, by: 'someone' });

export const aNamespace = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, uid: `uid-ns-${name}`, creationTimestamp: CREATED },
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Active' },
});
