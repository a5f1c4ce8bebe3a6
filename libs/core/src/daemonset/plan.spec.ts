// A plan says in plain JSON what one sync would do and why: each kind of step once.
import { describe, expect, it } from 'vitest';
import type { FleetEvent } from '../event/fleet-event.ts';
import { emptyFleet } from '../fleet/state.ts';
import type { ControllerRevision } from '../kubernetes/objects.ts';
import { templatePatchOf } from '../revision/template-patch.ts';
import { aFoo, L1, L2, ON_DELETE, START, surging, unavailable, type DaemonSetShape } from './daemon-set-fixtures.ts';
import { DaemonSetWorld } from './daemon-set-world.ts';
import { planDaemonSet, type Plan } from './plan.ts';
import { stepOf, type PlanStep } from './plan-step.ts';

/** One line a step; the status is looked at separately. */
const lineOf = (step: PlanStep): string => {
  if (step.type === 'record-event') return `${step.severity} ${step.eventReason}: ${step.message}`;
  const { type, reason, ...rest } = step;
  const what = 'status' in rest ? [] : Object.values(rest);
  return [type, ...what, `(${reason.rule} ${reason.text})`].join(' ');
};
const linesOf = (plan: Plan): readonly string[] => plan.steps.map(lineOf);
const changes = (plan: Plan): readonly string[] => plan.steps.filter((step) => step.type !== 'record-event' && step.type !== 'set-status').map(lineOf);

const revision = (name: string, number: number, more: { readonly image?: string; readonly hash?: string; readonly finalizers?: readonly string[] } = {}): FleetEvent => ({
  type: 'controllerrevision.created.v1',
  revision: {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      labels: { ...L1, ...(more.hash === undefined ? {} : { 'controller-revision-hash': more.hash }) },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'foo', uid: 'uid-foo', controller: true, blockOwnerDeletion: true }],
      ...(more.finalizers === undefined ? {} : { finalizers: more.finalizers }),
    },
    data: templatePatchOf(aFoo({ image: more.image ?? 'foo/bar' }).spec.template).data,
    revision: number,
  } satisfies ControllerRevision,
  by: 'u',
});

const HISTORY = 'DS-183 it is a duplicate, or beyond the history limit and no Pod carries its hash';
const HIGHEST = 'DS-175 the current revision has the highest number and a hash label';

/** With its current revision `now`, so that names are known. */
const started = (shape: DaemonSetShape = {}): DaemonSetWorld => new DaemonSetWorld(shape).put(revision('now', 1, { hash: 'now' }));

