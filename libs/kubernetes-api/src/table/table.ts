import type { KubernetesObject, ObjectMeta } from '../write/object.ts';

export interface TableColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  /** `name` marks the column that holds the object's name. */
  readonly format: string;
  readonly description: string;
  /** 0: always shown, 1: only with `-o wide`. */
  readonly priority: 0 | 1;
}

export interface PartialObjectMetadata {
  readonly kind: 'PartialObjectMetadata';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: ObjectMeta;
}

export interface PartialObjectMetadataList {
  readonly kind: 'PartialObjectMetadataList';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: ListMetadata;
  readonly items: readonly PartialObjectMetadata[];
}

export interface TableRow {
  readonly cells: readonly (string | number)[];
  /** Null with `includeObject=None`. */
  readonly object: PartialObjectMetadata | KubernetesObject | null;
}

export interface ListMetadata {
  readonly resourceVersion?: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface Table {
  readonly kind: 'Table';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: ListMetadata;
  /** Null after the first event of a watch: the columns are known by then. */
  readonly columnDefinitions: readonly TableColumn[] | null;
  readonly rows: readonly TableRow[];
}

export type Cell = string | number;

/** How the objects of one resource are printed. */
export interface Printer {
  readonly columns: readonly TableColumn[];
  /** One cell a column, wide ones included. `now` is in milliseconds since the epoch. */
  readonly cellsOf: (object: unknown, now: number) => readonly Cell[];
}
