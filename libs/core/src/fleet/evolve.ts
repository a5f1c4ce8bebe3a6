import { buildDaemonPod } from '../daemonset/daemon-pod.ts';
import { backoffKey, countFailure } from '../daemonset/failed-pod-backoff.ts';
import { markDaemonSet } from '../daemonset/mark-daemon-sets.ts';
import type { FleetEvent, ObjectKey, RecordBody } from '../event/fleet-event.ts';
import { invariant } from '../kernel/invariant.ts';
import { LIMITS } from '../kernel/limits.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { Condition, ControllerRevision, DaemonSet, KubernetesObject, Node, ObjectMeta, Pod } from '../kubernetes/objects.ts';
import { statusFromReport } from '../pod/report-to-status.ts';
import { endFailing, forgetFailing, noteFailing } from './failing-nodes.ts';
import { recordKubernetesEvent } from './kubernetes-events.ts';
import { putObject, removeObject } from './object-table.ts';
import { keyOf, nodeNamed, type FleetState } from './state.ts';

/** Where in the log an event stands: the sequence of its record and the record's time (milliseconds). */
export interface EventPosition {
  readonly sequence: number;
  readonly at: number;
}

/** The object that an event names, if it is still the one with that uid: history is never refused, but an event of a replaced object changes nothing. */
const find = (state: FleetState, resource: string, key: ObjectKey): KubernetesObject | undefined => {
  const object = state.objects.get(resource)?.get(keyOf(key.namespace === '' ? undefined : key.namespace, key.name));
  return object?.metadata.uid === key.uid ? object : undefined;
};

const withMetadata = <T extends KubernetesObject>(object: T, metadata: Partial<ObjectMeta>): T => ({ ...object, metadata: { ...object.metadata, ...metadata } });

const changeMetadata = (object: KubernetesObject, change: Partial<ObjectMeta>): KubernetesObject => {
  const metadata: Record<string, unknown> = { ...object.metadata, ...change };
  for (const field of ['finalizers', 'ownerReferences'] as const) if ((metadata[field] as readonly unknown[] | undefined)?.length === 0) delete metadata[field];
  return { ...object, metadata: metadata as unknown as ObjectMeta };
};

const withConditions = (node: Node, conditions: readonly Condition[]): Node => {
  const changed = new Map(conditions.map((entry) => [entry.type, entry]));
  const kept = (node.status?.conditions ?? []).map((entry) => {
    const replacement = changed.get(entry.type);
    changed.delete(entry.type);
    return replacement ?? entry;
  });
  return { ...node, status: { ...node.status, conditions: [...kept, ...changed.values()] } };
};

type Handlers = { readonly [T in FleetEvent['type']]: (state: FleetState, event: Extract<FleetEvent, { type: T }>, position: EventPosition) => void };

const changeNode = (state: FleetState, name: string, position: EventPosition, change: (node: Node) => Node): void => {
  const node = nodeNamed(state, name);
  if (node !== undefined) putObject(state, 'nodes', change(node), position.sequence);
};

const changePod = (state: FleetState, key: ObjectKey, position: EventPosition, change: (pod: Pod) => Pod): void => {
  const pod = find(state, 'pods', key) as Pod | undefined;
  if (pod !== undefined) putObject(state, 'pods', change(pod), position.sequence);
};

const conditionsChanged = (state: FleetState, event: { readonly name: string; readonly conditions: readonly Condition[] }, position: EventPosition): void =>
  changeNode(state, event.name, position, (node) => withConditions(node, event.conditions));

const daemonSetChanged = (state: FleetState, event: { readonly daemonSet: DaemonSet }, position: EventPosition): void =>
  putObject(state, 'daemonsets', event.daemonSet, position.sequence);

const revisionChanged = (state: FleetState, event: { readonly revision: ControllerRevision }, position: EventPosition): void => {
  const { revision } = event;
  putObject(state, 'controllerrevisions', revision, position.sequence);
};

const objectPut = (state: FleetState, event: { readonly resource: string; readonly object: KubernetesObject }, position: EventPosition): void =>
  putObject(state, event.resource, event.object, position.sequence);

