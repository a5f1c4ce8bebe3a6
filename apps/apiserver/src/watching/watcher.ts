import type { EventLog } from '@everynode/event-log';
import { tooManyRequestsStatus, tooOldResourceVersionStatus } from '@everynode/kubernetes-api';
import type { FleetFollower } from '../fleet/fleet-follower.ts';
import { JSON_TYPE, StatusError, type Stream } from '../http/answer.ts';
import type { Reader } from '../reading/reader.ts';
import type { ResourceRequest } from '../reading/resource-request.ts';
import { parseSelection, type Selection } from '../reading/selection.ts';
import type { Encoder } from '../representation/encoder.ts';
import type { StoredRows } from '../views/stored-rows.ts';
import { parseWatchOptions, type WatchOptions } from './watch-options.ts';
import { WatchSession, type WatchOpening } from './watch-session.ts';
import { WatchSource } from './watch-source.ts';

const WATCHES_MAX = 10_000;
const RETRY_AFTER_SECONDS = 1;

/** The selection as one of stored objects; its selectors speak of what is shown. */
const asStored = (selection: Selection, rows: StoredRows): Selection => ({ ...selection, selects: (object) => selection.selects(rows.show(object)) });

/** Opens watches and knows those that are open. */
export class Watcher {
  private readonly follower: FleetFollower;
  private readonly reader: Reader;
  private readonly source: WatchSource;
  private readonly sessions = new Set<WatchSession>();

  constructor(log: EventLog, follower: FleetFollower, reader: Reader) {
    this.follower = follower;
    this.reader = reader;
    this.source = new WatchSource(log, follower);
  }

  get openWatches(): number {
    return this.sessions.size;
  }

  /** Throws a StatusError: 400 and 422 for the query, 410 for a resourceVersion that is too old, 504 for one in the future, 429 when too many watches are open. */
  async watch({ target, request }: ResourceRequest, rows: StoredRows, encoder: Encoder): Promise<Stream> {
    if (this.sessions.size >= WATCHES_MAX) throw new StatusError(tooManyRequestsStatus(`${WATCHES_MAX} watches are open already`, RETRY_AFTER_SECONDS));
    const options = parseWatchOptions(request.query, Math.random());
    const selection = parseSelection(target.resource, target.namespace, request.query);
    const opening = await this.opening(rows, selection, options);
    const session = new WatchSession({ follower: this.follower, rows, selection: asStored(selection, rows), encoder, options });
    return {
      type: 'stream',
      contentType: JSON_TYPE,
      run: async (sink) => {
        this.sessions.add(session);
        try {
          await session.run(opening, sink);
        } finally {
          this.sessions.delete(session);
        }
      },
    };
  }

  endAll(): void {
    for (const session of this.sessions) session.end();
  }

  private async opening(rows: StoredRows, selection: Selection, { from }: WatchOptions): Promise<WatchOpening> {
    const resource = rows.stored.plural;
    if (from.state === 'any') {
      await this.reader.untilFolded(from.notBefore);
      const { objects, sequence } = this.reader.allNow(selection, rows);
      return { objects, after: sequence };
    }
    await this.reader.untilFolded(from.sequence);
    const start = await this.source.startBehind(resource, from.sequence, asStored(selection, rows));
    if (start === undefined) throw new StatusError(tooOldResourceVersionStatus(String(from.sequence), String(this.follower.history.heldAfter + 1)));
    return start;
  }
}
