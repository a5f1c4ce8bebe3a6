// What users report of placement.
import { describe, expect, it } from 'vitest';
import { explainNode } from '@everynode/core';
import { Scenario } from '@everynode/simulator';
import { aDaemonSet, hashNow, images, isRolledOut, revisions } from './daemon-sets.ts';

const requiring = (operator: string, values?: readonly string[], key = 'kubernetes.io/hostname'): object => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }] }] },
  },
});

describe('R71 affinity of a template and of its Pods', () => {
  const preferred = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchExpressions: [{ key: 'b', operator: 'Exists' }] } }] };

  it('R71 the required terms choose the nodes, and a Pod carries one term that names its own; preferred terms stay', () => {
    const scenario = new Scenario({ nodes: 3 });
    scenario.label('n2', { a: 'x' });
    const required = requiring('In', ['x'], 'a') as { readonly nodeAffinity: object };
    scenario.apply(aDaemonSet({ pod: { affinity: { nodeAffinity: { ...required.nodeAffinity, ...preferred } } } }));
    scenario.untilQuiet();
    expect(images(scenario)).toEqual({ n2: 'v1' });
    expect(scenario.pod('d', 'n2').spec.affinity).toEqual({
      nodeAffinity: { ...preferred, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n2'] }] }] } },
    });
  });

  it('R71 fields in the wrong place are refused or warned of, and never mean everywhere', () => {
    const scenario = new Scenario({ nodes: 1 });
    const astray = aDaemonSet({ pod: { affinity: { nodeAffinity: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }] } } } });
    const strict = scenario.create(astray);
    expect([strict.code, JSON.stringify(strict.body)]).toEqual([400, expect.stringContaining('unknown field \\"spec.template.spec.affinity.nodeAffinity.nodeSelectorTerms\\"')]);
    const warned = scenario.create(astray, { fieldValidation: 'Warn' });
    expect(warned.warnings).toEqual([expect.stringContaining('unknown field "spec.template.spec.affinity.nodeAffinity.nodeSelectorTerms"')]);
  });
});

describe('R72 operators of node affinity', () => {
  const placed = (affinity: object): readonly string[] => {
    const scenario = new Scenario({ nodes: 4 });
    for (const [index, node] of ['n1', 'n2', 'n3', 'n4'].entries()) scenario.label(node, { rank: String(index), ...(index < 2 ? { a: 'x' } : {}) });
    scenario.apply(aDaemonSet({ pod: { affinity } }));
    scenario.untilQuiet();
    return Object.keys(images(scenario));
  };

  it.each([
    ['In with one value', requiring('In', ['n1']), ['n1']],
    ['In with three values', requiring('In', ['n1', 'n3', 'n4']), ['n1', 'n3', 'n4']],
    ['In with the values in another order', requiring('In', ['n4', 'n1', 'n3']), ['n1', 'n3', 'n4']],
    ['NotIn', requiring('NotIn', ['n1', 'n2']), ['n3', 'n4']],
    ['Exists', requiring('Exists', undefined, 'a'), ['n1', 'n2']],
    ['DoesNotExist', requiring('DoesNotExist', undefined, 'a'), ['n3', 'n4']],
    ['Gt', requiring('Gt', ['1'], 'rank'), ['n3', 'n4']],
    ['Lt', requiring('Lt', ['1'], 'rank'), ['n1']],
  ])('R72 %s chooses what it says', (_, affinity, expected) => {
    expect(placed(affinity)).toEqual(expected);
  });

  it('R72 another order of values is a new revision on the same nodes', () => {
    const scenario = new Scenario({ nodes: 3 });
    scenario.apply(aDaemonSet({ pod: { affinity: requiring('In', ['n1', 'n2']) } }));
    scenario.untilQuiet();
    const before = hashNow(scenario);
    scenario.apply(aDaemonSet({ pod: { affinity: requiring('In', ['n2', 'n1']) } }));
    scenario.untilQuiet();
    expect(hashNow(scenario)).not.toBe(before);
    expect(revisions(scenario)).toHaveLength(2);
    expect(images(scenario)).toEqual({ n1: 'v1', n2: 'v1' });
  });
});

describe('R73 a full node', () => {
  it('R73 keeps the place of a daemon: Pods that wait for room never get it, and a rollout loses no node', () => {
    const scenario = new Scenario({ nodes: 1, kubelet: {} });
    scenario.apply(aDaemonSet());
    scenario.untilQuiet();
    const filler = (index: number): void => {
      scenario.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `filler-${index}` }, spec: { containers: [{ name: 'main', image: 'filler' }] } });
    };
    for (let index = 0; index < 20; index += 1) filler(index);
    scenario.untilQuiet();
    const from = scenario.now;
    scenario.deletePod(scenario.pod('d', 'n1').metadata.name);
    scenario.until(() => scenario.avail('d').length === 1, 10_000);
    expect(scenario.now - from).toBeLessThan(5_000);
    scenario.setImage('d', 'v2');
    scenario.untilQuiet();
    expect(images(scenario)).toEqual({ n1: 'v2' });
  });
});

describe('R74 nodes that the selector leaves out', () => {
  it('R74 are neither desired nor failed, the rollout is complete without them, and explain says why', () => {
    const scenario = new Scenario({ nodes: 3 });
    scenario.label('n1', { a: 'x' }).label('n3', { 'everynode.dev/exclude-daemonsets': 'true', a: 'x' });
    scenario.apply(aDaemonSet({ pod: { nodeSelector: { a: 'x' } } }));
    scenario.untilQuiet();
    expect(scenario.status('d')).toMatchObject({ desiredNumberScheduled: 1, numberAvailable: 1, numberMisscheduled: 0 });
    expect(isRolledOut(scenario.daemonSet('d'))).toBe(true);
    expect(scenario.events('d').filter((event) => event['type'] === 'Warning')).toEqual([]);
    const why = (node: string): string => explainNode(scenario.log.state, 'default/d', node).decision;
    expect(why('n2')).toContain('nodeSelector wants a=x; the node has no such label');
    expect(why('n3')).toContain('everynode.dev/exclude-daemonsets=true');
  });
});
