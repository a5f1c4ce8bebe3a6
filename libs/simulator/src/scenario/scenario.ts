import { daemonSetsOf, keyOf, nodeNamed, objectsOf, podsOf, type DaemonSet, type DaemonSetStatus, type KubernetesObject, type Node, type Pod, type Taint, type WriteAnswer } from '@everynode/core';
import type { Violation } from '../monitors/violation.ts';
import type { SimulatedController } from '../actors/simulated-controller.ts';
import type { Invariant } from './invariants.ts';
import type { WriteRequest } from './scenario-client.ts';
import { ScenarioFleet, type ScenarioNode, type ScenarioOptions } from './scenario-fleet.ts';
import type { ScenarioLog } from './scenario-log.ts';
import type { PodScript } from './scripted-pod.ts';
import type { PodMatch } from './scripted-runtime.ts';
import { availablePods, daemonSetNamed, living, nodeOfPod, occupying, ownPods } from './views.ts';

const QUIET_MS = 30_000;
const REST_MS_MAX = 7_200_000;
const SETTLE_MS = 2_000;

const RESOURCES: Readonly<Record<string, readonly [group: string, resource: string]>> = {
  DaemonSet: ['apps', 'daemonsets'],
  ControllerRevision: ['apps', 'controllerrevisions'],
  Namespace: ['', 'namespaces'],
  Node: ['', 'nodes'],
  Pod: ['', 'pods'],
  ConfigMap: ['', 'configmaps'],
  Secret: ['', 'secrets'],
  Service: ['', 'services'],
  ServiceAccount: ['', 'serviceaccounts'],
};

/** A manifest as a user has it: whatever decoded YAML is. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

const isClusterWide = (kind: string): boolean => kind === 'Node' || kind === 'Namespace';

/**
 * A fleet in a story: what users, nodes and Pods do is told step by step, and only virtual time passes in between. The production controller and kubelet
 * carry it, and the invariants are judged after every record of the log; a step after which one is broken throws.
 */
export class Scenario {
  readonly fleet: ScenarioFleet;

  constructor(options: ScenarioOptions = {}) {
    this.fleet = new ScenarioFleet(options);
    this.advance(SETTLE_MS);
  }

  get log(): ScenarioLog {
    return this.fleet.log;
  }

  /** Virtual milliseconds since the start. */
  get now(): number {
    return this.fleet.now;
  }

  get violations(): readonly Violation[] {
    return [...this.log.invariants.violations, ...this.fleet.running.violations];
  }

  /** For stories that break an invariant on purpose. */
  ignore(...invariants: readonly Invariant[]): this {
    for (const invariant of invariants) this.log.invariants.ignored.add(invariant);
    return this;
  }

  // Time

  advance(ms: number): this {
    this.fleet.runUntil(() => false, ms);
    return this.check();
  }

  /** Lets time pass until the condition holds; throws when it never does. */
  until(condition: () => boolean, maxMs = REST_MS_MAX): this {
    if (!this.fleet.runUntil(condition, maxMs)) throw new Error(`not within ${maxMs / 1000} s: ${String(condition)}`);
    return this.check();
  }

  /** Lets time pass until every generation is observed and nothing was written for 30 s and longer than any minReadySeconds, and judges the fleet at rest. */
  untilQuiet(): this {
    const from = this.now;
    const isQuiet = (): boolean => this.now - Math.max(from, this.log.lastRecordAt) >= QUIET_MS + this.longestMinReadyMs && this.openGenerations.length === 0;
    for (let waited = 0; !isQuiet(); waited += 1_000) {
      if (waited >= REST_MS_MAX) throw new Error(`no rest within ${REST_MS_MAX / 1000} s; the last events: ${JSON.stringify(this.log.events.slice(-5))}`);
      this.fleet.runUntil(() => false, 1_000);
    }
    this.log.invariants.judgeAtRest(this.log.state, this.fleet.world.now, this.now);
    return this.check();
  }

  private get daemonSets(): readonly DaemonSet[] {
    return [...daemonSetsOf(this.log.state).values()];
  }

  private get longestMinReadyMs(): number {
    return Math.max(0, ...this.daemonSets.map(({ spec }) => (spec.minReadySeconds ?? 0) * 1_000));
  }

  private get openGenerations(): readonly string[] {
    return this.daemonSets.filter(({ metadata, status }) => status?.observedGeneration !== metadata.generation).map((daemonSet) => daemonSet.metadata.name);
  }

