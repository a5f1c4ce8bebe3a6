import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Lease } from '../message-bus.port.ts';
import { numbers } from './append-builder.ts';

/** One free lease of its own for one test. */
export interface LeaseHarness {
  /** Opens another handle of the same lease. */
  open(): Promise<Lease>;
  readonly ttlMs: number;
  /** Lets time pass: a virtual clock moves on, or the test waits. */
  elapse(ms: number): Promise<void>;
  dispose(): Promise<void>;
}

/** The behaviour that every adapter of `Lease` shows. */
export const describeLease = (name: string, create: () => Promise<LeaseHarness>): void => {
  describe(`${name} as a lease`, () => {
    let harness: LeaseHarness;
    let a: Lease;
    let b: Lease;
    beforeEach(async () => {
      harness = await create();
      a = await harness.open();
      b = await harness.open();
    });
    afterEach(() => harness.dispose());

    it('is free at first', async () => {
      expect(await a.holder()).toBeUndefined();
    });

    it('is taken by the first and refused to the second', async () => {
      expect(await a.acquireOrRenew('a')).toBe(true);
      expect(await b.acquireOrRenew('b')).toBe(false);
      expect(await b.holder()).toBe('a');
    });

    it('goes to exactly one of many who race for it', async () => {
      const handles = await Promise.all(numbers(6).map(() => harness.open()));
      const taken = await Promise.all(handles.map((lease, index) => lease.acquireOrRenew(`holder-${index}`)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(await a.holder()).toBe(`holder-${taken.indexOf(true)}`);
    });

    it('stays with its holder beyond the TTL as long as it is renewed', async () => {
      for (const _ of numbers(6)) {
        expect(await a.acquireOrRenew('a')).toBe(true);
        expect(await b.acquireOrRenew('b')).toBe(false);
        await harness.elapse(harness.ttlMs / 3);
      }
    });

    it('can be taken over when it was not renewed for its TTL, and is then refused to the former holder', async () => {
      await a.acquireOrRenew('a');
      await harness.elapse(harness.ttlMs + 100);
      expect(await b.acquireOrRenew('b')).toBe(true);
      expect(await a.acquireOrRenew('a')).toBe(false);
      expect(await a.holder()).toBe('b');
    });

    it('is free at once after its holder released it', async () => {
      await a.acquireOrRenew('a');
      await a.release('a');
      expect(await b.holder()).toBeUndefined();
      expect(await b.acquireOrRenew('b')).toBe(true);
    });

    it('is not released by somebody who does not hold it', async () => {
      await a.acquireOrRenew('a');
      await b.release('b');
      expect(await b.holder()).toBe('a');
      expect(await a.acquireOrRenew('a')).toBe(true);
    });

    it('is known as its own by a new handle of the same holder', async () => {
      await a.acquireOrRenew('a');
      expect(await b.acquireOrRenew('a')).toBe(true);
      expect(await a.acquireOrRenew('a')).toBe(true);
    });
  });
};
