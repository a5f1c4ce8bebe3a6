import type { EventLog } from '@everynode/event-log';
import { tooManyRequestsStatus, tooOldResourceVersionStatus, type Status } from '@everynode/kubernetes-api';
import { JSON_TYPE, StatusError, type Stream } from '../http/answer.ts';
import { warningHeaders } from '../http/warning-headers.ts';
import type { ReadSource } from '../reading/read-source.ts';
import type { ResourceRequest } from '../reading/resource-request.ts';
import { parseSelection, type Selection } from '../reading/selection.ts';
import type { Encoder } from '../representation/encoder.ts';
import type { StoredRows } from '../views/stored-rows.ts';
import { RecentBatches } from './recent-batches.ts';
import { eventLine, WatchFeed } from './watch-feed.ts';
import { parseWatchOptions, type WatchOptions } from './watch-options.ts';
import { WatchPump } from './watch-pump.ts';
import { WatchSession, type WatchOpening } from './watch-session.ts';
import { WatchSource } from './watch-source.ts';

type Opened = { readonly opening: WatchOpening; readonly warnings: readonly string[] } | { readonly failure: Status };

const WATCHES_MAX = 10_000;
const RETRY_AFTER_SECONDS = 1;
/** Bytes of events that are kept because other watches are about to send them too. */
const RECENT_BYTES_MAX = 32 * 1024 * 1024;

/** Failures of a watch that has been understood, and might have been opened at another time. */
const TOLD_IN_THE_WATCH: ReadonlySet<number> = new Set([410, 504]);

/** A watch that says what is wrong and ends. */
const failedWatch = (status: Status): Stream => ({
  type: 'stream',
  contentType: JSON_TYPE,
  headers: {},
  run: async (sink) => {
    if (!sink.write(eventLine('ERROR', JSON.stringify(status)))) await sink.drained();
  },
});

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

  /**
   * Throws a StatusError: 400 and 422 for the query, 429 when too many watches are open or read the log, 503 when it cannot be read. A resourceVersion that is not
   * kept (410) or does not come up (504) is told in the watch, as Kubernetes does: some clients list again only then.
   */
  async watch(asked: ResourceRequest, rows: StoredRows, encoder: Encoder, source: ReadSource): Promise<Stream> {
    const { target, request } = asked;
    if (this.sessions.size >= WATCHES_MAX) throw new StatusError(tooManyRequestsStatus(`${WATCHES_MAX} watches are open already`, RETRY_AFTER_SECONDS));
    const options = parseWatchOptions(request.query, Math.random());
    const selection = parseSelection(target.resource, target.namespace, request.query);
    const opened = await this.opening(rows, selection, options, source);
    if ('failure' in opened) return failedWatch(opened.failure);
    const { opening, warnings } = opened;
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
    try {
      if (from.start === 'record') return await this.openingBehind(from.sequence, rows, selection, { view, reader });
      const warnings = await reader.until(from.notBefore);
      if (from.start === 'state') return { opening: { replayed: undefined, after: view.state.sequence }, warnings };
      const { objects, sequence } = reader.allNow(selection, rows);
      return { opening: { objects, after: sequence }, warnings };
    } catch (error) {
      if (error instanceof StatusError && TOLD_IN_THE_WATCH.has(error.status.code)) return { failure: error.status };
      throw error;
    }
  }

  private async openingBehind(sequence: number, rows: StoredRows, selection: Selection, { view, reader }: Pick<ReadSource, 'view' | 'reader'>): Promise<Opened> {
    // Kubernetes waits in silence, for ever when the log was begun anew; clients that are told list again.
    await reader.until(sequence);
    const opening = await this.starts.startBehind(view, { resource: rows.stored.plural, sequence, selection: asStored(selection, rows) });
    if (opening === undefined) throw new StatusError(tooOldResourceVersionStatus(String(sequence), String(view.history.heldAfter + 1)));
    return { opening, warnings: [] };
  }
}
