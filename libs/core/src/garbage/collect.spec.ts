import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { PropagationPolicy } from '../controller/input.ts';
import type { FleetEvent } from '../event/fleet-event.ts';
import type { ControllerRevision, KubernetesObject, OwnerReference } from '../kubernetes/objects.ts';
import { objectsOf } from '../fleet/state.ts';
import { aDaemonSet, aPod, applied, created, FleetUnderTest, ownedBy, runningStatus } from '../node/fleet-under-test.ts';
import { removePod } from '../pod/delete-pod.ts';
import { collectGarbage } from './collect.ts';
import { deleteObject } from './delete-object.ts';

const daemonSet = aDaemonSet('web');
const pod = aPod('web-1', { nodeName: 'n1' }, { status: runningStatus, metadata: ownedBy(daemonSet, { block: true }) });
const revision: ControllerRevision = {
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  metadata: { name: 'web-abc', namespace: 'default', uid: 'uid-web-abc', ...ownedBy(daemonSet, { block: true }) },
  revision: 1,
  data: {},
};

const collect = (test: FleetUnderTest): FleetUnderTest => {
  for (let round = 0; round < 8 && test.state.dirty.owners.size > 0; round += 1) test.decide(collectGarbage);
  return test;
};
const fleet = (...more: readonly FleetEvent[]): FleetUnderTest =>
  collect(new FleetUnderTest().given({ type: 'daemonset.created.v1', daemonSet, by: 'user' }, { type: 'controllerrevision.created.v1', revision, by: 'controller' }, applied(pod), ...more)).settled();
const remove = (test: FleetUnderTest, policy?: PropagationPolicy, resource = 'daemonsets', object: KubernetesObject = daemonSet): FleetUnderTest => {
  test.decide((decision) => deleteObject(decision, resource, object, { by: 'user', cause: 'api', ...(policy === undefined ? {} : { policy }) }));
  return test;
};
const stopPod = (test: FleetUnderTest): FleetUnderTest => {
  test.decide((decision) => removePod(decision, pod, { cause: 'stopped', by: 'n1' }));
  return test;
};
const webOf = (test: FleetUnderTest): KubernetesObject | undefined => test.get('daemonsets', 'default', 'web');