  private check(): this {
    const { violations } = this;
    if (violations.length > 0) throw new Error(violations.map(({ property, detail, at }) => `${property} at ${at} ms: ${detail}`).join('\n'));
    return this;
  }

  // What users do

  write(request: WriteRequest): WriteAnswer {
    return this.fleet.client.write(request);
  }

  /** Server-side apply, as `kubectl apply --server-side` sends it. */
  apply(manifest: Manifest, options: Partial<WriteRequest> = {}): WriteAnswer {
    const target = this.targetOf(manifest);
    return this.write({ verb: 'patch', patchType: 'apply', fieldManager: 'kubectl', force: true, ...target, body: manifest, ...options });
  }

  create(manifest: Manifest, options: Partial<WriteRequest> = {}): WriteAnswer {
    return this.write({ verb: 'create', ...this.targetOf(manifest), body: manifest, ...options });
  }

  private targetOf({ kind, metadata }: Manifest): Pick<WriteRequest, 'group' | 'resource' | 'name' | 'namespace'> {
    const [group, resource] = RESOURCES[kind] ?? ['', `${kind.toLowerCase()}s`];
    return { group, resource, name: metadata.name, ...(isClusterWide(kind) ? {} : { namespace: metadata.namespace ?? 'default' }) };
  }

  /** A strategic merge patch of a DaemonSet, as `kubectl patch` sends it. */
  patch(daemonSet: string, body: unknown): WriteAnswer {
    return this.write({ verb: 'patch', patchType: 'strategic', group: 'apps', resource: 'daemonsets', namespace: 'default', name: daemonSet, body });
  }

  setImage(daemonSet: string, image: string, container = 'main'): WriteAnswer {
    return this.patch(daemonSet, { spec: { template: { spec: { containers: [{ name: container, image }] } } } });
  }

  deleteDaemonSet(name: string, propagationPolicy: 'Foreground' | 'Background' | 'Orphan' = 'Background'): WriteAnswer {
    return this.write({ verb: 'delete', group: 'apps', resource: 'daemonsets', namespace: 'default', name, propagationPolicy });
  }

