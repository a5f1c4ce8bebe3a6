// What makes a DaemonSet be looked at: whole, on one node, or not at all.
import { describe, expect, it } from 'vitest';
import type { FleetEvent } from '../event/fleet-event.ts';
import { podsOf, revisionsOf } from '../fleet/state.ts';
import { nextDueAt } from '../kernel/delay-queue.ts';
import type { ControllerRevision, DaemonSet, Labels, OwnerReference } from '../kubernetes/objects.ts';
import { aFoo, aPodOf, KEY, L1, L2 } from './daemon-set-fixtures.ts';
import { DaemonSetWorld } from './daemon-set-world.ts';
import { controllerReference } from './controller-reference.ts';

const other = (name: string, labels: Labels): DaemonSet => {
  const foo = aFoo({ selector: { matchLabels: labels } });
  return { ...foo, metadata: { ...foo.metadata, name, uid: `uid-${name}` }, spec: { ...foo.spec, template: { ...foo.spec.template, metadata: { labels } } } };
};

/** Foo and foo2 select L1, foo3 selects L2; nothing is marked. */
const three = (): DaemonSetWorld => {
  const world = new DaemonSetWorld().addNodes(1);
  world.put({ type: 'daemonset.created.v1', daemonSet: other('foo2', L1), by: 'u' });
  world.put({ type: 'daemonset.created.v1', daemonSet: other('foo3', L2), by: 'u' });
  return unmarked(world);
};

const unmarked = (world: DaemonSetWorld): DaemonSetWorld => {
  for (const marks of Object.values(world.state.dirty) as { clear(): void }[]) marks.clear();
  return world;
};

const marks = (world: DaemonSetWorld): string[] => [
  ...[...world.state.dirty.daemonSets].sort(),
  ...[...world.state.dirty.daemonSetNodes].map(([key, nodes]) => `${key} on ${[...nodes].sort().join(',')}`).sort(),
];

const podChanged = (world: DaemonSetWorld, name: string, metadata: { readonly labels?: Labels; readonly ownerReferences?: readonly OwnerReference[] }): FleetEvent => ({
  type: 'object.metadata-changed.v1',
  resource: 'pods',
  namespace: 'default',
  name,
  uid: podsOf(world.state).get(`default/${name}`)?.metadata.uid ?? '',
  metadata,
  by: 'u',
});

const revision = (more: { readonly owner?: DaemonSet; readonly labels?: Labels; readonly number?: number } = {}): ControllerRevision => ({
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  metadata: { name: 'rev', namespace: 'default', uid: 'rev', labels: more.labels ?? L1, ...(more.owner === undefined ? {} : { ownerReferences: [controllerReference(more.owner)] }) },
  data: {},
  revision: more.number ?? 1,
});

