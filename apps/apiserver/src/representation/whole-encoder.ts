import type { KubernetesObject } from '@everynode/core';
import { apiVersionText, listPieces, type BookmarkMeta, type EncodedResource, type Encoder, type ListMeta } from './encoder.ts';
import type { ObjectTexts } from './object-text.ts';

/** Objects as they are. */
export class WholeEncoder implements Encoder {
  readonly shared = 'whole';
  private readonly resource: EncodedResource;
  private readonly texts: ObjectTexts;

  constructor(resource: EncodedResource, texts: ObjectTexts) {
    this.resource = resource;
    this.texts = texts;
  }

  object(object: KubernetesObject): string {
    return this.texts.textOf(object);
  }

  list(objects: readonly KubernetesObject[], meta: ListMeta): Iterable<string> {
    const { kind } = this.resource;
    const head = `{"kind":"${kind}List","apiVersion":"${apiVersionText(this.resource)}","metadata":${JSON.stringify(meta)},"items":`;
    return listPieces(head, objects, (object) => this.texts.itemTextOf(object));
  }

  watched(object: KubernetesObject): string {
    return this.texts.textOf(object);
  }

  bookmark(metadata: BookmarkMeta): string {
    return JSON.stringify({ kind: this.resource.kind, apiVersion: apiVersionText(this.resource), metadata });
  }
}
