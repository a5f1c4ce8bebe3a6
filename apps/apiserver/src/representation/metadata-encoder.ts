import type { KubernetesObject } from '@everynode/core';
import { listPieces, type BookmarkMeta, type Encoder, type ListMeta } from './encoder.ts';

const META_VERSION = 'meta.k8s.io/v1';

/** An object's metadata under the kind that stands for any object of which only that is shown. */
export const partialObject = (metadata: unknown): object => ({ kind: 'PartialObjectMetadata', apiVersion: META_VERSION, metadata });

/** The metadata of objects alone, as garbage collectors and metadata informers ask for it. */
export class MetadataEncoder implements Encoder {
  readonly shared = 'metadata';
  object(object: KubernetesObject): string {
    return JSON.stringify(partialObject(object.metadata));
  }

  list(objects: readonly KubernetesObject[], meta: ListMeta): Iterable<string> {
    const head = `{"kind":"PartialObjectMetadataList","apiVersion":"${META_VERSION}","metadata":${JSON.stringify(meta)},"items":`;
    return listPieces(head, objects, (object) => this.object(object));
  }

  watched(object: KubernetesObject): string {
    return this.object(object);
  }

  bookmark(metadata: BookmarkMeta): string {
    return JSON.stringify(partialObject(metadata));
  }
}
