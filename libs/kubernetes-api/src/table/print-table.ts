import type { KubernetesObject } from '../write/object.ts';
import { printerOf } from './printers.ts';
import type { ListMetadata, PartialObjectMetadata, PartialObjectMetadataList, Table, TableRow } from './table.ts';

/** The query parameter of the same name: what each row carries besides its cells. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableOptions {
  /** Milliseconds since the epoch; ages are relative to it. */
  readonly now: number;
  readonly includeObject: IncludeObject;
  /** False for all but the first event of a watch. */
  readonly withColumns: boolean;
  readonly metadata: ListMetadata;
}

/** Only the metadata of an object, for clients that ask for no more. */
export const partialObjectMetadata = (object: KubernetesObject): PartialObjectMetadata => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: object.metadata,
});

export const partialObjectMetadataList = (
  objects: readonly KubernetesObject[],
  metadata: ListMetadata,
): PartialObjectMetadataList => ({
  kind: 'PartialObjectMetadataList',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
  items: objects.map(partialObjectMetadata),
});

const withObject = (object: KubernetesObject, includeObject: IncludeObject): Pick<TableRow, 'object'> => {
  if (includeObject === 'None') return { object: null };
  return { object: includeObject === 'Object' ? object : partialObjectMetadata(object) };
};

/** Prints objects of one resource as a Table (group `''` is the core group). */
export const printTable = (
  { group, resource }: { readonly group: string; readonly resource: string },
  objects: readonly KubernetesObject[],
  { now, includeObject, withColumns, metadata }: TableOptions,
): Table => {
  const { columns, cellsOf } = printerOf(group, resource);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: withColumns ? columns : null,
    rows: objects.map((object) => ({ cells: cellsOf(object, now), ...withObject(object, includeObject) })),
  };
};
