// The steps of the strict policy, class by class of node. Its promises over whole rollouts are in strict-roll.spec.ts.
import { describe, expect, it } from 'vitest';
import { aFoo, surging, unavailable, type DaemonSetShape } from '../daemonset/daemon-set-fixtures.ts';
import { nodeRulesOf } from '../daemonset/node-rules.ts';
import { FACT } from './node-facts.ts';
import { roll } from './roll.ts';
import { ROLLOUT_POLICY_ANNOTATION } from './rollout-policy.ts';
import { emptyRollup, noteFacts, type Rollup } from './rollup.ts';
import { isRolloutStalled, nodesInHand } from './strict-roll.ts';

const wanted = FACT.exists | FACT.shouldRun | FACT.hasPods;
const unwanted = FACT.exists | FACT.hasPods;
const kinds = {
  empty: FACT.exists | FACT.shouldRun,
  old: wanted | FACT.hasOld,
  oldReady: wanted | FACT.hasOld | FACT.oldReady,
  oldAvailable: wanted | FACT.hasOld | FACT.oldReady | FACT.oldAvailable,
  oldCrowded: wanted | FACT.hasOld | FACT.crowded,
  new: wanted | FACT.hasNew,
  newAvailable: wanted | FACT.hasNew | FACT.newAvailable,
  both: wanted | FACT.hasOld | FACT.hasNew,
  bothNewAvailable: wanted | FACT.hasOld | FACT.hasNew | FACT.newAvailable,
  lost: wanted | FACT.hasNew | FACT.lostAfterUpdate,
  leftOut: wanted | FACT.hasOld | FACT.leftOut,
  unwantedOld: unwanted | FACT.hasOld,
  unwantedOldReady: unwanted | FACT.hasOld | FACT.oldReady,
  unwantedOldAvailable: unwanted | FACT.hasOld | FACT.oldReady | FACT.oldAvailable,
} as const;

type Nodes = Readonly<Record<string, keyof typeof kinds>>;

const rollupOf = (strategy: DaemonSetShape['strategy'], nodes: Nodes): Rollup => {
  const rollup = emptyRollup(nodeRulesOf(aFoo({ strategy: strategy ?? {}, annotations: { [ROLLOUT_POLICY_ANNOTATION]: 'strict' } }), undefined));
  for (const [name, kind] of Object.entries(nodes)) noteFacts(rollup, name, kinds[kind]);
  return rollup;
};

const step = (strategy: DaemonSetShape['strategy'], nodes: Nodes): string => {
  const rollup = rollupOf(strategy, nodes);
  const { create, remove } = roll(rollup, rollup.rules.spec);
  return [...create.map(({ node }) => `+${node}`), ...remove.map(({ node }) => `-${node}`)].join(' ');
};

const reasons = (strategy: DaemonSetShape['strategy'], nodes: Nodes): readonly string[] => {
  const rollup = rollupOf(strategy, nodes);
  const { create, remove } = roll(rollup, rollup.rules.spec);
  return [...create.map(({ node, reason }) => `${node} ${reason.rule}: ${reason.text}`), ...remove.map(({ node, cause, reason }) => `${node} ${cause} ${reason.rule}: ${reason.text}`)];
};

describe('the strict policy within maxUnavailable', () => {
  it.each<readonly [string, number, Nodes, string]>([
    ['replaces old Pods that are not ready in the order of names, within the budget', 2, { c: 'old', b: 'old', a: 'old' }, '-a -b'],
    ['counts nodes without Pod as in hand', 2, { a: 'empty', b: 'old', c: 'old' }, '-b'],
    ['counts new Pods that are not available as in hand', 1, { a: 'new', b: 'old', c: 'oldAvailable' }, ''],
    ['counts no new Pod that is available', 1, { a: 'newAvailable', b: 'oldAvailable', c: 'oldAvailable' }, '-b'],
    ['leaves Pods alone that are ready and not yet available', 2, { a: 'oldReady', b: 'old' }, '-b'],
    ['takes available Pods for what is left when all others are counted', 2, { a: 'oldReady', b: 'oldAvailable', c: 'oldAvailable' }, '-b'],
    ['takes no available Pod while as many as allowed are without', 1, { a: 'oldReady', b: 'oldAvailable' }, ''],
    ['takes both kinds when the budget allows it', 3, { a: 'old', b: 'oldAvailable', c: 'oldAvailable', d: 'oldAvailable' }, '-a -b -c'],
    ['takes Pods on nodes that should no longer run them first', 2, { a: 'oldAvailable', b: 'oldAvailable', y: 'unwantedOldAvailable' }, '-a -y'],
    ['is not stopped by what is over budget', 1, { a: 'new', b: 'new', c: 'new', d: 'old', e: 'old', f: 'old', g: 'oldAvailable' }, ''],
    ['goes on without nodes that are left out', 1, { a: 'leftOut', b: 'oldAvailable' }, '-b'],
    ['has nothing to do', 1, { a: 'newAvailable' }, ''],
    ['sends both away where none is wanted', 1, { a: 'unwantedOldAvailable' }, '-a'],
  ])('%s', (_what, max, nodes, expected) => {
    expect(step(unavailable(max), nodes).split(' ').sort().join(' ')).toBe(expected);
  });

  it('says why', () => {
    expect(reasons(unavailable(2), { b: 'old', c: 'oldAvailable' })).toEqual([
      'b outdated strict: the old Pod is not ready and is replaced within maxUnavailable',
      'c outdated strict: the old Pod is replaced: with it no more nodes are without an available Pod than maxUnavailable allows',
    ]);
  });
});

