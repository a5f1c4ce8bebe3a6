import { describe, expect, it } from 'vitest';
import { aFoo, START, unavailable } from '../daemonset/daemon-set-fixtures.ts';
import { nodeRulesOf } from '../daemonset/node-rules.ts';
import type { Condition, DaemonSet } from '../kubernetes/objects.ts';
import { FACT } from './node-facts.ts';
import { rolloutConditions } from './rollout-conditions.ts';
import { ROLLOUT_POLICY_ANNOTATION } from './rollout-policy.ts';
import { emptyRollup, noteFacts, type Rollup } from './rollup.ts';

const EARLIER = '2025-12-31T00:00:00Z';
const NOW = '2026-01-01T00:00:00Z';
const wanted = FACT.exists | FACT.shouldRun | FACT.hasPods;
const candidate = wanted | FACT.hasOld | FACT.oldAvailable;
const lost = wanted | FACT.hasNew | FACT.lostAfterUpdate;
const leftOut = wanted | FACT.hasOld | FACT.leftOut;

const aSet = (policy: string | undefined, conditions?: readonly Condition[]): DaemonSet => ({
  ...aFoo({ strategy: unavailable(1), ...(policy === undefined ? {} : { annotations: { [ROLLOUT_POLICY_ANNOTATION]: policy } }) }),
  ...(conditions === undefined ? {} : { status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0, conditions } }),
});

const rollupOf = (daemonSet: DaemonSet, nodes: readonly number[] = []): Rollup => {
  const rollup = emptyRollup({ ...nodeRulesOf(daemonSet, undefined), hash: 'abc' });
  for (const [index, facts] of nodes.entries()) noteFacts(rollup, `node-${index}`, facts);
  return rollup;
};

const conditions = (daemonSet: DaemonSet, nodes?: readonly number[]): readonly Condition[] | undefined => rolloutConditions(rollupOf(daemonSet, nodes), daemonSet, { now: START, progress: undefined });

const runs: Condition = { type: 'RolloutStalled', status: 'False', reason: 'NothingHoldsTheRollout', message: '', lastTransitionTime: EARLIER };
const stalled: Condition = { ...runs, status: 'True', reason: 'NodesNotReadyAfterUpdate', message: 'The rollout waits for nodes that went NotReady after they got revision abc: node-0' };
const none: Condition = { type: 'RolloutSkipsNodes', status: 'False', reason: 'NoNodeIsLeftOut', message: '', lastTransitionTime: EARLIER };
const skips: Condition = { ...none, status: 'True', reason: 'NodesNotReady', message: 'Nodes that are NotReady are left out and get revision abc when they are back: node-0' };
const foreign: Condition = { type: 'Foreign', status: 'True', lastTransitionTime: EARLIER };
const unknown: Condition = {
  type: 'UnknownRolloutPolicy',
  status: 'True',
  reason: 'UnknownValue',
  message: 'everynode.dev/rollout-policy: "careful" is neither "kubernetes" nor "strict"; the rollout acts as "kubernetes"',
  lastTransitionTime: EARLIER,
};
const now = (condition: Condition): Condition => ({ ...condition, lastTransitionTime: NOW });

describe('rolloutConditions', () => {
  it('has none for a DaemonSet that asks for nothing, whatever others have written', () => {
    expect(conditions(aSet(undefined), [lost, candidate])).toBeUndefined();
    expect(conditions(aSet('kubernetes'), [lost, candidate])).toBeUndefined();
    const others = [foreign];
    expect(conditions(aSet('kubernetes', others))).toBe(others);
  });

  it('says of a strict rollout that nothing holds it', () => {
    expect(conditions(aSet('strict'))).toEqual([now(runs), now(none)]);
  });

  it('names the nodes that hold the rollout, and those that are left out', () => {
    expect(conditions(aSet('strict'), [lost, candidate])).toEqual([now(stalled), now(none)]);
    expect(conditions(aSet('strict'), [leftOut])).toEqual([now(runs), now(skips)]);
  });

  it('keeps the time for as long as a status lasts, and the same array while nothing changes', () => {
    const same = [stalled, none];
    expect(conditions(aSet('strict', same), [lost, candidate])).toBe(same);
    expect(conditions(aSet('strict', [runs, none]), [lost, candidate])).toEqual([now(stalled), none]);
    expect(conditions(aSet('strict', [stalled, skips]), [lost, lost, candidate])).toEqual([{ ...stalled, message: `${stalled.message}, node-1` }, now(none)]);
  });

  it('writes anew what somebody else has changed', () => {
    expect(conditions(aSet('strict', [{ ...runs, reason: 'Other' }, none]))).toEqual([runs, none]);
    expect(conditions(aSet('strict', [{ ...runs, message: 'other' }, none]))).toEqual([runs, none]);
    expect(conditions(aSet('strict', [{ ...runs, status: 'Unknown' }, none]))).toEqual([now(runs), none]);
    expect(conditions(aSet('strict', [runs]))).toEqual([runs, now(none)]);
    const { lastTransitionTime: _time, ...timeless } = runs;
    expect(conditions(aSet('strict', [{ ...timeless, reason: 'Other' }, none]))).toEqual([now(runs), none]);
  });

  it('leaves conditions of others where they are, and takes its own along', () => {
    expect(conditions(aSet('strict', [foreign]))).toEqual([foreign, now(runs), now(none)]);
    expect(conditions(aSet('kubernetes', [runs, foreign, none]))).toEqual([foreign]);
    expect(conditions(aSet(undefined, [runs, none, unknown]))).toBeUndefined();
  });

  it('says that a policy is not known', () => {
    expect(conditions(aSet('careful'))).toEqual([now(unknown)]);
    expect(conditions(aSet('careful', [runs, none]))).toEqual([now(unknown)]);
    expect(conditions(aSet('careful', [unknown]))).toEqual([unknown]);
  });
});
