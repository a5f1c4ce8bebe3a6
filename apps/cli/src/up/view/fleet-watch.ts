import {
  clearDirty,
  emptyFleet,
  evolveRecord,
  parseRecordBody,
  readSnapshot,
  type Change,
  type FleetState,
  type Pod,
} from '@everynode/core';
import type { EventLog, Follower } from '@everynode/event-log';
import { eventsOfRecord, type LoggedEvent } from '../../events/event-line.ts';

export interface FleetWatchListeners {
  readonly onEvents: (events: readonly LoggedEvent[]) => void;
  readonly onFirstPodRunning: () => void;
  readonly onBroken: (detail: string) => void;
}

const isRunning = (object: Change['after']): boolean => (object as Pod | undefined)?.status?.phase === 'Running';

/** Folds the log as it grows, for what `up` shows. */
export class FleetWatch {
  readonly state: FleetState;
  private readonly follower: Follower;
  private hasRunningPod: boolean;

  private constructor(log: EventLog, state: FleetState, listeners: FleetWatchListeners) {
    this.state = state;
    this.hasRunningPod = false;
    state.onChange = ({ resource, before, after }) => {
      if (this.hasRunningPod || resource !== 'pods' || !isRunning(after) || isRunning(before)) return;
      this.hasRunningPod = true;
      listeners.onFirstPodRunning();
    };
    this.follower = log.follow(state.sequence + 1, (records) => {
      for (const record of records) {
        evolveRecord(state, record.sequence, parseRecordBody(record.payload));
        listeners.onEvents(eventsOfRecord(record));
      }
      clearDirty(state);
    });
    void this.follower.ended.then((end) => {
      if (end.reason === 'log-broken') listeners.onBroken(end.detail);
    });
  }

  /** Starts from the end of the log as it is now: what happened before is state, not news. */
  static async start(log: EventLog, listeners: FleetWatchListeners): Promise<FleetWatch> {
    const { lastSequence } = await log.status();
    const snapshot = await log.loadSnapshot();
    const state = (snapshot === undefined ? undefined : readSnapshot(snapshot.state)) ?? emptyFleet();
    if (lastSequence > state.sequence)
      for await (const record of log.read(state.sequence + 1, lastSequence))
        evolveRecord(state, record.sequence, parseRecordBody(record.payload));
    clearDirty(state);
    return new FleetWatch(log, state, listeners);
  }

  async close(): Promise<void> {
    await this.follower.close();
  }
}
