// The controller without its process: roles, the fence and the order of effects, message by message.
import { describe, expect, it } from 'vitest';
import type { Preparation } from '../api-write/preparation.ts';
import type { DaemonSet } from '../kubernetes/objects.ts';
import { nodesOf } from '../fleet/state.ts';
import type { Append } from './append-queue.ts';
import { ControllerMachine, type ControllerAction, type FollowedRecord } from './controller-machine.ts';
import type { ControllerInput } from './input.ts';

const NOW = Date.UTC(2030, 0, 1);
// No write through the API is made here, so nothing of the preparation is used.
const preparation = {} as Preparation;

const machineNamed = (holder: string): ControllerMachine => new ControllerMachine({ holder, nodeGraceMs: 10_000, commandsResendMs: 1_000, preparation });

const appendsIn = (actions: readonly ControllerAction[]): readonly Append[] => actions.flatMap((action) => (action.type === 'append' ? [action.append] : []));
const typesOf = (actions: readonly ControllerAction[]): readonly string[] => actions.map((action) => action.type);
const recordOf = ({ epoch, messageId, record }: Append): FollowedRecord => ({ sequence: record.sequence, epoch, messageId, payload: record.payload });

const registration = (name: string): Extract<ControllerInput, { type: 'RegisterNodes' }> => ({
  type: 'RegisterNodes',
  agent: 'agent-1',
  instance: 'instance-1',
  nodes: [
    { name, bootId: 'boot-1', labels: {}, taints: [], address: '192.0.2.1', version: 'v1', capacity: { cpu: '1' }, osImage: 'test', kernelVersion: '1', architecture: 'amd64', runtime: 'test' },
  ],
});

/** A machine that leads: it has the lease, asked for the first epoch and saw its record come back; the first decision has made the namespaces. */
const leading = (): { readonly machine: ControllerMachine; readonly log: Append[] } => {
  const machine = machineNamed('a');
  const log = [...appendsIn(machine.handle({ type: 'lease', isHeld: true, lastSequence: 0 }, NOW))];
  machine.handle({ type: 'records', records: log.map(recordOf) }, NOW);
  for (const append of appendsIn(machine.handle({ type: 'decide', seed: 's' }, NOW))) {
    log.push(append);
    machine.handle({ type: 'settled', messageId: append.messageId, outcome: 'accepted', sequence: append.record.sequence, detail: '' }, NOW);
  }
  return { machine, log };
};

