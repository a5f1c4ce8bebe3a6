import { describe, expect, it } from 'vitest';
import type { Node, PodSpec, PodTemplate, Taint } from '../kubernetes/objects.ts';
import { fitOn, placementOf, REFUSED, RUNS, STAYS, type NodeFit } from './node-fit.ts';

const template = (spec: Partial<PodSpec> = {}): PodTemplate => ({ metadata: { labels: { app: 'a' } }, spec: { containers: [], ...spec } });
const node = (more: { readonly labels?: Record<string, string>; readonly taints?: readonly Taint[]; readonly unschedulable?: boolean; readonly status?: Node['status'] } = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'test-node', uid: 'u', labels: { type: 'production', color: 'blue', ...more.labels } },
  spec: { ...(more.taints === undefined ? {} : { taints: more.taints }), ...(more.unschedulable === undefined ? {} : { unschedulable: more.unschedulable }) },
  ...(more.status === undefined ? {} : { status: more.status }),
});
const fit = (spec: Partial<PodSpec>, on: Node = node()): NodeFit => fitOn(placementOf(template(spec)), on);
const typeIn = (...values: string[]): Partial<PodSpec> => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'type', operator: 'In', values }] }] } } },
});
const resources = (memory: string): Partial<PodSpec> => ({ containers: [{ name: 'c', resources: { requests: { memory, cpu: '75m' } }, ports: [{ hostPort: 666 }] }] });
const lifecycle = (name: string, effect: Taint['effect']): Taint => ({ key: `node.kubernetes.io/${name}`, effect });

