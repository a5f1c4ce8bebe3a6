import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { isJsonObject, isSameJson } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { schemaOfKind } from '../schema/schema.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

const SEED = { seed: 7, numRuns: 500 };
const seen = new Set<string>();

const KEYS = ['a', 'b', 'c', 'constructor'];
const { document } = fc.letrec<{ document: JsonObject; value: unknown }>((tie) => ({
  document: fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  value: fc.oneof(
    { depthSize: 'small' },
    fc.integer(),
    fc.constant('x'),
    fc.array(fc.integer(), { maxLength: 2 }),
    tie('document'),
  ),
}));

/** The merge patch that turns one document into the other. */
const difference = (from: JsonObject, to: JsonObject): JsonObject => {
  const patch: JsonObject = {};
  for (const key of Object.keys(from)) {
    if (!Object.hasOwn(to, key)) {
      patch[key] = null;
      seen.add('removed');
    }
  }
  for (const [key, value] of Object.entries(to)) {
    const before = Object.hasOwn(from, key) ? from[key] : undefined;
    if (isSameJson(before, value)) continue;
    seen.add(before === undefined ? 'added' : isJsonObject(before) && isJsonObject(value) ? 'merged' : 'replaced');
    patch[key] = isJsonObject(before) && isJsonObject(value) ? difference(before, value) : value;
  }
  return patch;
};

describe('merge patch', () => {
  it('carries any document into any other by their difference', () => {
    fc.assert(
      fc.property(document, document, (from, to) => {
        expect(applyMergePatch(from, difference(from, to))).toEqual({ outcome: 'patched', value: to });
      }),
      SEED,
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(document, document, (target, patch) => {
        const once = applyMergePatch(target, patch);
        expect(once.outcome === 'patched' ? applyMergePatch(once.value, patch) : undefined).toEqual(once);
      }),
      SEED,
    );
  });

  afterAll(() => {
    expect([...seen].toSorted()).toEqual(['added', 'merged', 'removed', 'replaced']);
  });
});

const POD = schemaOfKind('', 'v1', 'Pod') ?? {};
const NAMES = ['a', 'b', 'c', 'd'];
interface Container {
  readonly name: string;
  readonly image: string;
}
const containers = fc.uniqueArray(fc.record({ name: fc.constantFrom(...NAMES), image: fc.constantFrom('x', 'y') }), {
  selector: ({ name }) => name,
  maxLength: 4,
});

/** What kubectl apply sends: changed and new elements, deletions, and the order of all. */
const kubectlPatch = (from: readonly Container[], to: readonly Container[]): object => {
  const changed = to.filter((container) => !from.some((before) => isSameJson(before, container)));
  const gone = from.filter(({ name }) => to.every((container) => container.name !== name));
  for (const word of [
    changed.length > 0 && 'changed',
    gone.length > 0 && 'gone',
    changed.length === 0 && gone.length === 0 && 'order only',
  ]) {
    if (word !== false) smpSeen.add(word);
  }
  return {
    spec: {
      '$setElementOrder/containers': to.map(({ name }) => ({ name })),
      containers: [...changed, ...gone.map(({ name }) => ({ name, $patch: 'delete' }))],
    },
  };
};
const smpSeen = new Set<string>();

describe('strategic merge patch', () => {
  it('carries a list of containers into any other by the patch that kubectl makes', () => {
    fc.assert(
      fc.property(containers, containers, (from, to) => {
        const result = applyStrategicMergePatch({ spec: { containers: from } }, kubectlPatch(from, to), POD);
        expect(result).toEqual({ outcome: 'patched', value: { spec: { containers: to } } });
      }),
      SEED,
    );
  });

  it('loses no element that the patch does not name', () => {
    fc.assert(
      fc.property(containers, containers, (live, patch) => {
        const result = applyStrategicMergePatch({ spec: { containers: live } }, { spec: { containers: patch } }, POD);
        const names = JSON.stringify(result);
        for (const { name } of [...live, ...patch]) expect(names).toContain(`"name":"${name}"`);
      }),
      SEED,
    );
  });

  afterAll(() => {
    expect([...smpSeen].toSorted()).toEqual(['changed', 'gone', 'order only']);
  });
});
