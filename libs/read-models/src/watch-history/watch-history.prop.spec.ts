import { emptyFleet, evolveRecord, objectsOf, type FleetEvent, type KubernetesObject } from '@everynode/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordChangeCollector } from './record-changes.ts';
import { resumeAfter } from './resume-watch.ts';
import { tableAsOf } from './table-as-of.ts';
import { watchEventOf, type WatchEvent } from './watch-event.ts';
import { WatchHistory } from './watch-history.ts';

const NAMES = ['a', 'b', 'c', 'd'] as const;
const TIERS = ['edge', 'core'] as const;

/** What happens to one name: it is put with a label, or removed if it exists. */
type Step = { readonly name: string; readonly tier: string | undefined; readonly isNew: boolean };

const step = fc.record({ name: fc.constantFrom(...NAMES), tier: fc.option(fc.constantFrom(...TIERS), { nil: undefined }), isNew: fc.boolean() });
const record = fc.array(step, { maxLength: 6 });
const log = fc.array(record, { minLength: 1, maxLength: 12 });

type Table = ReadonlyMap<string, KubernetesObject>;
const selects = (object: KubernetesObject): boolean => object.metadata.labels?.['tier'] === 'edge';
const selected = (table: Table): Record<string, string> =>
  Object.fromEntries([...table].filter(([, object]) => selects(object)).map(([key, object]) => [key, `${object.metadata.uid}@${object.metadata.resourceVersion ?? ''}`]));

interface Folded {
  readonly history: WatchHistory;
  /** The naive model: a copy of the whole table after each record. */
  readonly tables: readonly Table[];
}

/** Folds the log with the real fold, and keeps every state of it. */
const fold = (records: readonly (readonly Step[])[], recordsMax = 1_000): Folded => {
  const state = emptyFleet();
  const collector = new RecordChangeCollector();
  state.onChange = (change) => collector.take(change);
  const history = new WatchHistory({ recordsMax, changesMax: 10_000 }, 0);
  const tables: Table[] = [new Map()];
  let uids = 0;
  for (const [index, steps] of records.entries()) {
    const events: FleetEvent[] = [];
    const uidsNow = new Map([...objectsOf(state, 'configmaps').values()].map((object) => [object.metadata.name, object.metadata.uid]));
    for (const { name, tier, isNew } of steps) {
      const uid = uidsNow.get(name);
      if (uid !== undefined && (tier === undefined || isNew)) {
        events.push({ type: 'object.deleted.v1', resource: 'configmaps', by: 'test', namespace: 'ns', name, uid });
        uidsNow.delete(name);
      }
      if (tier === undefined) continue;
      const kept = uidsNow.get(name);
      const metadata = { name, namespace: 'ns', uid: kept ?? `uid-${(uids += 1)}`, labels: { tier } };
      uidsNow.set(name, metadata.uid);
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
      events.push({ type: kept === undefined ? 'object.created.v1' : 'object.updated.v1', resource: 'configmaps', object, by: 'test' });
    }
    evolveRecord(state, index + 1, { at: index, events });
    history.append(collector.finish(index + 1));
    tables.push(new Map(objectsOf(state, 'configmaps')));
  }
  return { history, tables };
};

/** All events of a watch that starts after `sequence`. */
const eventsAfter = (history: WatchHistory, sequence: number): WatchEvent[] =>
  (history.changesSince(sequence, 'configmaps') ?? []).flatMap(({ changes }) => changes.flatMap((change) => watchEventOf(change, selects) ?? []));

/** A client's cache, which knows objects by key and by the resourceVersion of the newest event. */
const apply = (cache: Map<string, KubernetesObject>, event: WatchEvent): void => {
  const key = `ns/${event.object.metadata.name}`;
  if (event.type === 'DELETED') cache.delete(key);
  else cache.set(key, event.object);
};

describe('watch history', () => {
  it('leads a client from any list to the present, with an ADDED for what it does not have and nothing else', () => {
    const seen = { ADDED: 0, MODIFIED: 0, DELETED: 0, movedOut: 0, replaced: 0 };
    fc.assert(
      fc.property(log, fc.nat(), (records, start) => {
        const { history, tables } = fold(records);
        const from = start % tables.length;
        const cache = new Map([...(tables[from] ?? [])].filter(([, object]) => selects(object)));
        for (const event of eventsAfter(history, from)) {
          const key = `ns/${event.object.metadata.name}`;
          const present = cache.get(key);
          expect(event.type === 'ADDED').toBe(present === undefined);
          seen[event.type] += 1;
          if (event.type === 'DELETED') {
            expect(selects(event.object)).toBe(true);
            if (tables[Number(event.object.metadata.resourceVersion)]?.has(key) === true) seen.movedOut += 1;
          }
          if (present !== undefined && present.metadata.uid !== event.object.metadata.uid) seen.replaced += 1;
          apply(cache, event);
        }
        expect(selected(cache)).toEqual(selected(tables.at(-1) ?? new Map()));
      }),
      { numRuns: 400 },
    );
    expect(seen.replaced).toBe(0);
    for (const kind of ['ADDED', 'MODIFIED', 'DELETED', 'movedOut'] as const) expect(seen[kind], kind).toBeGreaterThan(50);
  });

  it('loses nothing when the connection is cut between any two events, also within a record', () => {
    let cutsWithinRecord = 0;
    fc.assert(
      fc.property(log, fc.nat(), fc.nat(), (records, start, cutAt) => {
        const { history, tables } = fold(records);
        const from = start % tables.length;
        const cache = new Map([...(tables[from] ?? [])].filter(([, object]) => selects(object)));
        const events = eventsAfter(history, from);
        const cut = events.length === 0 ? 0 : cutAt % (events.length + 1);
        for (const event of events.slice(0, cut)) apply(cache, event);
        const last = Number(events[cut - 1]?.object.metadata.resourceVersion ?? from);
        if (cut > 0 && events[cut]?.object.metadata.resourceVersion === String(last)) cutsWithinRecord += 1;
        const resumed = last === 0 ? 0 : resumeAfter(history, { resource: 'configmaps', sequence: last, selects });
        expect(resumed).toBeDefined();
        for (const event of eventsAfter(history, resumed ?? 0)) apply(cache, event);
        expect(selected(cache)).toEqual(selected(tables.at(-1) ?? new Map()));
      }),
      { numRuns: 400 },
    );
    expect(cutsWithinRecord).toBeGreaterThan(30);
  });

  it('makes any earlier table again while its records are held, and says so when they are not', () => {
    const seen = { held: 0, dropped: 0 };
    fc.assert(
      fc.property(log, fc.nat(), fc.integer({ min: 1, max: 6 }), (records, at, recordsMax) => {
        const { history, tables } = fold(records, recordsMax);
        const sequence = at % tables.length;
        const table = tableAsOf(history, tables.at(-1) ?? new Map(), { resource: 'configmaps', sequence });
        if (sequence < history.heldAfter) {
          seen.dropped += 1;
          expect(table).toBeUndefined();
          return;
        }
        seen.held += 1;
        expect(Object.fromEntries(table ?? [])).toEqual(Object.fromEntries(tables[sequence] ?? []));
      }),
      { numRuns: 400 },
    );
    expect(seen.held).toBeGreaterThan(50);
    expect(seen.dropped).toBeGreaterThan(50);
  });
});