const createDaemonPod = (state: FleetState, event: Extract<FleetEvent, { type: 'pod.created.v1' }>, position: EventPosition): void => {
  const daemonSetKey = state.indexes.daemonSetByUid.get(event.owner);
  const daemonSet = daemonSetKey === undefined ? undefined : state.objects.get('daemonsets')?.get(daemonSetKey);
  const revision = state.objects.get('controllerrevisions')?.get(keyOf(event.namespace, event.revision));
  invariant(daemonSet !== undefined && revision !== undefined, `pod.created.v1 of ${event.namespace}/${event.name} names a DaemonSet and a revision that are in the log before it`);
  const placement = { node: event.node, name: event.name, uid: event.uid, at: position.at };
  putObject(state, 'pods', buildDaemonPod(daemonSet as DaemonSet, revision as ControllerRevision, placement), position.sequence);
};

const requestPodDeletion = (state: FleetState, event: Extract<FleetEvent, { type: 'pod.deletion-requested.v1' }>, position: EventPosition): void =>
  changePod(state, event, position, (pod) =>
    withMetadata(pod, {
      deletionTimestamp: toRfc3339(position.at + event.graceSeconds * 1000),
      deletionGracePeriodSeconds: event.graceSeconds,
      // A Pod has a new generation when it is asked to go, but not when it is asked to hurry.
      ...(pod.metadata.deletionTimestamp === undefined ? { generation: (pod.metadata.generation ?? 1) + 1 } : {}),
    }),
  );

const deletePod = (state: FleetState, event: Extract<FleetEvent, { type: 'pod.deleted.v1' }>): void => {
  if (find(state, 'pods', event) === undefined) return;
  state.evictions.delete(event.uid);
  removeObject(state, 'pods', keyOf(event.namespace, event.name));
};

const deleteObject = (state: FleetState, event: Extract<FleetEvent, { type: 'object.deleted.v1' }>): void => {
  const object = find(state, event.resource, event);
  if (object === undefined) return;
  if (event.resource === 'nodes') state.sessions.delete(event.name);
  forgetFailing(state, event);
  if (event.resource === 'daemonsets') state.rollouts.delete(event.uid);
  removeObject(state, event.resource, keyOf(object.metadata.namespace, event.name));
};

const rememberAnswer = (state: FleetState, event: Extract<FleetEvent, { type: 'request.answered.v1' }>): void => {
  state.answers.set(event.id, { code: event.code, resource: event.resource, namespace: event.namespace, name: event.name });
  if (state.answers.size <= LIMITS.answersRememberedMax) return;
  const oldest = state.answers.keys().next();
  if (oldest.done !== true) state.answers.delete(oldest.value);
};

