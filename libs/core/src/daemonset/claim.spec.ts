import { describe, expect, it } from 'vitest';
import type { FleetEvent } from '../event/fleet-event.ts';
import { podsOf, revisionsOf } from '../fleet/state.ts';
import type { OwnerReference, Pod } from '../kubernetes/objects.ts';
import { controllerReference } from './controller-reference.ts';
import { aFoo, aPodOf, L1, L2, ON_DELETE, unavailable } from './daemon-set-fixtures.ts';
import { DaemonSetWorld } from './daemon-set-world.ts';

const podNamed = (world: DaemonSetWorld, name: string): Pod | undefined => podsOf(world.state).get(`default/${name}`);
const owners = (world: DaemonSetWorld, name: string): readonly OwnerReference[] => podNamed(world, name)?.metadata.ownerReferences ?? [];
const relabel = (name: string, labels: Record<string, string>): FleetEvent => ({ type: 'object.metadata-changed.v1', resource: 'pods', namespace: 'default', name, uid: `uid-${name}`, metadata: { labels }, by: 'u' });
const metadataEvents = (world: DaemonSetWorld): string[] => world.emitted.flatMap((event) => (event.type === 'object.metadata-changed.v1' ? [event.name] : []));

describe('claiming Pods', () => {
  it('DS-229 never takes a Pod of another controller, although the selector matches', () => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE }).addNodes(1);
    const name = world.addPod('node-0', { owner: 'other' });
    expect(world.sync().created).toBe(1);
    expect(owners(world, name)).toMatchObject([{ uid: 'uid-foo2' }]);
  });

  it('DS-229 leaves a Pod of another controller alone whatever its labels say, and a revision too', () => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE }).addNodes(1);
    const name = world.addPod('node-0', { owner: 'other', labels: L2 });
    const owner = { ...controllerReference(world.foo), uid: 'uid-foo2' };
    const revision = { apiVersion: 'apps/v1', kind: 'ControllerRevision', data: {}, revision: 7, metadata: { name: 'theirs', namespace: 'default', uid: 'r', labels: L1, ownerReferences: [owner] } };
    world.put({ type: 'controllerrevision.created.v1', revision, by: 'u' });
    world.put({ type: 'controllerrevision.created.v1', revision: { ...revision, metadata: { ...revision.metadata, name: 'unmatched', uid: 'r2', labels: L2 } }, by: 'u' });
    world.sync();
    expect(metadataEvents(world)).toEqual([]);
    expect(owners(world, name)).toMatchObject([{ uid: 'uid-foo2' }]);
    expect([...revisionsOf(world.state).values()].map(({ metadata, revision: number }) => `${metadata.name} ${number}`), 'theirs do not raise its number').toEqual(['theirs 7', 'unmatched 7', expect.stringMatching(/^foo-\w+ 1$/)]);
  });

  it('DS-138 adopts and releases in the order of names', () => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE }).addNodes(1);
    for (const name of ['c', 'a', 'b']) {
      world.put({ type: 'pod.applied.v1', pod: aPodOf(world.foo, { node: 'node-0', name: `orphan-${name}` }, { owner: 'none' }), by: 'u' });
      world.put({ type: 'pod.applied.v1', pod: aPodOf(world.foo, { node: 'node-0', name: `stray-${name}` }, { labels: L2 }), by: 'u' });
      const revision = { apiVersion: 'apps/v1', kind: 'ControllerRevision', data: {}, revision: 1, metadata: { name: `rev-${name}`, namespace: 'default', uid: name, labels: L1 } };
      world.put({ type: 'controllerrevision.created.v1', revision, by: 'u' });
    }
    world.sync();
    expect(metadataEvents(world)).toEqual(['stray-a', 'stray-b', 'stray-c', 'orphan-a', 'orphan-b', 'orphan-c', 'rev-a', 'rev-b', 'rev-c']);
  });

  it('DS-233 adopts no Pod of another namespace from a node that it looks at alone', () => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE }).addNodes(1);
    world.sync();
    world.addPod('node-0', { owner: 'none', namespace: 'elsewhere' });
    world.taint('node-0', [{ key: 'k', effect: 'PreferNoSchedule' }]);
    world.sync();
    expect(metadataEvents(world)).toEqual([]);
  });

  it('DS-230 keeps its own Pods, those that terminate too', () => {
    const world = new DaemonSetWorld().addNodes(1);
    world.addPod('node-0', { terminating: true });
    expect(world.sync()).toMatchObject({ created: 0, deleted: 0 });
    expect(metadataEvents(world)).toEqual([]);
  });

  it('DS-231 releases a Pod that the selector does not match any more, and keeps its other owners', () => {
    const world = new DaemonSetWorld().addNodes(1);
    const name = world.addPod('node-0', { labels: L2 });
    const mine = owners(world, name);
    const further: OwnerReference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'c' };
    world.put({ type: 'object.metadata-changed.v1', resource: 'pods', namespace: 'default', name, uid: `uid-${name}`, metadata: { ownerReferences: [further, ...mine] }, by: 'u' });
    expect(world.sync()).toMatchObject({ created: 1, deleted: 0 });
    expect(owners(world, name)).toEqual([further]);
  });

  it('DS-232 neither adopts nor releases while the DaemonSet is being deleted', () => {
    const world = new DaemonSetWorld().addNodes(2);
    world.addPod('node-0', { labels: L2 });
    world.addPod('node-1', { owner: 'none' });
    world.put({ type: 'object.deletion-requested.v1', resource: 'daemonsets', namespace: 'default', name: 'foo', uid: 'uid-foo', finalizers: ['orphan'], by: 'u' }).syncOnly();
    expect(world.emitted).toEqual([]);
  });

  it('DS-233 adopts a Pod without controller that the selector matches, unless it terminates', () => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE }).addNodes(3);
    const orphan = world.addPod('node-0', { owner: 'none' });
    const going = world.addPod('node-1', { owner: 'none', terminating: true });
    const stranger = world.addPod('node-2', { owner: 'none', labels: L2 });
    expect(world.sync()).toMatchObject({ created: 2, deleted: 0 });
    expect([orphan, going, stranger].map((name) => owners(world, name).length)).toEqual([1, 0, 0]);
  });

  it('DS-234 adopts with a full controller reference', () => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE }).addNodes(1);
    const name = world.addPod('node-0', { owner: 'none' });
    world.put({ type: 'object.metadata-changed.v1', resource: 'pods', namespace: 'default', name, uid: `uid-${name}`, metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'foo', uid: 'uid-foo' }] }, by: 'u' }).sync();
    expect(owners(world, name)).toEqual([{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'foo', uid: 'uid-foo', controller: true, blockOwnerDeletion: true }]);
  });

  it('DS-235 takes an adopted Pod without hash as old: rolled by RollingUpdate, kept by OnDelete', () => {
    for (const [strategy, deleted] of [[unavailable(1), 1], [ON_DELETE, 0]] as const) {
      const world = new DaemonSetWorld({ strategy }).addNodes(1);
      world.addPod('node-0', { owner: 'none', readyAt: 0 });
      expect(world.sync()).toMatchObject({ created: 0, deleted });
    }
  });

  it('DS-235 takes an adopted Pod with the right template generation as current', () => {
    const world = new DaemonSetWorld({ annotations: { 'deprecated.daemonset.template.generation': '1' } }).addNodes(1);
    world.addPod('node-0', { owner: 'none', labels: { ...L1, 'pod-template-generation': '1' } });
    expect(world.sync()).toMatchObject({ created: 0, deleted: 0 });
    expect(world.foo.status).toMatchObject({ updatedNumberScheduled: 1 });
  });

  it('DS-236 replaces a Pod whose label was taken away, and neither manages nor counts it any more', () => {
    const world = new DaemonSetWorld().addNodes(1);
    const name = world.addPod('node-0', { readyAt: 0 });
    world.sync();
    world.put(relabel(name, { quarantine: 'yes' }));
    expect(world.sync()).toMatchObject({ created: 1, deleted: 0 });
    expect(owners(world, name)).toEqual([]);
    expect(world.foo.status).toMatchObject({ currentNumberScheduled: 1, numberReady: 0 });
    world.taint('node-0', [{ key: 'k', effect: 'NoExecute' }]).sync();
    expect(podNamed(world, name)).toBeDefined();
  });

  it('DS-237 takes a changed hash label as another revision and nothing else', () => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE }).addNodes(1);
    const name = world.addPod('node-0');
    world.sync();
    world.put(relabel(name, { ...L1, 'controller-revision-hash': 'other' }));
    expect(world.sync()).toMatchObject({ created: 0, deleted: 0 });
    expect(metadataEvents(world)).toEqual([]);
    expect(world.foo.status).not.toHaveProperty('updatedNumberScheduled');
  });

  it('DS-238 lets one of two DaemonSets with the same selector adopt a Pod, and neither touches the other one’s', () => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE }).addNodes(1);
    const foo = aFoo({ strategy: ON_DELETE });
    world.put({ type: 'daemonset.created.v1', daemonSet: { ...foo, metadata: { ...foo.metadata, name: 'foo2', uid: 'uid-foo2' } }, by: 'u' });
    const name = world.addPod('node-0', { owner: 'none' });
    expect(world.syncOnly(), 'foo adopts, foo2 creates its own').toMatchObject({ created: 1, deleted: 0 });
    expect(owners(world, name)).toMatchObject([{ uid: 'uid-foo' }]);
    world.syncOnly();
    expect(world.emitted.filter((event) => event.type !== 'daemonset.status-changed.v1')).toEqual([]);
  });

  it('DS-239 goes by the uid of the controller reference', () => {
    const world = new DaemonSetWorld().addNodes(1);
    const name = world.addPod('node-0');
    const reference = owners(world, name)[0];
    if (reference === undefined) throw new Error('no owner');
    world.put({ type: 'object.metadata-changed.v1', resource: 'pods', namespace: 'default', name, uid: `uid-${name}`, metadata: { ownerReferences: [{ ...reference, apiVersion: 'extensions/v1beta1' }] }, by: 'u' });
    expect(world.sync()).toMatchObject({ created: 0, deleted: 0 });
  });

  it('DS-255 a DaemonSet that is created again adopts Pods and revisions, so that nothing restarts', () => {
    const world = new DaemonSetWorld({ strategy: unavailable(1) }).addNodes(3);
    world.sync();
    world.ready().sync();
    const before = [...podsOf(world.state).keys()];
    world.put({ type: 'object.deleted.v1', resource: 'daemonsets', namespace: 'default', name: 'foo', uid: 'uid-foo', by: 'u' });
    for (const pod of world.pods) world.put({ type: 'object.metadata-changed.v1', resource: 'pods', namespace: 'default', name: pod.metadata.name, uid: pod.metadata.uid, metadata: { ownerReferences: [] }, by: 'gc' });
    for (const { metadata } of revisionsOf(world.state).values()) {
      world.put({ type: 'object.metadata-changed.v1', resource: 'controllerrevisions', namespace: 'default', name: metadata.name, uid: metadata.uid, metadata: { ownerReferences: [] }, by: 'gc' });
    }
    const foo = aFoo({ strategy: unavailable(1) });
    world.put({ type: 'daemonset.created.v1', daemonSet: { ...foo, metadata: { ...foo.metadata, uid: 'uid-again' } }, by: 'u' });
    expect(world.syncOnly()).toMatchObject({ created: 0, deleted: 0 });
    expect([...podsOf(world.state).values()].map((pod) => pod.metadata.ownerReferences?.[0]?.uid)).toEqual(['uid-again', 'uid-again', 'uid-again']);
    expect([...revisionsOf(world.state).values()]).toMatchObject([{ revision: 1, metadata: { ownerReferences: [{ uid: 'uid-again' }] } }]);
    world.syncOnly();
    expect([...podsOf(world.state).keys()]).toEqual(before);
    expect(world.foo.status).toMatchObject({ updatedNumberScheduled: 3, numberAvailable: 3 });
  });

  it('DS-228 claims revisions of its own namespace only', () => {
    const world = new DaemonSetWorld();
    for (const namespace of ['default', 'elsewhere']) {
      world.put({ type: 'controllerrevision.created.v1', revision: { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name: 'rev', namespace, uid: `rev-${namespace}`, labels: L1 }, data: {}, revision: 3 }, by: 'u' });
    }
    world.sync();
    expect(revisionsOf(world.state).get('default/rev')?.metadata.ownerReferences).toMatchObject([{ uid: 'uid-foo' }]);
    expect(revisionsOf(world.state).get('elsewhere/rev')?.metadata.ownerReferences).toBeUndefined();
  });
});
