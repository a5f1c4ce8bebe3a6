import { describe, expect, it } from 'vitest';
import type { ControllerRevision, DaemonSet } from '../kubernetes/objects.ts';
import { aFoo, surging } from './daemon-set-fixtures.ts';
import { areSameRules, nodeRulesOf } from './node-rules.ts';

const revision: ControllerRevision = { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name: 'foo-a', uid: 'r', labels: { 'controller-revision-hash': 'a' } }, data: {}, revision: 1 };
const annotated = (annotations: Record<string, string>): DaemonSet => aFoo({ annotations });

describe('nodeRulesOf', () => {
  it('takes from a DaemonSet and its revision what decides about nodes', () => {
    const foo = aFoo({ strategy: surging(1), minReadySeconds: 5, annotations: { 'deprecated.daemonset.template.generation': '7', 'everynode.dev/rollout-policy': 'strict' } });
    expect(nodeRulesOf(foo, revision)).toMatchObject({
      key: 'default/foo', namespace: 'default', uid: 'uid-foo', spec: foo.spec, generation: 1, surges: true, minReadySeconds: 5, revision: 'foo-a', hash: 'a', templateGeneration: '7', policy: 'strict',
    });
  });

  it('knows what a DaemonSet without everything means', () => {
    const { apiVersion, kind, spec } = aFoo();
    expect(nodeRulesOf({ apiVersion, kind, metadata: { name: 'foo', uid: 'u' }, spec }, undefined)).toMatchObject({
      key: '/foo', namespace: '', uid: 'u', generation: 0, surges: false, minReadySeconds: 0, revision: '', hash: '', templateGeneration: undefined, policy: 'kubernetes',
    });
  });
});

describe('areSameRules', () => {
  const rules = nodeRulesOf(aFoo(), revision);

  it('takes a spec that says the same as the same', () => {
    expect(areSameRules(rules, nodeRulesOf(aFoo(), { ...revision, revision: 9 }))).toBe(true);
  });

  const foo = aFoo();
  it.each<readonly [string, DaemonSet, ControllerRevision | undefined]>([
    ['another uid', { ...foo, metadata: { ...foo.metadata, uid: 'other' } }, revision],
    ['another generation', { ...foo, metadata: { ...foo.metadata, generation: 2 } }, revision],
    ['another template generation', annotated({ 'deprecated.daemonset.template.generation': '1' }), revision],
    ['another policy', annotated({ 'everynode.dev/rollout-policy': 'strict' }), revision],
    ['another spec', aFoo({ minReadySeconds: 1 }), revision],
    ['another revision', foo, { ...revision, metadata: { ...revision.metadata, name: 'foo-b' } }],
    ['another hash', foo, { ...revision, metadata: { ...revision.metadata, labels: { 'controller-revision-hash': 'b' } } }],
    ['no revision', foo, undefined],
  ])('takes %s as other rules', (_what, daemonSet, current) => {
    expect(areSameRules(rules, nodeRulesOf(daemonSet, current))).toBe(false);
  });
});
