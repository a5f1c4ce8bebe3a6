import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KubernetesObject } from '@everynode/core';
import { watchEventOf, type ResourceChanges } from '@everynode/read-models';
import type { Sink } from '../http/answer.ts';
import { eventLine, type FeedParts, type Place, type WatchFeed } from './watch-feed.ts';
import type { WatchOptions } from './watch-options.ts';
import type { Stepper, WatchPump } from './watch-pump.ts';
import type { WatchStart } from './watch-source.ts';

/** What is sent first: the objects of a state, or what happened since the client last looked. */
export type WatchOpening = { readonly objects: readonly KubernetesObject[]; readonly after: number } | WatchStart;

export interface WatchParts extends Omit<FeedParts, 'name'> {
  readonly feed: WatchFeed;
  readonly pump: WatchPump;
  readonly options: WatchOptions;
  /** Ends when there is nothing more to say, because there never will be. */
  readonly endsWhenQuiet: boolean;
}

const BOOKMARK_MS = 60_000;
/** Text that is put together before it goes to the socket. */
const CHUNK_LENGTH = 64 * 1024;
const INITIAL_EVENTS_END = { 'k8s.io/initial-events-end': 'true' };

/**
 * One watch: a place in the changes of the fold. It holds no queue, so a slow client costs no memory; when the changes that it still needs are dropped, it is
 * ended at the end of a record, and the client comes back with the resourceVersion that it has.
 */
export class WatchSession implements Stepper {
  private readonly parts: WatchParts;
  private readonly followed = Promise.withResolvers<void>();
  private place: Place = { after: 0 };
  private sink: Sink | undefined;
  private text = '';
  private isOver = false;
  private isDraining = false;
  private isBookmarkDue = false;

  constructor(parts: WatchParts) {
    this.parts = parts;
  }

  /** Ends the watch at the end of the record that is being sent. */
  end(): void {
    this.isOver = true;
    this.wake();
  }

  /** Sends events until the client leaves, the time is over, or the client is too slow. */
  async run(opening: WatchOpening, sink: Sink): Promise<void> {
    const { view, options } = this.parts;
    const folded = view.onFolded(() => this.wake());
    const bookmarks = setInterval(() => {
      this.isBookmarkDue = options.bookmarks;
      this.wake();
    }, BOOKMARK_MS);
    const timeout = setTimeout(() => this.end(), options.timeoutMs);
    sink.onClose(() => this.end());
    try {
      await this.open(opening, sink);
      await this.follow(sink);
      await this.close(sink);
    } finally {
      this.sink = undefined;
      clearInterval(bookmarks);
      clearTimeout(timeout);
      folded.unsubscribe();
    }
  }

  /** Sends what comes next, if the client takes it and there is something. */
  step(): boolean {
    const { sink } = this;
    if (sink === undefined || this.isDraining) return false;
    try {
      return this.sendNext(sink);
    } catch (error) {
      this.followed.reject(error);
      return false;
    }
  }

  private async open(opening: WatchOpening, sink: Sink): Promise<void> {
    this.place = { after: opening.after };
    if ('objects' in opening) {
      for (const object of opening.objects) await this.put('ADDED', this.parts.encoder.watched(object), sink);
      if (this.parts.options.marksInitialEvents) this.text += this.bookmark(INITIAL_EVENTS_END);
    } else {
      for await (const record of opening.replayed ?? []) {
        if (this.isOver) break;
        await this.sendRecord(record, sink);
      }
    }
    await this.flush(sink);
  }

  private follow(sink: Sink): Promise<void> {
    this.sink = sink;
    this.wake();
    return this.followed.promise;
  }

  private async close(sink: Sink): Promise<void> {
    if (!this.parts.options.bookmarks || sink.isClosed) return;
    if (!sink.write(this.bookmark())) await sink.drained();
  }

  private wake(): void {
    if (this.sink !== undefined && !this.isDraining) this.parts.pump.wake(this);
  }

  private sendNext(sink: Sink): boolean {
    const { view, feed, endsWhenQuiet } = this.parts;
    const isInRecord = this.place.begun !== undefined;
    // Changes that this watch needs next and that are dropped mean that its client was too slow.
    const isEnd = this.isOver || view.phase.phase !== 'following' || this.place.after < view.history.heldAfter;
    const batch = sink.isClosed || (isEnd && !isInRecord) ? undefined : feed.next(this.place);
    if (batch !== undefined) {
      this.place = batch.next;
      return batch.bytes.length === 0 || this.write(batch.bytes, sink);
    }
    if (!isEnd) this.place = { after: Math.max(this.place.after, view.history.lastSequence) };
    if (isEnd || sink.isClosed || endsWhenQuiet) this.followed.resolve();
    else if (this.isBookmarkDue) this.write(this.bookmark(), sink);
    return false;
  }

  /** False when the client has to take up first what was written; the watch goes on when it has. */
  private write(bytes: string | Uint8Array, sink: Sink): boolean {
    if (sink.write(bytes)) return true;
    const { pump } = this.parts;
    this.isDraining = true;
    pump.waits(this);
    const goOn = (): void => {
      this.isDraining = false;
      pump.taken(this);
      this.wake();
    };
    void sink.drained().then(goOn, (error: unknown) => this.followed.reject(error));
    return false;
  }

  private async sendRecord(record: ResourceChanges, sink: Sink): Promise<void> {
    const { rows, selection, encoder } = this.parts;
    for (const change of record.changes) {
      const event = watchEventOf(change, selection.selects);
      if (event !== undefined) await this.put(event.type, encoder.watched(rows.show(event.object)), sink);
    }
    this.place = { after: Math.max(this.place.after, record.sequence) };
  }

  private bookmark(annotations?: Readonly<Record<string, string>>): string {
    this.isBookmarkDue = false;
    const metadata = { resourceVersion: String(this.place.after), creationTimestamp: null, ...(annotations === undefined ? {} : { annotations }) };
    return eventLine('BOOKMARK', this.parts.encoder.bookmark(metadata));
  }

  private async put(type: string, object: string, sink: Sink): Promise<void> {
    if (sink.isClosed) return;
    this.text += eventLine(type, object);
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
