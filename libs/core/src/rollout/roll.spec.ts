// The rolling step, class by class of node. Nodes are described by what is counted about them; the sequences of whole rollouts are in reconcile/daemon-sets.spec.ts.
import { describe, expect, it } from 'vitest';
import { aFoo, ON_DELETE, surging, unavailable, type DaemonSetShape } from '../daemonset/daemon-set-fixtures.ts';
import { DaemonSetWorld } from '../daemonset/daemon-set-world.ts';
import { isTerminating } from '../daemonset/pod-facts.ts';
import { nodeRulesOf } from '../daemonset/node-rules.ts';
import { FACT } from './node-facts.ts';
import { roll } from './roll.ts';
import { emptyRollup, noteFacts, type Rollup } from './rollup.ts';

const wanted = FACT.exists | FACT.shouldRun;
const kinds = {
  empty: wanted,
  both: wanted | FACT.hasPods | FACT.hasOld | FACT.hasNew,
  bothOldAvailable: wanted | FACT.hasPods | FACT.hasOld | FACT.hasNew | FACT.oldAvailable,
  bothNewAvailable: wanted | FACT.hasPods | FACT.hasOld | FACT.hasNew | FACT.newAvailable,
  conflict: wanted | FACT.hasPods | FACT.conflict,
  newAvailable: wanted | FACT.hasPods | FACT.hasNew | FACT.newAvailable,
  newUnavailable: wanted | FACT.hasPods | FACT.hasNew,
  oldAvailable: wanted | FACT.hasPods | FACT.hasOld | FACT.oldAvailable,
  oldUnavailable: wanted | FACT.hasPods | FACT.hasOld,
  terminating: wanted | FACT.hasPods,
  unwantedOldAvailable: FACT.exists | FACT.hasPods | FACT.hasOld | FACT.oldAvailable,
  unwantedOldUnavailable: FACT.exists | FACT.hasPods | FACT.hasOld,
  unwantedTerminating: FACT.exists | FACT.hasPods,
  goneOldAvailable: FACT.hasPods | FACT.hasOld | FACT.oldAvailable,
  goneOldUnavailable: FACT.hasPods | FACT.hasOld,
} as const;

type Kind = keyof typeof kinds;

const rollupOf = (strategy: DaemonSetShape['strategy'], nodes: Readonly<Record<string, Kind>>): Rollup => {
  const rollup = emptyRollup(nodeRulesOf(aFoo(strategy === undefined ? {} : { strategy }), undefined));
  for (const [name, kind] of Object.entries(nodes)) noteFacts(rollup, name, kinds[kind]);
  return rollup;
};

const step = (strategy: DaemonSetShape['strategy'], nodes: Readonly<Record<string, Kind>>): { readonly create: readonly string[]; readonly remove: readonly string[] } => {
  const rollup = rollupOf(strategy, nodes);
  const { create, remove } = roll(rollup, rollup.rules.spec);
  return { create: create.map(({ node, reason }) => `${node} ${reason.rule}`), remove: remove.map(({ node, reason }) => `${node} ${reason.rule}`) };
};

const nothing = { create: [], remove: [] };

