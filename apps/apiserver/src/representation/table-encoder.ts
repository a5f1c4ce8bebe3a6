import type { KubernetesObject } from '@everynode/core';
import { printTable, type IncludeObject, type Table } from '@everynode/kubernetes-api';
import type { BookmarkMeta, EncodedResource, Encoder, ListMeta } from './encoder.ts';
import { partialObject } from './metadata-encoder.ts';

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
  private readonly clock: () => number;
  private hasSentColumns = false;

  constructor({ group, plural }: EncodedResource, shape: TableShape, clock: () => number) {
    this.resource = { group, resource: plural };
    this.shape = shape;
    this.clock = clock;
  }

  object(object: KubernetesObject): string {
    return this.text(this.table([object], { resourceVersion: object.metadata.resourceVersion ?? '' }, true));
  }

  *list(objects: readonly KubernetesObject[], meta: ListMeta): Generator<string> {
    const head = this.text(this.table([], meta, true));
    yield head.slice(0, head.length - ']}'.length);
    for (let from = 0; from < objects.length; from += ROWS_PER_PIECE) {
      const { rows } = this.table(objects.slice(from, from + ROWS_PER_PIECE), meta, false);
      yield `${from === 0 ? '' : ','}${rows.map((row) => JSON.stringify(row)).join(',')}`;
    }
    yield ']}\n';
  }

  /** One row; the columns come with the first event only. */
  watched(object: KubernetesObject): string {
    const table = this.table([object], { resourceVersion: object.metadata.resourceVersion ?? '' }, !this.hasSentColumns);
    this.hasSentColumns = true;
    return this.text(table);
  }

  bookmark(metadata: BookmarkMeta): string {
    const { resourceVersion } = metadata;
    const table = this.table([], { resourceVersion }, !this.hasSentColumns);
    this.hasSentColumns = true;
    const row = { cells: (table.columnDefinitions ?? []).map(() => ''), object: partialObject(metadata) };
    return this.text({ ...table, rows: [row] } as unknown as Table);
  }

  private table(objects: readonly KubernetesObject[], metadata: ListMeta, withColumns: boolean): Table {
    return printTable(this.resource, objects, { now: this.clock(), includeObject: this.shape.includeObject, withColumns, metadata });
  }

  private text(table: Table): string {
    return JSON.stringify({ ...table, apiVersion: `meta.k8s.io/${this.shape.version}` });
  }
}
