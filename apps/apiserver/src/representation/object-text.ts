import type { KubernetesObject } from '@everynode/core';
import { goJson } from './go-json.ts';

/**
 * JSON texts of objects, kept as long as they are used: objects never change in place, so a text belongs to its object for good. Two generations of at most
 * half the budget each; a text that is asked for moves to the younger one, and the older one is dropped whole.
 */
export class ObjectTexts {
  private readonly generationMax: number;
  private young = new WeakMap<KubernetesObject, string>();
  private old = new WeakMap<KubernetesObject, string>();
  private youngSize = 0;

  /** `budget`: UTF-16 units of text kept at most. */
  constructor(budget: number) {
    this.generationMax = budget / 2;
  }

  textOf(object: KubernetesObject): string {
    const young = this.young.get(object);
    if (young !== undefined) return young;
    const text = this.old.get(object) ?? goJson(object);
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