describe('roll within maxUnavailable', () => {
  it.each<readonly [string, Kind]>([
    ['DS-195 two Pods of one revision', 'conflict'],
    ['DS-196 neither an old nor a new Pod', 'empty'],
    ['DS-196 an old and a new Pod', 'bothNewAvailable'],
    ['DS-197 a new Pod that is not available', 'newUnavailable'],
    ['DS-204 only a Pod that terminates', 'terminating'],
    ['DS-204 only a Pod that terminates, where none is wanted', 'unwantedTerminating'],
  ])('%s takes one of the budget and is left alone', (_what, kind) => {
    expect(step(unavailable(1), { a: kind, b: 'oldAvailable' })).toEqual(nothing);
    expect(step(unavailable(2), { a: kind, b: 'oldAvailable' })).toEqual({ create: [], remove: ['b DS-200'] });
  });

  it('DS-197 a new Pod that is available takes nothing', () => {
    expect(step(unavailable(1), { a: 'newAvailable', b: 'oldAvailable' })).toEqual({ create: [], remove: ['b DS-200'] });
  });

  it('DS-198 replaces an old Pod that is not available, and counts it', () => {
    expect(step(unavailable(1), { a: 'oldUnavailable', b: 'oldAvailable' })).toEqual({ create: [], remove: ['a DS-198'] });
    expect(step(unavailable(2), { a: 'oldUnavailable', b: 'oldAvailable' })).toEqual({ create: [], remove: ['a DS-198', 'b DS-200'] });
  });

  it('DS-199 DS-200 takes as many candidates as the budget has left, in the order of names', () => {
    expect(step(unavailable(3), { d: 'oldAvailable', a: 'newUnavailable', c: 'oldAvailable', b: 'oldAvailable' }).remove).toEqual(['b DS-200', 'c DS-200']);
    expect(step(unavailable(10), { a: 'oldAvailable' }).remove).toEqual(['a DS-200']);
  });

  it('DS-200 takes Pods on nodes that should no longer run them first', () => {
    expect(step(unavailable(1), { a: 'oldAvailable', z: 'unwantedOldAvailable' }).remove).toEqual(['z DS-200']);
  });

  it('DS-194 counts nodes that should run the Pod, and those that have one', () => {
    expect(step(unavailable('50%'), { a: 'empty', b: 'oldAvailable', c: 'oldAvailable', d: 'unwantedOldAvailable' }).remove).toEqual(['d DS-200']);
  });

  it('DS-201 replaces all old Pods that are not available in one pass', () => {
    expect(step(unavailable(1), { a: 'oldUnavailable', b: 'oldUnavailable', c: 'oldUnavailable' }).remove).toEqual(['a DS-198', 'b DS-198', 'c DS-198']);
  });

  it('DS-202 touches no healthy old Pod while as many as allowed are unavailable', () => {
    expect(step(unavailable(2), { a: 'oldUnavailable', b: 'oldUnavailable', c: 'oldAvailable' }).remove).toEqual(['a DS-198', 'b DS-198']);
  });

  it('DS-203 creates nothing', () => {
    expect(step(unavailable(5), { a: 'empty', b: 'oldAvailable' }).create).toEqual([]);
  });

  it('DS-137 leaves Pods of nodes that are gone to garbage collection', () => {
    expect(step(unavailable(3), { a: 'goneOldAvailable', b: 'goneOldUnavailable' })).toEqual(nothing);
  });

  it('DS-191 stops when a limit is no number', () => {
    expect(step(unavailable('some'), { a: 'oldAvailable' })).toEqual(nothing);
  });
});

describe('roll within maxSurge', () => {
  it('DS-207 DS-214 counts conflicts and new Pods that are not available yet', () => {
    expect(step(surging(1), { a: 'conflict', b: 'oldAvailable' })).toEqual(nothing);
    expect(step(surging(1), { a: 'bothOldAvailable', b: 'oldAvailable' })).toEqual(nothing);
    expect(step(surging(2), { a: 'bothOldAvailable', b: 'oldAvailable' })).toEqual({ create: ['b DS-218'], remove: [] });
  });

  it('DS-208 counts what serves: the old Pod while there is one, else the new one', () => {
    const serving = (kind: Kind): number => rollupOf(surging(1), { a: kind }).counts.serving;
    const counted = (Object.keys(kinds) as Kind[]).filter((kind) => serving(kind) === 1);
    expect(counted).toEqual(['bothOldAvailable', 'newAvailable', 'oldAvailable', 'unwantedOldAvailable']);
  });

  it('DS-209 does nothing on a node without old Pod', () => {
    expect(step(surging(3), { a: 'empty', b: 'newUnavailable', c: 'newAvailable', d: 'terminating' })).toEqual(nothing);
  });

  it('DS-210 creates beside an old Pod that is not available, outside the budget', () => {
    expect(step(surging(1), { a: 'oldUnavailable', b: 'oldUnavailable', c: 'oldAvailable' })).toEqual({ create: ['a DS-210', 'b DS-210', 'c DS-218'], remove: [] });
  });

  it('DS-211 deletes an old Pod that is not available from a node that should not run it', () => {
    expect(step(surging(1), { a: 'unwantedOldUnavailable' })).toEqual({ create: [], remove: ['a DS-211'] });
  });

  it('DS-212 DS-216 keeps an available old Pod on an unwanted node until more Pods are available than desired', () => {
    expect(step(surging(1), { a: 'unwantedOldAvailable', b: 'newUnavailable', c: 'newAvailable' })).toEqual(nothing);
    expect(step(surging(1), { a: 'unwantedOldAvailable', b: 'newAvailable', c: 'newAvailable' }).remove).toEqual(['a DS-216']);
    expect(step(surging(1), { a: 'unwantedOldAvailable', b: 'unwantedOldAvailable', c: 'newUnavailable', d: 'newAvailable' }), 'three serve where two are desired').toEqual({ create: [], remove: ['a DS-216'] });
  });

  it('DS-213 DS-218 starts new Pods within the budget, in the order of names', () => {
    expect(step(surging(2), { c: 'oldAvailable', b: 'oldAvailable', a: 'oldAvailable' }).create).toEqual(['a DS-218', 'b DS-218']);
  });

  it('DS-215 deletes the old Pod when the new one is available', () => {
    expect(step(surging(1), { a: 'bothNewAvailable' }).remove).toEqual(['a DS-215']);
  });

  it('DS-217 goes on although a node with an old Pod is gone, and leaves that Pod to garbage collection', () => {
    expect(step(surging(1), { a: 'goneOldAvailable', b: 'goneOldUnavailable', c: 'oldAvailable' })).toEqual({ create: ['c DS-218'], remove: [] });
  });
});

