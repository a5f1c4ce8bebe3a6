import { describe, expect, it } from 'vitest';
import { smallNode } from '../testing/small-log.ts';
import { hadNodesBefore } from './nodes-before.ts';

const STARTED_AT = Date.parse('2026-03-01T08:30:00.400Z');
const madeAt = (creationTimestamp: string): ReturnType<typeof smallNode> => {
  const node = smallNode('node-1');
  return { ...node, metadata: { ...node.metadata, creationTimestamp } };
};

describe('hadNodesBefore', () => {
  it('is so when any node is older than the start', () => {
    expect(hadNodesBefore([madeAt('2026-03-01T08:30:01Z'), madeAt('2026-03-01T08:29:59Z')], STARTED_AT)).toBe(true);
  });

  it('is not so for a fleet that has just begun, in the second of the start or later', () => {
    expect(hadNodesBefore([madeAt('2026-03-01T08:30:00Z'), madeAt('2026-03-01T08:30:02Z')], STARTED_AT)).toBe(false);
    expect(hadNodesBefore([], STARTED_AT)).toBe(false);
  });
});
