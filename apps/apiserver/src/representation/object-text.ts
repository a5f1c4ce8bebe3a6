import type { KubernetesObject } from '@everynode/core';
import { goJson } from './go-json.ts';

const META_VERSION = 'meta.k8s.io/v1';

/** An object's metadata under the kind that stands for any object of which only that is shown. */
export const partialObject = (metadata: unknown): object => ({ kind: 'PartialObjectMetadata', apiVersion: META_VERSION, metadata });

/**
 * Texts of objects, kept as long as they are used: objects never change in place, so a text belongs to its object for good. Two generations of at most
 * half the budget each; a text that is asked for moves to the younger one, and the older one is dropped whole.
 */
class KeptTexts {
  private readonly generationMax: number;
  private readonly write: (object: KubernetesObject) => string;
  private young = new WeakMap<KubernetesObject, string>();
  private old = new WeakMap<KubernetesObject, string>();
  private youngSize = 0;

  constructor(budget: number, write: (object: KubernetesObject) => string) {
    this.generationMax = budget / 2;
    this.write = write;
  }

  textOf(object: KubernetesObject): string {
    const young = this.young.get(object);
    if (young !== undefined) return young;
    const text = this.old.get(object) ?? this.write(object);
    if (this.youngSize + text.length > this.generationMax) {
      this.old = this.young;
      this.young = new WeakMap();
      this.youngSize = 0;
    }
    this.young.set(object, text);
    this.youngSize += text.length;
    return text;
  }
}

/** What metadata may take of the budget, besides whole objects. */
const METADATA_SHARE = 1 / 4;

/** JSON texts of objects and of their metadata, kept as long as they are used. */
export class ObjectTexts {
  private readonly whole: KeptTexts;
  private readonly metadata: KeptTexts;

  /** `budget`: UTF-16 units of text of whole objects kept at most; a quarter of that on top for metadata. */
  constructor(budget: number) {
    this.whole = new KeptTexts(budget, ({ kind: _kind, apiVersion: _apiVersion, ...rest }) => goJson(rest));
    this.metadata = new KeptTexts(budget * METADATA_SHARE, (object) => JSON.stringify(partialObject(object.metadata)));
  }

  textOf(object: KubernetesObject): string {
    const item = this.whole.textOf(object);
    const type = JSON.stringify({ kind: object.kind, apiVersion: object.apiVersion }).slice(0, -1);
    return item === '{}' ? `${type}}` : `${type},${item.slice(1)}`;
  }

  /** The object as an item of a list, whose kind says what its items are: as in Kubernetes without kind and apiVersion. */
  itemTextOf(object: KubernetesObject): string {
    return this.whole.textOf(object);
  }

  /** The object as a PartialObjectMetadata. */
  metadataTextOf(object: KubernetesObject): string {
    return this.metadata.textOf(object);
  }
}
