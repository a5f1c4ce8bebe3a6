import { clearDirty, emptyFleet, evolve, parseRecordBody, podsOf, targetNodeOf, type FleetEvent, type FleetState } from '@everynode/core';
import type { ModelRecord } from '../world/log-model.ts';
import { Invariants } from './invariants.ts';

/** One event of the log, with its record's sequence and time in virtual milliseconds since the start. */
export interface LoggedEvent {
  readonly sequence: number;
  readonly at: number;
  readonly event: FleetEvent;
}

const nodesTouchedBy = (state: FleetState, event: FleetEvent): readonly string[] => {
  if (event.type === 'pod.created.v1') return [event.node];
  if (!event.type.startsWith('pod.') && event.type !== 'object.metadata-changed.v1') return [];
  if (!('name' in event) || !('namespace' in event)) return [];
  const pod = podsOf(state).get(`${event.namespace}/${event.name}`);
  const node = pod === undefined ? undefined : targetNodeOf(pod);
  return node === undefined ? [] : [node];
};

/** The fold of the log as a scenario's questions see it, judged after every record, with all events for questions about the past. */
export class ScenarioLog {
  readonly state: FleetState = emptyFleet();
  readonly invariants = new Invariants();
  readonly events: LoggedEvent[] = [];
  lastRecordAt = 0;

  /** `at`: virtual milliseconds since the start. */
  take(record: ModelRecord, at: number): void {
    const body = parseRecordBody(record.payload);
    const touched = new Set<string>();
    for (const event of body.events) {
      this.events.push({ sequence: record.sequence, at, event });
      this.state.at = body.at;
      this.invariants.judge(this.state, event, at);
      evolve(this.state, event, { sequence: record.sequence, at: body.at });
      for (const node of nodesTouchedBy(this.state, event)) touched.add(node);
    }
    this.state.sequence = record.sequence;
    clearDirty(this.state);
    this.lastRecordAt = at;
    this.invariants.judgeNodes(this.state, touched, at);
  }

  /** Events of one type since a position in `events`. */
  ofType<T extends FleetEvent['type']>(type: T, from = 0): readonly (LoggedEvent & { readonly event: Extract<FleetEvent, { type: T }> })[] {
    return this.events.slice(from).filter((logged): logged is LoggedEvent & { readonly event: Extract<FleetEvent, { type: T }> } => logged.event.type === type);
  }
}
