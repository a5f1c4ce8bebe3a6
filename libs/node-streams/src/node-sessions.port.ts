/** The Pod and container that a session is about. */
export interface SessionTarget {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly container: string;
}

/** What the log of a container is asked for; the fields are those of Kubernetes' PodLogOptions. */
export interface LogRequest {
  readonly type: 'log';
  readonly follow: boolean;
  /** The log of the container's instance before the present one. */
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
  readonly limitBytes?: number;
}

/** The streams that a client of exec or attach takes part in. */
export interface TerminalStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export interface ExecRequest extends TerminalStreams {
  readonly type: 'exec';
  readonly command: readonly string[];
}

export interface AttachRequest extends TerminalStreams {
  readonly type: 'attach';
}

/** One connection to one port of a Pod. */
export interface PortForwardRequest {
  readonly type: 'port-forward';
  readonly port: number;
}

export type SessionRequest = LogRequest | ExecRequest | AttachRequest | PortForwardRequest;

/** Channels of a session, numbered as in Kubernetes' `v5.channel.k8s.io`. A log comes on `stdout`; a forwarded port uses `stdin` towards the Pod and `stdout` back. */
export const SESSION_CHANNELS = { stdin: 0, stdout: 1, stderr: 2, resize: 4 } as const;
export type SessionChannel = (typeof SESSION_CHANNELS)[keyof typeof SESSION_CHANNELS];

/** How a session ended. */
export type SessionEnd =
  /** The command's exit code; 0 for a log that was read to its end and for a connection that was closed. */
  | { readonly type: 'exited'; readonly exitCode: number }
  /** The command could not be run, or the container is gone: what Kubernetes' answers say in `reason` and `message`. */
  | { readonly type: 'failed'; readonly reason: string; readonly message: string }
  /** The agent fell silent. */
  | { readonly type: 'lost'; readonly message: string };

export type SessionEvent =
  | { readonly type: 'data'; readonly channel: SessionChannel; readonly bytes: Uint8Array }
  | { readonly type: 'end'; readonly end: SessionEnd };

/** One open session. Both directions are bounded: who sends faster than the other side reads has to wait. */
export interface NodeSession {
  /** Resolves when there is room for more; resolves at once, and drops the bytes, when the session has ended. */
  write(channel: SessionChannel, bytes: Uint8Array): Promise<void>;
  /** Says that nothing more comes on a channel (end of file of `stdin`). */
  end(channel: SessionChannel): void;
  /** What comes back, in order; the last event is `end`. To be iterated once. */
  readonly events: AsyncIterable<SessionEvent>;
  /** Leaves: the agent ends what it began for this session. */
  close(): void;
}

export type OpenOutcome =
  | { readonly outcome: 'opened'; readonly session: NodeSession }
  /** The agent answered no: `code` is the HTTP status, `reason` and `message` are those of Kubernetes' Status. */
  | { readonly outcome: 'refused'; readonly code: number; readonly reason: string; readonly message: string }
  /** Nobody answered for the node in time. */
  | { readonly outcome: 'unreachable'; readonly message: string };

/** Sessions with the containers of nodes, through the agents that host them. */
export interface NodeSessions {
  open(node: string, target: SessionTarget, request: SessionRequest): Promise<OpenOutcome>;
}
