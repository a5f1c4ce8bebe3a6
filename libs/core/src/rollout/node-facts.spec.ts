// What is counted about one node: each fact by what makes it true, and by what does not.
import { describe, expect, it } from 'vitest';
import { aFoo, aPodOf, START, surging, type DaemonSetShape, type PodShape } from '../daemonset/daemon-set-fixtures.ts';
import type { NodePicture } from '../daemonset/node-picture.ts';
import { nodeRulesOf, type NodeRules } from '../daemonset/node-rules.ts';
import type { Condition, Node } from '../kubernetes/objects.ts';
import { REFUSED, RUNS, STAYS } from '../placement/node-fit.ts';
import { FACT, factsOf, nextAvailabilityAt } from './node-facts.ts';
import { ROLLOUT_POLICY_ANNOTATION } from './rollout-policy.ts';

const NEW: PodShape = { hash: 'now' };
const OLD: PodShape = { hash: 'before' };
const at = (seconds: number): number => START + seconds * 1000;
const time = (seconds: number): string => new Date(at(seconds)).toISOString();

const node = (ready?: Partial<Condition>): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', uid: 'u' },
  status: { conditions: [{ type: 'DiskPressure', status: 'False' }, ...(ready === undefined ? [] : [{ type: 'Ready', status: 'True', ...ready } as Condition])] },
});

const rulesOf = (shape: DaemonSetShape = {}): NodeRules => ({ ...nodeRulesOf(aFoo(shape), undefined), hash: 'now' });
const STRICT = rulesOf({ annotations: { [ROLLOUT_POLICY_ANNOTATION]: 'strict' } });

const picture = (pods: readonly PodShape[], more: Partial<NodePicture> = {}): NodePicture => ({
  name: 'n',
  node: node(),
  fit: RUNS,
  pods: pods.map((shape, index) => aPodOf(aFoo(), { node: 'n', name: `pod-${index}` }, shape)),
  isFailing: false,
  createFrom: 0,
  retryFrom: 0,
  ...more,
});

const facts = (of: NodePicture, rules: NodeRules = rulesOf(), now = at(100)): string => {
  const found = factsOf(rules, of, now);
  return Object.entries(FACT)
    .filter(([, fact]) => (found & fact) !== 0)
    .map(([name]) => name)
    .join(' ');
};

