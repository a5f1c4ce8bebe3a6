import { emptyDelayQueue, type DelayQueue } from '../kernel/delay-queue.ts';
import type { ControllerRevision, DaemonSet, KubernetesObject, Node, Pod } from '../kubernetes/objects.ts';
import type { RolloutProgress } from '../rollout/rollout-progress.ts';
import type { Rollup } from '../rollout/rollup.ts';

/** Resources that the core itself decides on; every other plural name is allowed too and kept without deciding. */
export type CoreResource = 'nodes' | 'pods' | 'daemonsets' | 'controllerrevisions' | 'events' | 'namespaces';

/** `namespace/name`, or `/name` for objects without a namespace. */
export type Key = string;

export const keyOf = (namespace: string | undefined, name: string): Key => `${namespace ?? ''}/${name}`;
export const keyOfObject = (object: KubernetesObject): Key => keyOf(object.metadata.namespace, object.metadata.name);

/** The agent that hosts a node, as of its newest registration. */
export interface NodeSession {
  readonly agent: string;
  /** Grows by one with each registration; reports of an older session are refused. */
  readonly session: number;
  readonly bootId: string;
}

export interface FailureBackoff {
  readonly delayMs: number;
  /** When the newest attempt failed. Lies ahead where the next Pod has to wait: none is created before. */
  readonly lastAt: number;
}

export interface Eviction {
  readonly startedAt: number;
  readonly dueAt: number;
}

/** How many Kubernetes events may still be recorded about one object by one component; see `recordEvent`. */
export interface EventBudget {
  readonly tokens: number;
  readonly at: number;
}

