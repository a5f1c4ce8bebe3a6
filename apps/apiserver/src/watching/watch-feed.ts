import { watchEventOf, type ResourceChanges } from '@everynode/read-models';
import type { FleetView } from '../fleet/fleet-view.ts';
import type { Selection } from '../reading/selection.ts';
import type { Encoder } from '../representation/encoder.ts';
import type { StoredRows } from '../views/stored-rows.ts';
import type { RecentBatches } from './recent-batches.ts';

/** Where a watch stands: behind record `after`, or in the middle of the record that it has begun. */
export interface Place {
  readonly after: number;
  /** The record of which the changes before `index` are sent; it stays at hand even when the history drops it. */
  readonly begun?: { readonly record: ResourceChanges; readonly index: number };
}

/** Events that are sent in one go. */
export interface Batch {
  /** Whole lines; none when the records have nothing for the watch. */
  readonly bytes: Uint8Array;
  /** Where a watch stands that has sent them. */
  readonly next: Place;
}

export interface FeedParts {
  readonly view: FleetView;
  readonly rows: StoredRows;
  /** Selects stored objects, by what is shown of them. */
  readonly selection: Selection;
  readonly encoder: Encoder;
  /** Names what the watch sends: watches of the same name send the same bytes. Undefined when no other watch can send them. */
  readonly name: string | undefined;
}

/** Long enough that writing it costs more than asking for it, short enough that making it does not keep the fold waiting. */
const BATCH_LENGTH = 256 * 1024;
/** Changes that are looked at for one batch, however few of them are selected. */
const CHANGES_MAX = 2_000;

/** One event as it is sent. */
export const eventLine = (type: string, object: string): string => `{"type":"${type}","object":${object}}\n`;

/**
 * The events of a watch, in batches. Watches that send the same share the batches: the first one that needs a batch makes it from all that has happened by then,
 * and the others, which come to the same place in the same round, find it made. So a thousand watches cost the encoding of one.
 */
export class WatchFeed {
  private readonly parts: FeedParts;
  private readonly shared: RecentBatches;

  constructor(parts: FeedParts, shared: RecentBatches) {
    this.parts = parts;
    this.shared = shared;
  }

  /** What comes next; undefined when nothing has happened since. Only meaningful while the history holds what comes after `place`. */
  next({ after, begun }: Place): Batch | undefined {
    const record = begun?.record ?? this.recordAfter(after);
    if (record === undefined) return undefined;
    const index = begun?.index ?? 0;
    const { name } = this.parts;
    if (name === undefined) return this.make(record, index);
    const key = keyOf(name, record.sequence, index);
    const known = this.shared.get(key);
    if (known !== undefined) return known;
    const batch = this.make(record, index);
    this.shared.put(key, batch);
    return batch;
  }

  private recordAfter(sequence: number): ResourceChanges | undefined {
    const { view, rows } = this.parts;
    return view.history.firstAfter(sequence, rows.stored.plural);
  }

  /** From the given change on up to the newest record, to where another batch begins, or as far as a batch goes. */
  private make(first: ResourceChanges, from: number): Batch {
    const { view, rows, selection, encoder, name } = this.parts;
    let text = '';
    let seen = 0;
    let index = from;
    for (let record = first; ; ) {
      for (; index < record.changes.length; index += 1) {
        if (text.length >= BATCH_LENGTH || seen >= CHANGES_MAX) return { bytes: Buffer.from(text), next: { after: record.sequence, begun: { record, index } } };
        const change = record.changes[index];
        const event = change === undefined ? undefined : watchEventOf(change, selection.selects);
        if (event !== undefined) text += eventLine(event.type, encoder.watched(rows.show(event.object)));
        seen += 1;
      }
      // Behind a record that the history has dropped there may be a gap.
      const following = record.sequence < view.history.heldAfter ? undefined : this.recordAfter(record.sequence);
      if (following === undefined || (name !== undefined && this.shared.has(keyOf(name, following.sequence, 0)))) {
        return { bytes: Buffer.from(text), next: { after: record.sequence } };
      }
      record = following;
      index = 0;
    }
  }
}

const keyOf = (name: string, sequence: number, index: number): string => `${sequence}/${index} ${name}`;
