import type { WriteVerb } from '../controller/input.ts';
import type {
  Condition,
  ControllerRevision,
  DaemonSet,
  DaemonSetStatus,
  KubernetesObject,
  Node,
  ObjectMeta,
  Pod,
  PodPhase,
  PodStatus,
  Taint,
} from '../kubernetes/objects.ts';

/** Namespace, name and uid of the object that an event is about; the uid keeps an event of an old object from touching a new one of the same name. */
export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** How a run of a container ended. Times in milliseconds. */
export interface ContainerEnd {
  readonly exitCode: number;
  readonly reason?: string;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly containerID?: string;
}

/** What an agent says of one container; expanded into `containerStatuses` by the fold. Times in milliseconds. */
export interface ContainerReport {
  readonly name: string;
  /** The runtime's name of the present run, or of the last one while none is present, e.g. `containerd://6f0c…`. */
  readonly containerID?: string;
  readonly state: 'waiting' | 'running' | 'terminated';
  readonly ready: boolean;
  readonly restartCount: number;
  readonly reason?: string;
  readonly message?: string;
  readonly exitCode?: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** The run before, or the last one while the container waits for its next. */
  readonly last?: ContainerEnd;
}

/** What an agent says of one Pod: the whole of it, so that a lost report is healed by the next. */
export interface PodReport {
  readonly phase: PodPhase;
  readonly ready: boolean;
  readonly reason?: string;
  readonly message?: string;
  readonly podIP?: string;
  readonly startedAt?: number;
  readonly containers: readonly ContainerReport[];
  /** Absent when the Pod has none. */
  readonly initContainers?: readonly ContainerReport[];
  /** Those that were added to the running Pod; absent when there are none. They are never ready and never start anew. */
  readonly ephemeralContainers?: readonly ContainerReport[];
}

/** Why a Pod is being deleted; kept in the log so that `explain` can say it. */
export type DeletionCause =
  | 'api'
  | 'excess'
  | 'not-eligible'
  | 'failed'
  | 'succeeded'
  | 'outdated'
  | 'surge-replaced'
  | 'unscheduled-on-missing-node'
  | 'taint'
  | 'node-gone'
  /** The node has nothing of the Pod left; the request before says why it was to go. */
  | 'stopped'
  | 'owner-deleted'
  | 'namespace-deleted';

/** Who made an API write, and how; absent in records of versions that did not say it. */
export interface RequestAudit {
  readonly verb: WriteVerb;
  readonly subresource?: string;
  readonly user: string;
  readonly groups?: readonly string[];
  /** The one who made it in that user's name. */
  readonly impersonatedBy?: string;
  /** The program, as it names itself in its User-Agent. */
  readonly agent?: string;
}

/**
 * Everything that can happen. A type that was published is never changed: a new meaning gets a new version and an upcaster.
 * Times of events are the `at` of their record.
 */
