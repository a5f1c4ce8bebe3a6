// One sync as a whole: what is done, in which order, and what is said about it.
import { describe, expect, it } from 'vitest';
import type { FleetEvent } from '../event/fleet-event.ts';
import { objectsOf, podsOf, revisionsOf } from '../fleet/state.ts';
import { L2, ON_DELETE, surging, unavailable } from './daemon-set-fixtures.ts';
import { DaemonSetWorld } from './daemon-set-world.ts';
import { controllerReference } from './controller-reference.ts';
import { isTerminating } from './pod-facts.ts';

const said = (world: DaemonSetWorld): string[] => world.emitted.flatMap((event) => (event.type === 'event.recorded.v1' ? [`${event.severity} ${event.reason}: ${event.message}`] : []));
const types = (world: DaemonSetWorld): string[] => world.emitted.map((event) => event.type);
const deleting: FleetEvent = { type: 'object.deletion-requested.v1', resource: 'daemonsets', namespace: 'default', name: 'foo', uid: 'uid-foo', finalizers: ['foregroundDeletion'], by: 'u' };
const namespace = (more: { readonly deletionTimestamp?: string } = {}): FleetEvent => ({
  type: 'object.created.v1',
  resource: 'namespaces',
  object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', uid: 'ns', ...more } },
  by: 'u',
});