const handlers: Handlers = {
  'epoch.started.v1': (state, event) => {
    state.epoch = event.epoch;
  },
  'object.created.v1': objectPut,
  'object.updated.v1': objectPut,
  'object.deleted.v1': deleteObject,
  'object.deletion-requested.v1': (state, event, position) => {
    const object = find(state, event.resource, event);
    if (object === undefined) return;
    const { finalizers, generation } = event;
    const metadata = { deletionTimestamp: toRfc3339(position.at), deletionGracePeriodSeconds: 0, finalizers, ...(generation === undefined ? {} : { generation }) };
    const deleting = event.resource === 'namespaces' ? { ...object, status: { ...(object['status'] as object | undefined), phase: 'Terminating' } } : object;
    putObject(state, event.resource, changeMetadata(deleting, metadata), position.sequence);
  },
  'object.metadata-changed.v1': (state, event, position) => {
    const object = find(state, event.resource, event);
    if (object !== undefined) putObject(state, event.resource, changeMetadata(object, event.metadata), position.sequence);
  },
  'node.registered.v1': (state, event, position) => {
    state.sessions.set(event.node.metadata.name, { agent: event.agent, session: event.session, bootId: event.bootId });
    state.dirty.commands.add(event.node.metadata.name);
    putObject(state, 'nodes', event.node, position.sequence);
  },
  'node.updated.v1': (state, event, position) => putObject(state, 'nodes', event.node, position.sequence),
  'node.became-ready.v1': conditionsChanged,
  'node.became-not-ready.v1': conditionsChanged,
  'node.lost.v1': conditionsChanged,
  'node.condition-changed.v1': conditionsChanged,
  'node.taints-changed.v1': (state, event, position) =>
    changeNode(state, event.name, position, (node) => {
      const { taints: _before, ...spec } = node.spec ?? {};
      return { ...node, spec: event.taints.length === 0 ? spec : { ...spec, taints: event.taints } };
    }),
  'daemonset.created.v1': daemonSetChanged,
  'daemonset.template-changed.v1': daemonSetChanged,
  'daemonset.spec-changed.v1': daemonSetChanged,
  'daemonset.metadata-changed.v1': daemonSetChanged,
  'daemonset.status-changed.v1': (state, event, position) => {
    const daemonSet = find(state, 'daemonsets', event);
    if (daemonSet !== undefined) putObject(state, 'daemonsets', { ...daemonSet, status: event.status }, position.sequence);
  },
  'daemonset.rollout-progressed.v1': (state, { uid, revision, available, stage, progressedAt }) => {
    if (state.indexes.daemonSetByUid.has(uid)) state.rollouts.set(uid, { revision, available, stage, progressedAt });
  },
  'controllerrevision.created.v1': revisionChanged,
  'controllerrevision.updated.v1': revisionChanged,
  'pod.created.v1': createDaemonPod,
  'pod.applied.v1': (state, event, position) => putObject(state, 'pods', event.pod, position.sequence),
  'pod.updated.v1': (state, event, position) => changePod(state, event, position, () => event.pod),
  'pod.bound.v1': (state, event, position) =>
    changePod(state, event, position, (pod) => ({
      ...pod,
      spec: { ...pod.spec, nodeName: event.node },
      status: {
        ...pod.status,
        conditions: [
          ...(pod.status?.conditions ?? []).filter((entry) => entry.type !== 'PodScheduled'),
          { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: toRfc3339(position.at) },
        ],
      },
    })),
  'pod.reported.v1': (state, event, position) =>
    changePod(state, event, position, (pod) => {
      const node = pod.spec.nodeName === undefined ? undefined : nodeNamed(state, pod.spec.nodeName);
      return { ...pod, status: statusFromReport(pod, event.report, { at: position.at, node }) };
    }),
  'pod.status-changed.v1': (state, event, position) => changePod(state, event, position, (pod) => ({ ...pod, status: event.status })),
  'pod.condition-changed.v1': (state, event, position) =>
    changePod(state, event, position, (pod) => {
      const others = (pod.status?.conditions ?? []).filter((entry) => entry.type !== event.condition.type);
      return { ...pod, status: { ...pod.status, conditions: [...others, event.condition] } };
    }),
  'pod.deletion-requested.v1': requestPodDeletion,
  'pod.deleted.v1': deletePod,
  'pod.eviction-scheduled.v1': (state, event) => {
    state.evictions.set(event.uid, { startedAt: event.startedAt, dueAt: event.dueAt });
  },
  'pod.eviction-cancelled.v1': (state, event) => {
    state.evictions.delete(event.uid);
  },
  'pod.failure-counted.v1': (state, event, position) => {
    const key = backoffKey({ uid: event.owner, generation: event.generation }, event.node);
    countFailure(state.backoffs, key, { delayMs: event.delayMs, lastAt: position.at });
    noteFailing(state, event, position.at);
  },
  'pod.deletion-counted.v1': (state, event) => {
    const key = backoffKey({ uid: event.owner, generation: event.generation }, event.node);
    countFailure(state.backoffs, key, { delayMs: event.delayMs, lastAt: event.from });
    const daemonSet = state.indexes.daemonSetByUid.get(event.owner);
    if (daemonSet !== undefined) markDaemonSet(state, daemonSet, event.node);
  },
  'pod.failures-over.v1': endFailing,
  'event.recorded.v1': recordKubernetesEvent,
  'request.answered.v1': rememberAnswer,
};

/** Folds one event into the state, which it changes in place and returns. Never refuses: what is in the log has happened. */
export const evolve = (state: FleetState, event: FleetEvent, position: EventPosition): FleetState => {
  const handler = handlers[event.type] as (state: FleetState, event: FleetEvent, position: EventPosition) => void;
  handler(state, event, position);
  return state;
};

/** Folds one record. Records are folded in order and without gap. */
export const evolveRecord = (state: FleetState, sequence: number, body: RecordBody): FleetState => {
  invariant(sequence === state.sequence + 1, `record ${sequence} is folded right after record ${state.sequence}`);
  for (const event of body.events) evolve(state, event, { sequence, at: body.at });
  state.sequence = sequence;
  state.at = body.at;
  return state;
};