describe('a new leader', () => {
  const VIEW = {
    resource: 'clusterroles',
    object: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'view', annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' } }, rules: [{ verbs: ['get'] }] },
  };
  const firstDecisions = (given: readonly object[]): readonly string[] => {
    const machine = new ControllerMachine({ holder: 'a', nodeGraceMs: 10_000, commandsResendMs: 1_000, preparation, furnishings: [VIEW] });
    machine.handle({ type: 'records', records: [{ sequence: 1, epoch: 0, messageId: 'x', payload: JSON.stringify({ at: NOW, events: given }) }] }, NOW);
    const epoch = appendsIn(machine.handle({ type: 'lease', isHeld: true, lastSequence: 1 }, NOW)).map(recordOf);
    machine.handle({ type: 'records', records: epoch }, NOW);
    const appends = ['s', 't'].flatMap((seed) => appendsIn(machine.handle({ type: 'decide', seed }, NOW)));
    const events = appends.flatMap(({ record }) => (JSON.parse(record.payload) as { readonly events: readonly { readonly type: string; readonly resource?: string }[] }).events);
    return events.filter(({ resource }) => resource === 'clusterroles').map(({ type }) => type);
  };

  it('furnishes a log from before with what every cluster has', () => {
    expect(firstDecisions([])).toEqual(['object.created.v1']);
  });

  it('gives what is there already what it lacks, once', () => {
    const metadata = { ...VIEW.object.metadata, uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' };
    const created = { type: 'object.created.v1', resource: 'clusterroles', by: 'everynode' };
    expect(firstDecisions([{ ...created, object: { ...VIEW.object, metadata, rules: [] } }])).toEqual(['object.updated.v1']);
    expect(firstDecisions([{ ...created, object: { ...VIEW.object, metadata } }])).toEqual([]);
  });
});

describe('a standby', () => {
  it('drops inputs, because only the leader decides', () => {
    expect(machineNamed('a').handle({ type: 'input', ticket: 7, input: registration('n1') }, NOW)).toEqual([{ type: 'drop', ticket: 7 }]);
  });

  it('asks for the next epoch when it has the lease and has folded the whole log', () => {
    const machine = machineNamed('a');
    expect(machine.handle({ type: 'lease', isHeld: true, lastSequence: 5 }, NOW)).toEqual([]);
    const [append] = appendsIn(machine.handle({ type: 'lease', isHeld: true, lastSequence: 0 }, NOW));
    expect(append).toMatchObject({ expectedLastSequence: 0, epoch: 1 });
    expect(JSON.parse(append?.record.payload ?? '')).toEqual({ at: NOW, events: [{ type: 'epoch.started.v1', epoch: 1, holder: 'a' }] });
    expect(machine.role).toBe('candidate');
  });

  it('leads from the moment that the log brings its epoch, not from the acknowledgement', () => {
    const machine = machineNamed('a');
    const [append] = appendsIn(machine.handle({ type: 'lease', isHeld: true, lastSequence: 0 }, NOW));
    if (append === undefined) throw new Error('no append');
    machine.handle({ type: 'settled', messageId: append.messageId, outcome: 'accepted', sequence: 1, detail: '' }, NOW);
    expect(machine.role).toBe('candidate');
    machine.handle({ type: 'records', records: [recordOf(append)] }, NOW);
    expect(machine.role).toBe('leader');
  });

  it('stands by again when somebody else was faster', () => {
    const machine = machineNamed('a');
    const [append] = appendsIn(machine.handle({ type: 'lease', isHeld: true, lastSequence: 0 }, NOW));
    machine.handle({ type: 'settled', messageId: append?.messageId ?? '', outcome: 'refused', sequence: 0, detail: 'wrong last sequence' }, NOW);
    expect(machine.role).toBe('standby');
    expect(machine.handle({ type: 'decide', seed: 's' }, NOW)).toEqual([]);
  });
});

describe('a leader that leaves DaemonSets to another controller', () => {
  const daemonSet: DaemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'web', namespace: 'default', uid: 'uid-web', generation: 1, creationTimestamp: '2030-01-01T00:00:00Z' },
    spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } } },
  };
  const eventsOf = (leavesDaemonSets: boolean): readonly string[] => {
    const machine = new ControllerMachine({ holder: 'a', nodeGraceMs: 10_000, commandsResendMs: 1_000, preparation, leavesDaemonSets });
    const first = { at: NOW, events: [{ type: 'daemonset.created.v1', daemonSet, by: 'user' }] };
    machine.handle({ type: 'records', records: [{ sequence: 1, epoch: 0, messageId: 'm', payload: JSON.stringify(first) }] }, NOW);
    const epoch = appendsIn(machine.handle({ type: 'lease', isHeld: true, lastSequence: 1 }, NOW));
    machine.handle({ type: 'records', records: epoch.map(recordOf) }, NOW);
    machine.handle({ type: 'input', ticket: 1, input: registration('n1') }, NOW);
    return appendsIn(machine.handle({ type: 'decide', seed: 's' }, NOW)).flatMap(({ record }) => record.types);
  };

  it('decides on nodes, and makes no Pod, revision or status', () => {
    expect(eventsOf(false)).toEqual(expect.arrayContaining(['node.registered.v1', 'controllerrevision.created.v1', 'pod.created.v1', 'daemonset.status-changed.v1']));
    const left = eventsOf(true);
    expect(left).toContain('node.registered.v1');
    for (const type of ['controllerrevision.created.v1', 'pod.created.v1', 'daemonset.status-changed.v1']) expect(left).not.toContain(type);
  });
});

