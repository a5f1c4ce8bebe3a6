import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeadLetter, DeadLetterQueue } from '../message-bus.port.ts';
import { numbers } from './append-builder.ts';

/** One empty dead-letter queue of its own for one test. */
export interface DeadLetterQueueHarness {
  /** Opens another handle of the same queue. */
  open(): Promise<DeadLetterQueue>;
  dispose(): Promise<void>;
}

/** The behaviour that every adapter of `DeadLetterQueue` shows. */
export const describeDeadLetterQueue = (name: string, create: () => Promise<DeadLetterQueueHarness>): void => {
  describe(`${name} as a dead-letter queue`, () => {
    let harness: DeadLetterQueueHarness;
    let queue: DeadLetterQueue;
    let other: DeadLetterQueue;
    beforeEach(async () => {
      harness = await create();
      queue = await harness.open();
      other = await harness.open();
    });
    afterEach(() => harness.dispose());

    const letter = (n: number): Omit<DeadLetter, 'id' | 'redrivenAt'> => ({
      at: `2026-01-02T03:04:${String(n).padStart(2, '0')}.000Z`,
      source: n % 2 === 0 ? 'agent-report' : 'heartbeat',
      subject: `everynode.v1.rpt.agent-${n}`,
      reason: `field pods[${n}].phase: "Dancing" is not a phase`,
      payload: `{"n":${n},"broken ☃`,
    });

    it('is empty at first', async () => {
      expect(await queue.list(10)).toEqual([]);
      expect(await queue.get(1)).toBeUndefined();
    });

    it('keeps every field of a letter and gives it an id', async () => {
      expect(await queue.bury(letter(1))).toBe(true);
      const [kept] = await other.list(10);
      expect(kept).toEqual({ ...letter(1), id: expect.any(Number) });
      expect(await other.get(kept?.id ?? 0)).toEqual(kept);
    });

    it('lists the newest letters first, as many as asked for', async () => {
      for (const n of numbers(5)) await queue.bury(letter(n));
      expect((await other.list(3)).map((kept) => kept.subject)).toEqual([5, 4, 3].map((n) => letter(n).subject));
      expect(await other.list(100)).toHaveLength(5);
      expect(await other.list(0)).toEqual([]);
    });

    it('removes one letter and keeps the others', async () => {
      for (const n of numbers(4)) await queue.bury(letter(n));
      const [, third] = await queue.list(4);
      expect(await other.remove(third?.id ?? 0)).toBe(true);
      expect(await queue.remove(third?.id ?? 0)).toBe(false);
      expect(await queue.get(third?.id ?? 0)).toBeUndefined();
      expect((await queue.list(4)).map((kept) => kept.subject)).toEqual([4, 2, 1].map((n) => letter(n).subject));
    });

    it('says false for a letter that never was', async () => {
      expect(await queue.remove(99)).toBe(false);
    });
  });
};
