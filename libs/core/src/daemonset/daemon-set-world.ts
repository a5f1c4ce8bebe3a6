import type { FleetEvent } from '../event/fleet-event.ts';
import { evolve } from '../fleet/evolve.ts';
import { daemonSetsOf, emptyFleet, nodesOf, objectsOf, podsOf, revisionsOf, type FleetState } from '../fleet/state.ts';
import { takeDue } from '../kernel/delay-queue.ts';
import { randomFrom } from '../kernel/random.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { DaemonSet, DaemonSetSpec, Labels, Node, Pod, PodPhase, PodSpec, Taint } from '../kubernetes/objects.ts';
import { targetNodeOf } from '../placement/target-node.ts';
import { reconcileDaemonSets } from '../reconcile/daemon-sets.ts';
import { templateHash } from '../revision/template-hash.ts';
import { aFoo, aPodOf, KEY, START, type DaemonSetShape, type PodShape } from './daemon-set-fixtures.ts';
import { planDaemonSet, type Plan } from './plan.ts';

/** What one sync did: Pods created, Pods deleted, and events that the controller recorded besides those about single creations and deletions. */
export interface Outcome {
  readonly created: number;
  readonly deleted: number;
  readonly events: number;
}

const CONTROLLER_EVENTS = ['SelectingAll', 'FailedDaemonPod', 'SucceededDaemonPod'];

/** One DaemonSet `default/foo` and its fleet for specs. Every sync is also planned from scratch; the two have to agree. */
export class DaemonSetWorld {
  readonly state: FleetState = emptyFleet();
  now = START;
  emitted: FleetEvent[] = [];
  plan: Plan | undefined;
  private syncs = 0;
  private podCount = 0;

  /** Null: without the DaemonSet. */
  constructor(shape: DaemonSetShape | null = {}) {
    this.state.at = this.now;
    if (shape !== null) this.put({ type: 'daemonset.created.v1', daemonSet: aFoo(shape), by: 'someone' });
  }

  put(event: FleetEvent): this {
    this.state.sequence += 1;
    evolve(this.state, event, { sequence: this.state.sequence, at: this.now });
    return this;
  }

  at(seconds: number): this {
    this.now = START + seconds * 1000;
    return this;
  }

  get foo(): DaemonSet {
    const daemonSet = daemonSetsOf(this.state).get(KEY);
    if (daemonSet === undefined) throw new Error('foo is gone');
    return daemonSet;
  }

  /** Foo's Pods that are there, by node and name. */
  get pods(): Pod[] {
    return [...podsOf(this.state).values()]
      .filter((pod) => pod.metadata.ownerReferences?.[0]?.uid === 'uid-foo')
      .sort((left, right) => ((targetNodeOf(left) ?? '') + left.metadata.name < (targetNodeOf(right) ?? '') + right.metadata.name ? -1 : 1));
  }

  podsOn(node: string): Pod[] {
    return this.pods.filter((pod) => targetNodeOf(pod) === node);
  }

  get hash(): string {
    return templateHash(this.foo.spec.template, this.foo.status?.collisionCount);
  }

