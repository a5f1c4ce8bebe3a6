import { isEventLogUnavailable, type EventLog } from '@everynode/event-log';
import { serviceUnavailableStatus, tooManyRequestsStatus } from '@everynode/kubernetes-api';
import { isSplittable, resumeAfter, type ResourceChanges } from '@everynode/read-models';
import type { FleetView } from '../fleet/fleet-view.ts';
import { LogReplay } from '../fleet/replay-log.ts';
import { StatusError } from '../http/answer.ts';
import type { Selection } from '../reading/selection.ts';

/** What a watch that continues behind a resourceVersion has to send before it follows the fold. */
export interface WatchStart {
  /** Records from the log, when the changes in memory do not reach back far enough. */
  readonly replayed: AsyncIterable<ResourceChanges> | undefined;
  /** The watch continues with the records after this one. */
  readonly after: number;
}

export interface StartRequest {
  readonly resource: string;
  readonly sequence: number;
  readonly selection: Selection;
}

/** Folds of old records that may run at once; they cost as much as a start of this server. */
const REPLAYS_MAX = 2;
/** When to ask again for one. */
const RETRY_AFTER_SECONDS = 1;

/** Finds where watches start. */
export class WatchSource {
  private readonly log: EventLog;
  private replays = 0;

  constructor(log: EventLog) {
    this.log = log;
  }

  /**
   * Start of a watch of this fold behind `sequence`; undefined when the records after it are gone from the log too. Throws a StatusError (429) when as many
   * replays as may be are under way: whoever asks again later misses nothing, while listing anew would cost more than the replay; 503 when the log cannot be read.
   */
  async startBehind({ history }: FleetView, { resource, sequence, selection }: StartRequest): Promise<WatchStart | undefined> {
    const { selects } = selection;
    const after = resumeAfter(history, { resource, sequence, selects });
    if (after !== undefined) return { replayed: undefined, after };
    if (this.replays >= REPLAYS_MAX) throw new StatusError(tooManyRequestsStatus(`${REPLAYS_MAX} watches read the log already`, RETRY_AFTER_SECONDS));
    const until = (): number => history.heldAfter;
    this.replays += 1;
    try {
      const replay = await LogReplay.open(this.log, { resource, from: sequence, until });
      return replay === undefined ? undefined : { replayed: this.replayed(replay, sequence, selection), after: sequence };
    } catch (error) {
      if (!isEventLogUnavailable(error)) throw error;
      throw new StatusError(serviceUnavailableStatus(`the log cannot be read at the moment: ${error.message}`, RETRY_AFTER_SECONDS));
    } finally {
      this.replays -= 1;
    }
  }

  private async *replayed(replay: LogReplay, sequence: number, { selects }: Selection): AsyncGenerator<ResourceChanges> {
    // Counts again from when it is read on: its client may be gone before, and then it never is.
    this.replays += 1;
    try {
      for await (const record of replay.changes()) {
        if (record.sequence > sequence || isSplittable(record.changes, selects)) yield record;
      }
    } finally {
      this.replays -= 1;
    }
  }
}
