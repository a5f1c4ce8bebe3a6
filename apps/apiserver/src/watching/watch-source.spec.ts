import { findResource } from '@everynode/kubernetes-api';
import { WatchHistory } from '@everynode/read-models';
import { emptyFleet } from '@everynode/core';
import { describe, expect, it } from 'vitest';
import type { FleetView } from '../fleet/fleet-view.ts';
import { parseSelection } from '../reading/selection.ts';
import { configMap, created, HandMadeLog, updated } from '../testing/hand-made-log.ts';
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
    const [first] = [await source.startBehind(view, request), await source.startBehind(view, request)];
    await expect(source.startBehind(view, request)).rejects.toMatchObject({ status: { code: 429, details: { retryAfterSeconds: 1 } } });
    expect(await sequencesOf(first)).toEqual([2, 3]);
    expect(await sequencesOf(await source.startBehind(view, request))).toEqual([2, 3]);
  });
});
