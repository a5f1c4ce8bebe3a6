// Random histories of a small fleet. After every change the controller that kept its rollup has to do exactly what a plan from scratch says, and what it
// does has to keep the promises of a DaemonSet. The specs at the end prove that the histories reached the cases that matter.
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { KEY, L2, ON_DELETE, surging, unavailable } from '../daemonset/daemon-set-fixtures.ts';
import { DaemonSetWorld } from '../daemonset/daemon-set-world.ts';
import { planDaemonSet, type PlanInput } from '../daemonset/plan.ts';
import type { PlanStep } from '../daemonset/plan-step.ts';
import { isAvailable, isOnlyHeld, isReady, isTerminal, isTerminating } from '../daemonset/pod-facts.ts';
import { rollupFromScratch } from '../daemonset/rollup-from-scratch.ts';
import type { FleetEvent } from '../event/fleet-event.ts';
import { nodesOf, podsOf, revisionsOf } from '../fleet/state.ts';
import type { Pod, Taint } from '../kubernetes/objects.ts';
import { fitOn, placementOf } from '../placement/node-fit.ts';
import { targetNodeOf } from '../placement/target-node.ts';
import { rolloutLimits } from '../rollout/rollout-limits.ts';
import type { OrderedNames } from '../rollout/ordered-names.ts';
import type { Rollup } from '../rollout/rollup.ts';
import { countNodes } from './count-nodes.ts';

const NODES = 6;
const seen = new Map<string, number>();
const reached = (what: string): void => {
  seen.set(what, (seen.get(what) ?? 0) + 1);
};

