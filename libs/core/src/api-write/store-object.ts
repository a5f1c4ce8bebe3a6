import type { Decision } from '../controller/decision.ts';
import type { FleetEvent } from '../event/fleet-event.ts';
import { recordEvent } from '../fleet/record-event.ts';
import { objectsOf } from '../fleet/state.ts';
import { objectKeyOf } from '../garbage/delete-object.ts';
import { LIMITS } from '../kernel/limits.ts';
import type { ControllerRevision, DaemonSet, DaemonSetStatus, KubernetesObject, Pod, PodStatus } from '../kubernetes/objects.ts';
import { isSameJson } from './same-json.ts';

const eventOfNew = (resource: string, object: KubernetesObject, by: string): FleetEvent => {
  switch (resource) {
    case 'daemonsets':
      return { type: 'daemonset.created.v1', daemonSet: object as DaemonSet, by };
    case 'controllerrevisions':
      return { type: 'controllerrevision.created.v1', revision: object as ControllerRevision, by };
    case 'pods':
      return { type: 'pod.applied.v1', pod: object as Pod, by };
    default:
      return { type: 'object.created.v1', resource, object, by };
  }
};

const withoutVersion = ({ metadata }: KubernetesObject): object => ({ ...metadata, resourceVersion: '' });

const changesOnlyStatus = (before: KubernetesObject, after: KubernetesObject): boolean =>
  isSameJson(before['spec'], after['spec']) && isSameJson(withoutVersion(before), withoutVersion(after));

const eventOfDaemonSet = (before: DaemonSet, after: DaemonSet, by: string): FleetEvent => {
  if (!isSameJson(before.spec.template, after.spec.template)) return { type: 'daemonset.template-changed.v1', daemonSet: after, by };
  if (!isSameJson(before.spec, after.spec)) return { type: 'daemonset.spec-changed.v1', daemonSet: after, by };
  if (!changesOnlyStatus(before, after)) return { type: 'daemonset.metadata-changed.v1', daemonSet: after, by };
  return { type: 'daemonset.status-changed.v1', ...objectKeyOf(after), status: after.status as DaemonSetStatus, by };
};

const eventOfPod = (before: Pod, after: Pod, by: string): FleetEvent =>
  changesOnlyStatus(before, after)
    ? { type: 'pod.status-changed.v1', ...objectKeyOf(after), status: after.status as PodStatus, by }
    : { type: 'pod.updated.v1', ...objectKeyOf(after), pod: after, by };

const eventOfChanged = (resource: string, before: KubernetesObject, after: KubernetesObject, by: string): FleetEvent => {
  switch (resource) {
    case 'daemonsets':
      return eventOfDaemonSet(before as DaemonSet, after as DaemonSet, by);
    case 'controllerrevisions':
      return { type: 'controllerrevision.updated.v1', revision: after as ControllerRevision, by };
    case 'pods':
      return eventOfPod(before as Pod, after as Pod, by);
    case 'nodes':
      return { type: 'node.updated.v1', node: after, by };
    default:
      return { type: 'object.updated.v1', resource, object: after, by };
  }
};

/** Events that clients write are bounded together with those of controllers: the oldest makes room. */
const makeRoomForEvent = (decision: Decision): void => {
  const events = objectsOf(decision.state, 'events');
  if (events.size < LIMITS.eventsMax) return;
  for (const oldest of events.values()) {
    decision.emit({ type: 'object.deleted.v1', resource: 'events', ...objectKeyOf(oldest), by: 'event-limit' });
    return;
  }
};

/** Puts a new object into the log, under the event that says what it is. */
export const storeNew = (decision: Decision, resource: string, object: KubernetesObject, by: string): void => {
  if (resource === 'events') makeRoomForEvent(decision);
  decision.emit(eventOfNew(resource, object, by));
  if (resource !== 'nodes') return;
  const { name } = object.metadata;
  recordEvent(decision, object, {
    severity: 'Normal',
    reason: 'RegisteredNode',
    message: `Node ${name} event: Registered Node ${name} in Controller`,
    component: 'node-controller',
  });
};

/** Puts a new version of an object into the log, under the event that says what has changed. */
export const storeChanged = (
  decision: Decision,
  resource: string,
  version: { readonly before: KubernetesObject; readonly after: KubernetesObject },
  by: string,
): void => decision.emit(eventOfChanged(resource, version.before, version.after, by));
