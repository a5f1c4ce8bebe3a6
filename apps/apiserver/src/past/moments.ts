import { badRequestStatus, expiredStatus, serviceUnavailableStatus } from '@everynode/kubernetes-api';
import { isEventLogBroken, isEventLogUnavailable, type EventLog } from '@everynode/event-log';
import { lastUpTo, POSITION_FORMS, readPosition, type Position } from '@everynode/read-models';
import { StatusError } from '../http/answer.ts';
import type { FleetView } from '../fleet/fleet-view.ts';
import type { PastFleet } from './past-fleet.ts';
import type { PastFleets } from './past-fleets.ts';

/** The fleet as it was at a moment. */
export interface Moment {
  readonly fleet: PastFleet;
  /** The time that was asked for; of a sequence, that of its record. Milliseconds since 1970. */
  readonly at: number;
}

const RETRY_AFTER_SECONDS = 1;
/** Times whose place in the log is remembered. */
const TIMES_MAX = 256;

export interface MomentsParts {
  readonly log: EventLog;
  /** The fold that follows the log. */
  readonly present: FleetView;
  readonly fleets: PastFleets;
  /** The time now, in milliseconds since 1970. */
  readonly clock: () => number;
}

/** Finds the moment that a request names. */
export class Moments {
  private readonly log: EventLog;
  private readonly present: FleetView;
  private readonly fleets: PastFleets;
  private readonly clock: () => number;
  private readonly sequences = new Map<number, number>();

  constructor({ log, present, fleets, clock }: MomentsParts) {
    this.log = log;
    this.present = present;
    this.fleets = fleets;
    this.clock = clock;
  }

  /**
   * The fleet at a position: a sequence, a time or a span before now. Throws a StatusError: 400 for what is no position or lies in the future, 410 for what is not in
   * the log any more, 429 when too many others are asked for, 503 when the log cannot be read.
   */
  async at(text: string): Promise<Moment> {
    const position = readPosition(text, this.clock());
    if (position === undefined) throw new StatusError(badRequestStatus(`asOf: ${JSON.stringify(text)} is not ${POSITION_FORMS}`));
    try {
      const fleet = await this.fleets.after(await this.sequenceOf(position, text));
      return { fleet, at: position.kind === 'time' ? position.at : fleet.state.at };
    } catch (error) {
      if (isEventLogUnavailable(error)) throw new StatusError(serviceUnavailableStatus(`the log cannot be read at the moment: ${error.message}`, RETRY_AFTER_SECONDS));
      if (isEventLogBroken(error)) throw await this.gone(text, error);
      throw error;
    }
  }

  /** The fleet after a record that has been; undefined when the log does not reach back that far. Throws a StatusError (429, 503). */
  async after(sequence: number): Promise<PastFleet | undefined> {
    try {
      return (await this.at(String(sequence))).fleet;
    } catch (error) {
      if (error instanceof StatusError && error.status.code === 410) return undefined;
      throw error;
    }
  }

  private sequenceOf(position: Position, text: string): Promise<number> {
    return position.kind === 'sequence' ? this.checked(position.sequence, text) : this.sequenceAt(position.at, text);
  }

  private async checked(sequence: number, text: string): Promise<number> {
    if (this.fleets.holds(sequence)) return sequence;
    const { firstSequence, lastSequence } = await this.log.status();
    if (sequence > lastSequence) throw new StatusError(badRequestStatus(`asOf: record ${text} lies in the future, the log ends at record ${lastSequence}`));
    if (sequence < firstSequence) throw notKept(text, firstSequence);
    return sequence;
  }

  private async sequenceAt(at: number, text: string): Promise<number> {
    if (at > this.clock()) throw new StatusError(badRequestStatus(`asOf: ${text} lies in the future`));
    const known = this.sequences.get(at);
    if (known !== undefined) return known;
    const { firstSequence, lastSequence } = await this.log.status();
    const { state } = this.present;
    // A fleet in which nothing has happened since is asked for most, and need not be searched.
    const sequence = state.sequence === lastSequence && state.at <= at ? lastSequence : await lastUpTo(this.log, { kind: 'time', at });
    if (sequence < firstSequence) throw notKept(text, firstSequence);
    // While it is the last record, another one may yet be made at the same time.
    if (sequence < lastSequence) this.remember(at, sequence);
    return sequence;
  }

  private remember(at: number, sequence: number): void {
    this.sequences.set(at, sequence);
    for (const oldest of this.sequences.keys()) {
      if (this.sequences.size <= TIMES_MAX) break;
      this.sequences.delete(oldest);
    }
  }

  /** What to say of a log that could not be folded: only one whose first records are gone is expected to do that. */
  private async gone(text: string, error: Error): Promise<Error> {
    const { firstSequence } = await this.log.status();
    return firstSequence > 1 ? notKept(text, firstSequence) : error;
  }
}

const notKept = (text: string, oldest: number): StatusError =>
  new StatusError(expiredStatus(`the fleet as of ${text} is not kept; the oldest moment in the log is record ${oldest}`));
