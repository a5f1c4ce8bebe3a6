import type { KubernetesObject } from '../kubernetes/objects.ts';
import type { FleetEvent } from './fleet-event.ts';

/** The object that an event is about: singular kind in lower case (or `epoch`), namespace and name. */
export interface RecordSubject {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

const singular = (resource: string): string => resource.replace(/ies$/, 'y').replace(/s$/, '');

const ofObject = (object: KubernetesObject): RecordSubject => ({
  kind: object.kind.toLowerCase(),
  namespace: object.metadata.namespace,
  name: object.metadata.name,
});

/** The whole object that an event carries, if it carries one. */
export const objectInEvent = (event: FleetEvent): KubernetesObject | undefined => {
  if ('object' in event) return event.object;
  if ('daemonSet' in event) return event.daemonSet;
  if ('pod' in event) return event.pod;
  if ('revision' in event && typeof event.revision === 'object') return event.revision;
  if ('node' in event && typeof event.node === 'object') return event.node;
  return undefined;
};

/** Names the object that an event is about; a record stands in the log under the subject of its first event. */
export const subjectOfEvent = (event: FleetEvent): RecordSubject => {
  const object = objectInEvent(event);
  if (object !== undefined) return ofObject(object);
  if (event.type === 'epoch.started.v1') return { kind: 'epoch', namespace: undefined, name: String(event.epoch) };
  if (event.type === 'pod.failure-counted.v1' || event.type === 'pod.deletion-counted.v1' || event.type === 'pod.failures-over.v1') return { kind: 'node', namespace: undefined, name: event.node };
  const named = event as { readonly namespace?: string; readonly name: string; readonly resource?: string };
  const kind = named.resource === undefined ? (event.type.split('.')[0] ?? '') : singular(named.resource);
  return { kind, namespace: named.namespace === '' ? undefined : named.namespace, name: named.name };
};
