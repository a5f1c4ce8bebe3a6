import type { Labels, PodSpec } from '../kubernetes/objects.ts';

/** A Pod that has to run on the node. */
export interface RunPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** uid of the controller owner; Pods of one owner exclude each other on a node unless `surge` is set. Empty for a Pod without controller. */
  readonly owner: string;
  /** The owner's update strategy lets a second Pod run beside this one. */
  readonly surge: boolean;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly spec: PodSpec;
}

/** A Pod that has to end; the agent reports it gone when nothing of it is left. */
export interface TerminatePod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Seconds from the moment that the agent sees the command until it kills. */
  readonly graceSeconds: number;
}

/**
 * The Pod create and delete commands in force for one node: the whole set, sent again until the node reports that it has observed it.
 * (epoch, sequence) orders the sets of a node; an agent refuses older ones and those for another node uid.
 */
export interface NodeCommands {
  readonly node: string;
  readonly nodeUid: string;
  readonly epoch: number;
  /** Sequence of the log on which the set was made. */
  readonly sequence: number;
  readonly run: readonly RunPod[];
  readonly terminate: readonly TerminatePod[];
}
