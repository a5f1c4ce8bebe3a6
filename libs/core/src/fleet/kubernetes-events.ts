import type { FleetEvent } from '../event/fleet-event.ts';
import { LIMITS } from '../kernel/limits.ts';
import { toRfc3339 } from '../kernel/time.ts';
import { putObject, removeObject } from './object-table.ts';
import { keyOf, objectsOf, type FleetState } from './state.ts';

/**
 * Folds an event that a controller recorded into a Kubernetes object of kind Event. The event's name is the identity: recording it again raises its count.
 * The oldest ones go when there are too many, so the table is bounded.
 */
export const recordKubernetesEvent = (
  state: FleetState,
  event: Extract<FleetEvent, { type: 'event.recorded.v1' }>,
  position: { readonly sequence: number; readonly at: number },
): void => {
  const key = keyOf(event.namespace, event.name);
  const before = objectsOf(state, 'events').get(key);
  const now = toRfc3339(position.at);
  const count = typeof before?.['count'] === 'number' ? before['count'] + 1 : 1;
  putObject(
    state,
    'events',
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: before?.metadata ?? { name: event.name, namespace: event.namespace, uid: event.uid, creationTimestamp: now },
      involvedObject: event.involved,
      reason: event.reason,
      message: event.message,
      source: { component: event.component },
      firstTimestamp: before?.['firstTimestamp'] ?? now,
      lastTimestamp: now,
      count,
      type: event.severity,
      eventTime: null,
      reportingComponent: event.component,
      reportingInstance: '',
    },
    position.sequence,
  );
  const table = objectsOf(state, 'events');
  if (table.size <= LIMITS.eventsMax) return;
  const oldest = table.keys().next();
  if (oldest.done !== true) removeObject(state, 'events', oldest.value);
};