describe('a leader', () => {
  it('lets answers and commands leave only after the append is acknowledged', () => {
    const { machine } = leading();
    machine.handle({ type: 'input', ticket: 1, input: registration('n1') }, NOW);
    const decided = machine.handle({ type: 'decide', seed: 'x' }, NOW);
    expect(new Set(typesOf(decided))).toEqual(new Set(['append']));
    expect(nodesOf(machine.state).size).toBe(1);
    const [append] = appendsIn(decided);
    const released = machine.handle({ type: 'settled', messageId: append?.messageId ?? '', outcome: 'accepted', sequence: append?.record.sequence ?? 0, detail: '' }, NOW);
    expect(new Set(typesOf(released))).toEqual(new Set(['reply', 'commands']));
  });

  it('predicts the sequence of what it pipelines', () => {
    const { machine, log } = leading();
    const last = log.at(-1)?.record.sequence ?? 0;
    const appends = ['n1', 'n2'].flatMap((name, index) => {
      machine.handle({ type: 'input', ticket: index, input: registration(name) }, NOW);
      return appendsIn(machine.handle({ type: 'decide', seed: name }, NOW));
    });
    expect(appends.map((append) => append.expectedLastSequence)).toEqual([last, last + 1]);
    expect(machine.appendsInFlight).toBe(2);
  });

  it('decides nothing while an append has to be repeated', () => {
    const { machine } = leading();
    machine.handle({ type: 'input', ticket: 1, input: registration('n1') }, NOW);
    const [append] = appendsIn(machine.handle({ type: 'decide', seed: 'x' }, NOW));
    const repeat = machine.handle({ type: 'settled', messageId: append?.messageId ?? '', outcome: 'unknown', sequence: 0, detail: 'timeout' }, NOW);
    expect(repeat).toEqual([{ type: 'append', append, isRepeat: true }]);
    machine.handle({ type: 'input', ticket: 2, input: registration('n2') }, NOW);
    expect(machine.handle({ type: 'decide', seed: 'y' }, NOW)).toEqual([]);
    expect(machine.inputsWaiting).toBe(1);
  });

  it('takes its own record in the log for an acknowledgement that was lost', () => {
    const { machine } = leading();
    machine.handle({ type: 'input', ticket: 1, input: registration('n1') }, NOW);
    const [append] = appendsIn(machine.handle({ type: 'decide', seed: 'x' }, NOW));
    if (append === undefined) throw new Error('no append');
    expect(typesOf(machine.handle({ type: 'records', records: [recordOf(append)] }, NOW))).toContain('reply');
    expect(machine.appendsInFlight).toBe(0);
  });

  it('steps down when it is refused: nothing of the void decision leaves, and the log is read again', () => {
    const { machine } = leading();
    machine.handle({ type: 'input', ticket: 1, input: registration('n1') }, NOW);
    const [append] = appendsIn(machine.handle({ type: 'decide', seed: 'x' }, NOW));
    const actions = machine.handle({ type: 'settled', messageId: append?.messageId ?? '', outcome: 'refused', sequence: 0, detail: 'wrong last sequence' }, NOW);
    expect(typesOf(actions)).toEqual(['drop', 'role', 'refold']);
    expect(machine.state.sequence).toBe(0);
    expect(machine.role).toBe('standby');
  });

  it('does not fold the rest of a slice in which it finds that it was deposed', () => {
    const { machine, log } = leading();
    const last = log.at(-1)?.record.sequence ?? 0;
    const foreign = (sequence: number, events: readonly unknown[]): FollowedRecord => ({ sequence, epoch: 2, messageId: `b-${sequence}`, payload: JSON.stringify({ at: NOW, events }) });
    const records = [foreign(last + 1, [{ type: 'epoch.started.v1', epoch: 2, holder: 'b' }]), foreign(last + 2, [])];
    expect(typesOf(machine.handle({ type: 'records', records }, NOW))).toEqual(['role', 'refold']);
    expect(machine.state).toMatchObject({ sequence: 0, epoch: 0 });
  });

  it('DS-265 declares a node lost when the grace period ends, and not before a full one of its own', () => {
    const { machine } = leading();
    machine.handle({ type: 'input', ticket: 1, input: registration('n1') }, NOW);
    machine.handle({ type: 'decide', seed: 'x' }, NOW);
    const readyOf = (): unknown => (nodesOf(machine.state).get('/n1')?.status?.conditions ?? []).find((condition) => condition.type === 'Ready')?.status;
    machine.handle({ type: 'decide', seed: 'y' }, NOW + 9_999);
    expect(readyOf()).toBe('True');
    expect(machine.nextWakeAt()).toBeLessThanOrEqual(NOW + 10_000);
    machine.handle({ type: 'decide', seed: 'z' }, NOW + 10_001);
    expect(readyOf()).toBe('Unknown');
  });

  it('takes in a bounded number of nodes with one decision, and the rest with the next', () => {
    const { machine } = leading();
    const [one] = registration('n').nodes;
    if (one === undefined) throw new Error('no node');
    for (let batch = 0; batch < 3; batch += 1) {
      const nodes = Array.from({ length: 3_000 }, (_, index) => ({ ...one, name: `n${batch}-${index}` }));
      machine.handle({ type: 'input', ticket: batch, input: { ...registration('n'), nodes } }, NOW);
    }
    machine.handle({ type: 'decide', seed: 'x' }, NOW);
    expect(machine.inputsWaiting).toBe(1);
    expect(nodesOf(machine.state).size).toBe(6_000);
    machine.handle({ type: 'decide', seed: 'y' }, NOW);
    expect(machine.inputsWaiting).toBe(0);
    expect(nodesOf(machine.state).size).toBe(9_000);
  });

  it('decides nothing any more when the log is broken', () => {
    const { machine } = leading();
    machine.handle({ type: 'input', ticket: 1, input: registration('n1') }, NOW);
    expect(typesOf(machine.handle({ type: 'log-broken', detail: 'the log went backwards' }, NOW))).toEqual(['drop', 'role']);
    expect(machine.role).toBe('halted');
    expect(machine.handle({ type: 'decide', seed: 'x' }, NOW)).toEqual([]);
    expect(machine.handle({ type: 'input', ticket: 2, input: registration('n2') }, NOW)).toEqual([{ type: 'drop', ticket: 2 }]);
  });
});
