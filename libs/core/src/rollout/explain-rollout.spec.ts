// Where a node stands in a rolling update, in words: every answer once. Pods are put where they are; no sync acts on them.
import { describe, expect, it } from 'vitest';
import { ON_DELETE, surging, unavailable, type DaemonSetShape } from '../daemonset/daemon-set-fixtures.ts';
import { DaemonSetWorld } from '../daemonset/daemon-set-world.ts';
import { pictureOf } from '../daemonset/node-picture.ts';
import { rollupFromScratch } from '../daemonset/rollup-from-scratch.ts';
import { explainRollout } from './explain-rollout.ts';
import { ROLLOUT_POLICY_ANNOTATION } from './rollout-policy.ts';

const OLD = { hash: 'old' };
const OLD_AVAILABLE = { hash: 'old', readyAt: 0 };
const NEW = { hash: 'current' };
const NEW_AVAILABLE = { hash: 'current', readyAt: 0 };

/** A DaemonSet with its current revision, and no node yet. */
const started = (shape: DaemonSetShape = {}): DaemonSetWorld => {
  const world = new DaemonSetWorld(shape);
  world.sync();
  return world.at(100);
};

const strict = (shape: DaemonSetShape = {}): DaemonSetWorld => started({ ...shape, annotations: { [ROLLOUT_POLICY_ANNOTATION]: 'strict' } });

const explain = (world: DaemonSetWorld, node = 'node-0'): string => {
  const rollup = rollupFromScratch(world.state, world.foo, world.now);
  return explainRollout(rollup, pictureOf(world.state, rollup.rules, node), world.now)
    .map(({ rule, text }) => `${rule} ${text}`)
    .join('\n');
};

describe('explainRollout', () => {
  it('has nothing to say of a node without Pods or with an available one of the current revision', () => {
    expect(explain(started().addNodes(1))).toBe('');
    expect(explain(started().addNodes(1).addPods(1, 'node-0', NEW_AVAILABLE))).toBe('');
  });

  it('DS-195 leaves two Pods of one revision to the manage step', () => {
    const text = 'DS-195 two Pods of one revision are on the node; the manage step sorts them out first';
    expect(explain(started().addNodes(1).addPods(2, 'node-0', OLD))).toBe(text);
    expect(explain(started().addNodes(1).addPods(2, 'node-0', NEW))).toBe(text);
  });

  it('DS-197 says what a new Pod waits for', () => {
    expect(explain(started().addNodes(1).addPods(1, 'node-0', NEW))).toBe('DS-197 pod-001 is of the current revision but not available: it is not ready');
    expect(explain(started({ minReadySeconds: 20 }).addNodes(1).addPods(1, 'node-0', { hash: 'current', readyAt: 90 }))).toBe(
      'DS-197 pod-001 is of the current revision but not available: it is ready and becomes available at 2026-01-01T00:01:50Z (minReadySeconds 20)',
    );
  });

  it('DS-188 says that a Pod of another revision passes for updated by its template generation', () => {
    const world = started({ annotations: { 'deprecated.daemonset.template.generation': '7' } }).addNodes(1);
    const labels = { 'pod-template-generation': '7' };
    world.addPod('node-0', { hash: 'adopted', readyAt: 0, labels });
    const text = 'DS-188 pod-001 is of revision adopted, but counts as updated by its template generation 7';
    expect(explain(world)).toBe(text);
    world.setReady('pod-001', false);
    expect(explain(world)).toBe(`${text}\nDS-197 pod-001 is of the current revision but not available: it is not ready`);
  });

  it('DS-214 says that an old Pod stays beside the new one', () => {
    const world = started({ strategy: surging(1) }).addNodes(1).addPods(1, 'node-0', OLD_AVAILABLE).addPods(1, 'node-0', NEW);
    expect(explain(world)).toBe('DS-214 the old Pod pod-001 stays until pod-002 is available: it is not ready');
  });

  it('DS-224 says that an old Pod stays until it is deleted (OnDelete)', () => {
    expect(explain(started({ strategy: ON_DELETE }).addNodes(1).addPods(1, 'node-0', OLD))).toBe('DS-224 pod-001 is of an old revision and stays until somebody deletes it (OnDelete)');
  });

  it('DS-198 says that an old Pod that is not available is replaced', () => {
    expect(explain(started({ strategy: unavailable(1) }).addNodes(1).addPods(1, 'node-0', OLD))).toBe('DS-198 old Pod pod-001 is not available and is replaced');
  });

  it('DS-216 says what a surge waits for on a node that is no longer wanted', () => {
    const world = (strategy: DaemonSetShape['strategy']): DaemonSetWorld =>
      started({ strategy }).addNodes(2).addNode('node-9', { taints: [{ key: 'k', effect: 'NoSchedule' }] }).addPods(1, 'node-9', OLD_AVAILABLE);
    expect(explain(world(surging(1)), 'node-9')).toBe('DS-216 old Pod pod-001 goes when more Pods are available elsewhere than the 2 desired');
    expect(explain(world(unavailable(3)), 'node-9'), 'without a surge it is a candidate as any other').toBe('DS-200 old Pod pod-001 is next to be replaced');
  });

  it('DS-191 says that a limit makes no sense', () => {
    const text = 'DS-191 maxUnavailable or maxSurge is neither a number nor a percentage, so nothing is rolled';
    expect(explain(started({ strategy: unavailable('some') }).addNodes(1).addPods(1, 'node-0', OLD_AVAILABLE))).toBe(text);
    expect(explain(strict({ strategy: unavailable('some') }).addNodes(1).addPods(1, 'node-0', OLD_AVAILABLE))).toBe(text);
  });

  it('DS-200 names who uses up maxUnavailable', () => {
    const world = (max: number): DaemonSetWorld => started({ strategy: unavailable(max) }).addNodes(3).addPods(1, 'node-0', OLD_AVAILABLE).addPods(1, 'node-1', NEW).addPods(1, 'node-2', NEW);
    expect(explain(world(2))).toBe('DS-200 old Pod pod-001 waits: maxUnavailable 2 is used up by node-1, node-2');
    expect(explain(world(3))).toBe('DS-200 old Pod pod-001 is next to be replaced');
  });

  it('DS-200 names five of many and counts the others', () => {
    const world = started({ strategy: unavailable(6) }).addNodes(8).addPods(1, 'node-0', OLD_AVAILABLE);
    expect(explain(world)).toMatch(/is used up by node-1, node-2, node-3, node-4, node-5 and 2 more$/);
    expect(explain(world.addPods(1, 'node-7', NEW_AVAILABLE).addPods(1, 'node-6', NEW_AVAILABLE).setStrategy(unavailable(5)))).toMatch(/is used up by node-1, node-2, node-3, node-4, node-5$/);
  });

  it('DS-218 names who uses up maxSurge', () => {
    const world = (max: number): DaemonSetWorld =>
      started({ strategy: surging(max) }).addNodes(3).addPods(1, 'node-0', OLD_AVAILABLE).addPods(1, 'node-1', OLD_AVAILABLE).addPods(1, 'node-1', NEW).addPods(1, 'node-2', NEW_AVAILABLE);
    expect(explain(world(1))).toBe('DS-218 old Pod pod-001 waits: maxSurge 1 is used up by node-1');
    expect(explain(world(2))).toBe('DS-218 old Pod pod-001 is next to get a new one beside it');
  });
});

