import type { EventLog } from '@everynode/event-log';
import { tooManyRequestsStatus, tooOldResourceVersionStatus } from '@everynode/kubernetes-api';
import { JSON_TYPE, StatusError, type Stream } from '../http/answer.ts';
import { warningHeaders } from '../http/warning-headers.ts';
import type { ReadSource } from '../reading/read-source.ts';
import type { ResourceRequest } from '../reading/resource-request.ts';
import { parseSelection, type Selection } from '../reading/selection.ts';
import type { Encoder } from '../representation/encoder.ts';
import type { StoredRows } from '../views/stored-rows.ts';
import { RecentBatches } from './recent-batches.ts';
import { WatchFeed } from './watch-feed.ts';
import { parseWatchOptions, type WatchOptions } from './watch-options.ts';
import { WatchPump } from './watch-pump.ts';
import { WatchSession, type WatchOpening } from './watch-session.ts';
import { WatchSource } from './watch-source.ts';

interface Opened {
  readonly opening: WatchOpening;
  readonly warnings: readonly string[];
}

const WATCHES_MAX = 10_000;
const RETRY_AFTER_SECONDS = 1;
/** Bytes of events that are kept because other watches are about to send them too. */
const RECENT_BYTES_MAX = 32 * 1024 * 1024;

/** The selection as one of stored objects; its selectors speak of what is shown. */
const asStored = (selection: Selection, rows: StoredRows): Selection => ({ ...selection, selects: (object) => selection.selects(rows.show(object)) });

/** Same for watches that send the same bytes. Encoders that say some things only once, or by the clock, are not shared, and neither are folds of the past. */
const feedName = ({ target, request }: ResourceRequest, encoder: Encoder, { isPast }: ReadSource): string | undefined => {
  const { resource, namespace } = target;
  if (encoder.shared === undefined || isPast) return undefined;
  return JSON.stringify([encoder.shared, resource.group, resource.version, resource.plural, namespace, request.query.get('labelSelector'), request.query.get('fieldSelector')]);
};

/** Opens watches and knows those that are open. */
export class Watcher {
  private readonly starts: WatchSource;
  private readonly sessions = new Set<WatchSession>();
  private readonly pump = new WatchPump();
  private readonly recent = new RecentBatches(RECENT_BYTES_MAX);

  constructor(log: EventLog) {
    this.starts = new WatchSource(log);
  }

  get openWatches(): number {
    return this.sessions.size;
  }

  /** Throws a StatusError: 400 and 422 for the query, 410 for a resourceVersion that is too old, 504 for one in the future, 429 when too many watches are open. */
  async watch(asked: ResourceRequest, rows: StoredRows, encoder: Encoder, source: ReadSource): Promise<Stream> {
    const { target, request } = asked;
    if (this.sessions.size >= WATCHES_MAX) throw new StatusError(tooManyRequestsStatus(`${WATCHES_MAX} watches are open already`, RETRY_AFTER_SECONDS));
    const options = parseWatchOptions(request.query, Math.random());
    const selection = parseSelection(target.resource, target.namespace, request.query);
    const { opening, warnings } = await this.opening(rows, selection, options, source);
    const endsWhenQuiet = source.isPast && !request.query.has('timeoutSeconds');
    const sent = { view: source.view, rows, selection: asStored(selection, rows), encoder };
    const feed = new WatchFeed({ ...sent, name: feedName(asked, encoder, source) }, this.recent);
    const session = new WatchSession({ ...sent, feed, pump: this.pump, options, endsWhenQuiet });
    return {
      type: 'stream',
      contentType: JSON_TYPE,
      headers: warningHeaders(warnings),
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

  private async opening(rows: StoredRows, selection: Selection, { from }: WatchOptions, { view, reader }: ReadSource): Promise<Opened> {
    if (from.state === 'any') {
      const warnings = await reader.until(from.notBefore);
      const { objects, sequence } = reader.allNow(selection, rows);
      return { opening: { objects, after: sequence }, warnings };
    }
    const { sequence } = from;
    await reader.until(sequence);
    const opening = await this.starts.startBehind(view, { resource: rows.stored.plural, sequence, selection: asStored(selection, rows) });
    if (opening === undefined) throw new StatusError(tooOldResourceVersionStatus(String(sequence), String(view.history.heldAfter + 1)));
    return { opening, warnings: [] };
  }
}
