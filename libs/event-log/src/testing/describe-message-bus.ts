import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BusMessage, MessageBus } from '../message-bus.port.ts';
import { numbers } from './append-builder.ts';
import { eventually } from './eventually.ts';

/** One broker of its own for one test. */
export interface MessageBusHarness {
  /** Opens another connection to the same broker. */
  open(): Promise<MessageBus>;
  /** Resolves when subscriptions that were flushed are known to every connection's server; left out where there is one server. */
  settled?(): Promise<void>;
  dispose(): Promise<void>;
}

/** The behaviour that every adapter of `MessageBus` shows. */
export const describeMessageBus = (name: string, create: () => Promise<MessageBusHarness>): void => {
  describe(`${name} as a message bus`, () => {
    let harness: MessageBusHarness;
    let sender: MessageBus;
    let receiver: MessageBus;
    beforeEach(async () => {
      harness = await create();
      sender = await harness.open();
      receiver = await harness.open();
    });
    afterEach(() => harness.dispose());

    /** Subscribes and waits until the broker knows of it. */
    const listen = async (pattern: string, onMessage: (message: BusMessage) => void): Promise<() => void> => {
      const subscription = receiver.subscribe(pattern, onMessage);
      await receiver.flush();
      await harness.settled?.();
      return () => subscription.unsubscribe();
    };

    it.each([
      { pattern: 'a.b.c', matching: ['a.b.c'], other: ['a.b', 'a.b.c.d', 'a.b.d'] },
      { pattern: 'a.*.c', matching: ['a.b.c', 'a.x.c'], other: ['a.c', 'a.b.b.c', 'a.b.d'] },
      { pattern: 'a.*', matching: ['a.b'], other: ['a', 'a.b.c', 'b.b'] },
      { pattern: 'a.>', matching: ['a.b', 'a.b.c.d'], other: ['a', 'ab.c'] },
      { pattern: '*.b.>', matching: ['a.b.c', 'x.b.c.d'], other: ['a.b', 'a.c.b'] },
    ])('delivers to $pattern what matches and nothing else', async ({ pattern, matching, other }) => {
      const seen: string[] = [];
      await listen(pattern, (message) => seen.push(message.subject));
      for (const subject of [...other, ...matching]) sender.publish(subject, '');
      await sender.flush();
      await eventually('the matching ones are delivered', () => seen.length >= matching.length || undefined);
      expect(seen).toEqual(matching);
    });

    it('delivers messages of one sender in order, with their payload', async () => {
      const seen: string[] = [];
      await listen('order.*', (message) => seen.push(message.payload));
      for (const n of numbers(500)) sender.publish(`order.${n % 7}`, `message ${n} ☃`);
      await eventually('500 are delivered', () => seen.length === 500 || undefined);
      expect(seen).toEqual(numbers(500).map((n) => `message ${n} ☃`));
    });

    it('delivers to every subscription that matches, the sender`s own too', async () => {
      const seen: string[] = [];
      await listen('news.*', () => seen.push('receiver'));
      sender.subscribe('news.>', () => seen.push('sender'));
      sender.publish('news.today', '');
      await eventually('both have it', () => seen.length === 2 || undefined);
      expect(seen.toSorted()).toEqual(['receiver', 'sender']);
    });

    it('gives a published message no reply function', async () => {
      const seen: BusMessage[] = [];
      await listen('plain', (message) => seen.push(message));
      sender.publish('plain', 'text');
      await eventually('it is delivered', () => seen[0]);
      expect(seen).toEqual([{ subject: 'plain', payload: 'text', reply: undefined }]);
    });

    it('delivers bytes as they were published, and text as its UTF-8', async () => {
      const seen: (readonly [string, readonly number[]])[] = [];
      receiver.subscribeBytes('bytes.*', (subject, payload) => seen.push([subject, [...payload]]));
      await receiver.flush();
      await harness.settled?.();
      const all = Uint8Array.from({ length: 256 }, (_, value) => value);
      sender.publishBytes('bytes.all', all);
      sender.publishBytes('bytes.none', new Uint8Array());
      sender.publish('bytes.text', '☃');
      await eventually('all three are delivered', () => seen.length === 3 || undefined);
      expect(seen).toEqual([
        ['bytes.all', [...all]],
        ['bytes.none', []],
        ['bytes.text', [0xe2, 0x98, 0x83]],
      ]);
    });

    it('gives subscribers to text what was published as bytes', async () => {
      const seen: string[] = [];
      await listen('text', (message) => seen.push(message.payload));
      sender.publishBytes('text', new TextEncoder().encode('☃'));
      await eventually('it is delivered', () => seen[0]);
      expect(seen).toEqual(['☃']);
    });

    it('delivers nothing more after unsubscribe', async () => {
      const seen: string[] = [];
      const stop = await listen('first', () => seen.push('first'));
      await listen('second', () => seen.push('second'));
      stop();
      await receiver.flush();
      await harness.settled?.();
      sender.publish('first', '');
      sender.publish('second', '');
      await eventually('the second is delivered', () => seen.includes('second') || undefined);
      expect(seen).toEqual(['second']);
    });

    it('answers a request with the reply', async () => {
      await listen('echo.*', (message) => message.reply?.(`${message.subject}: ${message.payload}`));
      const answers = await Promise.all(numbers(20).map((n) => sender.request(`echo.${n}`, `hello ${n}`, 5000)));
      expect(answers).toEqual(numbers(20).map((n) => ({ outcome: 'answered', payload: `echo.${n}: hello ${n}` })));
    });

    it('takes the first of several replies', async () => {
      await listen('twice', (message) => {
        message.reply?.('one');
        message.reply?.('two');
      });
      expect(await sender.request('twice', '', 5000)).toEqual({ outcome: 'answered', payload: 'one' });
      expect(await sender.request('twice', '', 5000)).toEqual({ outcome: 'answered', payload: 'one' });
    });

    it('answers unknown at once when nobody listens', async () => {
      const started = performance.now();
      expect(await sender.request('nobody', '', 30_000)).toMatchObject({ outcome: 'unknown' });
      expect(performance.now() - started).toBeLessThan(10_000);
    });

    it('answers unknown when nobody replies in time', async () => {
      const seen: string[] = [];
      await listen('silent', (message) => seen.push(message.payload));
      expect(await sender.request('silent', 'question', 80)).toMatchObject({ outcome: 'unknown' });
      expect(seen).toEqual(['question']);
    });

    it('tells a new connection listener the present state', async () => {
      const states: boolean[] = [];
      sender.onConnection((connected) => states.push(connected)).unsubscribe();
      expect(states).toEqual([true]);
    });

    it('reports the disconnection on close, answers requests with unknown and drops messages', async () => {
      const states: boolean[] = [];
      const seen: string[] = [];
      await listen('late', (message) => seen.push(message.payload));
      sender.onConnection((connected) => states.push(connected));
      await sender.close();
      sender.publish('late', 'dropped');
      expect(await sender.request('late', 'dropped', 1000)).toMatchObject({ outcome: 'unknown' });
      await receiver.flush();
      expect(states).toEqual([true, false]);
      expect(seen).toEqual([]);
    });
  });
};
