import { describe, expect, it } from 'vitest';
import { configMap } from '../testing/hand-made-log.ts';
import { ObjectTexts } from './object-text.ts';

/** Counts how often it is turned into JSON. */
const counted = (name: string): { readonly object: ReturnType<typeof configMap>; readonly times: () => number } => {
  let count = 0;
  const object = { ...configMap(name), toJSON: () => ({ name, count: (count += 1) }) };
  return { object, times: () => count };
};

describe('texts of objects', () => {
  it('are made once while they are used', () => {
    const texts = new ObjectTexts(1_000);
    const { object, times } = counted('a');
    expect(texts.textOf(object)).toBe(texts.textOf(object));
    expect(times()).toBe(1);
  });

  it('are dropped when others need the room, unless they are still asked for', () => {
    const texts = new ObjectTexts(100);
    const hot = counted('hot');
    const cold = counted('cold');
    texts.textOf(cold.object);
    for (let round = 0; round < 20; round += 1) {
      texts.textOf(hot.object);
      texts.textOf(counted(`other-${round}`).object);
    }
    texts.textOf(cold.object);
    expect(hot.times()).toBe(1);
    expect(cold.times()).toBe(2);
  });

  it('have a room of their own for metadata, written once as well', () => {
    const texts = new ObjectTexts(10_000);
    const object = configMap('a');
    const text = texts.metadataTextOf(object);
    expect(JSON.parse(text)).toEqual({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata });
    expect(JSON.parse(texts.textOf(object))).toEqual(object);
    expect(texts.metadataTextOf(object)).toBe(text);
  });
});
