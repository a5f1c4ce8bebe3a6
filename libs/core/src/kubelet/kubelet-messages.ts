import type { ControllerAnswer, ControllerInput, NodeRegistration, TaintChange } from '../controller/input.ts';
import type { Milliseconds } from '../kernel/time.ts';
import type { NodeCommands } from './node-commands.ts';
import type { NodeRecord, StoreChange } from './node-record.ts';
import type { RunningPod, RuntimeEvent, RuntimeRequest } from './runtime.ts';

export interface KubeletConfig {
  /** Name of the agent process, unique in the fleet. */
  readonly agent: string;
  /** New for each start of the agent process. */
  readonly instance: string;
  /** Seeds the jitter of retries and rounds. */
  readonly seed: string;
  readonly heartbeatIntervalMs: Milliseconds;
  /** Changes that come up within this time while a report is under way travel in one report; otherwise they are sent at once. */
  readonly reportWindowMs: Milliseconds;
  /** How long it may take to say that commands were observed when nothing else is to be said. */
  readonly observedWindowMs: Milliseconds;
  /** Each node reads its commands again this often. */
  readonly resyncIntervalMs: Milliseconds;
  readonly requestTimeoutMs: Milliseconds;
  readonly retryFirstMs: Milliseconds;
  readonly retryMaxMs: Milliseconds;
}

/** Times that fit a fleet of real processes. */
export const KUBELET_DEFAULTS = {
  heartbeatIntervalMs: 10_000,
  reportWindowMs: 2,
  observedWindowMs: 250,
  resyncIntervalMs: 60_000,
  requestTimeoutMs: 2_000,
  retryFirstMs: 100,
  retryMaxMs: 10_000,
} as const satisfies Partial<KubeletConfig>;

const SHUTDOWN_SECONDS_DEFAULT = 60;

/** The times of a shutdown (a kubelet's `shutdownGracePeriod` and `shutdownGracePeriodCriticalPods`): a third of all is for critical Pods. */
export const shutdownTimes = (graceSeconds = SHUTDOWN_SECONDS_DEFAULT): { readonly graceMs: Milliseconds; readonly criticalMs: Milliseconds } => ({
  graceMs: graceSeconds * 1_000,
  criticalMs: Math.round((graceSeconds * 1_000) / 3),
});

/** What a node says of itself, apart from its identity. */
export type NodeDescription = Omit<NodeRegistration, 'uid' | 'bootId' | 'shuttingDown'>;

export interface StartedNode {
  readonly description: NodeDescription;
  /** What the store has of the node. */
  readonly record: NodeRecord | undefined;
  /** The boot that runs now; another one than in the record means that the containers were lost. */
  readonly bootId: string;
  /** What the runtime still has of earlier. */
  readonly running: readonly RunningPod[];
}

/** What an agent sends to the controller. */
export type AgentMessage = Extract<ControllerInput, { type: 'RegisterNodes' | 'Heartbeats' | 'ReportNodes' }>;

export type KubeletMessage =
  /** The first message, once: the nodes that this agent hosts. */
  | { readonly type: 'started'; readonly nodes: readonly StartedNode[] }
  /** The broker was reached (again) or lost; nothing is sent while it is lost. */
  | { readonly type: 'connection'; readonly isConnected: boolean }
  /** Sets of commands that arrived, in any order, repeated or late. */
  | { readonly type: 'commands'; readonly sets: readonly NodeCommands[] }
  | { readonly type: 'runtime'; readonly events: readonly RuntimeEvent[] }
  /** The controller that leads in `epoch` has answered the request `id`; an answer of an older epoch counts for nothing. */
  | { readonly type: 'answered'; readonly id: number; readonly epoch: number; readonly answer: ControllerAnswer }
  /** Nobody answered in time. The machine notices this by itself after `requestTimeoutMs` as well. */
  | { readonly type: 'unanswered'; readonly id: number }
  /** The controller could not read the request `id`. */
  | { readonly type: 'rejected'; readonly id: number; readonly reason: string }
  /** Commands of these nodes may have been missed. */
  | { readonly type: 'gap'; readonly nodes: readonly string[] }
  /** The node has booted anew and its containers are lost; the runtime knows nothing of them any more. */
  | { readonly type: 'rebooted'; readonly node: string; readonly bootId: string }
  /** Somebody on the node asks for its taints to be changed. */
  | { readonly type: 'taints'; readonly node: string; readonly changes: readonly TaintChange[] }
  /** The node can (not) run Pods, e.g. because its runtime is (not) there. */
  | { readonly type: 'readiness'; readonly node: string; readonly ready: boolean }
  /**
   * The node shuts down: it is not Ready any more, takes no Pods, and ends those that it has, critical ones last. It stays so until it boots or says that it is ready.
   * `graceMs` for all of it, `criticalMs` of that for the critical ones.
   */
  | { readonly type: 'shutdown'; readonly node: string; readonly graceMs: Milliseconds; readonly criticalMs: Milliseconds }
  | { readonly type: 'tick' }
  /** Say now what would wait for its window; before a graceful stop. */
  | { readonly type: 'flush' };

/** Why commands, or one Pod of them, were not carried out. */
export type CommandRefusal =
  'unknown-node' | 'foreign-node-uid' | 'stale' | 'too-many-pods' | 'contradiction' | 'pod-was-stopped';

/** Actions are carried out in their order: what is sent or started is in the store before. */
export type KubeletAction =
  | { readonly type: 'persist'; readonly changes: readonly StoreChange[] }
  | { readonly type: 'runtime'; readonly requests: readonly RuntimeRequest[] }
  /** A request to the controller; its outcome comes back as `answered`, `unanswered` or `rejected` with this id. */
  | { readonly type: 'send'; readonly id: number; readonly message: AgentMessage }
  /** Read the last set of commands of these nodes and bring it as `commands`. */
  | { readonly type: 'resync'; readonly nodes: readonly string[] }
  /** For the log of the process. */
  | { readonly type: 'notice'; readonly level: 'info' | 'warn'; readonly node: string; readonly text: string };

/** Counts since the machine was made. */
export interface KubeletCounters {
  setsAccepted: number;
  setsRepeated: number;
  readonly refusals: Record<CommandRefusal, number>;
  podsStarted: number;
  podsStopped: number;
  reportsSent: number;
  reportsUnanswered: number;
  /** Answers of leaders that were deposed. */
  answersStale: number;
  reportsRejected: number;
  heartbeatsSent: number;
  registrationsRefused: number;
  sessionsLost: number;
  reboots: number;
}

export const zeroCounters = (): KubeletCounters => ({
  setsAccepted: 0,
  setsRepeated: 0,
  refusals: {
    'unknown-node': 0,
    'foreign-node-uid': 0,
    stale: 0,
    'too-many-pods': 0,
    contradiction: 0,
    'pod-was-stopped': 0,
  },
  podsStarted: 0,
  podsStopped: 0,
  reportsSent: 0,
  reportsUnanswered: 0,
  answersStale: 0,
  reportsRejected: 0,
  heartbeatsSent: 0,
  registrationsRefused: 0,
  sessionsLost: 0,
  reboots: 0,
});
