/** The Pod and container that a session is about. */
export interface SessionTarget {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Empty for a forwarded port, which is one of the whole Pod. */
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

/** How a session that was not lost has ended. */
export type RuntimeSessionEnd =
  /** The command's exit code; 0 for a log that was read to its end and for a connection that was closed. */
  | { readonly type: 'exited'; readonly exitCode: number }
  /** The command could not be run, or the container is gone: what Kubernetes' answers say in `reason` and `message`. */
  | { readonly type: 'failed'; readonly reason: string; readonly message: string };

/** What a session says. A log and a forwarded port come as `stdout`; with a terminal everything does. */
export type RuntimeSessionOutput =
  | { readonly type: 'data'; readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly type: 'end'; readonly end: RuntimeSessionEnd };

/** Size of a terminal in characters. */
export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

/** One open session with a container. */
export interface RuntimeSession {
  /** Bytes for `stdin`, or for the forwarded port. Resolves when there is room for more, at the latest when the session has ended. */
  write(bytes: Uint8Array): Promise<void>;
  /** Nothing more comes for `stdin`. */
  endInput(): void;
  resize(size: TerminalSize): void;
  /** What comes back; nothing is made faster than it is taken, and the last is `end`. Iterated once. */
  readonly output: AsyncIterable<RuntimeSessionOutput>;
  /** Ends what runs for the session; `output` ends soon after. To be called however the session ends. */
  close(): void;
}

/** What is answered instead of a session: the fields of Kubernetes' Status. */
export interface SessionRefusal {
  /** HTTP status. */
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

export type RuntimeSessionOutcome =
  | { readonly outcome: 'opened'; readonly session: RuntimeSession }
  | ({ readonly outcome: 'refused' } & SessionRefusal);
