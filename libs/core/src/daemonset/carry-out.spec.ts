// Names of Pods to come, and what is said when Pods have failed.
import { describe, expect, it } from 'vitest';
import type { FleetEvent } from '../event/fleet-event.ts';
import { randomFrom, type Random } from '../kernel/random.ts';
import { createPod } from './carry-out.ts';
import { KEY } from './daemon-set-fixtures.ts';
import { DaemonSetWorld } from './daemon-set-world.ts';
import { nodeRulesOf } from './node-rules.ts';
import { because } from './reason.ts';

/** Draws the given suffixes, one after the other and the last one for ever. */
const drawing = (...suffixes: readonly string[]): { readonly random: Random; readonly drawn: number[] } => {
  const drawn: number[] = [];
  const suffix = (length: number): string => suffixes[Math.min(drawn.push(length), suffixes.length) - 1] ?? '';
  return { random: { ...randomFrom('x'), suffix }, drawn };
};

const create = (world: DaemonSetWorld, random: Random): FleetEvent[] => {
  const emitted: FleetEvent[] = [];
  const decision = { state: world.state, now: world.now, random, emit: (event: FleetEvent): void => void emitted.push(event) };
  createPod({ decision, key: KEY, explain: undefined }, world.foo, { ...nodeRulesOf(world.foo, undefined), revision: 'foo-r' }, { node: 'n', reason: because('DS-126', 'because') });
  return emitted;
};

const taken = (): DaemonSetWorld => {
  const world = new DaemonSetWorld();
  const [pod] = new DaemonSetWorld().addPods(1, 'n').pods;
  if (pod === undefined) throw new Error('no Pod');
  return world.put({ type: 'pod.applied.v1', pod: { ...pod, metadata: { ...pod.metadata, name: 'foo-aaaaa' } }, by: 'u' });
};

describe('createPod', () => {
  it('DS-155 names the Pod with five drawn characters', () => {
    const { random, drawn } = drawing('aaaaa');
    expect(create(new DaemonSetWorld(), random)[0]).toMatchObject({ type: 'pod.created.v1', namespace: 'default', name: 'foo-aaaaa', node: 'n', owner: 'uid-foo', revision: 'foo-r' });
    expect(drawn).toEqual([5]);
  });

  it('DS-155 draws again while the name is taken', () => {
    const { random, drawn } = drawing('aaaaa', 'aaaaa', 'bbbbb');
    expect(create(taken(), random)[0]).toMatchObject({ name: 'foo-bbbbb' });
    expect(drawn).toHaveLength(3);
  });

  it('DS-155 gives up after a hundred names, because no chance is that small', () => {
    const { random, drawn } = drawing('aaaaa');
    expect(() => create(taken(), random)).toThrow('100 generated names for Pods of default/foo in a row are taken');
    expect(drawn).toHaveLength(100);
  });
});

describe('Pods that have failed', () => {
  const said = (status: { readonly reason?: string; readonly message?: string }): readonly string[] => {
    const world = new DaemonSetWorld().addNodes(1);
    world.addPod('node-0');
    world.put({ type: 'pod.status-changed.v1', namespace: 'default', name: 'pod-001', uid: 'uid-pod-001', status: { phase: 'Failed', ...status }, by: 'u' });
    world.sync();
    return world.emitted.flatMap((event) => (event.type === 'event.recorded.v1' && event.severity === 'Warning' ? [`${event.component} ${event.reason}: ${event.message}`] : []));
  };
  const found = 'daemonset-controller FailedDaemonPod: Found failed daemon pod default/pod-001 on node node-0, will try to kill it';

  it('DS-141 are announced, and why they failed as far as they say it', () => {
    expect(said({})).toEqual([found]);
    expect(said({ message: 'words alone' })).toEqual([found]);
    expect(said({ reason: 'Evicted' })).toEqual(['daemonset-controller FailingOnNode: Pods fail on node node-0: Evicted', found]);
    expect(said({ reason: 'Evicted', message: 'low on memory' })).toEqual(['daemonset-controller FailingOnNode: Pods fail on node node-0: Evicted: low on memory', found]);
  });
});