describe('factsOf', () => {
  it('DS-240 counts a node that should run the Pod, and none that does not matter', () => {
    expect(facts(picture([]))).toBe('exists shouldRun');
    expect(facts(picture([], { fit: STAYS }))).toBe('');
    expect(facts(picture([], { fit: REFUSED, node: undefined }))).toBe('');
  });

  it('DS-243 knows Pods whose node is gone', () => {
    expect(facts(picture([OLD], { fit: REFUSED, node: undefined }))).toBe('hasPods hasOld');
  });

  it('DS-245 judges a Pod by readiness, availability and revision', () => {
    expect(facts(picture([NEW]))).toBe('exists shouldRun hasPods updated hasNew');
    expect(facts(picture([{ ...NEW, readyAt: 50 }]))).toBe('exists shouldRun hasPods ready available updated hasNew newAvailable');
    expect(facts(picture([{ ...OLD, readyAt: 50 }]))).toBe('exists shouldRun hasPods ready available hasOld oldAvailable');
    expect(facts(picture([{ ...NEW, readyAt: 50 }]), rulesOf({ minReadySeconds: 51 }))).toBe('exists shouldRun hasPods ready updated hasNew');
    expect(facts(picture([{ ...OLD, readyAt: 50 }]), rulesOf({ minReadySeconds: 50 }))).toBe('exists shouldRun hasPods ready available hasOld oldAvailable');
  });

  it('DS-242 judges no Pod where none is wanted', () => {
    expect(facts(picture([{ ...NEW, readyAt: 50 }], { fit: STAYS }))).toBe('exists hasPods hasNew newAvailable');
  });

  it('DS-244 judges the first of several Pods', () => {
    expect(facts(picture([{ ...OLD, readyAt: 50 }, NEW]))).toBe('exists shouldRun hasPods ready available hasOld hasNew oldAvailable');
    expect(facts(picture([OLD, { ...NEW, readyAt: 50 }]))).toBe('exists shouldRun hasPods hasOld hasNew newAvailable');
  });

  it('DS-195 does not roll a Pod that terminates, and calls two of one revision a conflict', () => {
    expect(facts(picture([{ ...OLD, terminating: true }]))).toBe('exists shouldRun hasPods');
    expect(facts(picture([{ ...OLD, terminating: true }, OLD, NEW]))).toBe('exists shouldRun hasPods hasOld hasNew');
    expect(facts(picture([OLD, OLD]))).toBe('exists shouldRun hasPods conflict');
    expect(facts(picture([NEW, OLD, NEW]))).toBe('exists shouldRun hasPods updated conflict');
  });

  it('DS-132 knows a node that is crowded where a surge is allowed, whatever its Pods are about to do', () => {
    const surges = rulesOf({ strategy: surging(1) });
    expect(facts(picture([{ ...OLD, terminating: true }, NEW]), surges)).toBe('exists shouldRun hasPods hasNew crowded');
    expect(facts(picture([NEW]), surges)).toBe('exists shouldRun hasPods updated hasNew');
    expect(facts(picture([OLD, NEW]))).toBe('exists shouldRun hasPods hasOld hasNew');
  });

  it('asks nothing of the node itself unless the policy is strict', () => {
    expect(facts(picture([{ ...OLD, readyAt: 50 }], { node: node({ status: 'False' }) }))).toBe('exists shouldRun hasPods ready available hasOld oldAvailable');
    expect(facts(picture([{ ...OLD, readyAt: 50 }], { node: node({ status: 'True' }) }), STRICT)).toBe('exists shouldRun hasPods ready available hasOld oldAvailable oldReady');
  });

  it('strict: knows an old Pod that is ready, and only an old one', () => {
    expect(facts(picture([OLD]), STRICT)).toBe('exists shouldRun hasPods hasOld');
    expect(facts(picture([{ ...NEW, readyAt: 50 }]), STRICT)).toBe('exists shouldRun hasPods ready available updated hasNew newAvailable');
    expect(facts(picture([], { node: undefined }), STRICT)).toBe('shouldRun');
    expect(facts(picture([], { node: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', uid: 'u' } } }), STRICT)).toBe('exists shouldRun');
  });

  it.each<readonly [string, readonly PodShape[], Partial<Condition>, string]>([
    ['leaves out a node without Pod', [], { status: 'False', lastTransitionTime: time(50) }, 'leftOut'],
    ['leaves out a node whose Ready is unknown', [], { status: 'Unknown', lastTransitionTime: time(50) }, 'leftOut'],
    ['leaves out a node with an old Pod', [OLD], { status: 'False', lastTransitionTime: time(50) }, 'leftOut'],
    ['leaves out a node that got the revision later', [{ ...NEW, createdAt: 51 }], { status: 'False', lastTransitionTime: time(50) }, 'leftOut'],
    ['holds for a node that got the revision before', [{ ...NEW, createdAt: 49 }], { status: 'False', lastTransitionTime: time(50) }, 'lostAfterUpdate'],
    ['holds for a node that got it in the same second', [{ ...NEW, createdAt: 50 }], { status: 'False', lastTransitionTime: time(50) }, 'lostAfterUpdate'],
    ['holds when it is not known since when the node is not Ready', [{ ...NEW, createdAt: 99 }], { status: 'False' }, 'lostAfterUpdate'],
    ['holds for a Pod that is being deleted', [{ ...NEW, terminating: true }], { status: 'False', lastTransitionTime: time(50) }, 'lostAfterUpdate'],
    ['holds for the new one of two Pods', [OLD, { ...NEW, createdAt: 49 }], { status: 'False', lastTransitionTime: time(50) }, 'lostAfterUpdate'],
    ['does neither for a node that is Ready', [OLD], { status: 'True', lastTransitionTime: time(50) }, ''],
  ])('strict: %s', (_what, pods, ready, expected) => {
    const found = facts(picture(pods, { node: node(ready) }), STRICT).split(' ');
    expect(found.filter((fact) => fact === 'leftOut' || fact === 'lostAfterUpdate').join(' ')).toBe(expected);
  });

  it('strict: holds for a Pod of which it is not known when it was made', () => {
    const of = picture([NEW], { node: node({ status: 'False', lastTransitionTime: time(50) }) });
    const pods = of.pods.map(({ metadata: { creationTimestamp: _made, ...metadata }, ...pod }) => ({ ...pod, metadata }));
    expect(facts({ ...of, pods }, STRICT)).toMatch(/lostAfterUpdate$/);
  });
});

describe('nextAvailabilityAt', () => {
  it('DS-250 gives the first time at which a Pod becomes available', () => {
    const rules = rulesOf({ minReadySeconds: 30 });
    const pods = [{ ...NEW, readyAt: 90 }, { ...OLD, readyAt: 80 }, NEW];
    expect(nextAvailabilityAt(rules, picture(pods), at(100))).toBe(at(110));
    expect(nextAvailabilityAt(rules, picture(pods), at(110))).toBe(at(120));
    expect(nextAvailabilityAt(rules, picture(pods), at(120))).toBeUndefined();
    expect(nextAvailabilityAt(rules, picture([]), at(100))).toBeUndefined();
  });

  it('DS-250 gives none without minReadySeconds', () => {
    expect(nextAvailabilityAt(rulesOf(), picture([{ ...NEW, readyAt: 90 }]), at(-100))).toBeUndefined();
  });
});
