import { findResource } from '@everynode/kubernetes-api';
import { WatchHistory } from '@everynode/read-models';
import { emptyFleet } from '@everynode/core';
import { describe, expect, it } from 'vitest';
import type { FleetView } from '../fleet/fleet-view.ts';
import { parseSelection } from '../reading/selection.ts';
import { configMap, created, HandMadeLog, pod, updated } from '../testing/hand-made-log.ts';
import { WatchSource, type WatchStart } from './watch-source.ts';

const resource = findResource('', 'v1', 'configmaps');
if (resource === undefined) throw new Error('there are no configmaps');
const request = { resource: 'configmaps', sequence: 1, selection: parseSelection(resource, undefined, new URLSearchParams()) };

/** A fold that holds nothing of the records up to `heldAfter`. */
const viewAfter = (heldAfter: number): FleetView => ({
  state: emptyFleet(),
  history: new WatchHistory({ recordsMax: 1, changesMax: 1 }, heldAfter),
  phase: { phase: 'following' },
  untilFolded: async () => true,
  membershipOf: () => 0,
  onFolded: () => ({ unsubscribe: () => undefined }),
});

const sequencesOf = async (start: WatchStart | undefined): Promise<readonly number[]> => {
  const sequences: number[] = [];
  for await (const { sequence } of start?.replayed ?? []) sequences.push(sequence);
  return sequences;
};

describe('watches whose changes are in the log alone', () => {
  it('read it two at a time, and others are asked to come back in a second', async () => {
    const hand = new HandMadeLog();
    await hand.append(created('configmaps', configMap('a')));
    for (const round of ['1', '2']) await hand.append(updated('configmaps', configMap('a', { round })));
    const source = new WatchSource(hand.log);
    const view = viewAfter(hand.last);
    const [first, second] = [await source.startBehind(view, request), await source.startBehind(view, request)].map((start) => start?.replayed?.[Symbol.asyncIterator]());
    for (const replay of [first, second]) expect(await replay?.next()).toMatchObject({ value: { sequence: 2 } });
    await expect(source.startBehind(view, request)).rejects.toMatchObject({ status: { code: 429, details: { retryAfterSeconds: 1 } } });
    expect(await first?.next()).toMatchObject({ value: { sequence: 3 } });
    expect(await first?.next()).toMatchObject({ done: true });
    await second?.return?.();
    expect(await sequencesOf(await source.startBehind(view, request))).toEqual([2, 3]);
  });

  it('are not waited for when their clients go before they are sent', async () => {
    const hand = new HandMadeLog();
    for (const name of ['a', 'b']) await hand.append(created('configmaps', configMap(name)));
    const source = new WatchSource(hand.log);
    for (let client = 0; client < 5; client += 1) expect(await source.startBehind(viewAfter(hand.last), request)).toMatchObject({ after: 1 });
  });

  it('tell how far they have come where nothing has changed of their kind', async () => {
    const hand = new HandMadeLog();
    for (const name of ['a', 'b']) await hand.append(created('configmaps', configMap(name)));
    await hand.append(created('pods', pod('p')));
    expect(await sequencesOf(await new WatchSource(hand.log).startBehind(viewAfter(hand.last), request))).toEqual([2, 3]);
  });
});
