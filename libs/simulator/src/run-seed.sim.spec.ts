// Five hundred fresh seeds of the whole system hold every property; a failing one is printed and can be run again with `everynode lab run --seed SEED`.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { runSeed, type SeedResult } from './run-seed.ts';

const FRESH = 500;
const base = process.env['EVERYNODE_SEED'] ?? randomUUID().slice(0, 8);

const run = (count: number, prefix: string, sabotage?: 'unfenced-log' | 'unchained-appends' | 'careless-agent'): readonly SeedResult[] =>
  Array.from({ length: count }, (_, index) => runSeed(`${prefix}-${index}`, sabotage === undefined ? {} : { sabotage }));

const propertiesBroken = (results: readonly SeedResult[]): ReadonlySet<string> => new Set(results.flatMap((result) => result.violations.map((violation) => violation.property)));

describe('the whole system on a virtual clock', () => {
  it(`holds every property on ${FRESH} fresh seeds (EVERYNODE_SEED=${base})`, () => {
    const results = run(FRESH, base);
    const broken = results.filter((result) => result.violations.length > 0);
    expect(broken.map((result) => ({ seed: result.seed, violations: result.violations.slice(0, 2) }))).toEqual([]);

    // The seeds have to reach what the properties are about.
    const faults = new Set(results.flatMap((result) => result.reached.faults));
    expect([...faults].toSorted()).toEqual(
      ['agent-crash', 'agent-cut', 'agent-disk-lost', 'controller-cut', 'leader-crash', 'leader-freeze', 'lease-stolen', 'node-reboot', 'node-shutdown', 'standby-crash'],
    );
    const total = (count: (result: SeedResult) => number): number => results.reduce((sum, result) => sum + count(result), 0);
    expect(total((result) => result.reached.rolloutDeletions)).toBeGreaterThan(FRESH);
    expect(total((result) => result.reached.strictDeletions)).toBeGreaterThan(FRESH / 2);
    expect(total((result) => result.reached.stableCreations)).toBeGreaterThan(0);
    expect(total((result) => result.reached.podsShutDown)).toBeGreaterThan(FRESH / 10);
    expect(total((result) => result.reached.podsStarted)).toBeGreaterThan(10 * FRESH);
    expect(total((result) => result.reached.network.lost)).toBeGreaterThan(FRESH);
    expect(total((result) => result.reached.network.duplicated)).toBeGreaterThan(FRESH);
    expect(total((result) => result.reached.network.reordered)).toBeGreaterThan(FRESH);
    expect(results.filter((result) => result.reached.epochs > 2).length).toBeGreaterThan(FRESH / 10);
  }, 300_000);

  it('has the same history for the same seed', () => {
    const first = run(20, 'history').map((result) => result.hash);
    const second = run(20, 'history').map((result) => result.hash);
    expect(second).toEqual(first);
    expect(new Set(first).size).toBe(first.length);
  }, 60_000);
});

describe('the monitors', () => {
  it('notice a log that takes every append', () => {
    expect([...propertiesBroken(run(60, 'unfenced', 'unfenced-log'))]).toContain('epochs never go back');
  }, 60_000);

  it('notice appends that are not chained to what they were pipelined behind', () => {
    expect([...propertiesBroken(run(200, 'unchained', 'unchained-appends'))]).toContain('epochs never go back');
  }, 120_000);

  it('notice a node that starts a Pod before the old one has ended', () => {
    expect([...propertiesBroken(run(20, 'careless', 'careless-agent'))]).toContain('at most one Pod');
  }, 60_000);
});