  addNode(name: string, more: { readonly labels?: Labels; readonly taints?: readonly Taint[]; readonly conditions?: NonNullable<Node['status']>['conditions']; readonly unschedulable?: boolean } = {}): this {
    const node: Node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, uid: `uid-${name}`, creationTimestamp: toRfc3339(START), ...(more.labels === undefined ? {} : { labels: more.labels }) },
      spec: { ...(more.taints === undefined ? {} : { taints: more.taints }), ...(more.unschedulable === undefined ? {} : { unschedulable: more.unschedulable }) },
      status: { conditions: more.conditions ?? [{ type: 'Ready', status: 'True' }] },
    };
    return this.put({ type: 'node.registered.v1', node, agent: 'a', session: 1, bootId: 'b' });
  }

  addNodes(count: number, more: Parameters<DaemonSetWorld['addNode']>[1] & { readonly from?: number } = {}): this {
    for (let index = more.from ?? 0; index < (more.from ?? 0) + count; index += 1) this.addNode(`node-${index}`, more);
    return this;
  }

  removeNode(name: string): this {
    return this.put({ type: 'object.deleted.v1', resource: 'nodes', namespace: '', name, uid: `uid-${name}`, by: 'someone' });
  }

  taint(name: string, taints: readonly Taint[]): this {
    return this.put({ type: 'node.taints-changed.v1', name, taints, by: 'someone' });
  }

  addPod(node: string, shape: PodShape = {}): string {
    this.podCount += 1;
    const name = `pod-${String(this.podCount).padStart(3, '0')}`;
    const owner = shape.owner ?? 'foo';
    const isCurrent = shape.hash === 'current' || (shape.hash === undefined && owner === 'foo');
    const pod = aPodOf(this.foo, { node, name }, isCurrent ? { ...shape, hash: this.hash } : shape);
    this.put({ type: 'pod.applied.v1', pod, by: 'someone' });
    return name;
  }

  addPods(count: number, node: string, shape: PodShape = {}): this {
    for (let index = 0; index < count; index += 1) this.addPod(node, shape);
    return this;
  }

  private key(name: string): { readonly namespace: string; readonly name: string; readonly uid: string } {
    const pod = podsOf(this.state).get(`default/${name}`);
    if (pod === undefined) throw new Error(`no Pod ${name}`);
    return { namespace: 'default', name, uid: pod.metadata.uid };
  }

  setReady(name: string, isReady = true): this {
    const condition = { type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: toRfc3339(this.now) } as const;
    return this.put({ type: 'pod.status-changed.v1', ...this.key(name), status: { phase: 'Running', conditions: [condition] }, by: 'someone' });
  }

  setPhase(name: string, phase: PodPhase): this {
    return this.put({ type: 'pod.status-changed.v1', ...this.key(name), status: { phase }, by: 'someone' });
  }

  /** All of foo's Pods become ready, those that are ready already keep their time. */
  ready(): this {
    for (const pod of this.pods) if (pod.status?.conditions?.find((condition) => condition.type === 'Ready')?.status !== 'True') this.setReady(pod.metadata.name);
    return this;
  }

  change(change: (daemonSet: DaemonSet) => DaemonSet): this {
    const next = change(this.foo);
    const daemonSet = { ...next, metadata: { ...next.metadata, generation: (this.foo.metadata.generation ?? 0) + 1 } };
    return this.put({ type: 'daemonset.template-changed.v1', daemonSet, by: 'someone' });
  }

  setImage(image: string): this {
    return this.changeTemplate({ containers: [{ name: 'app', image, terminationMessagePath: '/dev/termination-log', imagePullPolicy: 'IfNotPresent' }] });
  }

  changeTemplate(spec: Partial<PodSpec>): this {
    return this.change((daemonSet) => ({ ...daemonSet, spec: { ...daemonSet.spec, template: { ...daemonSet.spec.template, spec: { ...daemonSet.spec.template.spec, ...spec } } } }));
  }

  setStrategy(updateStrategy: DaemonSetSpec['updateStrategy']): this {
    return this.change((daemonSet) => ({ ...daemonSet, spec: { ...daemonSet.spec, ...(updateStrategy === undefined ? {} : { updateStrategy }) } }));
  }

  planNow(): Plan {
    const namespace = this.state.objects.get('namespaces')?.get('/default');
    return planDaemonSet({
      daemonSet: this.foo,
      nodes: [...nodesOf(this.state).values()],
      pods: [...podsOf(this.state).values()],
      revisions: [...revisionsOf(this.state).values()],
      ...(namespace === undefined ? {} : { namespace }),
      backoffs: this.state.backoffs,
      failing: this.state.failing,
      rollouts: this.state.rollouts,
      quotas: [...objectsOf(this.state, 'resourcequotas').values()],
      now: this.now,
    });
  }

  private wake(): void {
    for (const key of takeDue(this.state.wakeups, this.now)) {
      const [kind, first = '', second = ''] = key.split(' ');
      if (kind === 'daemonset') this.state.dirty.daemonSets.add(first);
      if (kind === 'daemonset-status') this.state.dirty.daemonSetNodes.set(first, this.state.dirty.daemonSetNodes.get(first) ?? new Set());
      if (kind !== 'daemonset-node') continue;
      const nodes = this.state.dirty.daemonSetNodes.get(first) ?? new Set<string>();
      this.state.dirty.daemonSetNodes.set(first, nodes.add(second));
    }
  }

  /** Carries out one sync of everything that is marked or due; Pods that have to go are still there afterwards. */
  syncOnly(): Outcome {
    this.wake();
    this.syncs += 1;
    const { state, now } = this;
    this.emitted = [];
    state.sequence += 1;
    const emit = (event: FleetEvent): void => {
      this.emitted.push(event);
      evolve(state, event, { sequence: state.sequence, at: now });
    };
    reconcileDaemonSets({ state, now, random: randomFrom(`sync ${this.syncs}`), emit });
    state.at = now;
    state.dirty.nodes.clear();
    return this.outcome();
  }

  /** One sync, after which Pods that have to go are gone at once, as for upstream's fake Pod control. */
  sync(): Outcome {
    this.plan = this.planNow();
    const outcome = this.syncOnly();
    this.finishTerminations();
    return outcome;
  }

  finishTerminations(): this {
    for (const pod of this.pods) {
      if (pod.metadata.deletionTimestamp === undefined || (pod.metadata.finalizers ?? []).length > 0) continue;
      if (!this.emitted.some((event) => event.type === 'pod.deletion-requested.v1' && event.uid === pod.metadata.uid)) continue;
      this.put({ type: 'pod.deleted.v1', ...this.key(pod.metadata.name), cause: 'stopped', by: 'agent' });
    }
    return this;
  }

  private outcome(): Outcome {
    const count = (isIt: (event: FleetEvent) => boolean): number => this.emitted.filter(isIt).length;
    return {
      created: count((event) => event.type === 'pod.created.v1'),
      deleted: count((event) => event.type === 'pod.deleted.v1' || event.type === 'pod.deletion-requested.v1'),
      events: count((event) => event.type === 'event.recorded.v1' && CONTROLLER_EVENTS.includes(event.reason)),
    };
  }
}

/** Created, deleted and recorded events in short: `5/0/0`. */
export const brief = ({ created, deleted, events }: Outcome): string => `${created}/${deleted}/${events}`;

/** The same of a plan. */
export const briefOfPlan = (plan: Plan): string => {
  const count = (type: string): number => plan.steps.filter((step) => step.type === type).length;
  const events = plan.steps.filter((step) => step.type === 'record-event' && CONTROLLER_EVENTS.includes(step.eventReason)).length;
  return `${count('create-pod')}/${count('delete-pod')}/${events}`;
};
