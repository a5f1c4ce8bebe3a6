import { printTable } from '@everynode/kubernetes-api';
import { describe, expect, it } from 'vitest';
import { pod } from '../testing/hand-made-log.ts';
import { ObjectTexts } from './object-text.ts';
import { TableEncoder } from './table-encoder.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const PODS = Array.from({ length: 250 }, (_, index) => pod(`p${index}`));
const meta = { resourceVersion: '7' };

const encoderOf = (includeObject: 'None' | 'Metadata' | 'Object', texts: ObjectTexts, now: number): TableEncoder =>
  new TableEncoder({ group: '', version: 'v1', kind: 'Pod', plural: 'pods' }, { version: 'v1', includeObject }, { texts, clock: () => now });

const listed = (includeObject: 'None' | 'Metadata' | 'Object', texts: ObjectTexts, now: number): unknown =>
  JSON.parse([...encoderOf(includeObject, texts, now).list(PODS, meta)].join(''));

describe('a list as a table', () => {
  it.each(['None', 'Metadata', 'Object'] as const)('says what the printer says, with %s of each object', (includeObject) => {
    const printed = printTable({ group: '', resource: 'pods' }, PODS, { now: NOW, includeObject, withColumns: true, metadata: meta });
    expect(listed(includeObject, new ObjectTexts(1_000_000), NOW)).toEqual(JSON.parse(JSON.stringify(printed)));
  });

  it('shows ages that grow, though everything else of an object is written once', () => {
    const texts = new ObjectTexts(1_000_000);
    const ages = [10, 20].map((seconds) => (listed('Metadata', texts, NOW + seconds * 1_000) as { rows: { cells: unknown[] }[] }).rows[0]?.cells[4]);
    expect(ages).toEqual(['10s', '20s']);
  });
});

describe('a watch as tables', () => {
  it('sends the columns once, and a cell for each of them in every row, also of a bookmark', () => {
    const encoder = encoderOf('Metadata', new ObjectTexts(1_000_000), NOW);
    const tables = [encoder.bookmark({ resourceVersion: '7', creationTimestamp: null }), encoder.watched(pod('p')), encoder.bookmark({ resourceVersion: '8', creationTimestamp: null })].map(
      (text) => JSON.parse(text) as { columnDefinitions: unknown[] | null; rows: { cells: unknown[] }[] },
    );
    const columns = tables[0]?.columnDefinitions?.length;
    expect(tables.map(({ columnDefinitions }) => columnDefinitions?.length)).toEqual([columns, undefined, undefined]);
    expect(tables.map(({ rows }) => rows[0]?.cells.length)).toEqual([columns, columns, columns]);
  });
});