export interface RememberedAnswer {
  readonly code: number;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** One object before and after a record; `before` is absent for a new object, `after` for a deleted one (which then carries its last state). */
export interface Change {
  readonly resource: string;
  readonly key: Key;
  readonly before: KubernetesObject | undefined;
  readonly after: KubernetesObject | undefined;
}

/** What has changed since the reconcilers last looked. Not part of the truth: a new leader starts with everything dirty. */
export interface Dirty {
  /** DaemonSets (keys) to be looked at whole: spec changed, created, revisions changed. */
  readonly daemonSets: Set<Key>;
  /** Nodes (names) on which one DaemonSet (key) is to be looked at. */
  readonly daemonSetNodes: Map<Key, Set<string>>;
  /** Nodes (names) whose labels, taints, conditions or existence changed. */
  readonly nodes: Set<string>;
  /** Pods (keys) whose tolerations, node, ownership, deletion or existence changed. */
  readonly pods: Set<Key>;
  /** Nodes (names) whose commands in force may have changed. */
  readonly commands: Set<string>;
  /** uids of owners that were deleted or wait for their dependents. */
  readonly owners: Set<string>;
  /** Namespaces (names) that are created or being deleted. */
  readonly namespaces: Set<string>;
  /** Namespaces (names) whose ResourceQuotas count another number, or are others. */
  readonly quotas: Set<string>;
}

/** Look-ups that follow from the objects; kept by `putObject` and `removeObject`, rebuilt from the objects after a snapshot. */
export interface Indexes {
  /** Pods by the node that they are bound to or meant for (DS-123). */
  readonly podsByNode: Map<string, Map<Key, Pod>>;
  /** uid of the controller owner → keys of its Pods. */
  readonly podsByOwner: Map<string, Set<Key>>;
  /** Pods without a controller, per namespace: candidates for adoption. */
  readonly orphanPods: Map<string, Set<Key>>;
  /** uid of any owner → `resource key` of its dependents. */
  readonly dependents: Map<string, Set<string>>;
  readonly daemonSetByUid: Map<string, Key>;
  /** uid of the controller owner → keys of its ControllerRevisions. */
  readonly revisionsByOwner: Map<string, Set<Key>>;
  /** Pods that no node is named for and that are not over: they wait to be bound. */
  readonly unboundPods: Set<Key>;
  /** Pods that have succeeded or failed, per namespace. */
  readonly endedPods: Map<string, Set<Key>>;
  /** uid of an object that is being deleted → its resource and key. */
  readonly deleting: Map<string, { readonly resource: string; readonly key: Key }>;
  /** Namespace → resource → keys of what is in it. */
  readonly namespaceContents: Map<string, Map<string, Set<Key>>>;
}

/**
 * The fold of a prefix of the log. It is owned by one fold and changed in place by `evolve` (a copy per event would make cost follow the fleet);
 * the objects in it are never changed in place.
 */
export interface FleetState {
  /** Sequence of the last record folded; 0 for an empty log. */
  sequence: number;
  epoch: number;
  /** `at` of the last record folded, milliseconds. */
  at: number;
  readonly objects: Map<string, Map<Key, KubernetesObject>>;
  readonly sessions: Map<string, NodeSession>;
  /** `<owner uid>/<generation>/<node>` → back-off of failed Pods, and of those that somebody deletes as soon as they are made. */
  readonly backoffs: Map<string, FailureBackoff>;
  /** uid of a DaemonSet → nodes on which Pods of it have failed and none became available since → when the last failure was counted. */
  readonly failing: Map<string, Map<string, number>>;
  /** uid of a DaemonSet → how far its current revision has come. */
  readonly rollouts: Map<string, RolloutProgress>;
  /** Pod uid → eviction that waits for its time. */
  readonly evictions: Map<string, Eviction>;
  readonly answers: Map<string, RememberedAnswer>;
  /** `<component>/<uid>` → budget of Kubernetes events, least recently used first. */
  readonly eventBudgets: Map<string, EventBudget>;
  /** Objects that are only looked up; everything below is derived. */
  readonly indexes: Indexes;
  readonly dirty: Dirty;
  /** Keys `daemonset-node <ds key> <node>`, `pod <key>`, `node <name>`, `backoff-gc` … that become dirty at a time. */
  readonly wakeups: DelayQueue;
  /** DaemonSet key → what is known of all of its nodes; made by the reconciler, derived and never written down. */
  readonly rollups: Map<Key, Rollup>;
  /** Called with each change of an object, in order; read models use it. */
  onChange: ((change: Change) => void) | undefined;
}

export const emptyDirty = (): Dirty => ({
  daemonSets: new Set(),
  daemonSetNodes: new Map(),
  nodes: new Set(),
  pods: new Set(),
  commands: new Set(),
  owners: new Set(),
  namespaces: new Set(),
  quotas: new Set(),
});

/** Forgets the marks; for folds that do not reconcile (standbys, readers), whose marks would only grow. */
export const clearDirty = (state: FleetState): void => {
  for (const marks of Object.values(state.dirty) as { clear(): void }[]) marks.clear();
};

const emptyIndexes = (): Indexes => ({
  podsByNode: new Map(),
  podsByOwner: new Map(),
  orphanPods: new Map(),
  dependents: new Map(),
  daemonSetByUid: new Map(),
  revisionsByOwner: new Map(),
  unboundPods: new Set(),
  endedPods: new Map(),
  deleting: new Map(),
  namespaceContents: new Map(),
});

export const emptyFleet = (): FleetState => ({
  sequence: 0,
  epoch: 0,
  at: 0,
  objects: new Map(),
  sessions: new Map(),
  backoffs: new Map(),
  failing: new Map(),
  rollouts: new Map(),
  evictions: new Map(),
  answers: new Map(),
  eventBudgets: new Map(),
  indexes: emptyIndexes(),
  dirty: emptyDirty(),
  wakeups: emptyDelayQueue(),
  rollups: new Map(),
  onChange: undefined,
});

const NONE: ReadonlyMap<Key, KubernetesObject> = new Map();

/** All objects of a resource (plural name), in the order of their creation. */
export const objectsOf = (state: FleetState, resource: string): ReadonlyMap<Key, KubernetesObject> => state.objects.get(resource) ?? NONE;

export const nodesOf = (state: FleetState): ReadonlyMap<Key, Node> => objectsOf(state, 'nodes');
export const podsOf = (state: FleetState): ReadonlyMap<Key, Pod> => objectsOf(state, 'pods') as ReadonlyMap<Key, Pod>;
export const daemonSetsOf = (state: FleetState): ReadonlyMap<Key, DaemonSet> => objectsOf(state, 'daemonsets') as ReadonlyMap<Key, DaemonSet>;
export const revisionsOf = (state: FleetState): ReadonlyMap<Key, ControllerRevision> =>
  objectsOf(state, 'controllerrevisions') as ReadonlyMap<Key, ControllerRevision>;

export const nodeNamed = (state: FleetState, name: string): Node | undefined => nodesOf(state).get(keyOf(undefined, name));
