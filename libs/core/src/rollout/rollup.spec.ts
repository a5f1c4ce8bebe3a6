// What is kept of all nodes together: counters and sets have to follow each node, whatever it was before.
import { describe, expect, it } from 'vitest';
import { aFoo } from '../daemonset/daemon-set-fixtures.ts';
import { nodeRulesOf } from '../daemonset/node-rules.ts';
import { FACT } from './node-facts.ts';
import { emptyRollup, isInHand, noteFacts, type Rollup, type RollupCounts } from './rollup.ts';

type Fact = keyof typeof FACT;

const bits = (...facts: readonly Fact[]): number => facts.reduce((sum, fact) => sum | FACT[fact], 0);
const empty = (): Rollup => emptyRollup(nodeRulesOf(aFoo(), undefined));

const SETS = ['unavailable', 'broken', 'replaced', 'candidates', 'sunset', 'soaking', 'skipped', 'stalled', 'failing'] as const;

const setsOf = (rollup: Rollup): string => SETS.filter((name) => rollup[name].has('n')).join(' ');
const setsWith = (...facts: readonly Fact[]): string => {
  const rollup = empty();
  noteFacts(rollup, 'n', bits(...facts));
  return setsOf(rollup);
};
const countsWith = (...facts: readonly Fact[]): string => {
  const rollup = empty();
  noteFacts(rollup, 'n', bits(...facts));
  return (Object.keys(rollup.counts) as (keyof RollupCounts)[]).filter((name) => rollup.counts[name] === 1).join(' ');
};

describe('isInHand', () => {
  it.each<readonly [string, readonly Fact[], boolean]>([
    ['a node without Pod', ['exists', 'shouldRun'], true],
    ['a new Pod that is not available', ['exists', 'shouldRun', 'hasPods', 'hasNew'], true],
    ['an old and a new Pod', ['exists', 'shouldRun', 'hasPods', 'hasOld', 'hasNew'], true],
    ['a new Pod that is available', ['exists', 'shouldRun', 'hasPods', 'hasNew', 'newAvailable'], false],
    ['an old Pod that is available', ['exists', 'shouldRun', 'hasPods', 'hasOld', 'oldAvailable'], false],
    ['an old Pod that is not', ['exists', 'shouldRun', 'hasPods', 'hasOld'], false],
    ['an old Pod that can go', ['exists', 'shouldRun', 'hasPods', 'hasOld', 'hasNew', 'newAvailable'], false],
    ['a node that is left out', ['exists', 'shouldRun', 'leftOut'], false],
  ])('strict: takes %s as one that waits for its new Pod or not', (_what, facts, expected) => {
    expect(isInHand(bits(...facts))).toBe(expected);
  });
});

