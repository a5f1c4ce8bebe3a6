// Plays every history on a fleet of real processes and compares what users see, step by step, with what Kubernetes 1.34 showed when it was recorded (recorded/*.json, by record.ts).
import { existsSync, readFileSync } from 'node:fs';
import { Fleet, kubectlBinary } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from './cluster.ts';
import { comparable } from './deliberate.ts';
import { HISTORIES } from './histories.ts';
import { Player, playAll, type Outcome } from './play.ts';

const recordingOf = (name: string): URL => new URL(`recorded/${name}.json`, import.meta.url);
const WIDTH = 6;

let fleet: Fleet;
let cluster: Cluster;
let outcomes: ReadonlyMap<string, readonly Outcome[] | Error>;

beforeAll(async () => {
  fleet = await Fleet.start({ profile: 'instant', heartbeatInterval: '1s', gracePeriod: '20s', agents: [{ name: 'agent-1', nodes: 6, startIndex: 1 }] });
  cluster = await Cluster.open(fleet.kubeconfig, await kubectlBinary('1.35'));
  await fleet.until('six nodes are there', async () => (await cluster.list('/api/v1/nodes')).length === 6);
  outcomes = await playAll(new Player(cluster, { quietMs: 700, timeoutMs: 30_000 }), HISTORIES, WIDTH);
}, 180_000);

afterAll(async () => {
  cluster?.close();
  await fleet?.stop();
});

describe('histories of DaemonSets', () => {
  it('are all recorded', () => {
    expect(HISTORIES.filter(({ name }) => !existsSync(recordingOf(name))).map(({ name }) => name)).toEqual([]);
  });

  it.each(HISTORIES.map(({ name, steps }) => ({ name, steps: steps.length })))('go as in Kubernetes: $name', ({ name, steps }) => {
    const recorded = JSON.parse(readFileSync(recordingOf(name), 'utf8')) as readonly Outcome[];
    const played = outcomes.get(name);
    if (played instanceof Error || played === undefined) throw played ?? new Error(`${name} was not played`);
    expect(recorded).toHaveLength(steps);
    // Both as JSON: a recording has no undefined fields.
    const asRecorded = JSON.parse(JSON.stringify(played)) as readonly Outcome[];
    for (const [index, outcome] of recorded.entries()) {
      const seen = asRecorded[index];
      expect(seen === undefined ? undefined : comparable(name, seen), `step "${outcome.step}"`).toEqual(comparable(name, outcome));
    }
  });
});
