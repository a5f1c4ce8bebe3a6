import type { WriteAnswer } from '../controller/input.ts';
import { keyOf, objectsOf } from '../fleet/state.ts';
import { LIMITS } from '../kernel/limits.ts';
import { utf8Length } from '../kernel/utf8.ts';
import type { KubernetesObject, Pod, Toleration } from '../kubernetes/objects.ts';
import { exceededQuota } from '../quota/exceeded-quota.ts';
import { qualified, refuse, type Writing } from './writing.ts';

const EVICTION_SECONDS_DEFAULT = 300;
const PATIENT_KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const;

const covers = (toleration: Toleration, key: string): boolean =>
  ((toleration.key ?? '') === key || (toleration.key ?? '') === '') && ((toleration.effect ?? '') === 'NoExecute' || (toleration.effect ?? '') === '');

/** A Pod that says nothing of it stays for five minutes on a node that is not ready or not reachable (DS-287). */
export const withPatience = (pod: Pod): Pod => {
  const tolerations = pod.spec.tolerations ?? [];
  const added = PATIENT_KEYS.filter((key) => !tolerations.some((toleration) => covers(toleration, key))).map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: EVICTION_SECONDS_DEFAULT,
  }));
  return added.length === 0 ? pod : { ...pod, spec: { ...pod.spec, tolerations: [...tolerations, ...added] } };
};

/** Nothing is created in a namespace that is not there (404) or that is being deleted (403, DS-257). */
export const refuseByNamespace = (writing: Writing, name: string): WriteAnswer | undefined => {
  const { decision, write, preparation, resource } = writing;
  if (!resource.namespaced) return undefined;
  const { status } = preparation;
  const namespaceName = write.namespace ?? '';
  const namespace = objectsOf(decision.state, 'namespaces').get(keyOf(undefined, namespaceName));
  if (namespace === undefined) return refuse(status.notFound({ group: '', kind: 'namespaces' }, namespaceName));
  if (namespace.metadata.deletionTimestamp === undefined) return undefined;
  const refusal = status.forbidden(qualified(writing), name, `unable to create new content in namespace ${namespaceName} because it is being terminated`);
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespaceName} is being terminated`, field: 'metadata.namespace' };
  return refuse({ ...refusal, details: { ...refusal.details, causes: [cause] } });
};

/** A namespace that is full takes nothing more (403); also when it is only asked what would be. */
export const refuseByQuota = (writing: Writing, name: string): WriteAnswer | undefined => {
  const { decision, write, preparation, resource, table } = writing;
  if (!resource.namespaced) return undefined;
  const exceeded = exceededQuota(decision.state, write.namespace ?? '', { plural: table, group: resource.viewOf === undefined ? write.group : '' });
  return exceeded === undefined ? undefined : refuse(preparation.status.forbidden(qualified(writing), name, exceeded));
};

/** What does not fit into a record of the log cannot be stored. */
export const refuseBySize = ({ preparation }: Writing, object: KubernetesObject): WriteAnswer | undefined =>
  utf8Length(JSON.stringify(object)) > LIMITS.objectBytesMax ? refuse(preparation.status.tooLarge(LIMITS.objectBytesMax)) : undefined;
