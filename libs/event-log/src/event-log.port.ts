/** Position of a record in the log; the first record has 1, 0 means "empty log". It is also Kubernetes' `resourceVersion`. */
export type Sequence = number;

/** What the writer asks to have appended as one record: one decision with all of its events. */
export interface AppendRequest {
  /** Sequence the writer believes to be the last one of the whole log; the append is refused if it is not. */
  readonly expectedLastSequence: Sequence;
  /** Epoch of the leader that writes; the record that starts an epoch carries that epoch too. */
  readonly epoch: number;
  /** Idempotency key, unique per append (`<epoch>-<n>`); a retry carries the same one. */
  readonly messageId: string;
  /** Subject of the record, from the registry in `@everynode/contracts`. */
  readonly subject: string;
  /** Distinct event types of the batch in order of first appearance, e.g. `pod.created.v1`; kept in a header. */
  readonly types: readonly string[];
  /** The batch, already encoded (JSON text). */
  readonly payload: string;
}

/** One record as it stands in the log. */
export interface LogRecord {
  readonly sequence: Sequence;
  readonly epoch: number;
  readonly messageId: string;
  readonly subject: string;
  readonly types: readonly string[];
  readonly payload: string;
}

/**
 * Every publish has three outcomes, and callers have to handle the third: `unknown` means that the record may or may not be in the log;
 * it is resolved by appending the same request again (same messageId) or by reading the tail.
 */
export type AppendOutcome =
  | { readonly outcome: 'accepted'; readonly sequence: Sequence; readonly duplicate: boolean }
  /** `wrong-last-sequence`: somebody else has written. `too-large`: the record exceeds what the broker takes; nothing was written. */
  | { readonly outcome: 'refused'; readonly reason: 'wrong-last-sequence' | 'too-large'; readonly detail: string }
  | { readonly outcome: 'unknown'; readonly detail: string };

/** Identity and extent of the log: a new `incarnation` under an old name means that the log was deleted and made again. */
export interface LogStatus {
  /** Stays the same as long as it is the same log (JetStream: the stream's creation time). */
  readonly incarnation: string;
  readonly firstSequence: Sequence;
  readonly lastSequence: Sequence;
}

/** A stored state of the fold, from which readers start instead of from zero. */
export interface Snapshot {
  readonly sequence: Sequence;
  readonly incarnation: string;
  readonly state: string;
}

/** Why a follower stopped by itself. */
export type FollowEnd =
  | { readonly reason: 'closed' }
  /** The log went backwards, lost records or was made again; whoever sees it stops deciding. */
  | { readonly reason: 'log-broken'; readonly detail: string };

export interface Follower {
  /** Settles once, when following has ended. */
  readonly ended: Promise<FollowEnd>;
  close(): Promise<void>;
}

/**
 * The log that everything is folded from. Adapters: in memory (`@everynode/event-log`) and JetStream (`@everynode/event-log-jetstream`).
 * Both pass `describeEventLog` of `@everynode/event-log/testing`.
 */
export interface EventLog {
  /**
   * Appends may be pipelined: call again with the predicted next sequence before the first has settled. Never rejects for a broker fault: that is `unknown`.
   * What is pipelined stands directly behind the append it was predicted on or is refused: the number alone would not do, because when one other writer's record
   * makes the first append fail, the second one's number has come true.
   */
  append(request: AppendRequest): Promise<AppendOutcome>;
  /** Records `from`…`to` inclusive, in order, but none appended after the call; `to` defaults to the last one. Throws `EventLogUnavailable` or `EventLogBroken`. */
  read(from: Sequence, to?: Sequence): AsyncIterable<LogRecord>;
  /**
   * Calls `onRecords` with consecutive records starting at `from`, in order, without gap or repetition, across reconnects, in slices as they arrive.
   * A follower at the end of the log receives a record within milliseconds of its acknowledgement.
   * An error thrown by `onRecords` ends it; `ended` is rejected with that error.
   */
  follow(from: Sequence, onRecords: (records: readonly LogRecord[]) => void): Follower;
  /** Throws `EventLogUnavailable`. */
  status(): Promise<LogStatus>;
  saveSnapshot(snapshot: Snapshot): Promise<void>;
  /** The newest snapshot of this incarnation that is not newer than `notAfter`, if there is one. */
  loadSnapshot(notAfter?: Sequence): Promise<Snapshot | undefined>;
  close(): Promise<void>;
}