describe('planDaemonSet', () => {
  it('DS-90 DS-126 creates a revision, then Pods, then writes the status', () => {
    const world = new DaemonSetWorld().addNodes(1);
    const plan = world.planNow();
    const name = plan.steps[0]?.type === 'create-revision' ? plan.steps[0].name : '';
    expect(linesOf(plan)).toEqual([
      `create-revision ${name} 1 (DS-174 no revision is of the current template)`,
      `create-pod node-0 ${name} (DS-126 the node should run a Pod and has none)`,
      expect.stringMatching(/^Normal SuccessfulCreate: Created pod: foo-/),
      'set-status (DS-248 a counter or the observed generation changed)',
    ]);
    expect(plan.status).toMatchObject({ desiredNumberScheduled: 1, currentNumberScheduled: 1, observedGeneration: 1 });
    expect(plan.steps.at(-1)).toMatchObject({ status: plan.status });
    expect(plan.requeueAt, 'when a rollout that does not move is stalled').toBe(START + 600_000);
  });

  it('DS-93 changes nothing and has nothing to do for a fleet that is settled', () => {
    const world = started({ strategy: unavailable(1) }).addNodes(2);
    world.sync();
    world.ready().sync();
    const before = JSON.stringify([...world.state.objects].map(([resource, table]) => [resource, [...table]]));
    expect(world.planNow()).toEqual({ steps: [], status: world.foo.status, requeueAt: undefined });
    expect(JSON.stringify([...world.state.objects].map(([resource, table]) => [resource, [...table]]))).toBe(before);
  });

  it('DS-126 DS-128 DS-131 DS-141 says which Pods go, where and why', () => {
    const world = started().addNodes(3).addNode('node-9', { taints: [{ key: 'k', effect: 'NoExecute' }] });
    world.addPods(2, 'node-0', { hash: 'now' }).addPod('node-1', { hash: 'now', phase: 'Failed' });
    world.addPod('node-2', { hash: 'now', phase: 'Succeeded' });
    world.addPod('node-9', { hash: 'now' });
    world.addPod('nowhere', { hash: 'now', unbound: true });
    expect(changes(world.planNow())).toEqual([
      'delete-pod pod-002 node-0 excess (DS-131 the node has more than one Pod: a bound one stays, then the oldest, then the first by name)',
      'delete-pod pod-003 node-1 failed (DS-141 a Pod that failed is replaced)',
      'count-failure node-1 1000 (DS-141 the next failed Pod on this node is kept for so long)',
      'delete-pod pod-004 node-2 succeeded (DS-128 a Pod that succeeded is replaced)',
      'delete-pod pod-005 node-9 not-eligible (DS-126 the node may not keep a Pod of the DaemonSet)',
      'delete-pod pod-006 nowhere unscheduled-on-missing-node (DS-137 the Pod is meant for a node that is not there)',
    ]);
  });

  it('DS-141 names the events that are recorded', () => {
    const world = started().addNodes(1);
    world.addPod('node-0', { hash: 'now', phase: 'Failed' });
    expect(linesOf(world.planNow()).filter((line) => !line.includes('('))).toEqual([
      'Warning FailedDaemonPod: Found failed daemon pod default/pod-001 on node node-0, will try to kill it',
      'Normal SuccessfulDelete: Deleted pod: pod-001',
    ]);
  });

  it('DS-132 DS-134 DS-135 says what a surge does on a node', () => {
    const world = started({ strategy: surging(1) }).addNodes(3);
    world.addPod('node-0', { hash: 'old', terminating: true });
    world.addPods(2, 'node-1', { hash: 'now' }).addPods(1, 'node-1', { hash: 'old' });
    world.addPods(1, 'node-2', { hash: 'now', readyAt: 0 }).addPods(1, 'node-2', { hash: 'old', readyAt: 0 });
    expect(changes(world.planNow())).toEqual([
      'create-pod node-0 now (DS-132 a surge is allowed and no Pod of the DaemonSet lives on the node)',
      'delete-pod pod-003 node-1 excess (DS-134 during a surge one Pod of the current revision and one old Pod stay)',
      'delete-pod pod-004 node-1 surge-replaced (DS-135 a current Pod is on the node and the old one is not ready)',
      'delete-pod pod-006 node-2 surge-replaced (DS-135 the current Pod on the node is available, so the old one goes)',
    ]);
  });

  it('DS-200 says what a rolling update does', () => {
    const world = started({ strategy: unavailable(1) }).addNodes(2).addPods(1, 'node-0', { hash: 'old', readyAt: 0 }).addPods(1, 'node-1', { hash: 'old', readyAt: 0 });
    expect(changes(world.planNow())).toEqual(['delete-pod pod-001 node-0 outdated (DS-200 the old Pod is replaced within maxUnavailable)']);
  });

  it('DS-231 DS-233 says what is adopted and released', () => {
    const world = started({ strategy: ON_DELETE }).addNodes(1);
    world.addPod('node-0', { owner: 'none' });
    world.addPod('node-0', { labels: L2 });
    expect(changes(world.planNow())).toEqual([
      'release pods pod-002 (DS-231 the selector does not match its labels any more)',
      'adopt pods pod-001 (DS-233 it has no controller and the selector matches its labels)',
    ]);
  });

  it('DS-175 DS-177 DS-183 says what becomes of revisions', () => {
    const world = new DaemonSetWorld({ strategy: ON_DELETE, revisionHistoryLimit: 0 }).addNodes(1);
    world.addPod('node-0', { hash: 'twin' });
    for (const event of [revision('twin', 1, { hash: 'twin' }), revision('now', 2), revision('old', 3, { image: 'old', hash: 'o' }), revision('held', 4, { image: 'held', hash: 'h', finalizers: ['test/hold'] })]) world.put(event);
    expect(changes(world.planNow())).toEqual([
      `update-revision now 2 (${HIGHEST})`,
      'relabel-pod pod-001 now (DS-177 the revision of its hash was a duplicate)',
      `delete-revision twin (${HISTORY})`,
      `update-revision now 5 (${HIGHEST})`,
      `delete-revision old (${HISTORY})`,
      `delete-revision held (${HISTORY})`,
    ]);
  });

  it('DS-149 creates nothing in a namespace that is being deleted', () => {
    const input = { daemonSet: aFoo(), nodes: [], pods: [], revisions: [], now: START };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', uid: 'ns' } };
    expect(planDaemonSet({ ...input, namespace }).steps.map((step) => step.type)).toEqual(['create-revision', 'set-status']);
    const ending = { ...namespace, metadata: { ...namespace.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(planDaemonSet({ ...input, namespace: ending }).steps.map((step) => step.type)).toEqual(['set-status']);
  });

  it('DS-140 DS-250 says when to look again', () => {
    const world = started({ minReadySeconds: 30 }).addNodes(2).at(10).addPods(1, 'node-0', { hash: 'now', readyAt: 5 });
    expect(world.planNow().requeueAt).toBe(START + 35_000);
    world.addPod('node-1', { hash: 'now', phase: 'Failed' });
    world.state.backoffs.set('uid-foo/1/node-1', { delayMs: 8_000, lastAt: START + 9_000 });
    expect(world.planNow().requeueAt).toBe(START + 17_000);
    expect(changes(world.planNow())).toEqual([]);
  });
});

describe('stepOf', () => {
  const state = emptyFleet();

  it('takes an event that no sync emits as no step', () => {
    expect(stepOf({ type: 'object.created.v1', resource: 'configmaps', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', uid: 'c' } }, by: 'u' }, { state, reason: undefined })).toBeUndefined();
  });

  it('DS-95 has words for a step that nobody explained, and no node for a Pod that is not there', () => {
    const key = { namespace: 'default', name: 'p', uid: 'u' };
    const reason = { rule: 'DS-95', text: 'part of every sync' };
    expect(stepOf({ type: 'pod.deleted.v1', ...key, cause: 'excess', by: 'u' }, { state, reason: undefined })).toEqual({ type: 'delete-pod', pod: 'p', node: '', cause: 'excess', reason });
    expect(stepOf({ type: 'pod.created.v1', ...key, node: 'n', owner: 'o', revision: 'r' }, { state, reason: undefined })).toEqual({ type: 'create-pod', node: 'n', revision: 'r', reason });
  });
});
