import type { KubernetesObject } from '@everynode/core';
import type { Resource } from '@everynode/kubernetes-api';

/** metadata of a list: `resourceVersion` always, `continue` and `remainingItemCount` when there is more. */
export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** Writes objects as JSON text in the shape that a client asked for. One encoder serves one request: a watch's encoder may say things only once. */
export interface Encoder {
  /** Names the shape when what is written depends on the object alone, so that it may be shared with encoders of the same shape and resource. */
  readonly shared: string | undefined;
  object(object: KubernetesObject): string;
  /** The list as pieces of text; each piece is cheap to make. */
  list(objects: readonly KubernetesObject[], meta: ListMeta): Iterable<string>;
  /** The `object` of a watch event. */
  watched(object: KubernetesObject): string;
  /** The `object` of a bookmark. */
  bookmark(metadata: BookmarkMeta): string;
}

export interface BookmarkMeta {
  readonly resourceVersion: string;
  readonly creationTimestamp: null;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What every encoder knows of the resource whose objects it writes. */
export type EncodedResource = Pick<Resource, 'group' | 'version' | 'kind' | 'plural'>;

export const apiVersionText = ({ group, version }: EncodedResource): string => (group === '' ? version : `${group}/${version}`);

const OBJECTS_PER_PIECE = 100;

/** A list around the texts of its items, in pieces of at most a hundred of them. */
export const listPieces = function* (head: string, objects: readonly KubernetesObject[], textOf: (object: KubernetesObject) => string): Generator<string> {
  let piece = `${head}[`;
  for (const [index, object] of objects.entries()) {
    if (index > 0) piece += ',';
    piece += textOf(object);
    if (index % OBJECTS_PER_PIECE !== OBJECTS_PER_PIECE - 1) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}]}\n`;
};
