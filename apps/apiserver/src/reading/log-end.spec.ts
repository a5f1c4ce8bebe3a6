import { describe, expect, it } from 'vitest';
import { LogEnd } from './log-end.ts';

/** A broker that answers when it is told to. */
class SlowBroker {
  readonly asked: PromiseWithResolvers<number>[] = [];
  readonly end = new LogEnd(() => {
    const answer = Promise.withResolvers<number>();
    this.asked.push(answer);
    return answer.promise;
  }, 200);

  constructor() {
    this.end.noteConnection(true);
  }

  answer(question: number, sequence: number): void {
    this.asked[question]?.resolve(sequence);
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the end of the log', () => {
  it('is asked for once by all who come while a question is under way, and anew after it', async () => {
    const broker = new SlowBroker();
    const first = broker.end.ask();
    const later = [broker.end.ask(), broker.end.ask(), broker.end.ask()];
    await turn();
    expect(broker.asked).toHaveLength(1);
    broker.answer(0, 5);
    expect(await first).toBe(5);
    await turn();
    expect(broker.asked).toHaveLength(2);
    const third = broker.end.ask();
    broker.answer(1, 8);
    // What was asked before they came would not have shown what they may know of.
    expect(await Promise.all(later)).toEqual([8, 8, 8]);
    await turn();
    broker.answer(2, 9);
    expect(await third).toBe(9);
    void broker.end.ask();
    expect(broker.asked).toHaveLength(4);
  });

  it('is unknown when the broker is silent, refuses or is not connected, and known again afterwards', async () => {
    const broker = new SlowBroker();
    const silent = broker.end.ask();
    const behind = broker.end.ask();
    expect(await silent).toBeUndefined();
    expect(await behind).toBeUndefined();
    broker.asked[0]?.reject(new Error('gone'));
    await turn();
    broker.answer(1, 3);
    await turn();
    const again = broker.end.ask();
    broker.answer(2, 4);
    expect(await again).toBe(4);
    broker.end.noteConnection(false);
    expect(await broker.end.ask()).toBeUndefined();
    expect(broker.asked).toHaveLength(3);
  });

  it('remembers when the broker was last heard of', async () => {
    const broker = new SlowBroker();
    broker.end.noteConnection(false);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(broker.end.silenceMs).toBeGreaterThanOrEqual(50);
    broker.end.noteConnection(true);
    expect(broker.end.silenceMs).toBeLessThan(50);
  });
});
