// Plays every history on a fleet of real processes and compares what users see, step by step: with what Kubernetes 1.34 showed when it was recorded (recorded/*.json, by
// record.ts), and, where there is a kube-controller-manager, with a fleet beside it whose DaemonSets that one keeps.
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differencesIn, tableOf, type Difference } from './compare.ts';
import { CHOICES, comparable } from './deliberate.ts';
import { AGENT_HISTORIES, HISTORIES } from './histories.ts';
import { HistoryFleet } from './history-fleet.ts';
import type { History } from './history.ts';
import { HOW_TO_GET_ONE, kubeControllerManagerBinary } from './kube-controller-manager.ts';
import type { Outcome } from './play.ts';

type Outcomes = ReadonlyMap<string, readonly Outcome[] | Error>;

const recordingOf = (name: string): URL => new URL(`recorded/${name}.json`, import.meta.url);
const ALL: readonly History[] = [...HISTORIES, ...AGENT_HISTORIES];
const manager = kubeControllerManagerBinary();
if (manager === undefined) process.stdout.write(`comparison with kube-controller-manager skipped: ${HOW_TO_GET_ONE}\n`);

const fleets: HistoryFleet[] = [];
let own: Outcomes = new Map();
let other: Outcomes = new Map();

const startAndPlay = async (histories: readonly History[], binary?: string): Promise<Outcomes> => {
  const fleet = await HistoryFleet.start(binary);
  fleets.push(fleet);
  return fleet.play(histories);
};

const playedIn = (outcomes: Outcomes, name: string): readonly Outcome[] => {
  const played = outcomes.get(name);
  if (played instanceof Error || played === undefined) throw played ?? new Error(`${name} was not played`);
  return played;
};

beforeAll(async () => {
  if (manager === undefined) own = await startAndPlay(HISTORIES);
  else [own, other] = await Promise.all([startAndPlay(ALL), startAndPlay(ALL, manager)]);
}, 600_000);

afterAll(async () => {
  for (const fleet of fleets) await fleet.stop();
});

describe('histories of DaemonSets', () => {
  it('are all recorded', () => {
    expect(HISTORIES.filter(({ name }) => !existsSync(recordingOf(name))).map(({ name }) => name)).toEqual([]);
  });

  it.each(HISTORIES.map(({ name, steps }) => ({ name, steps: steps.length })))('go as in Kubernetes: $name', ({ name, steps }) => {
    const recorded = JSON.parse(readFileSync(recordingOf(name), 'utf8')) as readonly Outcome[];
    expect(recorded).toHaveLength(steps);
    // Both as JSON: a recording has no undefined fields.
    const asRecorded = JSON.parse(JSON.stringify(playedIn(own, name))) as readonly Outcome[];
    for (const [index, outcome] of recorded.entries()) {
      const seen = asRecorded[index];
      expect(seen === undefined ? undefined : comparable(name, seen), `step "${outcome.step}"`).toEqual(comparable(name, outcome));
    }
  });
});

describe.skipIf(manager === undefined)("the DaemonSet controller of kube-controller-manager on everynode's API and agents", () => {
  const isChosen = (difference: Difference): boolean => CHOICES.some(({ covers }) => covers(difference));

  it('plays at least fifty histories', () => {
    expect(ALL.length).toBeGreaterThanOrEqual(50);
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
  });

  it.each(ALL.map((history) => ({ name: history.name, history })))("has the Pods where everynode's has them: $name", ({ name, history }) => {
    const differences = differencesIn(history, playedIn(own, name), playedIn(other, name)).filter((difference) => !isChosen(difference));
    expect(differences.length, `differences:\n${tableOf(differences)}`).toBe(0);
  });

  it.each(CHOICES.map((choice) => ({ heading: choice.heading, choice })))('differs by choice, as written down: $heading', ({ heading, choice }) => {
    const page = readFileSync(new URL('../../docs/explanation/differences-from-kubernetes.md', import.meta.url), 'utf8');
    expect(page.split('\n')).toContain(`### ${heading}`);
    const seen = ALL.flatMap((history) => differencesIn(history, playedIn(own, history.name), playedIn(other, history.name))).filter(choice.covers);
    expect(seen.length, 'a choice that makes no difference any more is not listed').toBeGreaterThan(0);
  });
});