describe('syncDaemonSet', () => {
  it('DS-58 acts and speaks as daemonset-controller', () => {
    const world = new DaemonSetWorld().addNodes(2);
    world.addPod('node-0', { phase: 'Failed' });
    world.addPod('node-0', { owner: 'none' });
    world.syncOnly();
    const names = world.emitted.flatMap((event) => ('by' in event ? [event.by] : 'component' in event ? [event.component] : []));
    expect(names.length).toBeGreaterThan(4);
    expect(new Set(names)).toEqual(new Set(['daemonset-controller']));
  });

  it('DS-86 does nothing for a DaemonSet that is gone, and forgets it', () => {
    const world = new DaemonSetWorld().addNodes(1);
    world.sync();
    expect(world.state.rollups.size).toBe(1);
    world.put({ type: 'object.deleted.v1', resource: 'daemonsets', namespace: 'default', name: 'foo', uid: 'uid-foo', by: 'u' }).syncOnly();
    expect(world.emitted).toEqual([]);
    expect(world.state.rollups.size).toBe(0);
  });

  it('DS-87 looks at every node, ready or not', () => {
    const world = new DaemonSetWorld().addNode('up').addNode('down', { conditions: [{ type: 'Ready', status: 'Unknown' }] });
    expect(world.sync().created).toBe(2);
  });

  it('DS-88 warns about an empty selector and does nothing else', () => {
    const world = new DaemonSetWorld({ selector: {} }).addNodes(2);
    world.syncOnly();
    expect(types(world)).toEqual(['event.recorded.v1']);
    expect(said(world)).toEqual(['Warning SelectingAll: This daemon set is selecting all pods. A non-empty selector is required.']);
    expect(world.foo.status).toBeUndefined();
  });

  it('DS-88 warns when the DaemonSet changes, not with every node', () => {
    const world = new DaemonSetWorld({ selector: {} }).addNodes(1);
    world.syncOnly();
    world.addNode('another').syncOnly();
    expect(world.emitted).toEqual([]);
  });

  it('DS-89 leaves a DaemonSet that is being deleted alone', () => {
    const world = new DaemonSetWorld().addNodes(3);
    world.addPod('node-0', { phase: 'Failed' });
    world.addPod('node-1', { owner: 'none' });
    world.put(deleting).syncOnly();
    expect(world.emitted).toEqual([]);
    expect(revisionsOf(world.state).size).toBe(0);
  });

  it('DS-90 makes the revision before the Pods that name it', () => {
    const world = new DaemonSetWorld().addNodes(1);
    world.syncOnly();
    expect(types(world)).toEqual(['controllerrevision.created.v1', 'pod.created.v1', 'event.recorded.v1', 'daemonset.rollout-progressed.v1', 'daemonset.status-changed.v1']);
  });

  it('DS-92 DS-93 lets the rolling step see what the manage step did in the same sync', () => {
    const world = new DaemonSetWorld({ strategy: surging(1) }).addNodes(2);
    world.sync();
    world.ready().sync();
    world.setImage('new').sync();
    world.ready();
    expect(world.sync(), 'the old Pod goes, so the next surge begins at once').toEqual({ created: 1, deleted: 1, events: 0 });
  });

  it('DS-95 writes the status last', () => {
    const world = new DaemonSetWorld().addNodes(2);
    world.syncOnly();
    expect(types(world).at(-1)).toBe('daemonset.status-changed.v1');
  });

  it('DS-122 deals only with its own Pods and those that it adopts, in its own namespace', () => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE }).addNodes(1);
    world.addPod('node-0', { owner: 'other' });
    world.addPod('node-0', { namespace: 'elsewhere' });
    world.addPod('node-0', { owner: 'none', labels: L2 });
    const orphan = world.addPod('node-0', { owner: 'none' });
    world.addPod('node-0', { owner: 'none', namespace: 'elsewhere' });
    expect(world.sync()).toMatchObject({ created: 0, deleted: 0 });
    expect(world.podsOn('node-0').filter((pod) => pod.metadata.namespace === 'default').map((pod) => pod.metadata.name)).toEqual([orphan]);
    expect(world.foo.status).toMatchObject({ currentNumberScheduled: 1 });
  });

  it('DS-123 does not see a Pod that is not meant for one node', () => {
    const world = new DaemonSetWorld().addNodes(1);
    world.put({
      type: 'pod.applied.v1',
      pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'lost', namespace: 'default', uid: 'lost', labels: { name: 'simple-daemon', type: 'production' }, ownerReferences: [controllerReference(world.foo)] }, spec: { containers: [] } },
      by: 'u',
    });
    expect(world.sync()).toMatchObject({ created: 1, deleted: 0 });
    expect(world.foo.status).toMatchObject({ currentNumberScheduled: 1 });
  });

  it('DS-124 replaces a Pod that has ended and is only held by its finalizers', () => {
    const world = new DaemonSetWorld().addNodes(1);
    const held = world.addPod('node-0', { phase: 'Succeeded', finalizers: ['test.k8s.io/finalizer'] });
    expect(world.sync(), 'asks for it to go').toMatchObject({ created: 0, deleted: 1 });
    expect(world.sync(), 'does not wait for its finalizers').toMatchObject({ created: 1, deleted: 0 });
    expect(podsOf(world.state).get(`default/${held}`)).toMatchObject({ metadata: { finalizers: ['test.k8s.io/finalizer'] } });
  });

  it('DS-125 waits until the old Pod is gone', () => {
    const world = new DaemonSetWorld({ strategy: unavailable(1) }).addNodes(1);
    world.sync();
    world.ready().sync();
    world.setImage('new').syncOnly();
    expect(world.pods.map(isTerminating)).toEqual([true]);
    expect(world.syncOnly()).toMatchObject({ created: 0, deleted: 0 });
    world.put({ type: 'pod.deleted.v1', namespace: 'default', name: world.pods[0]?.metadata.name ?? '', uid: world.pods[0]?.metadata.uid ?? '', cause: 'stopped', by: 'agent' });
    expect(world.syncOnly()).toMatchObject({ created: 1, deleted: 0 });
  });

  it('DS-138 works through nodes in the order of their names', () => {
    const world = new DaemonSetWorld();
    for (const name of ['c', 'a', 'b']) world.addNode(name);
    world.syncOnly();
    const nodes = (): string[] => world.emitted.flatMap((event) => (event.type === 'pod.created.v1' ? [event.node] : []));
    expect(nodes()).toEqual(['a', 'b', 'c']);
    for (const name of ['f', 'd', 'e']) world.addNode(name);
    world.syncOnly();
    expect(nodes(), 'those that are new').toEqual(['d', 'e', 'f']);
  });

  it('DS-138 works through DaemonSets in the order of their names', () => {
    const world = new DaemonSetWorld(null).addNodes(1);
    const { foo } = new DaemonSetWorld();
    for (const name of ['c', 'a', 'b']) world.put({ type: 'daemonset.created.v1', daemonSet: { ...foo, metadata: { ...foo.metadata, name, uid: `uid-${name}` } }, by: 'u' });
    world.syncOnly();
    expect(world.emitted.flatMap((event) => (event.type === 'pod.created.v1' ? [event.owner] : []))).toEqual(['uid-a', 'uid-b', 'uid-c']);
  });

  it('DS-145 creates for all nodes in one decision', () => {
    expect(new DaemonSetWorld().addNodes(600).sync().created).toBe(600);
  });

  it('DS-149 does not try to create in a namespace that is being deleted, nor says anything', () => {
    const world = new DaemonSetWorld().addNodes(2).put(namespace({ deletionTimestamp: '2026-01-01T00:00:00Z' }));
    world.syncOnly();
    expect(types(world)).toEqual(['daemonset.status-changed.v1']);
    expect(world.foo.status).toMatchObject({ desiredNumberScheduled: 2, currentNumberScheduled: 0 });
  });

  it('DS-151 says which Pod it created', () => {
    const world = new DaemonSetWorld().addNodes(1).put(namespace());
    world.syncOnly();
    expect(said(world)).toEqual([`Normal SuccessfulCreate: Created pod: ${world.pods[0]?.metadata.name}`]);
    expect(world.pods[0]?.metadata.name).toMatch(/^foo-[a-z0-9]{5}$/);
    expect([...objectsOf(world.state, 'events').values()][0]).toMatchObject({ involvedObject: { kind: 'DaemonSet', name: 'foo' }, source: { component: 'daemonset-controller' } });
  });

  it('DS-153 says which Pod it deleted, with the grace period of the Pod', () => {
    const world = new DaemonSetWorld().addNodes(1);
    const name = world.addPod('node-0');
    world.taint('node-0', [{ key: 'k', effect: 'NoExecute' }]).syncOnly();
    expect(said(world)).toEqual([`Normal SuccessfulDelete: Deleted pod: ${name}`]);
    expect(world.emitted).toContainEqual(expect.objectContaining({ type: 'pod.deletion-requested.v1', name, graceSeconds: 30, cause: 'not-eligible', by: 'daemonset-controller' }));
  });

  it('DS-128 says that a Pod succeeded', () => {
    const world = new DaemonSetWorld().addNodes(1);
    const name = world.addPod('node-0', { phase: 'Succeeded' });
    world.syncOnly();
    expect(said(world)[0]).toBe(`Normal SucceededDaemonPod: Found succeeded daemon pod default/${name} on node node-0, will try to delete it`);
  });

  it('DS-263 DS-264 deletes the Pods of a node that stops matching or is tainted with NoExecute, and creates none', () => {
    const world = new DaemonSetWorld({ spec: { nodeSelector: { color: 'blue' } } }).addNodes(2, { labels: { color: 'blue' } });
    world.sync();
    world.addNode('node-0', { labels: { color: 'red' } }).taint('node-1', [{ key: 'k', effect: 'NoExecute' }]);
    expect(world.sync()).toEqual({ created: 0, deleted: 2, events: 0 });
    expect(world.sync()).toEqual({ created: 0, deleted: 0, events: 0 });
  });

  it('DS-57 removes a Pod that has ended or was never bound at once', () => {
    const world = new DaemonSetWorld().addNodes(1);
    world.addPod('node-0', { phase: 'Succeeded' });
    world.addPod('node-9', { unbound: true });
    world.syncOnly();
    expect(types(world).filter((type) => type.startsWith('pod.'))).toEqual(['pod.deleted.v1', 'pod.deleted.v1']);
  });

  it('DS-155 cuts long names so that generated ones stay labels', () => {
    const world = new DaemonSetWorld(null);
    const foo = new DaemonSetWorld().foo;
    const name = 'x'.repeat(100);
    world.addNodes(1).put({ type: 'daemonset.created.v1', daemonSet: { ...foo, metadata: { ...foo.metadata, name } }, by: 'u' }).syncOnly();
    expect([...podsOf(world.state).values()].map((pod) => pod.metadata.name.length)).toEqual([63]);
  });

  it('DS-251 counts the Pods that it has just created', () => {
    const world = new DaemonSetWorld().addNodes(5);
    world.syncOnly();
    expect(world.foo.status).toMatchObject({ desiredNumberScheduled: 5, currentNumberScheduled: 5, numberReady: 0, updatedNumberScheduled: 5, numberUnavailable: 5 });
  });

  it('DS-44 keeps what it knows of the nodes when only metadata changed', () => {
    const world = new DaemonSetWorld().addNodes(3);
    world.sync();
    const before = world.state.rollups.get('default/foo');
    const { metadata, spec } = world.foo;
    const daemonSet = { ...world.foo, metadata: { ...metadata, labels: { team: 'a' } }, spec: JSON.parse(JSON.stringify(spec)) as typeof spec };
    world.put({ type: 'daemonset.metadata-changed.v1', daemonSet, by: 'u' }).syncOnly();
    expect(world.emitted).toEqual([]);
    expect(world.state.rollups.get('default/foo')).toBe(before);
    const changed = { ...world.foo, spec: { ...spec, minReadySeconds: 5 } };
    world.put({ type: 'daemonset.spec-changed.v1', daemonSet: changed, by: 'u' }).syncOnly();
    expect(world.state.rollups.get('default/foo'), 'another spec counts even under the same generation').not.toBe(before);
  });

  it('DS-316 touches no Pod of a settled fleet when a new leader starts with everything marked', () => {
    const world = new DaemonSetWorld({ strategy: unavailable(2) }).addNodes(10);
    world.sync();
    world.ready().sync();
    world.state.rollups.clear();
    world.state.dirty.daemonSets.add('default/foo');
    for (let index = 0; index < 10; index += 1) world.state.dirty.nodes.add(`node-${index}`);
    world.syncOnly();
    expect(world.emitted).toEqual([]);
  });
});