describe('noteFacts', () => {
  it('starts with nothing', () => {
    expect([empty().old, [...empty().facts], empty().candidates.size]).toEqual([[], [], 0]);
  });

  it.each<readonly [string, readonly Fact[], string]>([
    ['DS-196 no Pod yet', ['exists', 'shouldRun'], 'unavailable'],
    ['DS-197 a new Pod', ['exists', 'shouldRun', 'hasPods', 'hasNew'], 'unavailable'],
    ['DS-197 a new Pod that is available', ['exists', 'shouldRun', 'hasPods', 'hasNew', 'newAvailable'], ''],
    ['DS-198 an old Pod that is not available', ['exists', 'shouldRun', 'hasPods', 'hasOld'], 'unavailable broken'],
    ['DS-199 an old Pod that is available', ['exists', 'shouldRun', 'hasPods', 'hasOld', 'oldAvailable'], 'candidates'],
    ['DS-212 the same where none is wanted', ['exists', 'hasPods', 'hasOld', 'oldAvailable'], 'sunset'],
    ['DS-211 an old Pod that is not available where none is wanted', ['exists', 'hasPods', 'hasOld'], 'unavailable broken'],
    ['DS-214 an old and a new Pod', ['exists', 'shouldRun', 'hasPods', 'hasOld', 'hasNew', 'oldAvailable'], 'unavailable'],
    ['DS-215 the same with the new one available', ['exists', 'shouldRun', 'hasPods', 'hasOld', 'hasNew', 'newAvailable'], 'unavailable replaced'],
    ['DS-195 two Pods of one revision', ['exists', 'shouldRun', 'hasPods', 'conflict'], 'unavailable'],
    ['DS-195 two new Pods, whatever else is known', ['exists', 'shouldRun', 'hasPods', 'conflict', 'hasNew', 'newAvailable'], 'unavailable'],
    ['DS-217 an old Pod whose node is gone', ['hasPods', 'hasOld'], 'unavailable'],
    ['DS-217 an available old Pod whose node is gone', ['hasPods', 'hasOld', 'oldAvailable'], ''],
    ['DS-217 both Pods on a node that is gone', ['hasPods', 'hasOld', 'hasNew', 'newAvailable'], 'unavailable'],
    ['a node on which Pods fail', ['exists', 'shouldRun', 'hasPods', 'hasNew', 'failing'], 'failing'],
    ['a node on which Pods fail beside one that is available', ['exists', 'shouldRun', 'hasPods', 'hasNew', 'newAvailable', 'failing'], ''],
    ['a node on which Pods fail and none is wanted', ['exists', 'hasPods', 'hasNew', 'failing'], ''],
    ['strict: an old Pod that is ready and waits for minReadySeconds', ['exists', 'shouldRun', 'hasPods', 'hasOld', 'oldReady'], 'unavailable broken soaking'],
    ['strict: an old Pod that is available', ['exists', 'shouldRun', 'hasPods', 'hasOld', 'oldReady', 'oldAvailable'], 'candidates'],
    ['strict: a node left out with an old Pod', ['exists', 'shouldRun', 'hasPods', 'hasOld', 'leftOut'], 'skipped'],
    ['strict: a node left out with an old Pod where none is wanted', ['exists', 'hasPods', 'hasOld', 'leftOut'], 'skipped'],
    ['strict: a node left out with an available old Pod', ['exists', 'shouldRun', 'hasPods', 'hasOld', 'oldAvailable', 'leftOut'], 'skipped'],
    ['strict: a node left out without Pod', ['exists', 'shouldRun', 'leftOut'], 'skipped'],
    ['strict: a node left out whose new Pod came late', ['exists', 'shouldRun', 'hasPods', 'hasNew', 'leftOut'], ''],
    ['strict: a node left out where nothing is wanted', ['exists', 'leftOut'], ''],
    ['strict: a node left out with both Pods', ['exists', 'shouldRun', 'hasPods', 'hasOld', 'hasNew', 'newAvailable', 'leftOut'], 'skipped'],
    ['strict: a node lost after the update', ['exists', 'shouldRun', 'hasPods', 'hasNew', 'lostAfterUpdate'], 'unavailable stalled'],
    ['strict: a node lost after the update whose Pod counts as available still', ['exists', 'shouldRun', 'hasPods', 'hasNew', 'newAvailable', 'lostAfterUpdate'], ''],
  ])('%s', (_what, facts, expected) => {
    expect(setsWith(...facts)).toBe(expected);
  });

  it.each<readonly [string, readonly Fact[], string]>([
    ['DS-240 a wanted Pod', ['exists', 'shouldRun'], 'desired'],
    ['DS-241 DS-245 one that is there', ['exists', 'shouldRun', 'hasPods', 'ready', 'available', 'updated', 'hasNew', 'newAvailable'], 'desired current ready available updated serving rolledOut'],
    ['DS-242 one that is not wanted', ['exists', 'hasPods', 'hasOld'], 'misscheduled'],
    ['DS-243 one whose node is gone', ['hasPods', 'hasOld', 'oldAvailable'], ''],
    ['DS-207 two of one revision', ['exists', 'shouldRun', 'hasPods', 'conflict'], 'desired current surging'],
    ['DS-214 a surge under way', ['exists', 'shouldRun', 'hasPods', 'hasOld', 'hasNew'], 'desired current surging'],
    ['DS-214 a surge that is done', ['exists', 'shouldRun', 'hasPods', 'hasOld', 'hasNew', 'newAvailable'], 'desired current rolledOut'],
    ['DS-208 an old Pod that serves beside a new one', ['exists', 'shouldRun', 'hasPods', 'hasOld', 'hasNew', 'oldAvailable'], 'desired current surging serving'],
    ['strict: a node left out', ['exists', 'shouldRun', 'hasPods', 'hasOld', 'leftOut'], 'desired current leftOut'],
    ['strict: a node left out that has the new Pod', ['exists', 'shouldRun', 'hasPods', 'hasNew', 'newAvailable', 'leftOut'], 'desired current serving rolledOut'],
    ['strict: a node left out that should not run the Pod', ['exists', 'hasPods', 'hasOld', 'leftOut'], 'misscheduled'],
  ])('%s counts', (_what, facts, expected) => {
    expect(countsWith(...facts)).toBe(expected);
  });

  it('DS-194 leaves no trace of what a node was before', () => {
    const pool: readonly Fact[] = ['exists', 'shouldRun', 'hasPods', 'hasOld', 'hasNew', 'oldAvailable', 'newAvailable', 'conflict', 'oldReady', 'leftOut', 'lostAfterUpdate', 'ready', 'available', 'updated'];
    const rollup = empty();
    for (let round = 1; round < 2_000; round += 1) {
      const facts = pool.reduce((sum, fact, index) => ((round * 7_919) >> index) & 1 ? sum | FACT[fact] : sum, 0);
      noteFacts(rollup, 'n', facts);
      const fresh = empty();
      noteFacts(fresh, 'n', facts);
      expect(rollup.counts).toEqual(fresh.counts);
      expect(setsOf(rollup)).toBe(setsOf(fresh));
    }
    noteFacts(rollup, 'n', 0);
    expect(rollup.facts.size).toBe(0);
    expect(rollup.counts).toEqual(empty().counts);
    expect(setsOf(rollup)).toBe('');
  });

  it('DS-194 counts a node once however often it is noted', () => {
    const rollup = empty();
    for (let time = 0; time < 3; time += 1) noteFacts(rollup, 'n', bits('exists', 'shouldRun'));
    expect(rollup.counts.desired).toBe(1);
  });
});
