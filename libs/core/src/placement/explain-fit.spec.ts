// What people read of a node's placement: the rule that decides, and what the node has instead of what was asked for.
import { describe, expect, it } from 'vitest';
import type { Node, NodeSelectorTerm, PodSpec, Taint } from '../kubernetes/objects.ts';
import { explainFit } from './explain-fit.ts';

const node: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'test-node', uid: 'u', labels: { zone: 'c' } }, spec: {} };
const explain = (spec: Partial<PodSpec>, on: Node = node): readonly string[] => explainFit({ spec: { containers: [], ...spec } }, on).map(({ rule, text }) => `${rule} ${text}`);
const required = (...nodeSelectorTerms: readonly NodeSelectorTerm[]): Partial<PodSpec> => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});
const tainted = (...taints: readonly Taint[]): Node => ({ ...node, spec: { taints } });
const NO_TERM = 'no term of the required node affinity matches the node:';

describe('explainFit', () => {
  it('DS-104 says why a Pod runs here', () => {
    expect(explain({})).toEqual(['DS-104 the node matches nodeSelector and affinity, and all of its NoSchedule and NoExecute taints are tolerated']);
  });

  it('says that the owner of the node leaves it out', () => {
    const left = { ...node, metadata: { ...node.metadata, labels: { 'everynode.dev/exclude-daemonsets': 'true' } } };
    expect(explain({ nodeName: 'elsewhere' }, left)).toEqual(['excluded the node is left out of all DaemonSets by its label everynode.dev/exclude-daemonsets=true']);
  });

  it('DS-102 names the node that the template names', () => {
    expect(explain({ nodeName: 'elsewhere' })).toEqual(['DS-102 the template names node elsewhere']);
  });

  it('DS-111 names the label that is missing or differs', () => {
    expect(explain({ nodeSelector: { color: 'blue' } })).toEqual(['DS-111 nodeSelector wants color=blue; the node has no such label']);
    expect(explain({ nodeSelector: { zone: 'a' } })).toEqual(['DS-111 nodeSelector wants zone=a; the node has zone=c']);
  });

  it('DS-113 lists the terms, their requirements, and what the node has of each', () => {
    const spec = required(
      { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }, { key: 'disk', operator: 'Exists' }] },
      { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['elsewhere'] }, { key: 'zone', operator: 'In', values: ['c'] }] },
      {},
    );
    expect(explain(spec)).toEqual([
      `DS-113 ${NO_TERM} zone In [a, b] (the node has "c") and disk Exists (the node has none); or ` +
        'metadata.name In [elsewhere] (the node has "test-node") and zone In [c] (the node has none); or an empty term',
    ]);
  });

  it('DS-113 explains a node without labels', () => {
    expect(explain(required({ matchExpressions: [{ key: 'zone', operator: 'Exists' }] }), { ...node, metadata: { name: 'bare', uid: 'u' } })).toEqual([`DS-113 ${NO_TERM} zone Exists (the node has none)`]);
  });

  it('DS-113 says that an affinity without terms matches no node', () => {
    const text = 'DS-113 the required node affinity has no term, so no node matches';
    expect(explain(required())).toEqual([text]);
    expect(explain({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } } })).toEqual([text]);
  });

  it('DS-105 names the taint, and whether a Pod may stay', () => {
    expect(explain({}, tainted({ key: 'gpu', value: 'yes', effect: 'NoSchedule' }))).toEqual(['DS-105 taint gpu=yes:NoSchedule is not tolerated: no Pod is created, one that is there stays']);
    expect(explain({}, tainted({ key: 'gpu', effect: 'NoSchedule' }, { key: 'cpu', value: '', effect: 'NoExecute' }))).toEqual(['DS-105 taint cpu:NoExecute is not tolerated, so no Pod may stay']);
  });

  it.each(['not-ready', 'unreachable'])('DS-110 says that a node with the taint %s counts again later', (name) => {
    const key = `node.kubernetes.io/${name}`;
    expect(explain({}, tainted({ key, effect: 'NoSchedule' }))).toEqual([
      `DS-105 taint ${key}:NoSchedule is not tolerated: no Pod is created, one that is there stays`,
      'DS-110 the node is not ready; it counts again when it is',
    ]);
  });
});