describe('the strict policy within maxSurge', () => {
  it.each<readonly [string, number, Nodes, string]>([
    ['starts new Pods beside old ones that are not ready first', 2, { a: 'oldAvailable', c: 'old', d: 'oldAvailable' }, '+a +c'],
    ['starts them in the order of names', 1, { c: 'old', b: 'old' }, '+b'],
    ['counts what is under way', 1, { a: 'both', b: 'old', c: 'oldAvailable' }, ''],
    ['counts no surge that is done', 1, { a: 'bothNewAvailable', b: 'oldAvailable' }, '+b -a'],
    ['starts none beyond what is under way', 1, { a: 'both', b: 'both', c: 'both', d: 'old', e: 'old', f: 'old', g: 'oldAvailable' }, ''],
    ['starts none on a crowded node', 1, { a: 'oldCrowded', b: 'old' }, '+b'],
    ['starts one beside an old Pod that is ready and not yet available', 1, { a: 'oldReady' }, '+a'],
    ['sends old Pods away that are not ready where none is wanted', 1, { b: 'unwantedOld', a: 'unwantedOld' }, '-a -b'],
    ['waits for an old Pod that is ready where none is wanted', 1, { a: 'unwantedOldReady' }, ''],
    ['sends available ones away when more serve than are desired', 1, { a: 'unwantedOldAvailable', b: 'newAvailable' }, '-a'],
    ['keeps them as long as others are missing', 1, { a: 'unwantedOldAvailable', b: 'new', c: 'newAvailable' }, ''],
    ['keeps them when far too few serve', 1, { a: 'unwantedOldAvailable', b: 'new', c: 'new', d: 'new' }, ''],
  ])('%s', (_what, max, nodes, expected) => {
    expect(step(surging(max), nodes)).toBe(expected);
  });

  it('says why', () => {
    expect(reasons(surging(1), { a: 'oldAvailable', b: 'bothNewAvailable', c: 'unwantedOld', d: 'unwantedOldAvailable', e: 'newAvailable', f: 'newAvailable' })).toEqual([
      'a strict: a new Pod starts beside the old one within maxSurge',
      'c not-eligible DS-211: the node should no longer run the Pod, and the old one is not ready',
      'b surge-replaced DS-215: the new Pod is available, so the old one goes',
    ]);
    expect(reasons(surging(1), { a: 'unwantedOldAvailable', b: 'newAvailable' })).toEqual(['a not-eligible DS-216: the node should no longer run the Pod, and enough Pods elsewhere are available']);
  });
});

describe('nodesInHand', () => {
  it('counts nodes that wait for a new Pod, and neither those with only an old one nor those that are done', () => {
    expect(nodesInHand(rollupOf(surging(1), { a: 'empty', b: 'new', c: 'both', d: 'old', e: 'oldReady', f: 'bothNewAvailable', g: 'newAvailable', h: 'oldAvailable', i: 'lost' }))).toBe(4);
  });
});

describe('isRolloutStalled', () => {
  it.each<readonly [string, DaemonSetShape['strategy'], Nodes, boolean]>([
    ['when lost nodes use up the budget', unavailable(1), { a: 'lost', b: 'oldAvailable' }, true],
    ['when only they make the difference', unavailable(2), { a: 'lost', b: 'new', c: 'old' }, true],
    ['when they use up the surge', surging(1), { a: 'lost', b: 'oldAvailable' }, true],
    ['not when there is room', unavailable(2), { a: 'lost', b: 'oldAvailable' }, false],
    ['not when there is room for a surge', surging(2), { a: 'lost', b: 'oldAvailable' }, false],
    ['not when others use up the budget as well', unavailable(1), { a: 'lost', b: 'new', c: 'oldAvailable' }, false],
    ['not when nothing waits', unavailable(1), { a: 'lost', b: 'newAvailable' }, false],
    ['not when no node is lost', unavailable(1), { a: 'new', b: 'oldAvailable' }, false],
    ['when old Pods that are not ready wait', unavailable(1), { a: 'lost', b: 'old' }, true],
    ['when both kinds wait, as many of each', unavailable(1), { a: 'lost', b: 'old', c: 'oldAvailable' }, true],
    ['not when a limit is no number', unavailable('some'), { a: 'lost', b: 'oldAvailable' }, false],
  ])('%s', (_what, strategy, nodes, expected) => {
    expect(isRolloutStalled(rollupOf(strategy, nodes))).toBe(expected);
  });
});
