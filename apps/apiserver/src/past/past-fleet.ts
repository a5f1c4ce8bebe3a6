import { setImmediate as nextTurn } from 'node:timers/promises';
import { evolveRecord, parseRecordBody, type FleetState } from '@everynode/core';
import type { EventLog } from '@everynode/event-log';
import { foldUpTo, RecordChangeCollector, WatchHistory } from '@everynode/read-models';
import { collectChanges } from '../fleet/collect-changes.ts';
import type { FleetView } from '../fleet/fleet-view.ts';

const ONE_RECORD = { recordsMax: 1, changesMax: 1 };

/** The fleet as it was after one record; it never changes again. */
export class PastFleet implements FleetView {
  readonly phase = { phase: 'following' } as const;
  readonly state: FleetState;
  readonly history: WatchHistory;

  private constructor(state: FleetState, history: WatchHistory) {
    this.state = state;
    this.history = history;
  }

  /** Folds the log up to record `sequence`, which is at least 1, in turns with everything else. Throws `EventLogUnavailable` and `EventLogBroken`. */
  static async fold(log: EventLog, sequence: number): Promise<PastFleet> {
    const state = await foldUpTo(log, { upTo: sequence - 1, onProgress: () => nextTurn() });
    const collector = new RecordChangeCollector();
    collectChanges(state, collector);
    const history = new WatchHistory(ONE_RECORD, state.sequence);
    // The changes of the last record are kept: a watch that was cut in the middle of it gets them again.
    for await (const record of log.read(state.sequence + 1, sequence)) {
      evolveRecord(state, record.sequence, parseRecordBody(record.payload));
      history.append(collector.finish(record.sequence));
    }
    return new PastFleet(state, history);
  }

  untilFolded(sequence: number): Promise<boolean> {
    return Promise.resolve(sequence <= this.state.sequence);
  }

  membershipOf(): number {
    return 0;
  }

  onFolded(): { unsubscribe(): void } {
    return { unsubscribe: () => undefined };
  }
}
