import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandStore } from '../message-bus.port.ts';
import { numbers } from './append-builder.ts';
import { eventually } from './eventually.ts';

/** One empty command store of its own for one test. */
export interface CommandStoreHarness {
  /** Opens another handle of the same store. */
  open(): Promise<CommandStore>;
  /** Resolves when subscriptions made so far are in force. */
  settled(): Promise<void>;
  dispose(): Promise<void>;
}

/** The behaviour that every adapter of `CommandStore` shows. */
export const describeCommandStore = (name: string, create: () => Promise<CommandStoreHarness>): void => {
  describe(`${name} as a command store`, () => {
    let harness: CommandStoreHarness;
    let controller: CommandStore;
    let agent: CommandStore;
    beforeEach(async () => {
      harness = await create();
      controller = await harness.open();
      agent = await harness.open();
    });
    afterEach(() => harness.dispose());

    it('has nothing for a node that was never commanded', async () => {
      expect(await agent.last('node-1')).toBeUndefined();
    });

    it('keeps the last set of each node', async () => {
      for (const n of numbers(3)) expect(await controller.put('node-1', `set ${n}`)).toBe(true);
      expect(await controller.put('node-2', 'set of 2')).toBe(true);
      expect(await agent.last('node-1')).toBe('set 3');
      expect(await agent.last('node-2')).toBe('set of 2');
    });

    it('tells names with dots apart', async () => {
      const names = ['ip-10-0-0-1.ec2.internal', 'ip-10-0-0-1.ec2', 'ip-10-0-0-1', 'ip-10-0-0-1-ec2.internal'];
      const seen: [string, string][] = [];
      agent.subscribe(names, (node, payload) => seen.push([node, payload]));
      await harness.settled();
      for (const name of names) await controller.put(name, `for ${name}`);
      for (const name of names) expect(await agent.last(name)).toBe(`for ${name}`);
      await eventually('all are delivered', () => seen.length === names.length || undefined);
      expect(seen).toEqual(names.map((name) => [name, `for ${name}`]));
    });

    it('delivers sets put after the subscription, for the nodes asked for only, in order', async () => {
      const seen: string[] = [];
      await controller.put('node-1', 'before');
      agent.subscribe(['node-1', 'node-2'], (node, payload) => seen.push(`${node}: ${payload}`));
      await harness.settled();
      await Promise.all(['a', 'b', 'c'].map((set) => controller.put('node-1', set)));
      await controller.put('node-3', 'foreign');
      await controller.put('node-2', 'end');
      await eventually('the last one is delivered', () => seen.includes('node-2: end') || undefined);
      expect(seen).toEqual(['node-1: a', 'node-1: b', 'node-1: c', 'node-2: end']);
    });

    it('delivers to each of several subscriptions of one node until it is ended', async () => {
      const seen: string[] = [];
      const first = agent.subscribe(['node-1'], (_node, payload) => seen.push(`first ${payload}`));
      agent.subscribe(['node-1'], (_node, payload) => seen.push(`second ${payload}`));
      await harness.settled();
      await controller.put('node-1', 'a');
      await eventually('both have it', () => seen.length === 2 || undefined);
      first.unsubscribe();
      await harness.settled();
      await controller.put('node-1', 'b');
      await eventually('one has it', () => seen.includes('second b') || undefined);
      expect(seen.toSorted()).toEqual(['first a', 'second a', 'second b']);
    });

    it('takes many puts at once and ends with the last of each node', async () => {
      const puts = numbers(600).map((n) => controller.put(`node-${n % 100}`, `set ${n}`));
      expect((await Promise.all(puts)).every(Boolean)).toBe(true);
      expect(await agent.last('node-0')).toBe('set 600');
      expect(await agent.last('node-99')).toBe('set 599');
    });
  });
};
