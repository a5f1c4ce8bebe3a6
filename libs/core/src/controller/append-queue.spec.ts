// Appends settle in any order and with any outcome; effects leave in the order of the log, each after its own append and all before it.
import { describe, expect, it } from 'vitest';
import { AppendQueue, type Append, type Effect } from './append-queue.ts';

const append = (sequence: number): Append => ({
  expectedLastSequence: sequence - 1,
  epoch: 1,
  messageId: `m${sequence}`,
  record: { sequence, subject: { kind: 'pod', namespace: 'default', name: 'p' }, types: [], eventCount: 0, payload: '{}' },
});
const reply = (ticket: number): Effect => ({ type: 'reply', ticket, payload: '' });

const queueOf = (count: number): AppendQueue => {
  const queue = new AppendQueue();
  for (let sequence = 1; sequence <= count; sequence += 1) {
    queue.push(append(sequence));
    queue.holdBack([reply(sequence)]);
  }
  return queue;
};

describe('AppendQueue', () => {
  it('lets effects go at once when nothing is under way', () => {
    expect(new AppendQueue().holdBack([reply(1)])).toEqual([reply(1)]);
  });

  it('releases effects in the order of the log, however the answers come', () => {
    const queue = queueOf(3);
    expect(queue.settle('m2', 'accepted', '')).toEqual({ type: 'progress', effects: [], resend: [] });
    expect(queue.settle('m1', 'accepted', '')).toEqual({ type: 'progress', effects: [reply(1), reply(2)], resend: [] });
    expect(queue.settle('m3', 'accepted', '')).toEqual({ type: 'progress', effects: [reply(3)], resend: [] });
    expect(queue.size).toBe(0);
  });

  it('takes a refusal of the oldest append as being deposed', () => {
    expect(queueOf(2).settle('m1', 'refused', 'wrong last sequence')).toEqual({ type: 'deposed', detail: 'wrong last sequence' });
  });

  it('sends an unknown append again under the same id, and those behind it one by one', () => {
    const queue = queueOf(3);
    expect(queue.settle('m2', 'refused', '')).toMatchObject({ resend: [] });
    expect(queue.settle('m3', 'refused', '')).toMatchObject({ resend: [] });
    expect(queue.settle('m1', 'unknown', 'timeout')).toMatchObject({ resend: [append(1)] });
    expect(queue.isStalled).toBe(true);
    expect(queue.settle('m1', 'accepted', '')).toMatchObject({ effects: [reply(1)], resend: [append(2)] });
    expect(queue.settle('m2', 'accepted', '')).toMatchObject({ effects: [reply(2)], resend: [append(3)] });
    expect(queue.isStalled).toBe(true);
    expect(queue.settle('m3', 'accepted', '')).toMatchObject({ effects: [reply(3)], resend: [] });
    expect(queue.isStalled).toBe(false);
  });

  it('does not take a late refusal behind a lost append as being deposed', () => {
    const queue = queueOf(2);
    expect(queue.settle('m1', 'unknown', 'timeout')).toMatchObject({ resend: [append(1)] });
    expect(queue.settle('m1', 'accepted', '')).toMatchObject({ effects: [reply(1)] });
    expect(queue.settle('m2', 'refused', '')).toMatchObject({ type: 'progress', resend: [append(2)] });
    expect(queue.settle('m2', 'refused', 'again')).toEqual({ type: 'deposed', detail: 'again' });
  });

  it('names the tickets of replies that will not be sent when it is cleared', () => {
    expect(queueOf(2).clear()).toEqual([1, 2]);
  });

  it('ignores outcomes of appends that it does not know, such as those of an earlier epoch', () => {
    expect(queueOf(1).settle('other', 'refused', '')).toEqual({ type: 'progress', effects: [], resend: [] });
  });
});
