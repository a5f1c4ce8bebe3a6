import type { PodReport, RunPod, RunningPod, RuntimeEvent, RuntimeRequest } from '@everynode/core';
import type { RuntimeSessionOutcome, SessionRequest, SessionTarget } from './session.port.ts';
import type { NodeUsage } from './usage.port.ts';

/** A Pod that the store of the agent has as started. */
export interface StoredPod {
  readonly node: string;
  readonly run: RunPod;
  readonly report: PodReport | null;
}

/**
 * Runs the Pods of nodes. Adapters: simulated (here); processes and containers can follow. What is asked for is started or ended in the adapter's own time
 * and told as events; nothing is answered at once and nothing throws: what fails is a state of the Pod.
 */
export interface NodeRuntime {
  /** Shown as `containerRuntimeVersion` of the node, e.g. `simulated://1.0`. */
  readonly version: string;
  /** Called once before anything is requested: tells which Pods of an earlier agent process still have containers, by node; `stored` is what that process kept. */
  recover(nodes: readonly string[], stored: readonly StoredPod[]): Promise<ReadonlyMap<string, readonly RunningPod[]>>;
  request(requests: readonly RuntimeRequest[]): void;
  /** One listener; it is never called from within `request`. */
  onEvents(listener: (events: readonly RuntimeEvent[]) => void): void;
  /** Opens a session with a container of a Pod of the node, or says as a kubelet would why there is none. Never rejects. */
  openSession(node: string, target: SessionTarget, request: SessionRequest): Promise<RuntimeSessionOutcome>;
  /** What each of the nodes and its running containers use now. */
  usage(nodes: readonly string[]): Promise<readonly NodeUsage[]>;
  close(): Promise<void>;
}

/** Time and timers as the process has them. */
export interface Scheduler {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once at the time (as soon as possible if it is past), never from within `at`; returns how to call it off. */
  at(time: number, callback: () => void): () => void;
}
