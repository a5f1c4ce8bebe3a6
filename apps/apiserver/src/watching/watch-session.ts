import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KubernetesObject } from '@everynode/core';
import { watchEventOf, type ResourceChanges } from '@everynode/read-models';
import type { FleetView } from '../fleet/fleet-view.ts';
import type { Sink } from '../http/answer.ts';
import type { Selection } from '../reading/selection.ts';
import type { Encoder } from '../representation/encoder.ts';
import type { StoredRows } from '../views/stored-rows.ts';
import { WakeUp } from './wake-up.ts';
import type { WatchOptions } from './watch-options.ts';
import type { WatchStart } from './watch-source.ts';

/** What is sent first: the objects of a state, or what happened since the client last looked. */
export type WatchOpening = { readonly objects: readonly KubernetesObject[]; readonly after: number } | WatchStart;

export interface WatchParts {
  readonly view: FleetView;
  readonly rows: StoredRows;
  /** Selects stored objects, by what is shown of them. */
  readonly selection: Selection;
  readonly encoder: Encoder;
  readonly options: WatchOptions;
  /** Ends when there is nothing more to say, because there never will be. */
  readonly endsWhenQuiet: boolean;
}

const BOOKMARK_MS = 60_000;
/** Text that is put together before it goes to the socket. */
const CHUNK_LENGTH = 64 * 1024;
const INITIAL_EVENTS_END = { 'k8s.io/initial-events-end': 'true' };

/**
 * One watch: a cursor over the changes of the fold. It holds no queue, so a slow client costs no memory; when the changes that it still needs are dropped, it is
 * ended at the end of a record, and the client comes back with the resourceVersion that it has.
 */
export class WatchSession {
  private readonly parts: WatchParts;
  private readonly wakeUp = new WakeUp();
  private cursor = 0;
  private text = '';
  private isOver = false;
  private isBookmarkDue = false;

  constructor(parts: WatchParts) {
    this.parts = parts;
  }

  /** Ends the watch at the end of the record that is being sent. */
  end(): void {
    this.isOver = true;
    this.wakeUp.wake();
  }

  /** Sends events until the client leaves, the time is over, or the client is too slow. */
  async run(opening: WatchOpening, sink: Sink): Promise<void> {
    const { view, options } = this.parts;
    const folded = view.onFolded(() => this.wakeUp.wake());
    const bookmarks = setInterval(() => {
      this.isBookmarkDue = options.bookmarks;
      this.wakeUp.wake();
    }, BOOKMARK_MS);
    const timeout = setTimeout(() => this.end(), options.timeoutMs);
    sink.onClose(() => this.end());
    try {
      await this.open(opening, sink);
      await this.follow(sink);
    } finally {
      clearInterval(bookmarks);
      clearTimeout(timeout);
      folded.unsubscribe();
    }
  }

  private async open(opening: WatchOpening, sink: Sink): Promise<void> {
    this.cursor = opening.after;
    if ('objects' in opening) {
      for (const object of opening.objects) await this.put('ADDED', this.parts.encoder.watched(object), sink);
      if (this.parts.options.marksInitialEvents) this.putBookmark(INITIAL_EVENTS_END);
    } else {
      for await (const record of opening.replayed ?? []) {
        if (this.isOver) return;
        await this.sendRecord(record, sink);
      }
    }
    await this.flush(sink);
  }

  private async follow(sink: Sink): Promise<void> {
    const { view, rows, endsWhenQuiet } = this.parts;
    while (!this.isOver && view.phase.phase === 'following') {
      // The changes that this watch needs next are dropped: its client was too slow.
      if (this.cursor < view.history.heldAfter) break;
      const record = view.history.firstAfter(this.cursor, rows.stored.plural);
      if (record !== undefined) {
        await this.sendRecord(record, sink);
        continue;
      }
      this.cursor = Math.max(this.cursor, view.history.lastSequence);
      if (endsWhenQuiet) break;
      if (this.isBookmarkDue) this.putBookmark();
      await this.flush(sink);
      await this.wakeUp.wait();
    }
    if (this.parts.options.bookmarks && !sink.isClosed && this.text === '') this.putBookmark();
    await this.flush(sink);
  }

  private async sendRecord(record: ResourceChanges, sink: Sink): Promise<void> {
    const { rows, selection, encoder } = this.parts;
    for (const change of record.changes) {
      const event = watchEventOf(change, selection.selects);
      if (event !== undefined) await this.put(event.type, encoder.watched(rows.show(event.object)), sink);
    }
    this.cursor = Math.max(this.cursor, record.sequence);
  }

  private putBookmark(annotations?: Readonly<Record<string, string>>): void {
    this.isBookmarkDue = false;
    const metadata = { resourceVersion: String(this.cursor), creationTimestamp: null, ...(annotations === undefined ? {} : { annotations }) };
    this.text += `{"type":"BOOKMARK","object":${this.parts.encoder.bookmark(metadata)}}\n`;
  }

  private async put(type: string, object: string, sink: Sink): Promise<void> {
    if (sink.isClosed) return;
    this.text += `{"type":"${type}","object":${object}}\n`;
    if (this.text.length < CHUNK_LENGTH) return;
    await this.flush(sink);
    // A large record must not keep the fold waiting.
    await nextTurn();
  }

  private async flush(sink: Sink): Promise<void> {
    if (this.text === '') return;
    const { text } = this;
    this.text = '';
    if (!sink.isClosed && !sink.write(text)) await sink.drained();
  }
}