describe('roll, other strategies', () => {
  it('DS-224 does nothing with OnDelete', () => {
    expect(step(ON_DELETE, { a: 'oldAvailable', b: 'oldUnavailable' })).toEqual(nothing);
  });
});

describe('roll, what it says of each step', () => {
  const all = (strategy: DaemonSetShape['strategy'], nodes: Readonly<Record<string, Kind>>): readonly string[] => {
    const rollup = rollupOf(strategy, nodes);
    const { create, remove } = roll(rollup, rollup.rules.spec);
    return [...create.map(({ node, reason }) => `${node} ${reason.text}`), ...remove.map(({ node, cause, reason }) => `${node} ${cause}: ${reason.text}`)];
  };

  it('DS-198 DS-200 why an old Pod is replaced', () => {
    expect(all(unavailable(3), { c: 'oldUnavailable', b: 'oldUnavailable', d: 'oldAvailable', a: 'unwantedOldAvailable' })).toEqual([
      'b outdated: the old Pod is not available, so replacing it costs nothing',
      'c outdated: the old Pod is not available, so replacing it costs nothing',
      'a outdated: the old Pod is replaced within maxUnavailable',
    ]);
  });

  it('DS-210 DS-211 DS-215 DS-216 DS-218 why a surge creates and deletes', () => {
    const nodes: Readonly<Record<string, Kind>> = {
      g: 'oldAvailable', f: 'oldUnavailable', e: 'oldUnavailable', d: 'unwantedOldUnavailable', c: 'unwantedOldUnavailable', b: 'bothNewAvailable', a: 'unwantedOldAvailable',
      ...Object.fromEntries(['v', 'w', 'x', 'y', 'z'].map((name) => [name, 'unwantedOldAvailable' as const])),
    };
    expect(all(surging(1), nodes)).toEqual([
      'e the old Pod is not available, so the new one need not wait for the surge budget',
      'f the old Pod is not available, so the new one need not wait for the surge budget',
      'g a new Pod starts beside the old one within maxSurge',
      'c not-eligible: the node should no longer run the Pod, and the old one is not available',
      'd not-eligible: the node should no longer run the Pod, and the old one is not available',
      'b surge-replaced: the new Pod is available, so the old one goes',
      'a not-eligible: the node should no longer run the Pod, and enough Pods elsewhere are available',
      'v not-eligible: the node should no longer run the Pod, and enough Pods elsewhere are available',
      'w not-eligible: the node should no longer run the Pod, and enough Pods elsewhere are available',
    ]);
  });
});

