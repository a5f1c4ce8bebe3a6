import { presenceSubject, SUBJECT_PATTERNS } from '@everynode/contracts';
import { InMemoryMessageBus, InMemoryMessageHub } from '@everynode/event-log';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askDigests } from './ask-digest.ts';

const HEAR_MS = 60;
let hub: InMemoryMessageHub;
let stops: (() => void)[];

beforeEach(() => {
  hub = new InMemoryMessageHub();
  stops = [];
});
afterEach(() => {
  for (const stop of stops) stop();
});

/** A controller as far as its presence and its digest go. */
const controller = (holder: string, role: string, digest: string): void => {
  const bus = new InMemoryMessageBus(hub);
  const status = { holder, role, epoch: 1, sequence: 7, detail: '' };
  const presence = setInterval(() => bus.publish(presenceSubject(holder), JSON.stringify(status)), 10);
  bus.subscribe(SUBJECT_PATTERNS.digest, ({ payload, reply }) => {
    if (payload === '' || payload === holder) reply?.(JSON.stringify({ ...status, digest }));
  });
  stops.push(() => clearInterval(presence));
};

describe('asking controllers for their digest', () => {
  it('hears every one of them, not only the first to answer', async () => {
    controller('controller-1', 'standby', 'bb');
    controller('controller-0', 'leader', 'aa');
    expect(await askDigests(new InMemoryMessageBus(hub), HEAR_MS)).toEqual([
      { who: 'controller-0 (leader)', sequence: 7, digest: 'aa' },
      { who: 'controller-1 (standby)', sequence: 7, digest: 'bb' },
    ]);
  });

  it('is empty when no controller is there', async () => {
    expect(await askDigests(new InMemoryMessageBus(hub), HEAR_MS)).toEqual([]);
  });
});