describe('collectGarbage', () => {
  it.each([undefined, 'Background'] as const)('DS-252 lets the DaemonSet go at once and its Pods and revisions after it (policy %s)', (policy) => {
    const test = remove(fleet(), policy);
    expect(webOf(test)).toBeUndefined();
    collect(test);
    expect(test.of('pod.deletion-requested.v1')).toMatchObject([{ name: 'web-1', cause: 'owner-deleted', graceSeconds: 30 }]);
    expect(test.get('controllerrevisions', 'default', 'web-abc')).toBeUndefined();
  });

  it('DS-252 keeps what another owner still has, without its reference to the one that is gone', () => {
    const other = aDaemonSet('other');
    const references = [...(ownedBy(daemonSet).ownerReferences ?? []), { ...ownedBy(other).ownerReferences?.[0], controller: false } as OwnerReference];
    const shared = aPod('shared', { nodeName: 'n1' }, { metadata: { ownerReferences: references } });
    const test = collect(remove(fleet({ type: 'daemonset.created.v1', daemonSet: other, by: 'user' }, applied(shared))));
    expect(test.pod('shared')?.metadata.deletionTimestamp).toBeUndefined();
    expect(test.pod('shared')?.metadata.ownerReferences).toEqual([references[1]]);
  });

  it('DS-253 deletes dependents first when asked for the foreground', () => {
    const test = collect(remove(fleet(), 'Foreground'));
    expect(webOf(test)?.metadata).toMatchObject({ finalizers: ['foregroundDeletion'], deletionTimestamp: '2026-01-01T09:30:00Z' });
    expect(test.pod('web-1')?.metadata.deletionTimestamp).toBeDefined();
    expect(test.get('controllerrevisions', 'default', 'web-abc')).toBeUndefined();
    collect(stopPod(test));
    expect(webOf(test)).toBeUndefined();
  });

  it('raises the generation of what is held when it is first asked to go, and not when it is asked again', () => {
    const held = aDaemonSet('held');
    const kept = { ...held, metadata: { ...held.metadata, generation: 3, finalizers: ['example.com/held'] } };
    const test = fleet({ type: 'daemonset.created.v1', daemonSet: kept, by: 'user' });
    const generation = (): number | undefined => test.get('daemonsets', 'default', 'held')?.metadata.generation;
    remove(test, undefined, 'daemonsets', kept);
    expect(generation()).toBe(4);
    remove(test, 'Foreground', 'daemonsets', kept);
    expect(test.get('daemonsets', 'default', 'held')?.metadata).toMatchObject({ generation: 4, finalizers: ['example.com/held', 'foregroundDeletion'] });
    const unnumbered = { ...revision, metadata: { ...revision.metadata, name: 'held-abc', uid: 'uid-held-abc', ownerReferences: [], finalizers: ['example.com/held'] } };
    const other = remove(fleet({ type: 'controllerrevision.created.v1', revision: unnumbered, by: 'user' }), undefined, 'controllerrevisions', unnumbered);
    expect(other.get('controllerrevisions', 'default', 'held-abc')?.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T09:30:00Z' });
    expect(other.get('controllerrevisions', 'default', 'held-abc')?.metadata.generation).toBeUndefined();
  });

  it('DS-253 does not wait for dependents that do not block', () => {
    const loose = { ...pod, metadata: { ...pod.metadata, name: 'loose', uid: 'uid-loose', ...ownedBy(daemonSet) } };
    const test = collect(stopPod(remove(fleet(applied(loose)), 'Foreground')));
    expect(webOf(test)).toBeUndefined();
    expect(test.pod('loose')?.metadata.deletionTimestamp).toBeDefined();
  });

  it('DS-253 is done at once when there are no dependents', () => {
    const lonely = aDaemonSet('lonely');
    const test = collect(remove(fleet({ type: 'daemonset.created.v1', daemonSet: lonely, by: 'user' }), 'Foreground', 'daemonsets', lonely));
    expect(test.get('daemonsets', 'default', 'lonely')).toBeUndefined();
  });

  it('DS-254 orphans Pods and revisions, which keep their labels', () => {
    const test = collect(remove(fleet(), 'Orphan'));
    expect(webOf(test)).toBeUndefined();
    expect(test.pod('web-1')).toMatchObject({ status: { phase: 'Running' } });
    expect(test.pod('web-1')?.metadata).not.toHaveProperty('ownerReferences');
    expect(test.pod('web-1')?.metadata).not.toHaveProperty('deletionTimestamp');
    expect(test.get('controllerrevisions', 'default', 'web-abc')?.metadata).not.toHaveProperty('ownerReferences');
  });

  it('DS-256 goes by uid, so a DaemonSet made again protects no Pod of the old one', () => {
    const test = remove(fleet());
    test.given({ type: 'daemonset.created.v1', daemonSet: aDaemonSet('web', { uid: 'uid-new' }), by: 'user' });
    collect(test);
    expect(test.of('pod.deletion-requested.v1')).toHaveLength(1);
  });

  it('DS-256 collects what refers to an owner that is not there', () => {
    const stray = aPod('stray', { nodeName: 'n1' }, { metadata: ownedBy(aDaemonSet('never')) });
    const test = new FleetUnderTest().given(applied(stray));
    collect(test);
    expect(test.of('pod.deletion-requested.v1')).toMatchObject([{ name: 'stray' }]);
  });

  it('keeps an object with finalizers of others until they are removed', () => {
    const held = aDaemonSet('held', { finalizers: ['example.com/hold'] });
    const test = collect(remove(fleet({ type: 'daemonset.created.v1', daemonSet: held, by: 'user' }), 'Foreground', 'daemonsets', held));
    expect(test.get('daemonsets', 'default', 'held')?.metadata.finalizers).toEqual(['example.com/hold']);
    test.given({ type: 'object.metadata-changed.v1', resource: 'daemonsets', namespace: 'default', name: 'held', uid: 'uid-held', metadata: { finalizers: [] }, by: 'user' });
    collect(test);
    expect(test.get('daemonsets', 'default', 'held')).toBeUndefined();
  });

  it('changes the policy of a deletion that is under way', () => {
    const test = remove(fleet(), 'Foreground');
    remove(test, 'Orphan');
    expect(webOf(test)?.metadata.finalizers).toEqual(['orphan']);
    remove(test);
    expect(webOf(test)?.metadata.finalizers).toEqual(['orphan']);
    remove(test, 'Background');
    expect(webOf(test)).toBeUndefined();
  });

  it('DS-270 says that a Node is removed', () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', uid: 'uid-n1' } };
    const test = remove(fleet(created('nodes', node)), undefined, 'nodes', node);
    expect(test.reasons()).toEqual(['RemovingNode: Node n1 event: Removing Node n1 from Controller']);
  });
});

describe('any graph of owners', () => {
  const outcomes = new Set<string>();
  const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
  // Each may be owned by those before it, so that there are no cycles; an owner may also be one that never was.
  const graph = fc.tuple(...NAMES.map((_name, index) => fc.uniqueArray(fc.integer({ min: -1, max: Math.max(index - 1, -1) }), { maxLength: 3 })));

  it('DS-252 leaves exactly those that were not deleted and have no owner or one that is left', () => {
    fc.assert(
      fc.property(graph, fc.constantFrom(...NAMES), (owners, victim) => {
        const nameAt = (index: number): string => NAMES[index] ?? 'never';
        const objects = NAMES.map((name, index): KubernetesObject => ({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: {
            name,
            namespace: 'default',
            uid: `uid-${name}`,
            ...((owners[index] ?? []).length === 0
              ? {}
              : { ownerReferences: (owners[index] ?? []).map((owner) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: nameAt(owner), uid: `uid-${nameAt(owner)}` })) }),
          },
        }));
        const test = new FleetUnderTest().given(...objects.map((object) => created('configmaps', object)));
        const target = objects.find((object) => object.metadata.name === victim);
        if (target !== undefined) remove(test, undefined, 'configmaps', target);
        collect(test);
        const expected = new Set<string>();
        for (const [index, name] of NAMES.entries()) {
          const own = owners[index] ?? [];
          const isLeft = name !== victim && (own.length === 0 || own.some((owner) => expected.has(nameAt(owner))));
          if (isLeft) expected.add(name);
          if (name !== victim) outcomes.add(isLeft ? (own.length === 0 ? 'free' : 'kept by an owner') : 'collected');
        }
        const left = [...objectsOf(test.state, 'configmaps').values()];
        expect(left.map(({ metadata }) => metadata.name).toSorted()).toEqual([...expected].toSorted());
        for (const { metadata } of left) for (const { name } of metadata.ownerReferences ?? []) expect(expected.has(name)).toBe(true);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  afterAll(() => expect([...outcomes].toSorted()).toEqual(['collected', 'free', 'kept by an owner']));
});
