import type { Decision } from '../controller/decision.ts';
import { hash32 } from '../kernel/random.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { eventBudgetAt } from './kubernetes-events.ts';
import { keyOf, objectsOf } from './state.ts';

/** What a controller has to say about an object; shown by `kubectl describe` and `kubectl get events`. */
export interface EventToRecord {
  readonly severity: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly component: string;
}

/** Names of objects may have 253 characters; what identifies the event takes 17 of them. */
const INVOLVED_NAME_MAX = 253 - 17;
/** Where events about objects without a namespace are kept. */
const NAMESPACE_OF_CLUSTER = 'default';

/** The same component saying the same about the same object is the same event, so its name follows from that. */
const nameOf = (involved: KubernetesObject, event: EventToRecord): string => {
  const identity = `${involved.metadata.uid}/${event.component}/${event.severity}/${event.reason}/${event.message}`;
  const digits = [`a${identity}`, `b${identity}`].map((text) => hash32(text).toString(16).padStart(8, '0')).join('');
  return `${involved.metadata.name.slice(0, INVOLVED_NAME_MAX)}.${digits}`;
};

/**
 * Records a Kubernetes event about an object. One that says the same as an earlier one raises its count. About one object a component
 * may say 25 things at once and one more every five minutes; what is beyond that, and what is said in a namespace that is being deleted, is dropped.
 */
export const recordEvent = (decision: Decision, involved: KubernetesObject, event: EventToRecord): void => {
  const { state } = decision;
  const namespace = involved.metadata.namespace ?? NAMESPACE_OF_CLUSTER;
  const owner = objectsOf(state, 'namespaces').get(keyOf(undefined, namespace));
  if (owner?.metadata.deletionTimestamp !== undefined) return;
  const { uid } = involved.metadata;
  if (eventBudgetAt(state, { component: event.component, uid }, decision.now).tokens === 0) return;
  decision.emit({
    type: 'event.recorded.v1',
    namespace,
    name: nameOf(involved, event),
    uid: decision.random.uid(),
    involved: {
      apiVersion: involved.apiVersion,
      kind: involved.kind,
      ...(involved.metadata.namespace === undefined ? {} : { namespace: involved.metadata.namespace }),
      name: involved.metadata.name,
      uid,
    },
    ...event,
  });
};