describe('rollout of a fleet', () => {
  const started = (shape: DaemonSetShape, nodes = 3): DaemonSetWorld => {
    const world = new DaemonSetWorld(shape).addNodes(nodes);
    world.sync();
    world.ready().sync();
    return world;
  };
  const images = (world: DaemonSetWorld): string[] => world.pods.map((pod) => `${pod.spec.nodeName} ${pod.spec.containers[0]?.image}`);

  it('DS-219 puts the new Pod beside the old one on the same node', () => {
    const world = started({ strategy: surging(1) }, 1).at(1).setImage('new');
    world.sync();
    expect(images(world).sort()).toEqual(['node-0 foo/bar', 'node-0 new']);
  });

  it('DS-220 deletes the old Pod once, when the new one has become available', () => {
    const world = started({ strategy: surging(1) }, 1).at(1).setImage('new');
    world.sync();
    world.ready();
    expect(world.syncOnly()).toMatchObject({ created: 0, deleted: 1 });
    expect(world.syncOnly(), 'it is not asked to go again while it ends').toMatchObject({ created: 0, deleted: 0 });
    expect(images(world)).toHaveLength(2);
    const going = world.pods.find(isTerminating)?.metadata;
    world.put({ type: 'pod.deleted.v1', namespace: 'default', name: going?.name ?? '', uid: going?.uid ?? '', cause: 'stopped', by: 'agent' });
    expect(world.syncOnly()).toMatchObject({ created: 0, deleted: 0 });
    expect(images(world)).toEqual(['node-0 new']);
  });

  it('DS-221 keeps the old Pod as long as it is ready, and not longer', () => {
    const world = started({ strategy: surging(1) }, 1).at(1);
    const old = world.pods[0]?.metadata.name ?? '';
    world.setImage('new').sync();
    world.at(10_000).sync();
    expect(world.pods).toHaveLength(2);
    world.setReady(old, false);
    expect(world.sync()).toMatchObject({ created: 0, deleted: 1 });
    expect(images(world)).toEqual(['node-0 new']);
  });

  it('DS-222 waits minReadySeconds before it deletes the old Pod', () => {
    const world = started({ strategy: surging(1), minReadySeconds: 10 }, 1).at(100).setImage('new');
    world.sync();
    world.ready().sync();
    world.at(109);
    expect(world.sync()).toMatchObject({ deleted: 0 });
    world.at(110);
    expect(world.sync()).toMatchObject({ deleted: 1 });
  });

  it('DS-225 creates a Pod that was deleted from the new template (OnDelete)', () => {
    const world = started({ strategy: ON_DELETE }).setImage('new');
    expect(world.sync()).toMatchObject({ created: 0, deleted: 0 });
    const { name, uid } = world.pods[0]?.metadata ?? { name: '', uid: '' };
    world.put({ type: 'pod.deleted.v1', namespace: 'default', name, uid, cause: 'api', by: 'u' }).sync();
    expect(images(world)).toEqual(['node-0 new', 'node-1 foo/bar', 'node-2 foo/bar']);
    expect(world.foo.status).toMatchObject({ updatedNumberScheduled: 1 });
  });

  it('DS-224 only counts what is not updated (OnDelete)', () => {
    const world = started({ strategy: ON_DELETE });
    expect(world.foo.status).toMatchObject({ updatedNumberScheduled: 3 });
    world.setImage('new').sync();
    expect(world.foo.status).not.toHaveProperty('updatedNumberScheduled');
  });

  it('DS-226 prunes, replaces and evicts as ever, and ignores the limits of a rolling update (OnDelete)', () => {
    const world = started({ strategy: { type: 'OnDelete', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } });
    world.addPod('node-0', { createdAt: 50 });
    expect(world.sync()).toMatchObject({ created: 0, deleted: 1 });
    world.setPhase(world.podsOn('node-1')[0]?.metadata.name ?? '', 'Failed');
    expect(world.sync()).toMatchObject({ created: 0, deleted: 1, events: 1 });
    expect(world.sync()).toMatchObject({ created: 1 });
    world.taint('node-2', [{ key: 'k', effect: 'NoExecute' }]);
    expect(world.sync()).toMatchObject({ deleted: 1 });
  });

  it('DS-227 rolls all old Pods when OnDelete becomes RollingUpdate, without a new revision', () => {
    const world = started({ strategy: ON_DELETE }).setImage('new');
    world.sync();
    const revisions = world.state.objects.get('controllerrevisions')?.size;
    world.setStrategy(unavailable(2));
    expect(world.sync()).toMatchObject({ created: 0, deleted: 2 });
    expect(world.state.objects.get('controllerrevisions')?.size).toBe(revisions);
  });

  it('DS-194 gives a node that joins during a rollout the new Pod', () => {
    const world = started({ strategy: unavailable(1) }).setImage('new');
    world.sync();
    world.addNode('node-9').sync();
    expect(images(world)).toContain('node-9 new');
  });
});
