// What a created Pod looks like. The controller's event names DaemonSet, revision and node; the rest follows.
import { describe, expect, it } from 'vitest';
import type { Affinity, DaemonSet, NodeSelectorTerm, Pod } from '../kubernetes/objects.ts';
import { snapshotOf } from '../revision/history.ts';
import { templateHash } from '../revision/template-hash.ts';
import { aFoo, L1, type DaemonSetShape } from './daemon-set-fixtures.ts';
import { buildDaemonPod } from './daemon-pod.ts';

const at = Date.parse('2026-01-01T00:00:00Z');
const build = (daemonSet: DaemonSet): Pod => {
  const revision = snapshotOf(daemonSet, { number: 1, uid: 'r', createdAt: '2026-01-01T00:00:00Z', collisionCount: undefined });
  return buildDaemonPod(daemonSet, revision, { node: 'host_1', name: 'foo-abcde', uid: 'u', at });
};
const podOf = (shape: DaemonSetShape = {}): Pod => build(aFoo(shape));
const term = (node: string): NodeSelectorTerm => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] });
const required = (...nodeSelectorTerms: readonly NodeSelectorTerm[]): Affinity => ({ nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } });

describe('buildDaemonPod', () => {
  it('DS-155 takes labels, annotations and finalizers from the template, and its one owner is the DaemonSet', () => {
    const foo = aFoo({ annotations: { on: 'the DaemonSet' } });
    const template = { ...foo.spec.template, metadata: { labels: L1, annotations: { note: 'x' }, finalizers: ['test/hold'] } };
    const pod = build({ ...foo, metadata: { ...foo.metadata, labels: { on: 'the-daemonset' } }, spec: { ...foo.spec, template } });
    expect(pod.metadata).toMatchObject({
      name: 'foo-abcde',
      generateName: 'foo-',
      namespace: 'default',
      annotations: { note: 'x' },
      finalizers: ['test/hold'],
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'foo', uid: 'uid-foo', controller: true, blockOwnerDeletion: true }],
    });
    expect(pod.metadata.labels).toEqual({ ...L1, 'controller-revision-hash': templateHash(template, undefined) });
    expect(pod.metadata.annotations).toEqual({ note: 'x' });
  });

  it('waits for the gates of its template to go, meant for its node and no other', () => {
    const foo = aFoo();
    const template = { ...foo.spec.template, spec: { ...foo.spec.template.spec, schedulingGates: [{ name: 'example.com/storage' }] } };
    const pod = build({ ...foo, spec: { ...foo.spec, template } });
    expect(pod.spec.nodeName).toBeUndefined();
    expect(pod.spec.affinity).toEqual(required(term('host_1')));
    expect(pod.status?.conditions).toMatchObject([{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }]);
  });

  it('DS-155 DS-156 is all of this and nothing else', () => {
    const { apiVersion, kind, spec } = aFoo();
    const bare: DaemonSet = { apiVersion, kind, metadata: { name: 'foo', uid: 'uid-foo' }, spec: { ...spec, template: { spec: { containers: [{ name: 'app' }] } } } };
    const pod = build(bare);
    const { affinity, tolerations, ...rest } = pod.spec;
    expect([affinity, tolerations?.length]).toEqual([required(term('host_1')), 6]);
    expect({ ...pod, spec: rest }).toStrictEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'foo-abcde',
        generateName: 'foo-',
        namespace: 'default',
        uid: 'u',
        generation: 1,
        creationTimestamp: '2026-01-01T00:00:00Z',
        labels: { 'controller-revision-hash': templateHash(bare.spec.template, undefined) },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'foo', uid: 'uid-foo', controller: true, blockOwnerDeletion: true }],
      },
      spec: { containers: [{ name: 'app', resources: {} }], nodeName: 'host_1', enableServiceLinks: true, priority: 0, preemptionPolicy: 'PreemptLowerPriority' },
      status: { phase: 'Pending', qosClass: 'BestEffort', conditions: [{ type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: '2026-01-01T00:00:00Z' }] },
    });
  });

  it('DS-157 carries no hash of a revision that has none', () => {
    const foo = aFoo();
    const { labels: _labels, ...metadata } = snapshotOf(foo, { number: 1, uid: 'r', createdAt: '2026-01-01T00:00:00Z', collisionCount: undefined }).metadata;
    const revision = { ...snapshotOf(foo, { number: 1, uid: 'r', createdAt: '2026-01-01T00:00:00Z', collisionCount: undefined }), metadata };
    expect(buildDaemonPod(foo, revision, { node: 'n', name: 'p', uid: 'u', at }).metadata.labels).toStrictEqual(L1);
  });

  it('shares with the other Pods of its revision what they have in common', () => {
    const foo = aFoo();
    const revision = snapshotOf(foo, { number: 1, uid: 'r', createdAt: '2026-01-01T00:00:00Z', collisionCount: undefined });
    const made = ['n', 'm'].map((node) => buildDaemonPod(foo, revision, { node, name: `p-${node}`, uid: node, at }));
    expect(made[0]?.metadata.labels).toBe(made[1]?.metadata.labels);
    expect(made[0]?.spec.containers).toBe(made[1]?.spec.containers);
    const later = aFoo({ annotations: { 'deprecated.daemonset.template.generation': '2' } });
    expect(buildDaemonPod(later, revision, { node: 'o', name: 'p-o', uid: 'o', at }).metadata.labels).toMatchObject({ 'pod-template-generation': '2' });
  });

  it('DS-155 keeps the dash of the longest name that has room for it', () => {
    const foo = aFoo();
    const name = 'a'.repeat(252);
    expect(build({ ...foo, metadata: { ...foo.metadata, name } }).metadata.generateName).toBe(`${name}-`);
  });

  it('DS-155 leaves the dash out where it would make the prefix too long', () => {
    const foo = aFoo();
    const name = 'a'.repeat(253);
    expect(build({ ...foo, metadata: { ...foo.metadata, name } }).metadata.generateName).toBe(name);
  });

  it('DS-156 has the spec of the template, the default tolerations and its node; it is bound at once, because nothing is left to decide', () => {
    const pod = podOf({ spec: { hostNetwork: true, nodeSelector: { color: 'blue' } } });
    expect(pod.spec).toMatchObject({ nodeName: 'host_1', hostNetwork: true, restartPolicy: 'Always', containers: [{ name: 'app', image: 'foo/bar' }] });
    expect(pod.spec.tolerations).toHaveLength(7);
  });

  it('is complete as Pods are: with priority, service links, generation and quality of service', () => {
    const pod = podOf();
    expect(pod.spec).toMatchObject({ priority: 0, enableServiceLinks: true, preemptionPolicy: 'PreemptLowerPriority' });
    expect(pod.metadata.generation).toBe(1);
    expect(pod.status).toMatchObject({ qosClass: 'BestEffort' });
  });

  it('DS-157 carries the hash of the revision, and the template generation when it is a number', () => {
    expect(podOf({ annotations: { 'deprecated.daemonset.template.generation': '4' } }).metadata.labels).toMatchObject({ 'pod-template-generation': '4' });
    expect(podOf({ annotations: { 'deprecated.daemonset.template.generation': 'four' } }).metadata.labels).not.toHaveProperty('pod-template-generation');
    expect(podOf().metadata.labels).not.toHaveProperty('pod-template-generation');
  });

  it('DS-163 leaves the template as it is', () => {
    const foo = aFoo({ spec: { affinity: required(term('elsewhere')), tolerations: [{ key: 'k', operator: 'Exists' }] } });
    const before = JSON.stringify(foo);
    build(foo);
    expect(JSON.stringify(foo)).toBe(before);
  });

  const preferred: Affinity['nodeAffinity'] = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchExpressions: [] } }] };
  it.each<readonly [string, Affinity | undefined]>([
    ['no affinity', undefined],
    ['only preferences', { nodeAffinity: preferred }],
    ['only Pod affinity', { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [] } }],
  ])('DS-165 adds one term that names the node to %s', (_what, affinity) => {
    const pod = podOf({ spec: affinity === undefined ? {} : { affinity } });
    expect(pod.spec.affinity).toEqual({ ...affinity, nodeAffinity: { ...affinity?.nodeAffinity, ...required(term('host_1')).nodeAffinity } });
  });

  it.each<readonly [string, Affinity]>([
    ['a host name label', required({ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['host_1'] }] })],
    ['two names', required({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['host_1', 'host_2'] }] })],
    ['two terms', required({ matchExpressions: [{ key: 'a', operator: 'Exists' }] }, term('host_2'))],
    ['NotIn', required({ matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['host_2'] }] })],
    ['another field', required({ matchFields: [{ key: 'metadata.foo', operator: 'In', values: ['bar'] }] })],
  ])('DS-166 replaces required terms that have %s', (_what, affinity) => {
    expect(podOf({ spec: { affinity } }).spec.affinity).toEqual(required(term('host_1')));
  });

  it('DS-164 tolerates a lost node for good, not for 300 seconds', () => {
    expect(podOf().spec.tolerations?.filter((toleration) => toleration.effect === 'NoExecute')).toEqual([
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
    ]);
  });

  it('DS-167 keeps nodeSelector', () => {
    expect(podOf({ spec: { nodeSelector: { color: 'blue' } } }).spec.nodeSelector).toEqual({ color: 'blue' });
  });

  it('DS-168 makes each Pod for its own node from the same template', () => {
    const foo = aFoo({ spec: { affinity: required(term('elsewhere')) } });
    const revision = snapshotOf(foo, { number: 1, uid: 'r', createdAt: '2026-01-01T00:00:00Z', collisionCount: undefined });
    const pods = ['a', 'b'].map((node) => buildDaemonPod(foo, revision, { node, name: `foo-${node}`, uid: node, at }));
    expect(pods.map((pod) => pod.spec.affinity)).toEqual([required(term('a')), required(term('b'))]);
  });
});
