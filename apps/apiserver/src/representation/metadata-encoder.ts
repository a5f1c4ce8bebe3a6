import type { KubernetesObject } from '@everynode/core';
import { listPieces, type BookmarkMeta, type Encoder, type ListMeta } from './encoder.ts';
import { partialObject, type ObjectTexts } from './object-text.ts';

const META_VERSION = 'meta.k8s.io/v1';

/** The metadata of objects alone, as garbage collectors and metadata informers ask for it. */
export class MetadataEncoder implements Encoder {
  readonly shared = 'metadata';
  private readonly texts: ObjectTexts;

  constructor(texts: ObjectTexts) {
    this.texts = texts;
  }
  object(object: KubernetesObject): string {
    return this.texts.metadataTextOf(object);
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
