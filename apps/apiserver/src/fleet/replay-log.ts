import { setImmediate as nextTurn } from 'node:timers/promises';
import { emptyFleet, evolveRecord, parseRecordBody, readSnapshot, type FleetState } from '@everynode/core';
import type { EventLog } from '@everynode/event-log';
import { RecordChangeCollector, type ResourceChanges } from '@everynode/read-models';
import { collectChanges } from './collect-changes.ts';

export interface ReplayRequest {
  readonly resource: string;
  /** First record whose changes are wanted. */
  readonly from: number;
  /** Asked again and again: the replay is done once it has given everything up to here. */
  readonly until: () => number;
}

const RECORDS_PER_TURN = 100;

/** The state just before the records that are wanted, or undefined when the log does not reach back that far. */
const stateBefore = async (log: EventLog, from: number): Promise<FleetState | undefined> => {
  const { firstSequence, lastSequence, incarnation } = await log.status();
  const snapshot = await log.loadSnapshot(from - 1);
  const isOurs = snapshot !== undefined && snapshot.incarnation === incarnation && snapshot.sequence <= lastSequence;
  const state = (isOurs ? readSnapshot(snapshot.state) : undefined) ?? emptyFleet();
  return state.sequence + 1 < firstSequence ? undefined : state;
};

/** Folds the log once more to find out what old records changed of a resource. */
export class LogReplay {
  private readonly log: EventLog;
  private readonly state: FleetState;
  private readonly request: ReplayRequest;
  private readonly collector = new RecordChangeCollector();

  private constructor(log: EventLog, state: FleetState, request: ReplayRequest) {
    this.log = log;
    this.state = state;
    this.request = request;
    collectChanges(state, this.collector);
  }

  /** Undefined when the log does not hold the records that are wanted. Throws `EventLogUnavailable` and `EventLogBroken`. */
  static async open(log: EventLog, request: ReplayRequest): Promise<LogReplay | undefined> {
    const state = await stateBefore(log, request.from);
    return state === undefined ? undefined : new LogReplay(log, state, request);
  }

  /** What each wanted record changed of the resource, be it nothing, so that whoever reads knows how far he has come. */
  async *changes(): AsyncGenerator<ResourceChanges> {
    const { resource, from, until } = this.request;
    while (this.state.sequence < until()) {
      for await (const record of this.log.read(this.state.sequence + 1, until())) {
        evolveRecord(this.state, record.sequence, parseRecordBody(record.payload));
        const changes = this.collector.finish(record.sequence).byResource.get(resource) ?? [];
        if (record.sequence >= from) yield { sequence: record.sequence, changes };
        if (record.sequence % RECORDS_PER_TURN === 0) await nextTurn();
      }
    }
  }
}
