import type { KubernetesObject } from '@everynode/core';
import { WatchHistory, type ObjectChange, type WatchHistoryLimits } from '@everynode/read-models';
import { findResource } from '@everynode/kubernetes-api';
import { emptyFleet } from '@everynode/core';
import { describe, expect, it } from 'vitest';
import type { FleetView } from '../fleet/fleet-view.ts';
import { parseSelection } from '../reading/selection.ts';
import type { Encoder } from '../representation/encoder.ts';
import { storedRowsOf } from '../views/stored-rows.ts';
import { configMap } from '../testing/hand-made-log.ts';
import { RecentBatches } from './recent-batches.ts';
import { WatchFeed, type Place } from './watch-feed.ts';

const resource = findResource('', 'v1', 'configmaps');
if (resource === undefined) throw new Error('there are no configmaps');

/** Counts what it encodes. */
class CountingEncoder implements Encoder {
  readonly shared = 'counted';
  encoded = 0;
  private readonly padding: string;

  constructor(padding = 0) {
    this.padding = 'x'.repeat(padding);
  }

  object(): string {
    return '{}';
  }

  list(): Iterable<string> {
    return [];
  }

  watched(object: KubernetesObject): string {
    this.encoded += 1;
    return JSON.stringify(`${object.metadata.name}@${object.metadata.resourceVersion ?? ''}${this.padding}`);
  }

  bookmark(): string {
    return '{}';
  }
}

/** A fold whose records are written by hand. */
class HandMadeFold {
  readonly history: WatchHistory;
  private last = 0;

  constructor(limits: WatchHistoryLimits = { recordsMax: 100, changesMax: 10_000 }) {
    this.history = new WatchHistory(limits, 0);
  }

  get view(): FleetView {
    const { history } = this;
    return { state: emptyFleet(), history, phase: { phase: 'following' }, untilFolded: async () => true, membershipOf: () => 0, onFolded: () => ({ unsubscribe: () => undefined }) };
  }

  /** Appends a record that creates as many objects. */
  append(count: number): void {
    this.last += 1;
    const changes = Array.from({ length: count }, (_, index): ObjectChange => {
      const object = configMap(`o${index}`);
      return { sequence: this.last, before: undefined, after: { ...object, metadata: { ...object.metadata, resourceVersion: String(this.last) } } };
    });
    this.history.append({ sequence: this.last, byResource: new Map(count === 0 ? [] : [['configmaps', changes]]), count });
  }
}

const feedOf = (fold: HandMadeFold, recent: RecentBatches, options: { readonly encoder?: Encoder; readonly name?: string | undefined } = {}): WatchFeed =>
  new WatchFeed(
    {
      view: fold.view,
      rows: storedRowsOf(resource),
      selection: parseSelection(resource, undefined, new URLSearchParams()),
      encoder: options.encoder ?? new CountingEncoder(),
      name: 'name' in options ? options.name : 'all',
    },
    recent,
  );

interface Read {
  readonly seen: readonly string[];
  readonly batches: readonly Uint8Array[];
  readonly place: Place;
}

const readAll = (feed: WatchFeed, from: Place): Read => {
  const seen: string[] = [];
  const batches: Uint8Array[] = [];
  let place = from;
  for (let batch = feed.next(place); batch !== undefined; batch = feed.next(place)) {
    batches.push(batch.bytes);
    for (const line of Buffer.from(batch.bytes).toString().split('\n').slice(0, -1)) seen.push((JSON.parse(line) as { object: string }).object.replace(/x+$/, ''));
    place = batch.next;
  }
  return { seen, batches, place };
};

describe('the events of watches of the same kind', () => {
  it('are encoded once, however many watches send them', () => {
    const fold = new HandMadeFold();
    for (const count of [1, 2, 0, 3]) fold.append(count);
    const encoder = new CountingEncoder();
    const recent = new RecentBatches(1_000_000);
    const [first, second] = [readAll(feedOf(fold, recent, { encoder }), { after: 0 }), readAll(feedOf(fold, recent, { encoder }), { after: 0 })];
    expect(first.seen).toEqual(['o0@1', 'o0@2', 'o1@2', 'o0@4', 'o1@4', 'o2@4']);
    expect(second.batches[0]).toBe(first.batches[0]);
    expect(encoder.encoded).toBe(6);
  });

  it('are shared by a watch that starts earlier or later, from the next place on that they have in common', () => {
    const fold = new HandMadeFold();
    fold.append(1);
    fold.append(1);
    const recent = new RecentBatches(1_000_000);
    const later = readAll(feedOf(fold, recent), { after: 1 });
    const earlier = readAll(feedOf(fold, recent), { after: 0 });
    expect(earlier.seen).toEqual(['o0@1', 'o0@2']);
    expect(earlier.batches[1]).toBe(later.batches[0]);
  });

  it('are the same when nothing is shared', () => {
    const fold = new HandMadeFold();
    for (const count of [2, 3]) fold.append(count);
    const encoder = new CountingEncoder();
    const recent = new RecentBatches(1_000_000);
    const all = [1, 2].map(() => readAll(feedOf(fold, recent, { encoder, name: undefined }), { after: 0 }).seen);
    expect(all[0]).toHaveLength(5);
    expect(all[1]).toEqual(all[0]);
    expect(encoder.encoded).toBe(10);
  });

  it('come in several batches when a record is large, each of them shared', () => {
    const fold = new HandMadeFold();
    fold.append(700);
    const recent = new RecentBatches(8_000_000);
    const [first, second] = [1, 2].map(() => readAll(feedOf(fold, recent, { encoder: new CountingEncoder(1_000) }), { after: 0 }));
    expect(first?.batches.length).toBeGreaterThan(1);
    expect(first?.seen).toEqual(Array.from({ length: 700 }, (_, index) => `o${index}@1`));
    expect(second?.batches.map((batch, index) => batch === first?.batches[index])).not.toContain(false);
    expect(first?.place).toEqual({ after: 1 });
  });

  it('end behind a begun record that is dropped meanwhile, because there may be a gap', () => {
    const fold = new HandMadeFold({ recordsMax: 2, changesMax: 10_000 });
    fold.append(700);
    const feed = feedOf(fold, new RecentBatches(8_000_000), { encoder: new CountingEncoder(1_000) });
    const begun = feed.next({ after: 0 });
    for (const count of [1, 1, 1]) fold.append(count);
    let batch = begun;
    while (batch?.next.begun !== undefined) batch = feed.next(batch.next);
    expect(batch?.next).toEqual({ after: 1 });
    expect(Buffer.from(batch?.bytes ?? []).toString()).not.toContain('@4');
    expect(fold.history.heldAfter).toBeGreaterThan(1);
  });
});

describe('recent batches', () => {
  const batch = (length: number) => ({ bytes: new Uint8Array(length), next: { after: 1 } });

  it('drop those that were not asked for longest when they are too large together', () => {
    const recent = new RecentBatches(10_000);
    recent.put('a', batch(4_000));
    recent.put('b', batch(4_000));
    expect(recent.get('a')).toBeDefined();
    recent.put('c', batch(4_000));
    expect(['a', 'b', 'c'].map((key) => recent.has(key))).toEqual([true, false, true]);
  });

  it('do not keep one that is too large alone', () => {
    const recent = new RecentBatches(10_000);
    recent.put('a', batch(20_000));
    expect(recent.has('a')).toBe(false);
    recent.put('b', batch(9_000));
    expect(recent.has('b')).toBe(true);
  });
});
