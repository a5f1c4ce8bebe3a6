import { describe, expect, it } from 'vitest';
import { podsOf, revisionsOf } from '../fleet/state.ts';
import type { ControllerRevision, DaemonSet, DaemonSetStatus, ObjectMeta } from '../kubernetes/objects.ts';
import { aFoo, aPodOf, L1, L2, ON_DELETE, unavailable, type DaemonSetShape } from '../daemonset/daemon-set-fixtures.ts';
import { DaemonSetWorld } from '../daemonset/daemon-set-world.ts';
import { controllerReference } from '../daemonset/controller-reference.ts';
import { snapshotOf } from './history.ts';
import { templateHash } from './template-hash.ts';
import { templatePatchOf } from './template-patch.ts';

const HASH = 'controller-revision-hash';

const revisions = (world: DaemonSetWorld): ControllerRevision[] => [...revisionsOf(world.state).values()].sort((left, right) => left.revision - right.revision);
const numbers = (world: DaemonSetWorld): number[] => revisions(world).map((revision) => revision.revision);
const current = (world: DaemonSetWorld): ControllerRevision | undefined => revisionsOf(world.state).get(`default/${world.state.rollups.get('default/foo')?.rules.revision ?? ''}`);

interface RevisionShape {
  readonly name: string;
  readonly number: number;
  /** Of the DaemonSet as it is, unless an image is given. */
  readonly image?: string;
  readonly labels?: Record<string, string>;
  readonly hash?: string;
  readonly owned?: boolean;
}

const put = (world: DaemonSetWorld, shape: RevisionShape): DaemonSetWorld => {
  const foo = shape.image === undefined ? world.foo : aFoo({ image: shape.image });
  const revision: ControllerRevision = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: shape.name,
      namespace: 'default',
      uid: `uid-${shape.name}`,
      labels: { ...(shape.labels ?? L1), ...(shape.hash === undefined ? {} : { [HASH]: shape.hash }) },
      ...(shape.owned === false ? {} : { ownerReferences: [controllerReference(world.foo)] }),
    },
    data: templatePatchOf(foo.spec.template).data,
    revision: shape.number,
  };
  return world.put({ type: 'controllerrevision.created.v1', revision, by: 'u' });
};

const started = (shape: DaemonSetShape = {}, nodes = 2): DaemonSetWorld => {
  const world = new DaemonSetWorld({ strategy: ON_DELETE, ...shape }).addNodes(nodes);
  world.sync();
  world.ready().sync();
  return world;
};

const rolled = (world: DaemonSetWorld, image: string): DaemonSetWorld => {
  world.setImage(image);
  for (let round = 0; round < 20; round += 1) {
    world.sync();
    world.ready();
  }
  return world;
};

