import type { FleetEvent, RecordBody } from '../event/fleet-event.ts';
import { subjectOfEvent, type RecordSubject } from '../event/subject-of-event.ts';
import { evolve } from '../fleet/evolve.ts';
import type { FleetState } from '../fleet/state.ts';
import { LIMITS } from '../kernel/limits.ts';
import { utf8Length } from '../kernel/utf8.ts';
import type { Random } from '../kernel/random.ts';
import type { Milliseconds } from '../kernel/time.ts';
import type { Decision } from './decision.ts';

/** One record that a decision has filled, ready to be appended. `subject` is the kind, namespace and name of its first event's object. */
export interface BuiltRecord {
  readonly sequence: number;
  readonly subject: RecordSubject;
  readonly types: readonly string[];
  readonly eventCount: number;
  readonly payload: string;
}

/**
 * Collects the events of one decision into records. Each event is folded at once under the sequence that its record will have;
 * a decision too large for one record becomes several, each of which leaves a valid state because events are emitted in a valid order.
 */
export class RecordBuilder implements Decision {
  readonly state: FleetState;
  readonly now: Milliseconds;
  readonly random: Random;
  readonly leavesDaemonSets: boolean;
  readonly rootCertificate: string | undefined;
  private readonly built: BuiltRecord[] = [];
  private parts: string[] = [];
  private bytes = 0;
  private types = new Set<string>();
  private subject: RecordSubject | undefined;
  private sequence: number;

  constructor(state: FleetState, now: Milliseconds, random: Random, { leavesDaemonSets = false, rootCertificate }: Pick<Decision, 'leavesDaemonSets' | 'rootCertificate'> = {}) {
    this.state = state;
    this.now = now < state.at ? state.at : now;
    this.random = random;
    this.leavesDaemonSets = leavesDaemonSets;
    this.rootCertificate = rootCertificate;
    this.sequence = state.sequence + 1;
  }

  emit(event: FleetEvent): void {
    const text = JSON.stringify(event);
    const bytes = utf8Length(text) + 1;
    if (this.parts.length > 0 && (this.parts.length >= LIMITS.eventsPerRecordMax || this.bytes + bytes > LIMITS.recordBytesMax)) this.close();
    this.parts.push(text);
    this.bytes += bytes;
    this.types.add(event.type);
    this.subject ??= subjectOfEvent(event);
    evolve(this.state, event, { sequence: this.sequence, at: this.now });
  }

  private close(): void {
    if (this.subject === undefined) return;
    const payload = `{"at":${this.now},"events":[${this.parts.join(',')}]}`;
    this.built.push({ sequence: this.sequence, subject: this.subject, types: [...this.types], eventCount: this.parts.length, payload });
    this.state.sequence = this.sequence;
    this.state.at = this.now;
    this.sequence += 1;
    this.parts = [];
    this.bytes = 0;
    this.types = new Set();
    this.subject = undefined;
  }

  /** The records of the decision, in order; empty when nothing happened. */
  finish(): readonly BuiltRecord[] {
    this.close();
    return this.built;
  }
}

/** Reads the body of a record. The log is written by leaders alone, so its shape is trusted. */
export const parseRecordBody = (payload: string): RecordBody => JSON.parse(payload) as RecordBody;
