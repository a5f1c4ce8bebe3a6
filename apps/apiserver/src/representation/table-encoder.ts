import type { KubernetesObject } from '@everynode/core';
import { printTable, type IncludeObject, type Table } from '@everynode/kubernetes-api';
import type { BookmarkMeta, EncodedResource, Encoder, ListMeta } from './encoder.ts';
import { partialObject, type ObjectTexts } from './object-text.ts';

export interface TableShape {
  /** Version of meta.k8s.io. */
  readonly version: string;
  readonly includeObject: IncludeObject;
}

const ROWS_PER_PIECE = 100;

/** Objects as rows of a printed table, as `kubectl get` shows them. */
export class TableEncoder implements Encoder {
  readonly shared = undefined;
  private readonly resource: { readonly group: string; readonly resource: string };
  private readonly shape: TableShape;
  private readonly texts: ObjectTexts;
  private readonly clock: () => number;
  private hasSentColumns = false;

  constructor({ group, plural }: EncodedResource, shape: TableShape, { texts, clock }: { readonly texts: ObjectTexts; readonly clock: () => number }) {
    this.resource = { group, resource: plural };
    this.shape = shape;
    this.texts = texts;
    this.clock = clock;
  }

  object(object: KubernetesObject): string {
    return this.text(this.table([object], { resourceVersion: object.metadata.resourceVersion ?? '' }, true));
  }

  *list(objects: readonly KubernetesObject[], meta: ListMeta): Generator<string> {
    const head = this.text(this.table([], meta, true));
    yield head.slice(0, head.length - ']}'.length);
    for (let from = 0; from < objects.length; from += ROWS_PER_PIECE) {
      yield `${from === 0 ? '' : ','}${this.rows(objects.slice(from, from + ROWS_PER_PIECE), meta)}`;
    }
    yield ']}\n';
  }

  /** One row; the columns come with the first event only. */
  watched(object: KubernetesObject): string {
    const table = this.table([object], { resourceVersion: object.metadata.resourceVersion ?? '' }, !this.hasSentColumns);
    this.hasSentColumns = true;
    return this.text(table);
  }

  /** A row with a cell for each column, as clients expect of any. */
  bookmark(metadata: BookmarkMeta): string {
    const { resourceVersion } = metadata;
    const table = this.table([], { resourceVersion }, true);
    const row = { cells: (table.columnDefinitions ?? []).map(() => ''), object: partialObject(metadata) };
    const columnDefinitions = this.hasSentColumns ? null : table.columnDefinitions;
    this.hasSentColumns = true;
    return this.text({ ...table, columnDefinitions, rows: [row] } as unknown as Table);
  }

  /** Cells are made anew, because ages grow; what is said of the objects besides is made once. */
  private rows(objects: readonly KubernetesObject[], metadata: ListMeta): string {
    const { includeObject } = this.shape;
    const { rows } = printTable(this.resource, objects, { now: this.clock(), includeObject: 'None', withColumns: false, metadata });
    const texts = rows.map(({ cells }, index) => {
      const object = objects[index];
      if (object === undefined || includeObject === 'None') return `{"cells":${JSON.stringify(cells)},"object":null}`;
      return `{"cells":${JSON.stringify(cells)},"object":${includeObject === 'Metadata' ? this.texts.metadataTextOf(object) : this.texts.textOf(object)}}`;
    });
    return texts.join(',');
  }

  private table(objects: readonly KubernetesObject[], metadata: ListMeta, withColumns: boolean): Table {
    return printTable(this.resource, objects, { now: this.clock(), includeObject: this.shape.includeObject, withColumns, metadata });
  }

  private text(table: Table): string {
    return JSON.stringify({ ...table, apiVersion: `meta.k8s.io/${this.shape.version}` });
  }
}
