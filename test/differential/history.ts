export interface Request {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** Content type; JSON when absent. */
  readonly type?: string;
}

export interface Step {
  readonly name: string;
  readonly requests?: readonly Request[];
  /** Commands whose output is compared, after the fleet has come to rest. */
  readonly kubectl?: readonly (readonly string[])[];
  /** Agents that are killed or started before anything is asked for, by the node that they host. */
  readonly agents?: Readonly<Record<string, 'killed' | 'started'>>;
  /** Faults that the agents of nodes take before anything is asked for, as the lab sends them. */
  readonly faults?: Readonly<Record<string, object>>;
  /** Waited for before the fleet may come to rest: the condition Ready of nodes, or that they are gone. */
  readonly until?: Readonly<Record<string, 'True' | 'False' | 'Unknown' | 'gone'>>;
  /** The fleet counts as at rest when nothing has changed for that long. */
  readonly quietMs?: number;
}

export interface History {
  readonly name: string;
  /** Whether nodes are changed in a way that other histories see: such a history is played alone. */
  readonly changesNodes: boolean;
  /** A rollout is held on some of the nodes; on which ones is up to the controller, so that only their number is compared. */
  readonly takesAnyNodes?: boolean;
  readonly steps: readonly Step[];
}