describe('syncHistory', () => {
  it('DS-174 makes revision 1 first, and another one for another template', () => {
    const world = started();
    expect(numbers(world)).toEqual([1]);
    world.setImage('new').sync();
    expect(numbers(world)).toEqual([1, 2]);
    expect(current(world)?.revision).toBe(2);
  });

  it('DS-178 names it after the hash and copies labels of the template and annotations of the DaemonSet', () => {
    const world = started({ annotations: { 'kubernetes.io/change-cause': 'first', note: 'x' } });
    const hash = templateHash(world.foo.spec.template, undefined);
    expect(revisions(world)).toMatchObject([
      {
        apiVersion: 'apps/v1',
        kind: 'ControllerRevision',
        metadata: {
          name: `foo-${hash}`,
          labels: { ...L1, [HASH]: hash },
          annotations: { 'kubernetes.io/change-cause': 'first', note: 'x' },
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'foo', uid: 'uid-foo', controller: true, blockOwnerDeletion: true }],
        },
        data: templatePatchOf(world.foo.spec.template).data,
        revision: 1,
      },
    ]);
  });

  it('DS-178 does not cut the name', () => {
    const foo = aFoo();
    const name = 'x'.repeat(240);
    const revision = snapshotOf({ ...foo, metadata: { ...foo.metadata, name } }, { number: 1, uid: 'u', createdAt: '2026-01-01T00:00:00Z', collisionCount: undefined });
    expect(revision.metadata.name.startsWith(`${name}-`)).toBe(true);
  });

  it('DS-178 has no field of which nothing is known', () => {
    const { apiVersion, kind, spec } = aFoo();
    const bare: DaemonSet = { apiVersion, kind, metadata: { name: 'foo', uid: 'u' }, spec: { ...spec, template: { spec: spec.template.spec } } };
    const revision = snapshotOf(bare, { number: 1, uid: 'r', createdAt: '2026-01-01T00:00:00Z', collisionCount: undefined });
    const hash = templateHash(bare.spec.template, undefined);
    expect(revision.metadata).toStrictEqual({
      name: `foo-${hash}`,
      uid: 'r',
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { [HASH]: hash },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'foo', uid: 'u', controller: true, blockOwnerDeletion: true }],
    });
  });

  it('DS-179 leaves the annotations of a revision as they were', () => {
    const world = started({ annotations: { 'kubernetes.io/change-cause': 'first' } });
    world.change((foo) => ({ ...foo, metadata: { ...foo.metadata, annotations: { 'kubernetes.io/change-cause': 'second' } } })).sync();
    expect(revisions(world)[0]?.metadata.annotations).toEqual({ 'kubernetes.io/change-cause': 'first' });
  });

  it('DS-169 adopts revisions that the selector matches and releases those that it does not match', () => {
    const world = new DaemonSetWorld();
    put(world, { name: 'orphan', number: 4, image: 'old', hash: 'h', owned: false });
    put(world, { name: 'stray', number: 9, image: 'other', hash: 'h', labels: L2 });
    world.sync();
    expect(revisionsOf(world.state).get('default/orphan')?.metadata.ownerReferences).toMatchObject([{ uid: 'uid-foo' }]);
    expect(revisionsOf(world.state).get('default/stray')?.metadata.ownerReferences).toBeUndefined();
    expect(current(world)?.revision, 'only claimed ones count').toBe(5);
  });

  it('DS-170 gives a revision without hash its name as hash', () => {
    const world = new DaemonSetWorld();
    put(world, { name: 'foo-made-by-hand', number: 1 });
    world.sync();
    expect(revisions(world)).toMatchObject([{ metadata: { labels: { [HASH]: 'foo-made-by-hand' } } }]);
    expect(world.state.rollups.get('default/foo')?.rules.hash).toBe('foo-made-by-hand');
  });

  it('DS-169 DS-170 adopts a revision that has no hash either, and keeps both changes', () => {
    const world = new DaemonSetWorld();
    put(world, { name: 'by-hand', number: 1, owned: false });
    world.sync();
    expect(revisions(world)).toMatchObject([{ metadata: { labels: { [HASH]: 'by-hand' }, ownerReferences: [{ uid: 'uid-foo', controller: true }] } }]);
  });

  it('DS-173 numbers above every revision of another template', () => {
    const world = new DaemonSetWorld();
    put(world, { name: 'a', number: 7, image: 'a', hash: 'a' });
    put(world, { name: 'b', number: 3, image: 'b', hash: 'b' });
    world.sync();
    expect(current(world)?.revision).toBe(8);
  });

  it('DS-175 renumbers the revision that a rollback goes back to, and its number disappears', () => {
    const world = rolled(rolled(started({ strategy: unavailable(2) }), 'second'), 'foo/bar');
    expect(numbers(world)).toEqual([2, 3]);
    expect(current(world)).toMatchObject({ revision: 3 });
    expect(world.pods.every((pod) => pod.metadata.labels?.[HASH] === current(world)?.metadata.labels?.[HASH])).toBe(true);
  });

  it('DS-175 leaves a number that is high enough', () => {
    const world = new DaemonSetWorld();
    put(world, { name: 'mine', number: 12, hash: 'h' });
    put(world, { name: 'old', number: 4, image: 'old', hash: 'o' });
    world.sync();
    expect(numbers(world)).toEqual([4, 12]);
  });

  it('DS-176 DS-177 keeps the highest of several revisions of the template and relabels every Pod', () => {
    const world = started({}, 3);
    world.addPods(1, 'node-9', { hash: 'really-old' });
    const elsewhere = world.addPod('node-9', { hash: 'really-old', namespace: 'elsewhere' });
    put(world, { name: 'twin', number: 5, hash: 'twin' });
    world.state.dirty.daemonSets.add('default/foo');
    world.sync();
    expect(revisions(world)).toMatchObject([{ metadata: { name: 'twin' }, revision: 5 }]);
    expect(world.pods.filter((pod) => pod.metadata.namespace === 'default').map((pod) => pod.metadata.labels?.[HASH])).toEqual(['twin', 'twin', 'twin', 'twin']);
    expect(podsOf(world.state).get(`elsewhere/${elsewhere}`)?.metadata.labels?.[HASH]).toBe('really-old');
    expect(world.emitted.some((event) => event.type === 'pod.created.v1' || event.type === 'pod.deletion-requested.v1')).toBe(false);
  });

  const labelledIn = (world: DaemonSetWorld): string[] => world.emitted.flatMap((event) => (event.type === 'object.metadata-changed.v1' && event.resource === 'pods' ? [`${event.name} ${event.by}`] : []));
  const hashOn = (world: DaemonSetWorld, name: string): string | undefined => podsOf(world.state).get(`default/${name}`)?.metadata.labels?.[HASH];

  it('DS-177 relabels the Pods that carry another hash, in the order of their names', () => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE }).addNodes(4);
    put(world, { name: 'first', number: 1, hash: 'first' });
    const held = aPodOf(world.foo, { node: 'node-0', name: 'pod-000' }, { hash: 'first' });
    for (const hash of ['first', 'second', 'unknown']) world.addPod(`node-${world.pods.length + 1}`, { hash });
    world.put({ type: 'pod.applied.v1', pod: held, by: 'u' });
    put(world, { name: 'second', number: 2, hash: 'second' });
    world.sync();
    expect(labelledIn(world)).toEqual(['pod-000 daemonset-controller', 'pod-001 daemonset-controller', 'pod-003 daemonset-controller']);
    expect(world.pods.map((pod) => pod.metadata.labels?.[HASH])).toEqual(['second', 'second', 'second', 'second']);
  });

  it('DS-177 relabels no Pod of a revision of another template, and none in another namespace', () => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE }).addNodes(1);
    put(world, { name: 'first', number: 1, hash: 'first' });
    put(world, { name: 'second', number: 2, hash: 'second' });
    put(world, { name: 'other', number: 3, image: 'other', hash: 'other' });
    const old = world.addPod('node-0', { hash: 'other' });
    world.put({ type: 'pod.applied.v1', pod: aPodOf(world.foo, { node: 'node-0', name: 'far' }, { hash: 'first', namespace: 'elsewhere' }), by: 'u' });
    world.sync();
    expect(labelledIn(world)).toEqual([]);
    expect(hashOn(world, old)).toBe('other');
  });

  it('DS-177 relabels nothing as long as no revision is there twice', () => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE }).addNodes(1);
    put(world, { name: 'only', number: 1, hash: 'only' });
    const pod = world.addPod('node-0', { hash: 'unknown' });
    world.sync();
    expect(hashOn(world, pod)).toBe('unknown');
  });

  it('DS-176 keeps the later by name on a tie, and numbers it above the others', () => {
    const world = new DaemonSetWorld();
    for (const name of ['twin-b', 'twin-a']) put(world, { name, number: 1, hash: name });
    put(world, { name: 'old', number: 6, image: 'old', hash: 'o' });
    world.sync();
    expect(revisions(world).map((revision) => `${revision.metadata.name} ${revision.revision}`)).toEqual(['old 6', 'twin-b 7']);
  });

  it('DS-181 takes another name when the name is taken by another template, and counts the collision', () => {
    const world = new DaemonSetWorld().addNodes(1);
    const taken = `foo-${templateHash(world.foo.spec.template, undefined)}`;
    put(world, { name: taken, number: 1, image: 'other', hash: 'x', labels: L2, owned: false });
    world.sync();
    expect(world.emitted.find((event) => event.type === 'daemonset.status-changed.v1')).toMatchObject({
      namespace: 'default',
      name: 'foo',
      uid: 'uid-foo',
      status: { collisionCount: 1, currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
    });
    expect(world.foo.status).toMatchObject({ collisionCount: 1, currentNumberScheduled: 1 });
    expect(current(world)?.metadata.name).toBe(`foo-${templateHash(world.foo.spec.template, 1)}`);
    expect(world.pods).toHaveLength(1);
  });

  it('DS-181 uses a revision of that name with the same template, whoever owns it', () => {
    const world = new DaemonSetWorld().addNodes(1);
    const hash = templateHash(world.foo.spec.template, undefined);
    put(world, { name: `foo-${hash}`, number: 1, hash, labels: L2, owned: false });
    world.sync();
    expect(revisions(world)).toHaveLength(1);
    expect(world.foo.status).not.toHaveProperty('collisionCount');
    expect(world.pods).toHaveLength(1);
  });

  it('DS-182 keeps the collision count from then on', () => {
    const world = new DaemonSetWorld().addNodes(1);
    put(world, { name: `foo-${templateHash(world.foo.spec.template, undefined)}`, number: 1, image: 'other', hash: 'x', labels: L2, owned: false });
    world.sync();
    world.ready().sync();
    world.setImage('new').sync();
    expect(world.foo.status?.collisionCount).toBe(1);
    expect(current(world)?.metadata.name).toBe(`foo-${templateHash(world.foo.spec.template, 1)}`);
  });

  it('DS-181 goes on a second later when somebody has taken many names on purpose', () => {
    const world = new DaemonSetWorld().addNodes(1);
    for (let count = -1; count < 12; count += 1) {
      put(world, { name: `foo-${templateHash(world.foo.spec.template, count < 0 ? undefined : count)}`, number: 1, image: 'other', hash: 'x', labels: L2, owned: false });
    }
    expect(world.sync()).toMatchObject({ created: 0 });
    expect(world.foo.status).toMatchObject({ desiredNumberScheduled: 1, collisionCount: 10 });
    world.now += 999;
    world.sync();
    expect(world.foo.status).toMatchObject({ collisionCount: 10 });
    world.now += 1;
    expect(world.sync()).toMatchObject({ created: 1 });
    expect(world.foo.status).toMatchObject({ collisionCount: 12 });
  });

  it('DS-189 does not restart Pods when the current revision is replaced by a twin, because their generation matches', () => {
    const world = started({ strategy: unavailable(1), annotations: { 'deprecated.daemonset.template.generation': '1' } });
    const [only] = revisions(world);
    put(world, { name: 'twin', number: 2, hash: 'twin' });
    world.put({ type: 'object.deleted.v1', resource: 'controllerrevisions', namespace: 'default', name: only?.metadata.name ?? '', uid: only?.metadata.uid ?? '', by: 'u' });
    expect(world.sync()).toMatchObject({ created: 0, deleted: 0 });
    expect(current(world)?.metadata.name).toBe('twin');
    expect(world.foo.status).toMatchObject({ updatedNumberScheduled: 2 });
  });

  it('DS-189 keeps Pods of the restored revision after a rollback by their hash', () => {
    const world = started({ strategy: unavailable(1), annotations: { 'deprecated.daemonset.template.generation': '1' } }, 3);
    const generation = (value: string): void => void world.change((foo) => ({ ...foo, metadata: { ...foo.metadata, annotations: { 'deprecated.daemonset.template.generation': value } } }));
    const before = world.pods.map((pod) => pod.metadata.name);
    generation('2');
    world.setImage('bad').sync();
    world.sync();
    generation('3');
    world.setImage('foo/bar');
    for (let round = 0; round < 6; round += 1) {
      world.sync();
      world.ready();
    }
    expect(before.filter((name) => podsOf(world.state).has(`default/${name}`))).toHaveLength(2);
    expect(world.foo.status).toMatchObject({ updatedNumberScheduled: 3, numberAvailable: 3 });
  });

  it('DS-315 leaves a revision that was added with its owner until something else happens, then merges it', () => {
    const world = started();
    put(world, { name: 'second', number: 2, hash: 'second' });
    world.syncOnly();
    expect(numbers(world)).toEqual([1, 2]);
    const [first] = revisions(world);
    world.put({ type: 'object.deleted.v1', resource: 'controllerrevisions', namespace: 'default', name: first?.metadata.name ?? '', uid: first?.metadata.uid ?? '', by: 'u' });
    world.sync();
    expect(current(world)?.metadata.name).toBe('second');
    world.changeTemplate({ terminationGracePeriodSeconds: 1 }).sync();
    expect(numbers(world)).toEqual([2, 3]);
    const [second] = revisions(world);
    world.put({ type: 'object.deleted.v1', resource: 'controllerrevisions', namespace: 'default', name: second?.metadata.name ?? '', uid: second?.metadata.uid ?? '', by: 'u' });
    world.sync();
    expect(numbers(world), 'a deleted old revision does not come back').toEqual([3]);
  });

  it('DS-187 DS-296 treats a restart as any other change of the template', () => {
    const world = started({ strategy: unavailable(2) });
    world.change((foo) => {
      const { template } = foo.spec;
      return { ...foo, spec: { ...foo.spec, template: { ...template, metadata: { ...template.metadata, annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' } } } } };
    });
    expect(world.sync()).toMatchObject({ created: 0, deleted: 2 });
    expect(numbers(world)).toEqual([1, 2]);
  });
});

describe('cleanUpHistory', () => {
  const withOld = (limit: number, numbersOfOld: readonly number[], shape: DaemonSetShape = {}): DaemonSetWorld => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE, revisionHistoryLimit: limit, ...shape }).addNodes(2);
    for (const number of numbersOfOld) put(world, { name: `old-${number}`, number, image: `image-${number}`, hash: `hash-${number}` });
    return world;
  };
  const names = (world: DaemonSetWorld): string[] => revisions(world).map((revision) => revision.metadata.name).filter((name) => name.startsWith('old-'));

  it('DS-183 deletes the oldest beyond the limit; the current one does not count', () => {
    const world = withOld(2, [1, 2, 3, 4]);
    world.sync();
    expect(names(world)).toEqual(['old-3', 'old-4']);
    expect(current(world)?.revision).toBe(5);
  });

  it('DS-183 keeps only the current one with limit 0', () => {
    const world = withOld(0, [1, 2]);
    world.sync();
    expect(names(world)).toEqual([]);
    expect(revisions(world)).toHaveLength(1);
  });

  it('DS-8 keeps ten when there is no limit', () => {
    const world = withOld(2, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    world.change((foo) => {
      const { revisionHistoryLimit: _limit, ...spec } = foo.spec;
      return { ...foo, spec };
    });
    world.sync();
    expect(names(world)).toHaveLength(10);
  });

  it('DS-184 skips revisions that a Pod still carries, which do not count as deleted', () => {
    const world = withOld(1, [1, 2, 3, 4]);
    world.addPod('node-0', { hash: 'hash-1' });
    world.addPod('node-1', { hash: 'hash-3', phase: 'Failed', terminating: true });
    world.sync();
    expect(names(world)).toEqual(['old-1', 'old-3']);
  });

  it('DS-184 deletes them once the last such Pod is gone', () => {
    const world = withOld(0, [1]);
    const pods = ['node-0', 'node-1'].map((node) => world.addPod(node, { hash: 'hash-1' }));
    world.sync();
    expect(names(world)).toEqual(['old-1']);
    for (const [index, name] of pods.entries()) {
      world.put({ type: 'pod.deleted.v1', namespace: 'default', name, uid: `uid-${name}`, cause: 'api', by: 'u' }).sync();
      expect(names(world)).toEqual(index === 0 ? ['old-1'] : []);
    }
  });

  it('DS-184 does not count a Pod that is meant for no node', () => {
    const world = withOld(0, [1]);
    const pod = aPodOf(world.foo, { node: '', name: 'nowhere' }, { hash: 'hash-1' });
    world.put({ type: 'pod.applied.v1', pod, by: 'u' }).sync();
    expect(names(world)).toEqual([]);
  });

  it('DS-184 goes by another Pod when the one that it knew belongs to somebody else or to nobody, or carries another hash', () => {
    const taken = { ownerReferences: [{ ...controllerReference(aFoo()), name: 'bar', uid: 'uid-bar' }] };
    const relabelled = { labels: L1 };
    const letGo = { ownerReferences: [], labels: { [HASH]: 'hash-1' } };
    for (const [early, late] of [[taken, relabelled], [relabelled, taken], [letGo, taken]] as const) {
      const world = withOld(0, [1]);
      const [first = '', second = ''] = ['node-0', 'node-1'].map((node) => world.addPod(node, { hash: 'hash-1' }));
      const namesAfter = (name: string, metadata: Partial<ObjectMeta>): string[] => {
        if (name !== '') world.put({ type: 'object.metadata-changed.v1', resource: 'pods', namespace: 'default', name, uid: `uid-${name}`, metadata, by: 'u' });
        world.state.dirty.daemonSets.add('default/foo');
        world.syncOnly();
        return names(world);
      };
      expect(namesAfter('', {})).toEqual(['old-1']);
      expect(namesAfter('', {}), 'by the Pod that it knows').toEqual(['old-1']);
      expect(namesAfter(first, early)).toEqual(['old-1']);
      expect(namesAfter(second, late)).toEqual([]);
    }
  });

  it('DS-94 DS-186 goes by the revisions that were old when the sync began', () => {
    const world = started({ revisionHistoryLimit: 0, strategy: unavailable(2) });
    world.setImage('new').sync();
    expect(numbers(world), 'the revision that has just become old counts, and its Pods are going').toEqual([1, 2]);
    world.sync();
    expect(numbers(world)).toEqual([2]);
  });

  it('DS-183 asks a revision with finalizers to go and waits for them', () => {
    const world = withOld(0, [1]);
    const held = revisionsOf(world.state).get('default/old-1');
    if (held === undefined) throw new Error('no revision');
    world.put({ type: 'controllerrevision.updated.v1', revision: { ...held, metadata: { ...held.metadata, finalizers: ['test/hold'] } }, by: 'u' }).sync();
    expect(revisionsOf(world.state).get('default/old-1')?.metadata.deletionTimestamp).toBeDefined();
    world.state.dirty.daemonSets.add('default/foo');
    world.syncOnly();
    expect(world.emitted).toEqual([]);
  });

  it('DS-149 makes no revision in a namespace that is being deleted', () => {
    const world = new DaemonSetWorld().addNodes(1);
    world.put({ type: 'object.created.v1', resource: 'namespaces', object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', uid: 'ns', deletionTimestamp: '2026-01-01T00:00:00Z' } }, by: 'u' });
    world.sync();
    expect(revisions(world)).toEqual([]);
    const status: DaemonSetStatus | undefined = world.foo.status;
    expect(status).toMatchObject({ desiredNumberScheduled: 1, currentNumberScheduled: 0 });
  });
});
