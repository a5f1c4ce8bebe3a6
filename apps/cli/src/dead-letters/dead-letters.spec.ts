import { InMemoryDeadLetterQueue, InMemoryMessageBus } from '@everynode/event-log';
import { describe, expect, it } from 'vitest';
import { deadLetterTable, deadLetterText, redrive } from './dead-letters.ts';

const letter = (n: number): Parameters<InMemoryDeadLetterQueue['bury']>[0] => ({
  at: '2026-03-01T08:30:00Z',
  source: 'agent-report',
  subject: 'everynode.v1.rpt.agent-0',
  reason: `field ${n} is missing`,
  payload: `{"n":${n}}`,
});

const queueOf = async (count: number): Promise<InMemoryDeadLetterQueue> => {
  const queue = new InMemoryDeadLetterQueue();
  for (let n = 1; n <= count; n += 1) await queue.bury(letter(n));
  return queue;
};

const received = (bus: InMemoryMessageBus): string[] => {
  const payloads: string[] = [];
  bus.subscribe('everynode.v1.rpt.*', ({ payload }) => void payloads.push(payload));
  return payloads;
};

describe('redriving refused messages', () => {
  it('sends one message to its subject and removes it', async () => {
    const [deadLetters, bus] = [await queueOf(3), new InMemoryMessageBus()];
    const payloads = received(bus);
    await redrive({ bus, deadLetters }, 2);
    await expect.poll(() => payloads).toEqual(['{"n":2}']);
    expect((await deadLetters.list(10)).map(({ id }) => id)).toEqual([3, 1]);
  });

  it('sends all of them, oldest first', async () => {
    const [deadLetters, bus] = [await queueOf(3), new InMemoryMessageBus()];
    const payloads = received(bus);
    await redrive({ bus, deadLetters }, undefined);
    await expect.poll(() => payloads).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    expect(await deadLetters.list(10)).toEqual([]);
  });

  it('names the id that there is no message for', async () => {
    await expect(redrive({ bus: new InMemoryMessageBus(), deadLetters: await queueOf(1) }, 9)).rejects.toThrow(
      'there is no refused message 9',
    );
  });
});

describe('showing refused messages', () => {
  it('lists them with their reasons', async () => {
    expect(deadLetterTable(await (await queueOf(1)).list(10))).toMatch(
      /1 +2026-03-01T08:30:00Z +agent-report +everynode\.v1\.rpt\.agent-0 +7 +field 1 is missing/,
    );
  });

  it('shows one with its content laid out, and content that is no JSON as it is', () => {
    expect(deadLetterText({ ...letter(1), id: 1 })).toContain('"n": 1');
    expect(deadLetterText({ ...letter(1), id: 1, payload: 'torn{' })).toContain('torn{');
  });
});
