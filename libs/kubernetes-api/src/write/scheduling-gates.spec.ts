import { describe, expect, it } from 'vitest';
import { valueAt } from '../json/json-value.ts';
import type { KubernetesObject } from './object.ts';
import { prepareCreate } from './prepare-create.ts';
import { preparePatch } from './prepare-patch.ts';
import type { PreparedWrite } from './write-context.ts';
import { CONTEXT, POD, PODS, pod, prepared, refusal, stored } from './testing/pod-writes.ts';

const GATES = { schedulingGates: [{ name: 'x.io/a' }, { name: 'x.io/b' }] };

const patch = (existing: KubernetesObject, spec: object): PreparedWrite => preparePatch(POD, existing, { type: 'merge', body: { spec } }, CONTEXT);

const affinity = (...terms: readonly object[]): object => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
});
const LINUX = { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] };
const SSD = { key: 'disk', operator: 'In', values: ['ssd'] };

describe('a Pod with scheduling gates', () => {
  it('says from the start why it gets no node', () => {
    expect(valueAt(stored(GATES), 'status', 'conditions')).toEqual([
      {
        type: 'PodScheduled',
        status: 'False',
        lastTransitionTime: CONTEXT.now,
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      },
    ]);
    expect(valueAt(stored(), 'status', 'conditions')).toBeUndefined();
  });

  it('names no node', () => {
    expect(refusal(prepareCreate(PODS, pod({ ...GATES, nodeName: 'n' }), CONTEXT))).toBe(
      '422 Pod "p" is invalid: spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared',
    );
  });

  it('has gates with valid names, each once', () => {
    expect(refusal(prepareCreate(PODS, pod({ schedulingGates: [{ name: 'a b' }] }), CONTEXT))).toContain('spec.schedulingGates[0]: Invalid value: "a b": name part must consist');
    expect(refusal(prepareCreate(PODS, pod({ schedulingGates: [{ name: 'x' }, { name: 'x' }] }), CONTEXT))).toBe(
      '422 Pod "p" is invalid: spec.schedulingGates[1]: Duplicate value: "x"',
    );
  });

  it('loses gates and gets no new ones, also when it never had any', () => {
    const one = prepared(patch(stored(GATES), { schedulingGates: [{ name: 'x.io/b' }] }));
    expect(valueAt(one, 'spec', 'schedulingGates')).toEqual([{ name: 'x.io/b' }]);
    expect(valueAt(prepared(patch(one, { schedulingGates: null })), 'spec', 'schedulingGates')).toBeUndefined();
    for (const existing of [stored(GATES), stored()]) {
      expect(refusal(patch(existing, { schedulingGates: [{ name: 'x.io/z' }] }))).toBe(
        `422 Pod "p" is invalid: spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'x.io/z'`,
      );
    }
  });

  it('may be told more narrowly where it is to go', () => {
    const narrower = prepared(patch(stored(GATES), { nodeSelector: { x: 'y' }, ...affinity({ matchExpressions: [LINUX] }) }));
    expect(valueAt(narrower, 'spec', 'nodeSelector')).toEqual({ x: 'y' });
    expect(valueAt(prepared(patch(narrower, affinity({ matchExpressions: [LINUX, SSD] }))), 'spec', 'nodeSelector')).toEqual({ x: 'y' });
    expect(refusal(patch(stored(), { nodeSelector: { x: 'y' } }))).toContain('pod updates may not change fields other than');
  });

  it('may not be told otherwise', () => {
    const existing = stored({ ...GATES, nodeSelector: { x: 'y' }, ...affinity({ matchExpressions: [LINUX] }) });
    const selector = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
    expect(refusal(patch(existing, { nodeSelector: { x: 'z' } }))).toBe(`422 Pod "p" is invalid: spec.nodeSelector: Invalid value: {"x":"z"}: ${selector}`);
    expect(refusal(patch(existing, { nodeSelector: { x: null } }))).toBe(`422 Pod "p" is invalid: spec.nodeSelector: Invalid value: {}: ${selector}`);
    expect(refusal(patch(existing, affinity({ matchExpressions: [SSD] })))).toContain('only additions are allowed (no mutations or deletions)');
    expect(refusal(patch(existing, affinity({ matchExpressions: [LINUX] }, { matchExpressions: [SSD] })))).toContain('no additions/deletions to non-empty NodeSelectorTerms list are allowed');
    const podAffinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'x', labelSelector: {} }] } };
    expect(refusal(patch(existing, { affinity: podAffinity }))).toContain('spec.affinity: Forbidden');
  });
});