describe('explainRollout, strict', () => {
  it('says that a node which was not Ready before is left out', () => {
    const world = strict().addNode('node-0', { conditions: [{ type: 'Ready', status: 'False' }] }).addPods(1, 'node-0', OLD);
    expect(explain(world)).toBe('strict old Pod pod-001 waits until its node is Ready again; the rollout goes on without the node');
  });

  it('says that a Pod which is ready and not yet available is not taken', () => {
    const world = strict({ minReadySeconds: 20 }).addNodes(1).addPods(1, 'node-0', { hash: 'old', readyAt: 90 });
    expect(explain(world)).toBe('strict old Pod pod-001 waits: it is ready and becomes available at 2026-01-01T00:01:50Z (minReadySeconds 20), and a ready Pod is not taken before');
  });

  it('names who uses up maxUnavailable', () => {
    const world = (max: number): DaemonSetWorld => strict({ strategy: unavailable(max) }).addNodes(3).addPods(1, 'node-0', OLD_AVAILABLE).addPods(1, 'node-1', NEW).addPods(1, 'node-2', NEW_AVAILABLE);
    expect(explain(world(1))).toBe('strict old Pod pod-001 waits: the budget of 1 is used up by node-1');
    expect(explain(world(2))).toBe('strict old Pod pod-001 is next to be replaced');
  });

  it('takes an old Pod that is not ready before one that is available', () => {
    const world = strict({ strategy: unavailable(1) }).addNodes(2).addPods(1, 'node-0', OLD_AVAILABLE).addPods(1, 'node-1', OLD);
    expect(explain(world)).toBe('strict old Pod pod-001 waits: the budget of 1 is used up by nodes that have no available Pod: node-1');
    expect(explain(world, 'node-1')).toBe('strict old Pod pod-002 is next to be replaced');
  });

  it('names who uses up maxSurge, which nothing else than nodes in hand does', () => {
    const world = (max: number): DaemonSetWorld =>
      strict({ strategy: surging(max) }).addNodes(3).addPods(1, 'node-0', OLD_AVAILABLE).addPods(1, 'node-1', OLD_AVAILABLE).addPods(1, 'node-1', NEW).addPods(1, 'node-2', OLD);
    expect(explain(world(1))).toBe('strict old Pod pod-001 waits: the budget of 1 is used up by node-1');
    expect(explain(world(2))).toBe('strict old Pod pod-001 is next to be replaced');
  });
});
