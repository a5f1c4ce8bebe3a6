import { describe, expect, it } from 'vitest';
import type { FailureBackoff } from '../fleet/state.ts';
import type { Node, Pod } from '../kubernetes/objects.ts';
import { REFUSED, RUNS, STAYS, type NodeFit } from '../placement/node-fit.ts';
import { aFoo, aPodOf, START, surging, unavailable, type DaemonSetShape, type PodShape } from './daemon-set-fixtures.ts';
import { manageNode } from './manage-node.ts';
import type { NodePicture } from './node-picture.ts';
import { nodeRulesOf, type NodeRules } from './node-rules.ts';
import { compareDuplicates } from './pod-facts.ts';

const HASH = 'current';
const node: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', uid: 'u' } };
const rulesOf = (shape: DaemonSetShape = {}): NodeRules => ({ ...nodeRulesOf(aFoo(shape), undefined), hash: HASH, revision: 'foo-current' });
const pod = (name: string, shape: PodShape = {}): Pod => aPodOf(aFoo(), { node: 'n', name }, { hash: HASH, ...shape });
const picture = (fit: NodeFit, ...pods: readonly Pod[]): NodePicture => ({ name: 'n', node, fit, pods: pods.toSorted(compareDuplicates), isFailing: false, createFrom: 0, retryFrom: 0 });

interface Result {
  readonly create: string | undefined;
  readonly removed: readonly string[];
}

const manage = (rules: NodeRules, given: NodePicture, more: { readonly now?: number; readonly canCreate?: boolean; readonly backoffs?: ReadonlyMap<string, FailureBackoff> } = {}): Result => {
  const steps = manageNode(rules, given, { now: more.now ?? START, backoffs: more.backoffs ?? new Map(), canCreate: more.canCreate ?? true });
  return { create: steps.create?.rule, removed: steps.removals.map((removal) => `${removal.pod.metadata.name} ${removal.cause} ${removal.reason.rule}`) };
};

const rolling = rulesOf({ strategy: unavailable(1) });
const surge = rulesOf({ strategy: surging(1) });
const nothing: Result = { create: undefined, removed: [] };

