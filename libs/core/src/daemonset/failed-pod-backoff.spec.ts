import { describe, expect, it } from 'vitest';
import type { FailureBackoff } from '../fleet/state.ts';
import { DaemonSetWorld } from './daemon-set-world.ts';
import { backoffKey, countFailure, decideDeletion, decideFailure } from './failed-pod-backoff.ts';

const MINUTE = 60_000;

describe('decideFailure', () => {
  it('DS-142 deletes the first failed Pod at once, then waits 1 s, 2 s, 4 s … up to 15 min', () => {
    const delays: number[] = [];
    let backoff: FailureBackoff | undefined;
    let now = 0;
    for (let round = 0; round < 13; round += 1) {
      const verdict = decideFailure(backoff, now);
      if (verdict.isHeld) throw new Error('held');
      delays.push(verdict.delayMs / 1000);
      backoff = { delayMs: verdict.delayMs, lastAt: now };
      now += verdict.delayMs;
    }
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
  });

  it('DS-140 holds a failed Pod back until the delay is over', () => {
    expect(decideFailure({ delayMs: 4_000, lastAt: 10_000 }, 13_999)).toEqual({ isHeld: true, until: 14_000, nextDelayMs: 8_000 });
    expect(decideFailure({ delayMs: 4_000, lastAt: 10_000 }, 14_000)).toEqual({ isHeld: false, delayMs: 8_000 });
  });

  it('DS-141 starts afresh when nothing failed for more than half an hour', () => {
    expect(decideFailure({ delayMs: 900_000, lastAt: 0 }, 30 * MINUTE)).toEqual({ isHeld: false, delayMs: 900_000 });
    expect(decideFailure({ delayMs: 900_000, lastAt: 0 }, 30 * MINUTE + 1)).toEqual({ isHeld: false, delayMs: 1_000 });
  });
});

describe('decideDeletion', () => {
  it('R43 creates at once after the first quick deletion, then 1 s, 2 s, 4 s … after the creation before, up to 15 min', () => {
    const waits: number[] = [];
    let backoff: FailureBackoff | undefined;
    let createdAt = 0;
    for (let round = 0; round < 13; round += 1) {
      // Deleted 10 ms after it was made.
      const { from, delayMs } = decideDeletion(backoff, createdAt + 10);
      waits.push(Math.round((from - createdAt) / 1000));
      backoff = { delayMs, lastAt: from };
      createdAt = from;
    }
    expect(waits).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
  });

  it('R43 does not wait where the back-off is over already, and starts afresh after half an hour', () => {
    expect(decideDeletion({ delayMs: 4_000, lastAt: 10_000 }, 14_000)).toEqual({ from: 14_000, delayMs: 8_000 });
    expect(decideDeletion({ delayMs: 4_000, lastAt: 0 }, 30 * MINUTE + 1)).toEqual({ from: 30 * MINUTE + 1, delayMs: 1_000 });
  });
});

describe('countFailure', () => {
  it('DS-143 forgets what nobody touched for more than half an hour', () => {
    const backoffs = new Map<string, FailureBackoff>();
    countFailure(backoffs, 'a', { delayMs: 1_000, lastAt: 0 });
    countFailure(backoffs, 'b', { delayMs: 1_000, lastAt: MINUTE });
    countFailure(backoffs, 'a', { delayMs: 2_000, lastAt: 2 * MINUTE });
    countFailure(backoffs, 'd', { delayMs: 1_000, lastAt: 31 * MINUTE });
    expect([...backoffs.keys()]).toEqual(['b', 'a', 'd']);
    countFailure(backoffs, 'c', { delayMs: 1_000, lastAt: 31 * MINUTE + 1 });
    expect([...backoffs.keys()]).toEqual(['a', 'd', 'c']);
  });
});

describe('reconcileDaemonSets, failed Pods', () => {
  const failing = (): DaemonSetWorld => {
    const world = new DaemonSetWorld().addNodes(1);
    world.addPod('node-0', { phase: 'Failed' });
    return world;
  };

  it('DS-141 warns, deletes the Pod and counts the failure', () => {
    const world = failing();
    expect(world.sync()).toEqual({ created: 0, deleted: 1, events: 1 });
    expect(world.emitted).toContainEqual(
      expect.objectContaining({
        type: 'event.recorded.v1',
        severity: 'Warning',
        reason: 'FailedDaemonPod',
        message: 'Found failed daemon pod default/pod-001 on node node-0, will try to kill it',
        component: 'daemonset-controller',
      }),
    );
    expect(world.state.backoffs.get('uid-foo/1/node-0')).toEqual({ delayMs: 1_000, lastAt: world.now });
  });

  it('DS-140 says nothing and does nothing during back-off, and looks again when it is over', () => {
    const world = failing();
    world.sync();
    world.sync();
    world.setPhase(world.pods[0]?.metadata.name ?? '', 'Failed');
    const lastAt = world.now;
    expect(world.sync()).toEqual({ created: 0, deleted: 0, events: 0 });
    world.now = lastAt + 999;
    expect(world.sync()).toEqual({ created: 0, deleted: 0, events: 0 });
    expect(world.state.backoffs.get('uid-foo/1/node-0')).toEqual({ delayMs: 1_000, lastAt });
    world.now = lastAt + 1_000;
    expect(world.sync()).toEqual({ created: 0, deleted: 1, events: 1 });
    expect(world.state.backoffs.get('uid-foo/1/node-0')).toEqual({ delayMs: 2_000, lastAt: lastAt + 1_000 });
  });

  it('DS-139 starts a fresh back-off when the spec has changed', () => {
    expect(backoffKey({ uid: 'u', generation: 2 }, 'n')).toBe('u/2/n');
    const world = failing();
    world.sync();
    world.sync();
    world.setPhase(world.pods[0]?.metadata.name ?? '', 'Failed');
    world.change((foo) => ({ ...foo, spec: { ...foo.spec, minReadySeconds: 1 } }));
    expect(world.sync()).toMatchObject({ deleted: 1 });
    expect(world.state.backoffs.has('uid-foo/2/node-0')).toBe(true);
  });

  it('DS-144 does not hold back Pods that succeeded, are too many or are rolled', () => {
    const world = failing();
    world.sync();
    world.sync();
    world.setPhase(world.pods[0]?.metadata.name ?? '', 'Succeeded');
    expect(world.sync()).toEqual({ created: 0, deleted: 1, events: 1 });
    expect(world.state.backoffs.size).toBe(1);
  });

  it('DS-205 lets the rolling update replace a failed old Pod although its back-off is not over', () => {
    const world = new DaemonSetWorld().addNodes(1);
    world.addPod('node-0', { phase: 'Failed', hash: 'old' });
    world.state.backoffs.set('uid-foo/1/node-0', { delayMs: 60_000, lastAt: world.now });
    expect(world.sync()).toEqual({ created: 0, deleted: 1, events: 0 });
    expect(world.emitted).toContainEqual(expect.objectContaining({ type: 'pod.deleted.v1', cause: 'outdated' }));
  });

  it('DS-132 bounds the failed Pods that a surge leaves on a node', () => {
    const world = new DaemonSetWorld({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }).addNodes(1);
    for (let round = 0; round < 6; round += 1) {
      world.sync();
      for (const pod of world.pods) world.setPhase(pod.metadata.name, 'Failed');
    }
    expect(world.pods.length).toBeLessThanOrEqual(2);
  });
});
