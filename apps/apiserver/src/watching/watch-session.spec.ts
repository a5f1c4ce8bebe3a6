import { emptyFleet } from '@everynode/core';
import { findResource } from '@everynode/kubernetes-api';
import { WatchHistory, type ResourceChanges } from '@everynode/read-models';
import { describe, expect, it } from 'vitest';
import type { FleetView } from '../fleet/fleet-view.ts';
import type { Sink } from '../http/answer.ts';
import { parseSelection } from '../reading/selection.ts';
import { ObjectTexts } from '../representation/object-text.ts';
import { WholeEncoder } from '../representation/whole-encoder.ts';
import { configMap } from '../testing/hand-made-log.ts';
import { storedRowsOf } from '../views/stored-rows.ts';
import { RecentBatches } from './recent-batches.ts';
import { WatchFeed } from './watch-feed.ts';
import { WatchPump } from './watch-pump.ts';
import { WatchSession } from './watch-session.ts';

const resource = findResource('', 'v1', 'configmaps');
if (resource === undefined) throw new Error('there are no configmaps');

const view: FleetView = {
  state: emptyFleet(),
  history: new WatchHistory({ recordsMax: 1, changesMax: 1 }, 10),
  phase: { phase: 'following' },
  untilFolded: async () => true,
  membershipOf: () => 0,
  onFolded: () => ({ unsubscribe: () => undefined }),
};
const sent = { view, rows: storedRowsOf(resource), selection: parseSelection(resource, undefined, new URLSearchParams()), encoder: new WholeEncoder(resource, new ObjectTexts(10_000)) };

const newSession = (): WatchSession =>
  new WatchSession({
    ...sent,
    feed: new WatchFeed({ ...sent, name: undefined }, new RecentBatches(1_000)),
    pump: new WatchPump(),
    options: { from: { start: 'record', sequence: 1 }, marksInitialEvents: false, bookmarks: true, timeoutMs: 60_000 },
    endsWhenQuiet: false,
  });

const recordOf = (sequence: number): ResourceChanges => {
  const object = configMap(`m${sequence}`);
  return { sequence, changes: [{ sequence, before: undefined, after: { ...object, metadata: { ...object.metadata, resourceVersion: String(sequence) } } }] };
};

/** Takes everything that is written. */
const openSink = (written: string[]): Sink => ({
  isClosed: false,
  write: (bytes) => {
    written.push(Buffer.from(bytes).toString());
    return true;
  },
  drained: async () => undefined,
  onClose: () => undefined,
  abort: () => undefined,
});

describe('a watch that is ended while it reads the log', () => {
  it('sends what it has read before the bookmark that says how far it has come', async () => {
    const session = newSession();
    const replayed = async function* (): AsyncGenerator<ResourceChanges> {
      for (const sequence of [2, 3]) yield recordOf(sequence);
      session.end();
      yield recordOf(4);
    };
    const written: string[] = [];
    await session.run({ replayed: replayed(), after: 1 }, openSink(written));
    const events = written.join('').trim().split('\n').map((line) => JSON.parse(line) as { type: string; object: { metadata: { resourceVersion: string } } });
    expect(events.map(({ type, object }) => `${type} ${object.metadata.resourceVersion}`)).toEqual(['ADDED 2', 'ADDED 3', 'BOOKMARK 3']);
  });
});
