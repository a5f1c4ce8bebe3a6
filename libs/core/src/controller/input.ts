import type { PodReport } from '../event/fleet-event.ts';
import type { Labels, Taint, TaintEffect } from '../kubernetes/objects.ts';

/** What an agent says of a node that it hosts when it registers it. Registering again is how an agent starts a new session after a restart. */
export interface NodeRegistration {
  readonly name: string;
  /** The uid that the agent has on disk from an earlier registration; absent on a new disk. */
  readonly uid?: string;
  /** Changes with each boot of the node (not with each start of the agent). */
  readonly bootId: string;
  readonly labels: Labels;
  /** Taints that the node joins with; a node that is known already keeps the taints that it has. */
  readonly taints: readonly Taint[];
  readonly address: string;
  /** Version of the agent, shown as kubelet version. */
  readonly version: string;
  readonly capacity: Readonly<Record<string, string>>;
  readonly osImage: string;
  readonly kernelVersion: string;
  readonly architecture: string;
  readonly runtime: string;
  /** The node shuts down and is not Ready; absent means that it is Ready. */
  readonly shuttingDown?: boolean;
}

export interface NodeHeartbeat {
  readonly name: string;
  readonly session: number;
  /** False when the agent is alive but cannot run Pods. */
  readonly ready: boolean;
  /** Why it cannot: the node shuts down. */
  readonly shuttingDown?: boolean;
  /** Epoch and sequence of the newest set of commands that the node has taken up; 0 when it has none. */
  readonly observedEpoch: number;
  readonly observedSequence: number;
}

export interface TaintChange {
  readonly key: string;
  readonly effect: TaintEffect;
  readonly value?: string;
  /** False removes the taint. */
  readonly present: boolean;
}

export interface PodStatusReport {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Grows with every report of this Pod within a session; an older one that arrives late changes nothing. */
  readonly revision: number;
  /** The Pod has stopped for good and nothing of it is left on the node; `report` is its last state. */
  readonly gone: boolean;
  readonly report: PodReport;
}

export interface NodeReport {
  readonly name: string;
  readonly session: number;
  /** The node shuts down; said with what becomes of its Pods, so that nobody takes them for failed on a node that is well. */
  readonly shuttingDown?: boolean;
  readonly observedEpoch: number;
  readonly observedSequence: number;
  readonly pods: readonly PodStatusReport[];
  readonly taints: readonly TaintChange[];
}

export type WriteVerb = 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';
export type PropagationPolicy = 'Foreground' | 'Background' | 'Orphan';

/** One write that came in at an API server; the body is decoded JSON. */
export interface ApiWrite {
  /** Idempotency key: the same write sent again gets the same answer. */
  readonly id: string;
  readonly verb: WriteVerb;
  readonly group: string;
  readonly version: string;
  /** Plural name. */
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly body?: unknown;
  readonly patchType?: PatchType;
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  readonly force: boolean;
  readonly user: string;
  /** Groups of the user, for the record. */
  readonly groups?: readonly string[];
  /** Who makes the write in the user's name. */
  readonly impersonatedBy?: string;
  /** User-Agent of the program. */
  readonly agent?: string;
  /** For deletions. */
  readonly propagationPolicy?: PropagationPolicy;
  readonly gracePeriodSeconds?: number;
  readonly preconditionUid?: string;
  readonly preconditionResourceVersion?: string;
  /** For deletecollection: selector strings. */
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Everything that the leading controller decides on. Validated at the edge; from here on the types are trusted, the contents are not. */
export type ControllerInput =
  /** `instance` is new for each start of the agent process; agents of older versions do not tell their interval. */
  | {
      readonly type: 'RegisterNodes';
      readonly agent: string;
      readonly instance: string;
      /** Milliseconds between two heartbeats of a node. */
      readonly heartbeatIntervalMs?: number;
      readonly nodes: readonly NodeRegistration[];
    }
  | { readonly type: 'Heartbeats'; readonly agent: string; readonly nodes: readonly NodeHeartbeat[] }
  | { readonly type: 'ReportNodes'; readonly agent: string; readonly nodes: readonly NodeReport[] }
  | { readonly type: 'WriteObject'; readonly write: ApiWrite };

export type RegistrationAnswer =
  | { readonly name: string; readonly uid: string; readonly session: number }
  | { readonly name: string; readonly refused: string };

/** Kubernetes Status body; see `@everynode/kubernetes-api`. */
export interface StatusBody {
  readonly kind: 'Status';
  readonly code: number;
  readonly [field: string]: unknown;
}

export interface WriteAnswer {
  /** HTTP status. */
  readonly code: number;
  /** The object as it is after the write, or a Status. */
  readonly body: unknown;
  readonly warnings: readonly string[];
  /** Sequence that a reader must have folded to see the write; 0 when nothing was written. */
  readonly sequence: number;
}

export type ControllerAnswer =
  | { readonly type: 'Registered'; readonly nodes: readonly RegistrationAnswer[] }
  /** Reports up to here are in the log; `refusedNodes` need to register again (older session or unknown node). */
  | { readonly type: 'Reported'; readonly refusedNodes: readonly string[] }
  | { readonly type: 'Written'; readonly answer: WriteAnswer };
