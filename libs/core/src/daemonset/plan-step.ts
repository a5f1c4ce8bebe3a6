import type { DeletionCause, FleetEvent, FleetEventType, ObjectKey } from '../event/fleet-event.ts';
import { keyOf, objectsOf, podsOf, type FleetState } from '../fleet/state.ts';
import type { DaemonSetStatus } from '../kubernetes/objects.ts';
import { targetNodeOf } from '../placement/target-node.ts';
import { controllerOf } from '../fleet/indexes.ts';
import { HASH_LABEL } from './daemon-pod.ts';
import { because, type Reason } from './reason.ts';

/** One thing that a sync does, with the rule that asks for it. */
export type PlanStep =
  | { readonly type: 'create-pod'; readonly node: string; readonly revision: string; readonly reason: Reason }
  | { readonly type: 'delete-pod'; readonly pod: string; readonly node: string; readonly cause: DeletionCause; readonly reason: Reason }
  | { readonly type: 'relabel-pod'; readonly pod: string; readonly hash: string; readonly reason: Reason }
  | { readonly type: 'adopt' | 'release'; readonly resource: string; readonly name: string; readonly reason: Reason }
  | { readonly type: 'create-revision' | 'update-revision'; readonly name: string; readonly revision: number; readonly reason: Reason }
  | { readonly type: 'delete-revision'; readonly name: string; readonly reason: Reason }
  | { readonly type: 'count-failure'; readonly node: string; readonly delayMs: number; readonly reason: Reason }
  | { readonly type: 'end-failures'; readonly node: string; readonly reason: Reason }
  | { readonly type: 'record-event'; readonly severity: string; readonly eventReason: string; readonly message: string }
  | { readonly type: 'set-status'; readonly status: DaemonSetStatus; readonly reason: Reason };

const UNEXPLAINED = because('DS-95', 'part of every sync');

const deletion = (event: ObjectKey & { readonly cause: DeletionCause }, state: FleetState, reason: Reason | undefined): PlanStep => {
  const pod = podsOf(state).get(keyOf(event.namespace, event.name));
  return { type: 'delete-pod', pod: event.name, node: (pod && targetNodeOf(pod)) ?? '', cause: event.cause, reason: reason ?? UNEXPLAINED };
};

const metadataStep = (event: Extract<FleetEvent, { type: 'object.metadata-changed.v1' }>, state: FleetState): PlanStep => {
  const hash = event.metadata.labels?.[HASH_LABEL];
  if (hash !== undefined) return { type: 'relabel-pod', pod: event.name, hash, reason: because('DS-177', 'the revision of its hash was a duplicate') };
  const before = objectsOf(state, event.resource).get(keyOf(event.namespace, event.name));
  return before !== undefined && controllerOf(before) !== undefined
    ? { type: 'release', resource: event.resource, name: event.name, reason: because('DS-231', 'the selector does not match its labels any more') }
    : { type: 'adopt', resource: event.resource, name: event.name, reason: because('DS-233', 'it has no controller and the selector matches its labels') };
};

interface Context {
  /** The fleet before the event. */
  readonly state: FleetState;
  readonly reason: Reason | undefined;
}

type StepMakers = { readonly [T in FleetEventType]?: (event: Extract<FleetEvent, { type: T }>, context: Context) => PlanStep };

const deleteRevision = ({ name }: { readonly name: string }): PlanStep => ({
  type: 'delete-revision',
  name,
  reason: because('DS-183', 'it is a duplicate, or beyond the history limit and no Pod carries its hash'),
});

const makers: StepMakers = {
  'pod.created.v1': ({ node, revision }, { reason }) => ({ type: 'create-pod', node, revision, reason: reason ?? UNEXPLAINED }),
  'pod.deletion-requested.v1': (event, { state, reason }) => deletion(event, state, reason),
  'pod.deleted.v1': (event, { state, reason }) => deletion(event, state, reason),
  'object.metadata-changed.v1': (event, { state }) => metadataStep(event, state),
  'controllerrevision.created.v1': ({ revision }) => ({
    type: 'create-revision',
    name: revision.metadata.name,
    revision: revision.revision,
    reason: because('DS-174', 'no revision is of the current template'),
  }),
  'controllerrevision.updated.v1': ({ revision }) => ({
    type: 'update-revision',
    name: revision.metadata.name,
    revision: revision.revision,
    reason: because('DS-175', 'the current revision has the highest number and a hash label'),
  }),
  'object.deleted.v1': deleteRevision,
  'object.deletion-requested.v1': deleteRevision,
  'pod.failure-counted.v1': ({ node, delayMs }) => ({ type: 'count-failure', node, delayMs, reason: because('DS-141', 'the next failed Pod on this node is kept for so long') }),
  'pod.failures-over.v1': ({ node }) => ({ type: 'end-failures', node, reason: because('failing', 'a Pod became available where Pods had failed, or none is wanted there any more') }),
  'event.recorded.v1': ({ severity, reason, message }) => ({ type: 'record-event', severity, eventReason: reason, message }),
  'daemonset.status-changed.v1': ({ status }) => ({ type: 'set-status', status, reason: because('DS-248', 'a counter or the observed generation changed') }),
};

/** The step that an event of a sync stands for; undefined for events that no sync emits. */
export const stepOf = (event: FleetEvent, context: Context): PlanStep | undefined => {
  const make = makers[event.type] as ((event: FleetEvent, context: Context) => PlanStep) | undefined;
  return make?.(event, context);
};