describe('marks of DaemonSets', () => {
  it('DS-63 marks a DaemonSet that was created or changed', () => {
    const world = unmarked(new DaemonSetWorld());
    world.setImage('new');
    expect(marks(world)).toEqual([KEY]);
  });

  it('DS-63 takes one that was created again under its name as new', () => {
    const world = new DaemonSetWorld().addNodes(2);
    world.sync();
    world.put({ type: 'object.deleted.v1', resource: 'daemonsets', namespace: 'default', name: 'foo', uid: 'uid-foo', by: 'u' });
    const foo = aFoo();
    world.put({ type: 'daemonset.created.v1', daemonSet: { ...foo, metadata: { ...foo.metadata, uid: 'uid-again' } }, by: 'u' });
    expect(world.syncOnly().created).toBe(2);
    expect(world.state.rollups.get(KEY)?.rules.uid).toBe('uid-again');
  });

  it('DS-64 marks one that was deleted', () => {
    const world = unmarked(new DaemonSetWorld());
    world.put({ type: 'object.deleted.v1', resource: 'daemonsets', namespace: 'default', name: 'foo', uid: 'uid-foo', by: 'u' });
    expect(marks(world)).toEqual([KEY]);
  });

  it('DS-65 marks the owner of a Pod that comes in terminating', () => {
    const world = three();
    world.addPod('node-0', { terminating: true });
    expect(marks(world)).toEqual([`${KEY} on node-0`]);
    expect(world.syncOnly()).toMatchObject({ created: 0, deleted: 0 });
  });

  it('DS-66 marks the owner of a Pod, on the node of the Pod', () => {
    const world = three();
    world.addPod('node-0');
    expect(marks(world)).toEqual([`${KEY} on node-0`]);
  });

  it('DS-66 ignores a Pod of an owner that is not there', () => {
    const world = new DaemonSetWorld().addNodes(1);
    unmarked(world).addPod('node-0', { owner: 'other' });
    expect(marks(world)).toEqual([]);
  });

  it('DS-67 marks every DaemonSet that selects a Pod without controller', () => {
    const world = three();
    world.addPod('node-0', { owner: 'none' });
    expect(marks(world)).toEqual([`${KEY} on node-0`, 'default/foo2 on node-0']);
  });

  it('DS-67 marks nothing for an orphan in another namespace, one that terminates, or with an empty selector', () => {
    const world = three();
    const { foo } = world;
    world.put({ type: 'daemonset.created.v1', daemonSet: { ...foo, metadata: { ...foo.metadata, name: 'all', uid: 'uid-all' }, spec: { ...foo.spec, selector: {} } }, by: 'u' });
    unmarked(world).addPod('node-0', { owner: 'none', namespace: 'elsewhere' });
    world.addPod('node-0', { owner: 'none', terminating: true });
    world.addPod('node-0', { owner: 'none', labels: { nobody: 'selects-it' } });
    expect(marks(world)).toEqual([]);
  });

  it('DS-67 takes a Pod whose owners do not control it as an orphan', () => {
    const world = three();
    const { controller: _controller, ...owner } = controllerReference(world.foo);
    world.put({ type: 'pod.applied.v1', pod: { ...aPodOf(world.foo, { node: 'node-0', name: 'p' }, { owner: 'none' }), metadata: { name: 'p', namespace: 'default', uid: 'p', labels: L1, ownerReferences: [owner] } }, by: 'u' });
    expect(marks(world)).toEqual([`${KEY} on node-0`, 'default/foo2 on node-0']);
  });

  it('DS-69 marks the owner when its Pod begins to terminate', () => {
    const world = new DaemonSetWorld().addNodes(1);
    const name = world.addPod('node-0');
    unmarked(world).put({ type: 'pod.deletion-requested.v1', namespace: 'default', name, uid: `uid-${name}`, graceSeconds: 30, cause: 'api', by: 'u' });
    expect(marks(world)).toEqual([`${KEY} on node-0`]);
  });

  it('DS-70 marks both owners when a Pod changes hands', () => {
    const world = three();
    const name = world.addPod('node-0', { owner: 'other' });
    unmarked(world).put(podChanged(world, name, { ownerReferences: [controllerReference(world.foo)] }));
    expect(marks(world)).toEqual([`${KEY} on node-0`, 'default/foo2 on node-0']);
  });

  it('DS-70 marks the old owner and all that select the Pod when its controller is taken away', () => {
    const world = three();
    const name = world.addPod('node-0');
    unmarked(world).put(podChanged(world, name, { ownerReferences: [] }));
    expect(marks(world)).toEqual([`${KEY} on node-0`, 'default/foo2 on node-0']);
  });

  it('DS-71 DS-84 looks again when a ready Pod becomes available', () => {
    const world = new DaemonSetWorld({ minReadySeconds: 10 }).addNodes(1);
    world.sync();
    world.at(5).ready().sync();
    expect(nextDueAt(world.state.wakeups)).toBe(world.now + 10_000);
    expect(world.foo.status).toMatchObject({ numberReady: 1 });
    expect(world.foo.status).not.toHaveProperty('numberAvailable');
    world.at(15).sync();
    expect(world.foo.status).toMatchObject({ numberReady: 1, numberAvailable: 1 });
  });

  it('DS-84 looks again when the back-off of a failed Pod is over', () => {
    const world = new DaemonSetWorld().addNodes(1);
    world.sync();
    for (let round = 0; round < 2; round += 1) {
      world.setPhase(world.pods[0]?.metadata.name ?? '', 'Failed').sync();
      world.sync();
    }
    expect(nextDueAt(world.state.wakeups)).toBe(world.now + 1_000);
  });

  it('DS-72 marks nothing for a Pod without controller whose labels did not change', () => {
    const world = three();
    const name = world.addPod('node-0', { owner: 'none' });
    unmarked(world).setReady(name);
    expect(marks(world)).toEqual([]);
  });

  it('DS-72 marks those that select its new labels', () => {
    const world = three();
    const name = world.addPod('node-0', { owner: 'none', labels: {} });
    expect(marks(world)).toEqual([]);
    world.put(podChanged(world, name, { labels: L1 }));
    expect(marks(world)).toEqual([`${KEY} on node-0`, 'default/foo2 on node-0']);
  });

  it('DS-73 marks the owner of a Pod that is gone, and nobody for one without controller', () => {
    const world = three();
    const own = world.addPod('node-0');
    const orphan = world.addPod('node-0', { owner: 'none' });
    unmarked(world).put({ type: 'pod.deleted.v1', namespace: 'default', name: orphan, uid: `uid-${orphan}`, cause: 'api', by: 'u' });
    expect(marks(world)).toEqual([]);
    world.put({ type: 'pod.deleted.v1', namespace: 'default', name: own, uid: `uid-${own}`, cause: 'api', by: 'u' });
    expect(marks(world)).toEqual([`${KEY} on node-0`]);
  });

  it('DS-74 marks nobody for a revision that was added with its controller, and those that select one without', () => {
    const world = three();
    world.put({ type: 'controllerrevision.created.v1', revision: revision({ owner: world.foo }), by: 'u' });
    expect(marks(world)).toEqual([]);
    world.put({ type: 'object.deleted.v1', resource: 'controllerrevisions', namespace: 'default', name: 'rev', uid: 'rev', by: 'u' });
    unmarked(world).put({ type: 'controllerrevision.created.v1', revision: revision(), by: 'u' });
    expect(marks(world)).toEqual([KEY, 'default/foo2']);
  });

  it('DS-75 marks the owner of a revision that was changed, the old one too', () => {
    const world = three();
    world.put({ type: 'controllerrevision.created.v1', revision: revision({ owner: world.foo }), by: 'u' });
    unmarked(world).put({ type: 'controllerrevision.updated.v1', revision: revision({ owner: world.foo, number: 2 }), by: 'u' });
    expect(marks(world)).toEqual([KEY]);
    unmarked(world).put({ type: 'controllerrevision.updated.v1', revision: revision({ owner: other('foo2', L1) }), by: 'u' });
    expect(marks(world)).toEqual([KEY, 'default/foo2']);
  });

  it('DS-75 marks those that select a revision without controller only when its labels changed', () => {
    const world = three();
    world.put({ type: 'controllerrevision.created.v1', revision: revision(), by: 'u' });
    const present = revisionsOf(world.state).get('default/rev') ?? revision();
    unmarked(world).put({ type: 'controllerrevision.updated.v1', revision: { ...present, revision: 5 }, by: 'u' });
    expect(marks(world)).toEqual([]);
    world.put({ type: 'controllerrevision.updated.v1', revision: revision({ labels: L2 }), by: 'u' });
    expect(marks(world)).toEqual(['default/foo3']);
  });

  it('DS-76 marks the owner of a revision that was deleted', () => {
    const world = three();
    world.put({ type: 'controllerrevision.created.v1', revision: revision({ owner: world.foo }), by: 'u' });
    unmarked(world).put({ type: 'object.deleted.v1', resource: 'controllerrevisions', namespace: 'default', name: 'rev', uid: 'rev', by: 'u' });
    expect(marks(world)).toEqual([KEY]);
  });

  it('DS-77 takes a node that is gone out of the counters', () => {
    const world = new DaemonSetWorld().addNodes(2);
    world.sync();
    world.removeNode('node-0').sync();
    expect(world.foo.status).toMatchObject({ desiredNumberScheduled: 1, currentNumberScheduled: 1 });
  });

  it('DS-78 does nothing when a node changes in anything but labels and taints', () => {
    const world = new DaemonSetWorld().addNodes(1);
    world.sync();
    world.put({ type: 'node.became-not-ready.v1', name: 'node-0', conditions: [{ type: 'Ready', status: 'False' }] });
    world.syncOnly();
    expect(world.emitted).toEqual([]);
    world.addNode('node-0', { unschedulable: true }).syncOnly();
    expect(world.emitted).toEqual([]);
  });

  it('DS-81 DS-82 creates on a changed node without Pod and deletes on one that may not keep its Pod, pending Pods included', () => {
    const world = new DaemonSetWorld().addNode('empty').addNode('bound').addNode('meant');
    world.addPod('bound');
    world.addPod('meant', { unbound: true });
    expect(world.sync()).toMatchObject({ created: 1, deleted: 0 });
    for (const name of ['empty', 'bound', 'meant']) world.taint(name, [{ key: 'k', effect: 'NoExecute' }]);
    expect(world.sync()).toMatchObject({ created: 0, deleted: 3 });
  });

  it('DS-260 deletes a Pod that is meant for a node when the node goes away', () => {
    const world = new DaemonSetWorld().addNodes(1);
    world.addPod('node-0', { unbound: true });
    expect(world.sync()).toMatchObject({ created: 0, deleted: 0 });
    expect(world.removeNode('node-0').sync()).toMatchObject({ created: 0, deleted: 1 });
  });

  it('DS-262 takes a node that comes back under its name as the same target', () => {
    const world = new DaemonSetWorld().addNodes(1);
    world.sync();
    world.removeNode('node-0').sync();
    expect(world.addNode('node-0').sync()).toMatchObject({ created: 0, deleted: 0 });
    expect(world.foo.status).toMatchObject({ desiredNumberScheduled: 1, currentNumberScheduled: 1 });
  });

  it('DS-79 looks at a node that is new or whose labels or taints changed', () => {
    const world = new DaemonSetWorld({ spec: { nodeSelector: { color: 'blue' } } }).addNode('n', { taints: [{ key: 'k', effect: 'NoSchedule' }] });
    expect(world.sync().created).toBe(0);
    world.addNode('n', { labels: { color: 'blue' }, taints: [{ key: 'k', effect: 'NoSchedule' }] });
    expect(world.sync().created).toBe(0);
    world.taint('n', []);
    expect(world.sync().created).toBe(1);
  });

  it('DS-80 looks at the DaemonSets of every namespace for a changed node', () => {
    const world = new DaemonSetWorld();
    const elsewhere = aFoo();
    world.put({ type: 'daemonset.created.v1', daemonSet: { ...elsewhere, metadata: { ...elsewhere.metadata, namespace: 'elsewhere', uid: 'uid-elsewhere' } }, by: 'u' });
    world.sync();
    world.addNodes(1);
    expect(world.syncOnly().created).toBe(2);
  });

  it('DS-83 keeps the counters exact for a tainted node with a Pod, too', () => {
    const world = new DaemonSetWorld().addNodes(2);
    world.sync();
    world.taint('node-0', [{ key: 'k', effect: 'NoSchedule' }]).sync();
    expect(world.foo.status).toMatchObject({ desiredNumberScheduled: 1, currentNumberScheduled: 1, numberMisscheduled: 1 });
    world.taint('node-0', []).sync();
    expect(world.foo.status).toMatchObject({ desiredNumberScheduled: 2, currentNumberScheduled: 2, numberMisscheduled: 0 });
  });

  it('DS-61 looks once at what was marked many times, and at nothing afterwards', () => {
    const world = new DaemonSetWorld().addNodes(3);
    world.setImage('a').setImage('b').syncOnly();
    expect(world.emitted.filter((event) => event.type === 'controllerrevision.created.v1')).toHaveLength(1);
    expect(marks(world)).toEqual([]);
    world.syncOnly();
    expect(world.emitted).toEqual([]);
  });
});
