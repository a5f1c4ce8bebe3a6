import { describe, expect, it } from 'vitest';
import type { NodeSelectorTerm, Pod, PodSpec } from '../kubernetes/objects.ts';
import { targetNodeOf } from './target-node.ts';

const pod = (spec: Partial<PodSpec>): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', uid: 'u' }, spec: { containers: [], ...spec } });
const meantFor = (...nodeSelectorTerms: readonly NodeSelectorTerm[]): Partial<PodSpec> => ({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } });
const name = (...values: string[]): NodeSelectorTerm => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values }] });

describe('targetNodeOf', () => {
  it.each<readonly [string, Partial<PodSpec>, string | undefined]>([
    ['the node that the Pod is bound to', { nodeName: 'node-1' }, 'node-1'],
    ['that node even if it was meant for another', { ...meantFor(name('node-2')), nodeName: 'node-1' }, 'node-1'],
    ['the node that it is meant for', meantFor(name('node-1')), 'node-1'],
    ['none when two names are given', meantFor(name('node-1', 'node-2')), undefined],
    ['none when the first requirement on the name has not one value', meantFor(name(), name('node-2')), undefined],
    ['the first term that has such a requirement', meantFor({ matchExpressions: [{ key: 'a', operator: 'Exists' }] }, name('node-2')), 'node-2'],
    ['none for another operator', meantFor({ matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['node-1'] }] }), undefined],
    ['the name behind other fields', meantFor({ matchFields: [{ key: 'metadata.uid', operator: 'In', values: ['u'] }, { key: 'metadata.name', operator: 'In', values: ['node-3'] }] }), 'node-3'],
    ['none when the requirement has no values', meantFor({ matchFields: [{ key: 'metadata.name', operator: 'In' }] }), undefined],
    ['none without terms', meantFor(), undefined],
    ['none without affinity', {}, undefined],
    ['none without node affinity', { affinity: {} }, undefined],
    ['none when node affinity only prefers', { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } } }, undefined],
    ['none for an empty node name', { nodeName: '' }, undefined],
  ])('DS-123 gives %s', (_what, spec, expected) => {
    expect(targetNodeOf(pod(spec))).toBe(expected);
  });
});
