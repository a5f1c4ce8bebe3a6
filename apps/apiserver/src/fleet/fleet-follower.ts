import { setTimeout as sleep } from 'node:timers/promises';
import { clearDirty, emptyFleet, evolveRecord, parseRecordBody, readSnapshot, type FleetState } from '@everynode/core';
import { isEventLogUnavailable, type EventLog, type Follower, type LogRecord, type LogStatus } from '@everynode/event-log';
import { RecordChangeCollector, WatchHistory, type RecordChanges, type WatchHistoryLimits } from '@everynode/read-models';
import type { Logger } from 'pino';
import { collectChanges } from './collect-changes.ts';
import type { FleetView, FollowPhase } from './fleet-view.ts';
import { FoldWaiters } from './fold-waiters.ts';

const RETRY_MS = 200;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Folds the log as it grows and remembers the newest changes for watches. */
export class FleetFollower implements FleetView {
  readonly waiters = new FoldWaiters();
  private readonly log: EventLog;
  private readonly limits: WatchHistoryLimits;
  private readonly logger: Logger;
  private readonly collector = new RecordChangeCollector();
  private readonly listeners = new Set<() => void>();
  private readonly memberships = new Map<string, number>();
  private fold: FleetState = emptyFleet();
  private changes: WatchHistory;
  private current: FollowPhase = { phase: 'starting' };
  private follower: Follower | undefined;
  /** End of the log when following began; before it is reached, answers would show the past. */
  private catchUpTo = Number.POSITIVE_INFINITY;

  constructor(log: EventLog, limits: WatchHistoryLimits, logger: Logger) {
    this.log = log;
    this.limits = limits;
    this.logger = logger;
    this.changes = new WatchHistory(limits, 0);
  }

  get state(): FleetState {
    return this.fold;
  }

  get history(): WatchHistory {
    return this.changes;
  }

  get phase(): FollowPhase {
    return this.current;
  }

  /** True once everything that was in the log at the start is folded, and as long as the log is followed. */
  get isReady(): boolean {
    return this.current.phase === 'following' && this.fold.sequence >= this.catchUpTo;
  }

  /** Sequence up to which the log was known to reach when following began; undefined while the log has not been reached. */
  get target(): number | undefined {
    return Number.isFinite(this.catchUpTo) ? this.catchUpTo : undefined;
  }

  untilFolded(sequence: number, timeoutMs: number): Promise<boolean> {
    return this.waiters.wait(sequence, timeoutMs);
  }

  membershipOf(resource: string): number {
    return this.memberships.get(resource) ?? 0;
  }

  /** Begins to follow the log, from the newest snapshot if there is one. Waits for an unreachable log, and never rejects: `phase` says what came of it. */
  async start(): Promise<void> {
    try {
      const status = await this.reachLog();
      if (status !== undefined) await this.followFrom(status);
    } catch (error) {
      this.end({ phase: 'broken', reason: reasonOf(error) });
    }
  }

  async stop(): Promise<void> {
    this.end({ phase: 'stopped' });
    await this.follower?.close();
  }

  onFolded(listener: () => void): { unsubscribe(): void } {
    this.listeners.add(listener);
    return { unsubscribe: () => void this.listeners.delete(listener) };
  }

  private async followFrom(status: LogStatus): Promise<void> {
    await this.startFromSnapshot(status);
    if (this.current.phase !== 'starting') return;
    collectChanges(this.fold, this.collector);
    this.catchUpTo = status.lastSequence;
    this.current = { phase: 'following' };
    this.waiters.reach(this.fold.sequence);
    this.follower = this.log.follow(this.fold.sequence + 1, (records) => this.take(records));
    void this.follower.ended.then(
      (end) => (end.reason === 'closed' ? this.end({ phase: 'stopped' }) : this.end({ phase: 'broken', reason: end.detail })),
      (error: unknown) => this.end({ phase: 'broken', reason: reasonOf(error) }),
    );
  }

  private async reachLog(): Promise<LogStatus | undefined> {
    while (this.current.phase === 'starting') {
      try {
        return await this.log.status();
      } catch (error) {
        if (!isEventLogUnavailable(error)) throw error;
        this.logger.warn({ err: error }, 'the log cannot be reached yet');
        await sleep(RETRY_MS);
      }
    }
    return undefined;
  }

  private async startFromSnapshot(status: LogStatus): Promise<void> {
    try {
      const snapshot = await this.log.loadSnapshot();
      if (snapshot === undefined || snapshot.incarnation !== status.incarnation || snapshot.sequence > status.lastSequence) return;
      const state = readSnapshot(snapshot.state);
      if (state === undefined) return;
      this.fold = state;
      this.changes = new WatchHistory(this.limits, state.sequence);
    } catch (error) {
      this.logger.warn({ err: error }, 'the snapshot cannot be used; the log is folded from its start');
    }
  }

  private take(records: readonly LogRecord[]): void {
    for (const record of records) {
      evolveRecord(this.fold, record.sequence, parseRecordBody(record.payload));
      this.remember(this.collector.finish(record.sequence), record.payload.length);
    }
    // Nothing is reconciled here, so the marks for reconcilers would only grow.
    clearDirty(this.fold);
    this.waiters.reach(this.fold.sequence);
    for (const listener of this.listeners) listener();
  }

  private remember(record: RecordChanges, length: number): void {
    this.changes.append(record, length);
    for (const [resource, changes] of record.byResource) {
      if (changes.some(({ before, after }) => before === undefined || after === undefined)) this.memberships.set(resource, this.membershipOf(resource) + 1);
    }
  }

  private end(phase: FollowPhase): void {
    if (this.current.phase === 'broken' || this.current.phase === 'stopped') return;
    this.current = phase;
    if (phase.phase === 'broken') this.logger.error({ reason: phase.reason, sequence: this.fold.sequence }, 'the log cannot be trusted; nothing is served any more');
    this.waiters.giveUp();
    for (const listener of this.listeners) listener();
  }
}