describe('fitOn', () => {
  it('DS-102 refuses every node but the one that the template names', () => {
    expect(fit({ nodeName: 'other-node' })).toBe(REFUSED);
    expect(fit({ nodeName: 'test-node' })).toBe(RUNS);
    expect(fit({ nodeName: '' })).toBe(RUNS);
  });

  it.each<readonly [string, Partial<PodSpec>, NodeFit]>([
    ['a nodeSelector that matches', { nodeSelector: { color: 'blue' } }, RUNS],
    ['a nodeSelector that does not', { nodeSelector: { color: 'red' } }, REFUSED],
    ['an affinity that matches', typeIn('production'), RUNS],
    ['an affinity that does not', typeIn('test'), REFUSED],
  ])('DS-103 judges by %s', (_what, spec, expected) => {
    expect(fit(spec)).toBe(expected);
  });

  it('DS-111 wants every key of nodeSelector with exactly its value', () => {
    expect(fit({ nodeSelector: { color: 'blue', type: 'production' } })).toBe(RUNS);
    expect(fit({ nodeSelector: { color: 'blue', type: 'test' } })).toBe(REFUSED);
    expect(fit({ nodeSelector: { missing: '' } })).toBe(REFUSED);
    expect(fit({ nodeSelector: {} })).toBe(RUNS);
  });

  it('DS-112 wants nodeSelector and affinity both', () => {
    expect(fit({ ...typeIn('production'), nodeSelector: { color: 'red' } })).toBe(REFUSED);
    expect(fit({ ...typeIn('test'), nodeSelector: { color: 'blue' } })).toBe(REFUSED);
    expect(fit({ ...typeIn('production'), nodeSelector: { color: 'blue' } })).toBe(RUNS);
  });

  it('DS-115 takes no required affinity as matching every node', () => {
    expect(fit({ affinity: {} })).toBe(RUNS);
    expect(fit({ affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } } })).toBe(RUNS);
  });

  it('DS-114 matches no node with a required part without terms', () => {
    expect(fit({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } } })).toBe(REFUSED);
  });

  it('DS-108 takes an invalid term as one that does not match', () => {
    expect(fit(typeIn())).toBe(REFUSED);
  });

  it.each<readonly [string, readonly Taint[], NodeFit]>([
    ['no taint', [], RUNS],
    ['an untolerated NoSchedule taint', [{ key: 'a', effect: 'NoSchedule' }], STAYS],
    ['an untolerated NoExecute taint', [{ key: 'a', effect: 'NoExecute' }], REFUSED],
    ['both', [{ key: 'a', effect: 'NoSchedule' }, { key: 'a', effect: 'NoExecute' }], REFUSED],
    ['only tolerated taints', [{ key: 'mine', effect: 'NoSchedule' }, { key: 'mine', effect: 'NoExecute' }], RUNS],
    ['a tolerated NoExecute and an untolerated NoSchedule taint', [{ key: 'a', effect: 'NoSchedule' }, { key: 'mine', effect: 'NoExecute' }], STAYS],
  ])('DS-105 judges %s', (_what, taints, expected) => {
    expect(fit({ tolerations: [{ key: 'mine', operator: 'Exists' }] }, node({ taints }))).toBe(expected);
  });

  it('DS-104 runs where a toleration of the template covers every taint', () => {
    expect(fit({ tolerations: [{ operator: 'Exists' }] }, node({ taints: [{ key: 'a', effect: 'NoExecute' }, { key: 'b', value: 'x', effect: 'NoSchedule' }] }))).toBe(RUNS);
  });

  it('DS-106 ignores PreferNoSchedule taints', () => {
    expect(fit({}, node({ taints: [{ key: 'a', effect: 'PreferNoSchedule' }] }))).toBe(RUNS);
  });

  it.each<readonly [string, Partial<PodSpec>, Node]>([
    ['conditions', {}, node({ status: { conditions: [{ type: 'Ready', status: 'False' }, { type: 'NetworkUnavailable', status: 'True' }] } })],
    ['resources and host ports', resources('200M'), node({ status: { allocatable: { memory: '100M', cpu: '50m' } } })],
    ['spec.unschedulable', {}, node({ unschedulable: true })],
    ['Pod affinity, spread and preferences', { affinity: { podAntiAffinity: {}, nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1 }] } }, topologySpreadConstraints: [{}] }, node()],
    ['scheduling gates', { schedulingGates: [{ name: 'wait' }] }, node()],
  ])('DS-107 does not consider %s', (_what, spec, on) => {
    expect(fit(spec, on)).toBe(RUNS);
  });

  it('DS-109 runs on a cordoned node', () => {
    expect(fit({}, node({ unschedulable: true, taints: [lifecycle('unschedulable', 'NoSchedule')] }))).toBe(RUNS);
  });

  it('DS-110 keeps Pods on a node that is not ready, and creates none', () => {
    expect(fit({}, node({ taints: [lifecycle('not-ready', 'NoExecute'), lifecycle('not-ready', 'NoSchedule')] }))).toBe(STAYS);
    expect(fit({}, node({ taints: [lifecycle('unreachable', 'NoExecute'), lifecycle('unreachable', 'NoSchedule')] }))).toBe(STAYS);
    expect(fit({}, node({ taints: [lifecycle('not-ready', 'NoExecute')] }))).toBe(RUNS);
    expect(fit({ tolerations: [{ operator: 'Exists' }] }, node({ taints: [lifecycle('unreachable', 'NoSchedule')] }))).toBe(RUNS);
  });

  it('DS-160 tolerates an unavailable network only for Pods on the network of their host', () => {
    const on = node({ taints: [lifecycle('network-unavailable', 'NoSchedule')] });
    expect(fit({}, on)).toBe(STAYS);
    expect(fit({ hostNetwork: true }, on)).toBe(RUNS);
  });

  it('DS-104 runs on a node of which nothing but the name is known', () => {
    expect(fit({}, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'bare', uid: 'u' } })).toBe(RUNS);
    expect(fit({ nodeSelector: { color: 'blue' } }, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'bare', uid: 'u' } })).toBe(REFUSED);
  });

  it('runs on no node that its owner leaves out, whatever is tolerated', () => {
    const everything: Partial<PodSpec> = { tolerations: [{ operator: 'Exists' }], nodeName: 'test-node' };
    expect(fit(everything, node({ labels: { 'everynode.dev/exclude-daemonsets': 'true' } }))).toBe(REFUSED);
    expect(fit(everything, node({ labels: { 'everynode.dev/exclude-daemonsets': 'false' } }))).toBe(RUNS);
  });

  it('DS-100 refuses a node that is not there', () => {
    expect(fitOn(placementOf(template()), undefined)).toBe(REFUSED);
  });

  it('DS-101 uses the affinity of the template, not the one that its Pods get', () => {
    const pinned: Partial<PodSpec> = { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['elsewhere'] }] }] } } } };
    expect(fit(pinned)).toBe(REFUSED);
  });
});