const taintsOf: Readonly<Record<string, readonly Taint[]>> = {
  none: [],
  noSchedule: [{ key: 'k', effect: 'NoSchedule' }],
  noExecute: [{ key: 'k', effect: 'NoExecute' }],
  notReady: [
    { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' },
  ],
};
const strategies = [unavailable(1), unavailable(3), unavailable('50%'), surging(1), surging('50%'), ON_DELETE];

type Op = (world: DaemonSetWorld) => void;

const nodeName = (index: number): string => `node-${index % NODES}`;
const podAt = (world: DaemonSetWorld, index: number): Pod | undefined => world.pods[index % Math.max(1, world.pods.length)];

const onPod =
  (index: number, what: string, act: (world: DaemonSetWorld, pod: Pod) => void): Op =>
  (world) => {
    const pod = podAt(world, index);
    if (pod === undefined) return;
    reached(what);
    act(world, pod);
  };

const addAgain = (world: DaemonSetWorld, index: number, color: string): void => {
  world.addNode(nodeName(index), { labels: { color } });
};

const index = fc.nat(30);
const oneReady = index.map((pod) => onPod(pod, 'became ready', (world, { metadata }) => void world.setReady(metadata.name)));
const oneNotReady = index.map((pod) => onPod(pod, 'lost readiness', (world, { metadata }) => void world.setReady(metadata.name, false)));
const allReady = fc.constant<Op>((world) => void world.ready());
const agentsFinish = fc.constant<Op>((world) => {
  for (const pod of world.pods) {
    if (!isTerminating(pod)) continue;
    world.put({ type: 'pod.deleted.v1', namespace: 'default', name: pod.metadata.name, uid: pod.metadata.uid, cause: 'stopped', by: 'agent' });
  }
});
const operation: fc.Arbitrary<Op> = fc.oneof(
  fc.tuple(index, fc.constantFrom('blue', 'red')).map(([node, color]): Op => (world) => addAgain(world, node, color)),
  index.map((node): Op => (world) => void world.removeNode(nodeName(node))),
  fc.tuple(index, fc.constantFrom('none', 'noSchedule', 'noExecute', 'notReady')).map(([node, taints]): Op => (world) => void world.taint(nodeName(node), taintsOf[taints] ?? [])),
  oneReady,
  oneNotReady,
  index.map((pod) => onPod(pod, 'failed', (world, { metadata }) => void world.setPhase(metadata.name, 'Failed'))),
  index.map((pod) => onPod(pod, 'succeeded', (world, { metadata }) => void world.setPhase(metadata.name, 'Succeeded'))),
  index.map((pod) =>
    onPod(pod, 'deleted by a user', (world, { metadata }) => {
      world.put({ type: 'pod.deletion-requested.v1', namespace: 'default', name: metadata.name, uid: metadata.uid, graceSeconds: 30, cause: 'api', by: 'u' });
    }),
  ),
  fc.tuple(index, fc.constantFrom(0, 3_000)).map(([pod, ahead]) =>
    onPod(pod, 'deleted as soon as it was made', (world, { metadata, spec }) => {
      const node = spec.nodeName ?? nodeName(pod);
      world.put({ type: 'pod.deletion-counted.v1', owner: 'uid-foo', generation: world.foo.metadata.generation ?? 0, node, delayMs: 2_000, from: world.now + ahead });
      world.put({ type: 'pod.deleted.v1', namespace: 'default', name: metadata.name, uid: metadata.uid, cause: 'api', by: 'u' });
    }),
  ),
  index.map((pod) =>
    onPod(pod, 'relabelled', (world, { metadata }) => {
      world.put({ type: 'object.metadata-changed.v1', resource: 'pods', namespace: 'default', name: metadata.name, uid: metadata.uid, metadata: { labels: L2 }, by: 'u' });
    }),
  ),
  fc.tuple(index, fc.constantFrom('none', 'foo', 'other'), fc.boolean(), fc.boolean()).map(
    ([node, owner, isOld, unbound]): Op =>
      (world) =>
        void world.addPod(nodeName(node), { owner: owner as 'none', unbound, ...(isOld ? { hash: 'old' } : { hash: 'current' }), createdAt: -1 - node }),
  ),
  fc.nat(3).map((image): Op => (world) => {
    reached('template changed');
    world.setImage(`image-${image}`);
  }),
  fc.constantFrom(...strategies).map((strategy): Op => (world) => void world.setStrategy(strategy)),
  fc.constantFrom(0, 5).map((minReadySeconds): Op => (world) => void world.change((foo) => ({ ...foo, spec: { ...foo.spec, minReadySeconds } }))),
  fc.constantFrom(undefined, { color: 'blue' }).map(
    (nodeSelector): Op =>
      (world) =>
        void world.change((foo) => {
          const { nodeSelector: _before, ...spec } = foo.spec.template.spec;
          return { ...foo, spec: { ...foo.spec, template: { ...foo.spec.template, spec: nodeSelector === undefined ? spec : { ...spec, nodeSelector } } } };
        }),
  ),
  fc.constantFrom(500, 2_000, 6_000, 60_000).map((ms): Op => (world) => void (world.now += ms)),
  index.map((which): Op => (world) => {
    const revision = [...revisionsOf(world.state).values()][which % Math.max(1, revisionsOf(world.state).size)];
    if (revision === undefined) return;
    reached('revision deleted');
    world.put({ type: 'object.deleted.v1', resource: 'controllerrevisions', namespace: 'default', name: revision.metadata.name, uid: revision.metadata.uid, by: 'u' });
  }),
  allReady,
  agentsFinish,
);

const history = fc.record({ strategy: fc.constantFrom(...strategies), nodes: fc.nat(NODES), operations: fc.array(operation, { minLength: 1, maxLength: 25 }) });

const textOfStep = (step: PlanStep): string | undefined => {
  switch (step.type) {
    case 'create-pod':
      return `create on ${step.node} from ${step.revision}`;
    case 'delete-pod':
      return `delete ${step.pod}: ${step.cause}`;
    case 'relabel-pod':
      return `metadata of pods ${step.pod}`;
    case 'adopt':
    case 'release':
      return `metadata of ${step.resource} ${step.name}`;
    case 'create-revision':
    case 'update-revision':
      return `revision ${step.name} is ${step.revision}`;
    case 'delete-revision':
      return `no revision ${step.name}`;
    case 'count-failure':
      return `failure on ${step.node}: ${step.delayMs}`;
    case 'end-failures':
      return `no failures on ${step.node}`;
    case 'set-status':
      return `status ${JSON.stringify(step.status)}`;
    case 'record-event':
      return undefined;
  }
};

const textOfEvent = (event: FleetEvent): string | undefined => {
  if (event.type === 'pod.created.v1') return `create on ${event.node} from ${event.revision}`;
  if (event.type === 'pod.deletion-requested.v1' || event.type === 'pod.deleted.v1') return `delete ${event.name}: ${event.cause}`;
  if (event.type === 'object.metadata-changed.v1') return `metadata of ${event.resource} ${event.name}`;
  if (event.type === 'controllerrevision.created.v1' || event.type === 'controllerrevision.updated.v1') return `revision ${event.revision.metadata.name} is ${event.revision.revision}`;
  if (event.type === 'object.deleted.v1') return `no revision ${event.name}`;
  if (event.type === 'pod.failure-counted.v1') return `failure on ${event.node}: ${event.delayMs}`;
  if (event.type === 'pod.failures-over.v1') return `no failures on ${event.node}`;
  return event.type === 'daemonset.status-changed.v1' ? `status ${JSON.stringify(event.status)}` : undefined;
};

const contentOf = (rollup: Rollup | undefined): unknown => {
  if (rollup === undefined) return undefined;
  const names = (of: Set<string> | OrderedNames): string[] => [...rollup.facts.keys()].filter((name) => of.has(name)).sort();
  return {
    facts: Object.fromEntries([...rollup.facts].sort(([left], [right]) => (left < right ? -1 : 1))),
    counts: rollup.counts,
    sets: [rollup.unavailable, rollup.broken, rollup.replaced, rollup.candidates, rollup.sunset].map(names),
    sizes: [rollup.candidates.size, rollup.sunset.size],
    old: rollup.old.map((revision) => revision.metadata.name),
    hash: rollup.rules.hash,
  };
};

const living = (pods: readonly Pod[]): readonly Pod[] => pods.filter((pod) => !isTerminating(pod) && !isTerminal(pod));

/** Judged by counts of its own: the controller's are part of what is judged. */
const checkRollout = (world: DaemonSetWorld, before: { readonly pods: readonly Pod[]; readonly removed: ReadonlyMap<string, string> }): void => {
  const { foo } = world;
  if (world.state.failing.size > 0) reached('failing nodes');
  const rules = world.state.rollups.get(KEY)?.rules;
  if (rules === undefined) return;
  const counts = countNodes(world, world.pods, rules);
  const limits = rolloutLimits(foo.spec, counts.desired);
  const healthyOn = (cause: string): readonly string[] =>
    [...before.removed].flatMap(([name, why]) => {
      const pod = before.pods.find((candidate) => candidate.metadata.name === name);
      return why === cause && pod !== undefined && isAvailable(pod, foo.spec.minReadySeconds ?? 0, world.now) ? [targetNodeOf(pod) ?? ''] : [];
    });
  if (limits !== undefined && healthyOn('outdated').length > 0) {
    reached('healthy old Pod replaced within maxUnavailable');
    expect(counts.unavailable, 'no more nodes are unavailable than allowed').toBeLessThanOrEqual(limits.maxUnavailable);
  }
  const mayStay = (node: string): boolean => fitOn(placementOf(foo.spec.template), nodesOf(world.state).get(`/${node}`)).shouldContinueRunning;
  if (healthyOn('not-eligible').some(mayStay)) {
    reached('healthy Pod taken where it is no longer wanted');
    expect(counts.serving, 'no less nodes are served than are desired').toBeGreaterThanOrEqual(counts.desired);
  }
};

/** Whatever the fleet looks like, the controller itself never adds a Pod where one is, nor takes more healthy ones than it may. */
const checkPromises = (world: DaemonSetWorld, before: { readonly pods: readonly Pod[]; readonly created: readonly string[]; readonly removed: ReadonlyMap<string, string> }): void => {
  const { foo } = world;
  const surges = foo.spec.updateStrategy?.rollingUpdate?.maxSurge !== 0 && foo.spec.updateStrategy?.type === 'RollingUpdate';
  for (const { metadata } of nodesOf(world.state).values()) {
    const from = world.state.backoffs.get(`uid-foo/${foo.metadata.generation ?? 0}/${metadata.name}`)?.lastAt ?? 0;
    if (from <= world.now) continue;
    reached('creation held by the back-off');
    expect(before.created, 'nothing is created before the back-off is over').not.toContain(metadata.name);
  }
  for (const node of before.created) {
    reached(surges ? 'created during surge' : 'created');
    const own = new Set(world.pods.map((pod) => pod.metadata.name));
    const there = before.pods.filter((pod) => targetNodeOf(pod) === node && !isOnlyHeld(pod) && own.has(pod.metadata.name)).map((pod) => pod.metadata.name);
    if (surges) {
      expect(living(world.podsOn(node)).length, 'at most two Pods live on a node during a surge').toBeLessThanOrEqual(2);
      if (there.length > 0) reached('second Pod beside an old one');
    } else {
      expect(there, 'a Pod is created only where none is').toEqual([]);
    }
    expect(fitOn(placementOf(foo.spec.template), nodesOf(world.state).get(`/${node}`)).shouldRun, 'a Pod is created only where one should run').toBe(true);
  }
  checkRollout(world, before);
};

const syncAndCheck = (world: DaemonSetWorld): string[] => {
  const pods = podsOf(world.state);
  const before = [...pods.values()];
  const plan = world.planNow();
  world.syncOnly();
  const done = world.emitted.map(textOfEvent).filter((text) => text !== undefined);
  expect(done, 'the same as planned from scratch').toEqual(plan.steps.map(textOfStep).filter((text) => text !== undefined));
  expect(contentOf(world.state.rollups.get(KEY)), 'the same as counted from scratch').toEqual(contentOf(rollupFromScratch(world.state, world.foo, world.now)));
  const created = world.emitted.flatMap((event) => (event.type === 'pod.created.v1' ? [event.node] : []));
  const removed = new Map(world.emitted.flatMap((event) => (event.type === 'pod.deletion-requested.v1' || event.type === 'pod.deleted.v1' ? [[event.name, event.cause] as const] : [])));
  for (const cause of removed.values()) reached(`removed: ${cause}`);
  for (const event of world.emitted) if (event.type === 'object.metadata-changed.v1') reached(event.metadata.ownerReferences?.length === 1 ? 'adopted' : 'released or relabelled');
  if (world.emitted.some(({ type }) => type === 'pod.failures-over.v1')) reached('failures over');
  checkPromises(world, { pods: before, created, removed });
  return done;
};

/** Agents do what they are told and time passes, until nothing changes any more. */
const settle = (world: DaemonSetWorld): void => {
  for (let round = 0; round < 200; round += 1) {
    const done = syncAndCheck(world);
    for (const pod of world.pods) {
      if (!isTerminating(pod)) continue;
      world.put({ type: 'pod.deleted.v1', namespace: 'default', name: pod.metadata.name, uid: pod.metadata.uid, cause: 'stopped', by: 'agent' });
    }
    for (const pod of world.pods) {
      const isGone = !nodesOf(world.state).has(`/${targetNodeOf(pod) ?? ''}`);
      if (isGone) world.put({ type: 'pod.deleted.v1', namespace: 'default', name: pod.metadata.name, uid: pod.metadata.uid, cause: 'node-gone', by: 'gc' });
      else if (!isTerminal(pod) && !isReady(pod)) world.setReady(pod.metadata.name);
    }
    world.now += 1_000_000;
    if (done.length === 0 && round > 2) return;
  }
  throw new Error('did not settle');
};

const play = ({ strategy, nodes, operations }: { readonly strategy: (typeof strategies)[number]; readonly nodes: number; readonly operations: readonly Op[] }, each: (world: DaemonSetWorld) => void): DaemonSetWorld => {
  const world = new DaemonSetWorld({ strategy });
  for (let node = 0; node < nodes; node += 1) addAgain(world, node, node % 2 === 0 ? 'blue' : 'red');
  each(world);
  for (const op of operations) {
    // Two Pods made within one second are told apart by their names, which are drawn.
    world.now += 1_000;
    op(world);
    each(world);
  }
  return world;
};

describe('reconcileDaemonSets, random histories', () => {
  it('DS-93 does what a plan from scratch says, and keeps its promises', () => {
    fc.assert(fc.property(history, (it) => void play(it, syncAndCheck)), { numRuns: 400 });
  });

  it('DS-126 ends with exactly one current Pod on every node that should run it and none where none may be', () => {
    fc.assert(
      fc.property(history, (it) => {
        const world = play(it, syncAndCheck);
        settle(world);
        const { foo } = world;
        for (const node of nodesOf(world.state).values()) {
          const fit = fitOn(placementOf(foo.spec.template), node);
          const pods = world.podsOn(node.metadata.name);
          if (fit.shouldRun) expect(pods).toHaveLength(1);
          else if (!fit.shouldContinueRunning) {
            reached('node without Pod');
            expect(pods).toEqual([]);
          }
          if (!fit.shouldRun || foo.spec.updateStrategy?.type === 'OnDelete') continue;
          expect(pods[0]?.metadata.labels?.['controller-revision-hash']).toBe(world.state.rollups.get(KEY)?.rules.hash);
        }
        expect(world.planNow().steps, 'nothing is left to do').toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('DS-200 DS-216 keeps its promises in the middle of a rollout', () => {
    const rollout = fc.record({
      strategy: fc.constantFrom(unavailable(1), unavailable('50%'), surging(1), surging('50%')),
      unwanted: fc.array(index, { maxLength: 3 }),
      notReady: fc.array(oneNotReady, { maxLength: 3 }),
      operations: fc.array(fc.oneof(allReady, agentsFinish, oneReady, oneNotReady), { maxLength: 20 }),
    });
    fc.assert(
      fc.property(rollout, ({ strategy, unwanted, notReady, operations }) => {
        const fresh: Op = (world) => void world.ready();
        const begin: Op = (world) => {
          for (const node of unwanted) world.taint(nodeName(node), taintsOf['noSchedule'] ?? []);
          world.setImage('another');
        };
        play({ strategy, nodes: NODES, operations: [fresh, ...notReady, begin, ...operations] }, syncAndCheck);
      }),
      { numRuns: 200 },
    );
  });

  it('DS-138 plans the same for the same fleet, in whatever order it is given', () => {
    fc.assert(
      fc.property(history, fc.nat(), (it, rotation) => {
        const world = play(it, (current) => void current.syncOnly());
        world.setImage('another').ready();
        const turned = <T>(list: Iterable<T>): T[] => {
          const all = [...list];
          const cut = rotation % Math.max(1, all.length);
          return [...all.slice(cut), ...all.slice(0, cut)].toReversed();
        };
        const input: PlanInput = {
          daemonSet: world.foo,
          nodes: [...nodesOf(world.state).values()],
          pods: [...podsOf(world.state).values()],
          revisions: [...revisionsOf(world.state).values()],
          backoffs: world.state.backoffs,
          failing: world.state.failing,
          now: world.now,
        };
        const plan = planDaemonSet(input);
        if (plan.steps.length > 3) reached('plan of several steps');
        expect(planDaemonSet(input)).toEqual(plan);
        expect(planDaemonSet({ ...input, nodes: turned(input.nodes), pods: turned(input.pods), revisions: turned(input.revisions) })).toEqual(plan);
        expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      }),
      { numRuns: 100 },
    );
  });

  afterAll(() => {
    for (const what of [
      'created',
      'created during surge',
      'second Pod beside an old one',
      'healthy old Pod replaced within maxUnavailable',
      'healthy Pod taken where it is no longer wanted',
      'removed: excess',
      'removed: not-eligible',
      'removed: failed',
      'removed: succeeded',
      'removed: outdated',
      'removed: surge-replaced',
      'removed: unscheduled-on-missing-node',
      'adopted',
      'released or relabelled',
      'template changed',
      'revision deleted',
      'node without Pod',
      'plan of several steps',
      'became ready',
      'lost readiness',
      'deleted by a user',
      'deleted as soon as it was made',
      'creation held by the back-off',
      'failing nodes',
      'failures over',
    ]) {
      expect(seen.get(what) ?? 0, `histories that reached: ${what}`).toBeGreaterThan(0);
    }
  });
});