  deletePod(name: string, gracePeriodSeconds?: number): WriteAnswer {
    return this.write({ verb: 'delete', group: '', resource: 'pods', namespace: 'default', name, ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }) });
  }

  patchNode(name: string, body: unknown): WriteAnswer {
    return this.write({ verb: 'patch', patchType: 'merge', group: '', resource: 'nodes', name, body });
  }

  /** Null removes a label. */
  label(node: string, labels: Readonly<Record<string, string | null>>): this {
    this.patchNode(node, { metadata: { labels } });
    return this;
  }

  taint(node: string, ...taints: readonly Taint[]): this {
    const present = this.node(node)?.spec?.taints ?? [];
    this.patchNode(node, { spec: { taints: [...present, ...taints] } });
    return this;
  }

  untaint(node: string, key: string): this {
    const present = this.node(node)?.spec?.taints ?? [];
    this.patchNode(node, { spec: { taints: present.filter((taint) => taint.key !== key) } });
    return this;
  }

  cordon(node: string, isCordoned = true): this {
    this.patchNode(node, { spec: { unschedulable: isCordoned ? true : null } });
    return this;
  }

  deleteNode(name: string): WriteAnswer {
    return this.write({ verb: 'delete', group: '', resource: 'nodes', name });
  }

  // What machines do

  addNode(node: string | ScenarioNode): this {
    this.fleet.addAgent([typeof node === 'string' ? { name: node } : node]);
    return this;
  }

  /** Cuts the agent of the node off from everybody, with all of its nodes; what runs there goes on. */
  stopHeartbeats(node: string): this {
    this.fleet.world.network.setCut(this.fleet.agentOf(node).name, true);
    return this;
  }

  resumeHeartbeats(node: string): this {
    this.fleet.world.network.setCut(this.fleet.agentOf(node).name, false);
    return this;
  }

  /** Kills the agent process of the node; what runs there goes on. */
  crashAgent(node: string): this {
    this.fleet.agentOf(node).crash();
    return this;
  }

  startAgent(node: string): this {
    this.fleet.agentOf(node).start();
    return this;
  }

  /** The node boots anew: containers are lost, the disk is not. */
  reboot(node: string): this {
    this.fleet.agentOf(node).reboot(node);
    return this;
  }

  /** The node shuts down gracefully: it takes no Pods and ends those that it has, critical ones last. It ends with a boot or with `sayReady`. */
  shutDown(node: string, graceSeconds?: number): this {
    this.fleet.agentOf(node).shutDown(node, graceSeconds);
    return this;
  }

  /** The machine of the node is off, with all nodes of its agent. */
  powerOff(node: string): this {
    this.fleet.agentOf(node).powerOff();
    return this;
  }

  powerOn(node: string): this {
    this.fleet.agentOf(node).powerOn();
    return this;
  }

  /** The agent says that the node can (not) run Pods. */
  sayReady(node: string, isReady: boolean): this {
    this.fleet.agentOf(node).sayReady(node, isReady);
    return this;
  }

  get leader(): SimulatedController | undefined {
    return this.fleet.controllers.find((controller) => controller.isLeader);
  }

  /** Kills the leading controller; it comes back, as a standby if another one leads by then. */
  killLeader(restartAfterMs = 5_000): this {
    const { leader } = this;
    leader?.crash();
    this.fleet.world.schedule.after(restartAfterMs, () => leader?.restart());
    return this;
  }

  // What Pods do

  /** Pods that start from now on and match do this; the newest rule counts. */
  script(match: PodMatch, script: Partial<PodScript>): this {
    this.fleet.rules.push({ match, script });
    return this;
  }

  setReady(pod: string, isReady: boolean): this {
    return this.tellRuntime(pod, (runtime, uid, now) => runtime.setReady(uid, isReady, now));
  }

  /** A container of the Pod ends with an error; it is started again after the crash-loop back-off. */
  crash(pod: string): this {
    return this.tellRuntime(pod, (runtime, uid, now) => runtime.crash(uid, now));
  }

  /** The Pod is over: phase Failed or Succeeded. */
  end(pod: string, phase: 'Failed' | 'Succeeded', reason?: string): this {
    return this.tellRuntime(pod, (runtime, uid, now) => runtime.end(uid, { phase, ...(reason === undefined ? {} : { reason }) }, now));
  }

  private tellRuntime(name: string, tell: (runtime: ReturnType<ScenarioFleet['runtimeOf']>, uid: string, now: number) => ReturnType<ReturnType<ScenarioFleet['runtimeOf']>['crash']>): this {
    const pod = podsOf(this.log.state).get(keyOf('default', name));
    if (pod === undefined) throw new Error(`no Pod ${name}`);
    const node = nodeOfPod(pod);
    this.fleet.agentOf(node).runtimeSays(tell(this.fleet.runtimeOf(node), pod.metadata.uid, this.fleet.world.now));
    return this;
  }

  // What is to be seen

  daemonSet(name: string): DaemonSet {
    const daemonSet = daemonSetNamed(this.log.state, name);
    if (daemonSet === undefined) throw new Error(`no DaemonSet ${name}`);
    return daemonSet;
  }

  status(name: string): DaemonSetStatus {
    const { status } = this.daemonSet(name);
    if (status === undefined) throw new Error(`DaemonSet ${name} has no status yet`);
    return status;
  }

  node(name: string): Node | undefined {
    return nodeNamed(this.log.state, name);
  }

  /** Pods that the DaemonSet controls, by node. */
  pods(daemonSet: string): readonly Pod[] {
    return ownPods(this.log.state, this.daemonSet(daemonSet)).toSorted((left, right) => (nodeOfPod(left) < nodeOfPod(right) ? -1 : 1));
  }

  occ(daemonSet: string, node: string): readonly Pod[] {
    return occupying(this.log.state, this.daemonSet(daemonSet), node);
  }

  live(daemonSet: string, node: string): readonly Pod[] {
    return living(this.log.state, this.daemonSet(daemonSet), node);
  }

  avail(daemonSet: string): readonly Pod[] {
    return availablePods(this.log.state, this.daemonSet(daemonSet), this.fleet.world.now);
  }

  /** The DaemonSet's only living Pod on the node. */
  pod(daemonSet: string, node: string): Pod {
    const [pod, ...others] = this.live(daemonSet, node);
    if (pod === undefined || others.length > 0) throw new Error(`${daemonSet} has ${others.length + (pod === undefined ? 0 : 1)} living Pods on ${node}`);
    return pod;
  }

  /** Kubernetes events about an object of this name, newest last. */
  events(involved: string): readonly KubernetesObject[] {
    return [...objectsOf(this.log.state, 'events').values()].filter((event) => (event['involvedObject'] as { readonly name?: string } | undefined)?.name === involved);
  }
}