describe('manageNode', () => {
  it('DS-126 creates where a Pod should run and none is', () => {
    expect(manage(rolling, picture(RUNS))).toEqual({ create: 'DS-126', removed: [] });
    expect(manage(rolling, picture(STAYS))).toEqual(nothing);
    expect(manage(rolling, picture(REFUSED))).toEqual(nothing);
  });

  it('DS-126 deletes every Pod that does not terminate already from a node that may not keep it, in whatever phase', () => {
    const pods = [pod('a'), pod('b', { phase: 'Failed' }), pod('c', { phase: 'Succeeded' }), pod('d', { terminating: true })];
    expect(manage(rolling, picture(REFUSED, ...pods)).removed).toEqual(['a not-eligible DS-126', 'b not-eligible DS-126', 'c not-eligible DS-126']);
  });

  it('DS-127 sorts Pods out on a node that may keep one, and creates none there', () => {
    expect(manage(rolling, picture(STAYS, pod('a'), pod('b')))).toEqual({ create: undefined, removed: ['b excess DS-131'] });
    expect(manage(surge, picture(STAYS, pod('a', { phase: 'Succeeded' })))).toEqual({ create: undefined, removed: ['a succeeded DS-128'] });
  });

  it('DS-125 creates nothing beside a Pod that terminates', () => {
    expect(manage(rolling, picture(RUNS, pod('a', { terminating: true })))).toEqual(nothing);
  });

  it('DS-128 counts Pods in phase Pending, Running and Unknown as alive', () => {
    const phases = (['Pending', 'Running', 'Unknown'] as const).map((phase, index) => pod(`p${index}`, { phase, createdAt: index }));
    expect(manage(rolling, picture(RUNS, ...phases)).removed).toEqual(['p1 excess DS-131', 'p2 excess DS-131']);
  });

  it('DS-128 deletes Pods that succeeded without back-off', () => {
    const backoffs = new Map([['uid-foo/1/n', { delayMs: 900_000, lastAt: START }]]);
    expect(manage(rolling, picture(RUNS, pod('a', { phase: 'Succeeded' })), { backoffs })).toEqual({ create: undefined, removed: ['a succeeded DS-128'] });
  });

  it('DS-129 does not create the next Pod while the one that ended is there', () => {
    expect(manage(rolling, picture(RUNS, pod('a', { phase: 'Failed' }))).create).toBeUndefined();
  });

  it.each<readonly [number | string, boolean]>([
    [0, false],
    ['0%', false],
    [1, true],
    ['1%', true],
    [5, true],
  ])('DS-130 takes maxSurge %o as a surge: %s', (maxSurge, expected) => {
    expect(rulesOf({ strategy: surging(maxSurge) }).surges).toBe(expected);
  });

  it('DS-131 keeps one Pod without surge, whatever its revision', () => {
    const pods = [pod('new', { createdAt: 10 }), pod('old', { createdAt: 1, hash: 'other' })];
    expect(manage(rolling, picture(RUNS, ...pods)).removed).toEqual(['new excess DS-131']);
  });

  it('DS-132 creates during a surge when no Pod lives on the node, even beside an old one that terminates', () => {
    expect(manage(surge, picture(RUNS, pod('a', { terminating: true, hash: 'other' })))).toEqual({ create: 'DS-132', removed: [] });
    expect(manage(surge, picture(RUNS, pod('a', { phase: 'Failed' })))).toEqual({ create: 'DS-132', removed: ['a failed DS-141'] });
    const backoffs = new Map([['uid-foo/1/n', { delayMs: 1_000, lastAt: START }]]);
    expect(manage(surge, picture(RUNS, pod('a', { phase: 'Failed' })), { backoffs })).toEqual({ create: 'DS-132', removed: [] });
    expect(manage(surge, picture(STAYS, pod('a', { terminating: true, hash: 'other' })))).toEqual(nothing);
  });

  it('DS-132 R23 waits for an ending Pod of the current revision to be gone: outside of a rollout nothing overlaps', () => {
    expect(manage(surge, picture(RUNS, pod('a', { terminating: true })))).toEqual(nothing);
    expect(manage(surge, picture(RUNS, pod('a', { terminating: true }), pod('b', { terminating: true, hash: 'other' })))).toEqual(nothing);
    const byGeneration = pod('a', { terminating: true, hash: 'other', labels: { 'pod-template-generation': '1' } });
    expect(manage({ ...surge, templateGeneration: '1' }, picture(RUNS, byGeneration))).toEqual(nothing);
    expect(manage(surge, picture(RUNS, pod('a', { phase: 'Succeeded' })))).toEqual({ create: 'DS-132', removed: ['a succeeded DS-128'] });
  });

  it('DS-133 does nothing during a surge when one Pod lives on the node', () => {
    expect(manage(surge, picture(RUNS, pod('a', { hash: 'other' }), pod('b', { terminating: true })))).toEqual(nothing);
  });

  it('DS-134 keeps the first Pod of the current hash and the first other one, bound before unbound, old before young, then by name', () => {
    const pods = [
      pod('new-c', { createdAt: 5 }),
      pod('new-a', { createdAt: 5 }),
      pod('new-b', { createdAt: 1, unbound: true }),
      pod('old-b', { createdAt: 3, hash: 'other', readyAt: 0 }),
      pod('old-a', { createdAt: 2, hash: '', readyAt: 0 }),
    ];
    expect(manage(surge, picture(RUNS, ...pods)).removed).toEqual(['old-b excess DS-134', 'new-c excess DS-134', 'new-b excess DS-134']);
  });

  it('DS-134 tells revisions apart by hash alone', () => {
    const generation = { 'pod-template-generation': '1', name: 'simple-daemon', type: 'production' };
    const rules = { ...surge, templateGeneration: '1' };
    const pods = [pod('a', { readyAt: 0 }), pod('b', { readyAt: 0, hash: 'other', labels: generation, createdAt: 1 })];
    expect(manage(rules, picture(RUNS, ...pods)).removed).toEqual(['b surge-replaced DS-135']);
  });

  it('DS-134 takes no Pod as current while the revision has no hash, and keeps one old Pod whatever its state', () => {
    expect(manage({ ...surge, hash: '' }, picture(RUNS, pod('a', { hash: '' }), pod('b', { hash: 'x', createdAt: 1 }))).removed).toEqual(['b excess DS-134']);
    expect(manage(surge, picture(RUNS, pod('a', { hash: 'x' }), pod('b', { hash: 'x', createdAt: 1 }))).removed).toEqual(['b excess DS-134']);
    expect(manage(surge, picture(RUNS, pod('a', { hash: 'x' }), pod('b', { phase: 'Succeeded' }))).removed).toEqual(['b succeeded DS-128']);
  });

  it('DS-128 takes a Pod without status as alive', () => {
    const { status: _status, ...bare } = pod('a');
    expect(manage(rolling, picture(RUNS, bare))).toEqual(nothing);
    expect(manage(rolling, picture(RUNS, bare, pod('b', { createdAt: 1 }))).removed).toEqual(['b excess DS-131']);
  });

  it('DS-132 makes no third Pod on a node: ending ones take up room, others that have ended do not', () => {
    const going = (name: string): Pod => pod(name, { terminating: true, hash: 'other' });
    expect(manage(surge, picture(RUNS, going('a'), pod('b', { phase: 'Failed' })))).toEqual({ create: 'DS-132', removed: ['b failed DS-141'] });
    expect(manage(surge, picture(RUNS, going('a'), going('b')))).toEqual(nothing);
  });

  it('DS-132 waits for the ending Pod to be gone under the strict policy', () => {
    const strict: NodeRules = { ...surge, policy: 'strict' };
    expect(manage(strict, picture(RUNS, pod('a', { terminating: true, hash: 'other' })))).toEqual(nothing);
    expect(manage(strict, picture(RUNS, pod('a', { phase: 'Succeeded' })))).toEqual({ create: 'DS-132', removed: ['a succeeded DS-128'] });
  });

  it('DS-135 lets the old Pod go when it is not ready, or when the new one is available', () => {
    const slow = { ...surge, minReadySeconds: 15 };
    const old = pod('old', { hash: 'other', readyAt: 0, createdAt: -10 });
    expect(manage(surge, picture(RUNS, pod('new'), old))).toEqual(nothing);
    expect(manage(surge, picture(RUNS, pod('new'), pod('old', { hash: 'other' }))).removed).toEqual(['old surge-replaced DS-135']);
    expect(manage(surge, picture(RUNS, pod('new', { readyAt: 0 }), old)).removed).toEqual(['old surge-replaced DS-135']);
    expect(manage(slow, picture(RUNS, pod('new', { readyAt: 0 }), old), { now: START + 14_999 })).toEqual(nothing);
    expect(manage(slow, picture(RUNS, pod('new', { readyAt: 0 }), old), { now: START + 15_000 }).removed).toEqual(['old surge-replaced DS-135']);
  });

  it('DS-137 deletes Pods that are meant for a node which is not there, and leaves bound ones', () => {
    const gone: NodePicture = { ...picture(REFUSED, pod('bound'), pod('meant', { unbound: true }), pod('going', { unbound: true, terminating: true })), node: undefined };
    expect(manage(rolling, gone)).toEqual({ create: undefined, removed: ['meant unscheduled-on-missing-node DS-137'] });
  });

  it('DS-141 deletes only one of several failed Pods, because the first one starts the back-off', () => {
    expect(manage(rolling, picture(RUNS, pod('a', { phase: 'Failed' }), pod('b', { phase: 'Failed' }))).removed).toEqual(['a failed DS-141']);
  });

  it('DS-149 creates nothing in a namespace that is being deleted', () => {
    expect(manage(rolling, picture(RUNS), { canCreate: false })).toEqual(nothing);
    expect(manage(surge, picture(RUNS, pod('a', { terminating: true, hash: 'other' })), { canCreate: false })).toEqual(nothing);
  });
});

