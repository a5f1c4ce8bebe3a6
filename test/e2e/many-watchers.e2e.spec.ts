// Watches of all Pods on real processes, over raw sockets: what each watcher sees is compared byte by byte, and what it comes to with a list.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBroker } from '@everynode/event-log-jetstream';
import { Fleet } from '@everynode/testkit';
import { composeApiServer, LIMITS, type RunningApiServer } from '../../apps/apiserver/src/composition.ts';
import { API_SERVER_DEFAULTS } from '../../apps/apiserver/src/options.ts';
import { SteadyWrites } from '../perf/watch-load/steady-writes.ts';
import { listVersions, WatcherGroup } from '../perf/watch-load/watcher-group.ts';
import { daemonSet, DAEMONSETS, podsOf, setImage } from './fleet-view.ts';

const NODES = 60;
const WATCHERS = 20;
const WRITES_PER_SECOND = 20;
/** So few changes are held that a client which hangs for a while is behind them. */
const SHORT_HISTORY = { recordsMax: 20, changesMax: 100 };
const LONG_WRITES = 150;
const LONG = 'x'.repeat(100_000);
const PODS = '/api/v1/pods';
const WITHIN_MS = 60_000;

let fleet: Fleet;

interface Written {
  readonly metadata: { readonly resourceVersion: string };
}

/** The resourceVersion of a record that changed one Pod alone. */
const changeOnePod = async (value: string): Promise<number> => {
  const [pod] = await podsOf(fleet, 'steady');
  const { metadata } = await fleet.api<Written>('PATCH', `/api/v1/namespaces/default/pods/${pod?.name ?? ''}`, { metadata: { annotations: { value } } }, 'application/merge-patch+json');
  return Number(metadata.resourceVersion);
};

/** Another API server of the same fleet that holds few changes. */
const forgetfulServer = async (): Promise<RunningApiServer> => {
  const adapters = await connectBroker({ servers: fleet.broker.url, name: 'forgetful' });
  const server = await composeApiServer({ ...API_SERVER_DEFAULTS, port: 0, insecure: true, logLevel: 'fatal' }, adapters, { ...LIMITS, history: SHORT_HISTORY });
  await fleet.until('the other API server has read the log', async () => server.follower.isReady);
  return server;
};

const isRolledOut = (name: string, image: string) => async (): Promise<boolean> => {
  const pods = await podsOf(fleet, name);
  return pods.length === NODES && pods.every((pod) => pod.isReady && !pod.isTerminating && pod.image === image);
};

beforeAll(async () => {
  fleet = await Fleet.start({ controllers: 1, profile: 'instant', agents: [{ name: 'agent-1', nodes: NODES }] });
  for (const name of ['rolled', 'steady']) await fleet.api('POST', DAEMONSETS, daemonSet(name, { image: 'img:1', maxUnavailable: 5 }));
  for (const name of ['rolled', 'steady']) await fleet.until(`${name} runs everywhere`, isRolledOut(name, 'img:1'), WITHIN_MS);
});

afterAll(async () => {
  await fleet?.stop();
});

describe('many watchers of all Pods', () => {
  it('all see every change of a rollout in order, with writes beside it', async () => {
    const { hostname, port } = new URL(fleet.apiUrl);
    const group = await WatcherGroup.open({ host: hostname, port: Number(port), path: PODS, accept: 'application/json' }, await changeOnePod('first'), WATCHERS);
    const steady = await podsOf(fleet, 'steady');
    const writes = new SteadyWrites(fleet.apiUrl, steady.map(({ name }) => `/api/v1/namespaces/default/pods/${name}`), WRITES_PER_SECOND);
    await setImage(fleet, 'rolled', 'img:2');
    await fleet.until('the rollout is done', isRolledOut('rolled', 'img:2'), WITHIN_MS);
    await writes.stop();
    expect(writes.failed).toBe(0);
    expect(writes.accepted).toBeGreaterThan(0);
    const last = await changeOnePod('last');
    await fleet.until('every watcher has seen the last change', async () => group.progress().behind >= last, WITHIN_MS);
    const { faults, events } = group.verdict((await listVersions(fleet.apiUrl, PODS, last)).objects);
    group.stop();
    expect(faults).toEqual([]);
    // Each Pod of the rollout is marked for deletion or gone, made again and becomes ready; the writes come on top.
    expect(events).toBeGreaterThan(3 * NODES + writes.accepted);
    expect(group.progress().delivered).toBe(WATCHERS * events);
  });

  it('all see every change in order when one of them hangs, is closed and comes back', async () => {
    const server = await forgetfulServer();
    try {
      const { hostname, port } = new URL(server.url);
      const first = await changeOnePod('again');
      const group = await WatcherGroup.open({ host: hostname, port: Number(port), path: PODS, accept: 'application/json' }, first, 3);
      const [slow] = group.watchers;
      slow?.pause();
      await setImage(fleet, 'rolled', 'img:3');
      for (let round = 0; round < LONG_WRITES; round += 1) await changeOnePod(`${round} ${LONG}`);
      await fleet.until('the rollout is done', isRolledOut('rolled', 'img:3'), WITHIN_MS);
      expect(group.progress().behind).toBeLessThan(group.progress().ahead);
      slow?.resume();
      const last = await changeOnePod('short again');
      await fleet.until('every watcher has seen the last change', async () => group.progress().behind >= last || group.progress().faults.length > 0, WITHIN_MS);
      const { closed, resumed } = group.progress();
      const { faults } = group.verdict((await listVersions(fleet.apiUrl, PODS, last)).objects);
      group.stop();
      expect(faults).toEqual([]);
      expect(closed).toBeGreaterThan(0);
      expect(resumed).toBe(closed);
    } finally {
      await server.stop();
    }
  });
});
