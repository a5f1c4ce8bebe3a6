import type { RuntimeSessionEnd, SessionRequest, SessionTarget } from '@everynode/node-runtime';

/** Channels of a session, numbered as in Kubernetes' `v5.channel.k8s.io`. A log comes on `stdout`; a forwarded port uses `stdin` towards the Pod and `stdout` back. */
export const SESSION_CHANNELS = { stdin: 0, stdout: 1, stderr: 2, resize: 4 } as const;
export type SessionChannel = (typeof SESSION_CHANNELS)[keyof typeof SESSION_CHANNELS];

/** How a session ended. */
export type SessionEnd =
  | RuntimeSessionEnd
  /** The agent fell silent. */
  | { readonly type: 'lost'; readonly message: string };

export type SessionEvent =
  | { readonly type: 'data'; readonly channel: SessionChannel; readonly bytes: Uint8Array }
  | { readonly type: 'end'; readonly end: SessionEnd };

/** One open session. Both directions are bounded: who sends faster than the other side reads has to wait. */
export interface NodeSession {
  /**
   * Resolves when there is room for more; resolves at once, and drops the bytes, when the session has ended. `resize` takes `{"Width":80,"Height":24}` as
   * Kubernetes' clients send it.
   */
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