describe('manageNode, what holds a creation', () => {
  it('R43 creates no Pod before the time that the back-off of quick deletions gives', () => {
    for (const rules of [rolling, surge]) {
      const held = { ...picture(RUNS), createFrom: START + 1_000 };
      expect(manageNode(rules, held, { now: START + 999, backoffs: new Map(), canCreate: true })).toMatchObject({ create: undefined, hold: { type: 'back-off', until: START + 1_000 } });
      expect(manage(rules, held, { now: START + 1_000 })).toEqual({ create: 'DS-126', removed: [] });
    }
    const beside = { ...picture(RUNS, pod('a', { terminating: true, hash: 'other' })), createFrom: START + 1_000 };
    expect(manage(surge, beside)).toEqual(nothing);
    expect(manage(surge, beside, { now: START + 1_000 }).create).toBe('DS-132');
  });

  const nodeThat = (status: 'False' | 'True' | 'Unknown', message: string): Node => ({ ...node, status: { conditions: [{ type: 'Ready', status, message }] } });
  const shuttingDown = nodeThat('False', 'node is shutting down');
  const off = nodeThat('Unknown', 'Kubelet stopped posting node status. The last it said was that the node is shutting down.');
  const failed = (name: string, reason: string, shape: PodShape = {}): Pod => {
    const made = pod(name, { phase: 'Failed', ...shape });
    return { ...made, status: { ...made.status, reason } };
  };
  const critical: NodeRules = rulesOf({ spec: { priorityClassName: 'system-node-critical' } });

  it.each([['shuts down', shuttingDown], ['is off', off]])('R65 creates nothing but critical Pods on a node that %s', (_what, there) => {
    expect(manageNode(rolling, { ...picture(RUNS), node: there }, { now: START, backoffs: new Map(), canCreate: true })).toMatchObject({ create: undefined, hold: { type: 'shutdown' } });
    expect(manage(critical, { ...picture(RUNS), node: there })).toEqual({ create: 'DS-126', removed: [] });
    expect(manage(surge, { ...picture(RUNS, failed('a', 'Terminated')), node: there })).toEqual(nothing);
  });

  it('R65 creates on a node that is not Ready for another cause, and on one that is Ready', () => {
    for (const there of [nodeThat('False', 'the agent of the node cannot run Pods'), nodeThat('True', 'node is shutting down'), node]) {
      expect(manage(rolling, { ...picture(RUNS), node: there })).toEqual({ create: 'DS-126', removed: [] });
    }
  });

  it.each(['Terminated', 'NodeShutdown'])('R65 leaves one failed Pod with reason %s until the node is Ready again, critical or not', (reason) => {
    for (const rules of [rolling, surge, critical]) {
      for (const there of [shuttingDown, off, nodeThat('Unknown', '')]) {
        expect(manage(rules, { ...picture(RUNS, failed('a', reason)), node: there })).toEqual(nothing);
        expect(manage(rules, { ...picture(STAYS, failed('a', reason), failed('b', reason, { hash: 'other' })), node: there }).removed).toEqual(['b excess shutdown']);
      }
      expect(manage(rules, { ...picture(RUNS, failed('a', reason)), node: nodeThat('True', '') }).removed).toEqual(['a failed DS-141']);
    }
  });

  it('R65 replaces a critical Pod that fails for another cause while the node shuts down, and no other', () => {
    expect(manage(critical, { ...picture(RUNS, failed('a', 'Error')), node: shuttingDown }).removed).toEqual(['a failed DS-141']);
    expect(manage(rolling, { ...picture(RUNS, failed('a', 'Error')), node: shuttingDown })).toEqual(nothing);
    expect(manage(rolling, { ...picture(RUNS, failed('a', 'Error')), node: nodeThat('Unknown', '') }).removed).toEqual(['a failed DS-141']);
  });
});
