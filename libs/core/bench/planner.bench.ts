// How long the DaemonSet controller takes: for one changed node among many, and for the first Pods of a new DaemonSet. Run with `npx node libs/core/bench/planner.bench.ts`.
import { performance } from 'node:perf_hooks';
import { stdout } from 'node:process';
import { RecordBuilder } from '../src/controller/record-builder.ts';
import type { Decision } from '../src/controller/decision.ts';
import { aFoo, KEY, unavailable } from '../src/daemonset/daemon-set-fixtures.ts';
import { planDaemonSet } from '../src/daemonset/plan.ts';
import { evolve } from '../src/fleet/evolve.ts';
import { clearDirty, daemonSetsOf, emptyFleet, nodesOf, podsOf, revisionsOf, type FleetState } from '../src/fleet/state.ts';
import { randomFrom } from '../src/kernel/random.ts';
import { toRfc3339 } from '../src/kernel/time.ts';
import type { FleetEvent } from '../src/event/fleet-event.ts';
import type { Pod } from '../src/kubernetes/objects.ts';
import { reconcileDaemonSets } from '../src/reconcile/daemon-sets.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const ROUNDS = 2_000;
let decisions = 0;

const decide = (state: FleetState, at: number, given: readonly FleetEvent[] = []): number => {
  decisions += 1;
  const builder: Decision & { finish(): readonly unknown[] } = new RecordBuilder(state, at, randomFrom(`${decisions}`));
  for (const event of given) builder.emit(event);
  const start = performance.now();
  reconcileDaemonSets(builder);
  builder.finish();
  const elapsed = performance.now() - start;
  state.dirty.nodes.clear();
  return elapsed;
};

const fleetOf = (nodes: number): FleetState => {
  const state = emptyFleet();
  for (let index = 0; index < nodes; index += 1) {
    const name = `node-${String(index).padStart(6, '0')}`;
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name, uid: `uid-${name}`, labels: { 'kubernetes.io/hostname': name } }, spec: {}, status: { conditions: [] } };
    evolve(state, { type: 'node.registered.v1', node, agent: 'a', session: 1, bootId: 'b' }, { sequence: 1, at: START });
  }
  clearDirty(state);
  return state;
};

const statusEvent = (pod: Pod, isReady: boolean, at: number): FleetEvent => ({
  type: 'pod.status-changed.v1',
  namespace: 'default',
  name: pod.metadata.name,
  uid: pod.metadata.uid,
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: toRfc3339(at) }] },
  by: 'agent',
});

const median = (times: readonly number[]): number => times.toSorted((left, right) => left - right)[Math.floor(times.length / 2)] ?? 0;

const row = (what: string, nodes: number, value: number, unit: string): void => {
  stdout.write(`${what.padEnd(58)} ${String(nodes).padStart(7)} nodes ${value.toFixed(1).padStart(9)} ${unit}\n`);
};

for (const nodes of [500, 5_000, 50_000]) {
  const state = fleetOf(nodes);
  const at = START + 1_000;
  evolve(state, { type: 'daemonset.created.v1', daemonSet: aFoo({ strategy: unavailable('10%') }), by: 'bench' }, { sequence: 2, at });
  row('create the Pods of a new DaemonSet, emit included', nodes, decide(state, at), 'ms');

  const pods = [...podsOf(state).values()];
  for (const pod of pods) evolve(state, statusEvent(pod, true, at), { sequence: state.sequence, at });
  row('take in that all Pods became ready', nodes, decide(state, at), 'ms');

  const oneByOne: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const pod = pods[(Math.floor(round / 2) * 7919) % pods.length];
    if (pod !== undefined) oneByOne.push(decide(state, at, [statusEvent(pod, round % 2 === 1, at)]));
  }
  row('one Pod that turned ready or not', nodes, median(oneByOne) * 1_000, 'µs');

  const tainted: number[] = [];
  const names = [...nodesOf(state).values()].map((node) => node.metadata.name);
  for (let round = 0; round < ROUNDS; round += 1) {
    const name = names[(Math.floor(round / 2) * 7919) % names.length] ?? '';
    tainted.push(decide(state, at, [{ type: 'node.taints-changed.v1', name, taints: round % 2 === 0 ? [{ key: 'k', effect: 'NoSchedule' }] : [], by: 'bench' }]));
  }
  row('one node that was tainted or not any more', nodes, median(tainted) * 1_000, 'µs');

  const foo = daemonSetsOf(state).get(KEY) ?? aFoo();
  const start = performance.now();
  planDaemonSet({ daemonSet: foo, nodes: [...nodesOf(state).values()], pods: [...podsOf(state).values()], revisions: [...revisionsOf(state).values()], now: at });
  row('plan everything from scratch', nodes, performance.now() - start, 'ms');

  const template = { ...foo.spec.template, spec: { ...foo.spec.template.spec, containers: [{ name: 'app', image: 'new' }] } };
  const changed = { ...foo, metadata: { ...foo.metadata, generation: 2 }, spec: { ...foo.spec, template } };
  row('begin a rolling update of 10 %', nodes, decide(state, at, [{ type: 'daemonset.template-changed.v1', daemonSet: changed, by: 'bench' }]), 'ms');

  const replaced: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const going = round % 2 === 0 ? [...podsOf(state).values()].find((pod) => pod.metadata.deletionTimestamp !== undefined) : [...podsOf(state).values()].at(-1);
    if (going === undefined) break;
    const { name, uid } = going.metadata;
    const event: FleetEvent = round % 2 === 0 ? { type: 'pod.deleted.v1', namespace: 'default', name, uid, cause: 'stopped', by: 'agent' } : statusEvent(going, true, at);
    replaced.push(decide(state, at, [event]));
    if (nodes > 5_000 && round > 100) break;
  }
  row('one step of it: a Pod gone and created, or ready', nodes, median(replaced) * 1_000, 'µs');
}