export type FleetEvent =
  | { readonly type: 'epoch.started.v1'; readonly epoch: number; readonly holder: string }
  /** Kinds that the core keeps without deciding on them: namespaces, config maps, secrets, service accounts, services, leases, API-written events. */
  | { readonly type: 'object.created.v1'; readonly resource: string; readonly object: KubernetesObject; readonly by: string }
  | { readonly type: 'object.updated.v1'; readonly resource: string; readonly object: KubernetesObject; readonly by: string }
  | ({ readonly type: 'object.deleted.v1'; readonly resource: string; readonly by: string } & ObjectKey)
  /** Deletion was asked for, but finalizers (or dependents) hold the object; any kind but Pods. `generation` is what it has from then on, where it has one that changes. */
  | ({ readonly type: 'object.deletion-requested.v1'; readonly resource: string; readonly finalizers: readonly string[]; readonly generation?: number; readonly by: string } & ObjectKey)
  /** Labels, annotations, owner references or finalizers of any object were changed by a controller (adoption, release, garbage collection). */
  | ({ readonly type: 'object.metadata-changed.v1'; readonly resource: string; readonly metadata: Partial<Pick<ObjectMeta, 'labels' | 'annotations' | 'ownerReferences' | 'finalizers'>>; readonly by: string } & ObjectKey)
  | { readonly type: 'node.registered.v1'; readonly node: Node; readonly agent: string; readonly session: number; readonly bootId: string }
  | { readonly type: 'node.updated.v1'; readonly node: Node; readonly by: string }
  | { readonly type: 'node.became-ready.v1'; readonly name: string; readonly conditions: readonly Condition[] }
  | { readonly type: 'node.became-not-ready.v1'; readonly name: string; readonly conditions: readonly Condition[] }
  /** No heartbeat for the grace period. */
  | { readonly type: 'node.lost.v1'; readonly name: string; readonly conditions: readonly Condition[]; readonly lastHeartbeatAt: number | null }
  | { readonly type: 'node.condition-changed.v1'; readonly name: string; readonly conditions: readonly Condition[]; readonly by: string }
  | { readonly type: 'node.taints-changed.v1'; readonly name: string; readonly taints: readonly Taint[]; readonly by: string }
  | { readonly type: 'daemonset.created.v1'; readonly daemonSet: DaemonSet; readonly by: string }
  | { readonly type: 'daemonset.template-changed.v1'; readonly daemonSet: DaemonSet; readonly by: string }
  | { readonly type: 'daemonset.spec-changed.v1'; readonly daemonSet: DaemonSet; readonly by: string }
  | { readonly type: 'daemonset.metadata-changed.v1'; readonly daemonSet: DaemonSet; readonly by: string }
  | ({ readonly type: 'daemonset.status-changed.v1'; readonly status: DaemonSetStatus; readonly by: string } & ObjectKey)
  /**
   * A revision of a DaemonSet came further: another node has an available Pod of it, its rollout began, waits or is done; `available` may also have gone back.
   * `revision` is its hash, `progressedAt` (milliseconds) the time of the last step forward.
   */
  | ({
      readonly type: 'daemonset.rollout-progressed.v1';
      readonly revision: string;
      readonly available: number;
      readonly stage: 'waiting' | 'rolling' | 'done';
      readonly progressedAt: number;
    } & ObjectKey)
  | { readonly type: 'controllerrevision.created.v1'; readonly revision: ControllerRevision; readonly by: string }
  | { readonly type: 'controllerrevision.updated.v1'; readonly revision: ControllerRevision; readonly by: string }
  /** A Pod of a DaemonSet: its spec follows from the revision's template, the node and the default tolerations, so the event stays small. */
  | ({
      readonly type: 'pod.created.v1';
      readonly node: string;
      /** uid of the owning DaemonSet. */
      readonly owner: string;
      /** Name of the ControllerRevision whose template the Pod is made from. */
      readonly revision: string;
    } & ObjectKey)
  /** A Pod that a user created through the API, with or without a node. */
  | { readonly type: 'pod.applied.v1'; readonly pod: Pod; readonly by: string }
  | ({ readonly type: 'pod.updated.v1'; readonly pod: Pod; readonly by: string } & ObjectKey)
  | ({ readonly type: 'pod.bound.v1'; readonly node: string } & ObjectKey)
  | ({ readonly type: 'pod.reported.v1'; readonly report: PodReport } & ObjectKey)
  | ({ readonly type: 'pod.status-changed.v1'; readonly status: PodStatus; readonly by: string } & ObjectKey)
  /** The Pod's node is no longer Ready, so the Pod is not either (node lifecycle). */
  | ({ readonly type: 'pod.condition-changed.v1'; readonly condition: Condition } & ObjectKey)
  | ({ readonly type: 'pod.deletion-requested.v1'; readonly graceSeconds: number; readonly cause: DeletionCause; readonly by: string } & ObjectKey)
  | ({ readonly type: 'pod.deleted.v1'; readonly cause: DeletionCause; readonly by: string } & ObjectKey)
  | ({ readonly type: 'pod.eviction-scheduled.v1'; readonly startedAt: number; readonly dueAt: number } & ObjectKey)
  | ({ readonly type: 'pod.eviction-cancelled.v1' } & ObjectKey)
  /** A failed Pod of a DaemonSet was deleted: the back-off of this DaemonSet generation on this node goes one step on (DS-139 … DS-143). Delay in milliseconds. */
  | { readonly type: 'pod.failure-counted.v1'; readonly owner: string; readonly generation: number; readonly node: string; readonly delayMs: number }
  /**
   * Somebody deleted a Pod of a DaemonSet soon after it was made, which counts as a failed attempt: the same back-off goes one step on, and no Pod is created there
   * before `from`. Milliseconds; `from` is a time.
   */
  | { readonly type: 'pod.deletion-counted.v1'; readonly owner: string; readonly generation: number; readonly node: string; readonly delayMs: number; readonly from: number }
  /** A Pod of a DaemonSet became available on a node where Pods of it had failed, or none is wanted there any more. */
  | { readonly type: 'pod.failures-over.v1'; readonly owner: string; readonly node: string }
  /** A Kubernetes event (kind Event) that a controller recorded; repeated ones raise `count`. */
  | {
      readonly type: 'event.recorded.v1';
      readonly namespace: string;
      readonly name: string;
      readonly uid: string;
      readonly involved: { readonly apiVersion: string; readonly kind: string; readonly namespace?: string; readonly name: string; readonly uid: string };
      readonly severity: 'Normal' | 'Warning';
      readonly reason: string;
      readonly message: string;
      readonly component: string;
    }
  /** An API write was answered; repeated requests with this id get the same answer. */
  | { readonly type: 'request.answered.v1'; readonly id: string; readonly code: number; readonly resource: string; readonly namespace: string; readonly name: string; readonly audit?: RequestAudit };

export type FleetEventType = FleetEvent['type'];

/** The body of one record of the log: one decision, all of its events, and when it was made. */
export interface RecordBody {
  /** Milliseconds, the leader's clock at the decision; never smaller than that of the record before. */
  readonly at: number;
  readonly events: readonly FleetEvent[];
}
