import { describe, expect, it } from 'vitest';
import { InputQueue } from './input-queue.ts';

describe('what waits to be taken', () => {
  it('has its source wait while there is too much of it, and go on when half is taken', async () => {
    const calls: string[] = [];
    const queue = new InputQueue<string>(10, { pause: () => calls.push('pause'), resume: () => calls.push('resume') });
    const items = queue[Symbol.asyncIterator]();
    queue.push('a', 6);
    expect(calls).toEqual([]);
    queue.push('b', 6);
    queue.push('c', 1);
    expect(calls).toEqual(['pause']);
    expect((await items.next()).value).toBe('a');
    expect(calls).toEqual(['pause']);
    expect((await items.next()).value).toBe('b');
    expect(calls).toEqual(['pause', 'resume']);
    expect((await items.next()).value).toBe('c');
  });

  it('is given out after the end, and nothing more is taken in', async () => {
    const queue = new InputQueue<string>(1, { pause: () => undefined, resume: () => undefined });
    queue.push('a', 5);
    queue.end();
    queue.push('b', 5);
    const seen: string[] = [];
    for await (const item of queue) seen.push(item);
    expect(seen).toEqual(['a']);
  });

  it('comes to whoever waits already', async () => {
    const queue = new InputQueue<string>(1, { pause: () => undefined, resume: () => undefined });
    const first = queue[Symbol.asyncIterator]().next();
    queue.push('a', 1);
    expect((await first).value).toBe('a');
  });
});
