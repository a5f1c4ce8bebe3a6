// A broker refuses a payload that is too large, whatever characters it is made of.
import { describe, expect, it } from 'vitest';
import { emptyFleet } from '../fleet/state.ts';
import { LIMITS } from '../kernel/limits.ts';
import { randomFrom } from '../kernel/random.ts';
import { created, START } from '../node/fleet-under-test.ts';
import { RecordBuilder } from './record-builder.ts';

const recordsOf = (texts: readonly string[]): readonly { readonly sequence: number; readonly payload: string }[] => {
  const builder = new RecordBuilder(emptyFleet(), START, randomFrom('seed'));
  for (const [index, text] of texts.entries()) {
    builder.emit(created('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c${index}`, namespace: 'default', uid: `u${index}` }, data: { text } }));
  }
  return builder.finish();
};

describe('RecordBuilder', () => {
  it.each(['a', 'ü', '日', '😀'])('keeps a record of %s within its bytes', (character) => {
    const text = character.repeat(Math.floor(LIMITS.objectBytesMax / 6));
    const records = recordsOf([text, text, text, text, text, text, text, text, text, text, text, text]);
    expect(records.map(({ sequence }) => sequence)).toEqual(records.map((_record, index) => index + 1));
    expect(records.length).toBeGreaterThan(1);
    for (const { payload } of records) expect(new TextEncoder().encode(payload).length).toBeLessThanOrEqual(LIMITS.recordBytesMax + 100);
  });
});
