/** A message that came in; `reply` is absent when the sender does not wait for an answer. */
export interface BusMessage {
  readonly subject: string;
  readonly payload: string;
  readonly reply: ((payload: string) => void) | undefined;
}

export type RequestOutcome =
  | { readonly outcome: 'answered'; readonly payload: string }
  /** Nobody answered in time, nobody listens, or the connection is down: the request may or may not have been carried out. */
  | { readonly outcome: 'unknown'; readonly detail: string };

export interface Subscription {
  unsubscribe(): void;
}

/**
 * At-most-once messages between processes: reports, heartbeats, API writes. Nothing is stored; whoever needs certainty sends again until it is answered.
 * Subject patterns follow NATS: tokens separated by dots, `*` for one token, `>` for the rest.
 */
export interface MessageBus {
  /** Fire and forget; dropped while disconnected. */
  publish(subject: string, payload: string): void;
  subscribe(pattern: string, onMessage: (message: BusMessage) => void): Subscription;
  /** As `publish`, for payloads that are not text. The bytes must not be changed afterwards. */
  publishBytes(subject: string, payload: Uint8Array): void;
  /** As `subscribe`, with the payload as it came; a text payload is its UTF-8. */
  subscribeBytes(pattern: string, onBytes: (subject: string, payload: Uint8Array) => void): Subscription;
  request(subject: string, payload: string, timeoutMs: number): Promise<RequestOutcome>;
  /** Called on every (re)connection and disconnection; called at once with the present state. */
  onConnection(listener: (connected: boolean) => void): Subscription;
  /** Resolves when everything published so far has reached the broker. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The Pod create and delete commands in force for each node: only the last one of a node is kept, and it may be delivered late, twice or not at all;
 * readers fetch the last one after connecting, after a gap and on a timer.
 */
export interface CommandStore {
  /** Replaces the set in force for `node`. Never rejects: `false` means that it may not have been stored, and the caller sends it again. */
  put(node: string, payload: string): Promise<boolean>;
  /** The set in force for `node`, if any. Throws `EventLogUnavailable`. */
  last(node: string): Promise<string | undefined>;
  /** Calls `onCommand` for every set put for one of `nodes` from now on. */
  subscribe(nodes: readonly string[], onCommand: (node: string, payload: string) => void): Subscription;
}

/** Liveness only: losing or stealing it never endangers anything, because appends are fenced by the log itself. */
export interface Lease {
  /** Takes the lease if it is free or already ours, else returns false. Never throws; an unreachable broker is `false`. */
  acquireOrRenew(holder: string): Promise<boolean>;
  /** Gives the lease up if it is ours. */
  release(holder: string): Promise<void>;
  /** Who holds it, if known. */
  holder(): Promise<string | undefined>;
}

/** A message that was refused at the edge, kept with the reason so that it can be looked at and sent again. */
export interface DeadLetter {
  readonly id: number;
  readonly at: string;
  /** Short name of where it came from: `agent-report`, `heartbeat`, `registration`, `api-write`, `event`. */
  readonly source: string;
  readonly subject: string;
  readonly reason: string;
  readonly payload: string;
  readonly redrivenAt?: string;
}

export interface DeadLetterQueue {
  /** Never throws; false when it could not be stored. */
  bury(letter: Omit<DeadLetter, 'id' | 'redrivenAt'>): Promise<boolean>;
  /** The newest letters, newest first, at most `limit`. */
  list(limit: number): Promise<readonly DeadLetter[]>;
  get(id: number): Promise<DeadLetter | undefined>;
  /** Removes the letter after it was sent again. */
  remove(id: number): Promise<boolean>;
}
