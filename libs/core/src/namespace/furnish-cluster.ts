import { isSameJson } from '../api-write/same-json.ts';
import type { Decision } from '../controller/decision.ts';
import { keyOf, objectsOf } from '../fleet/state.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { KubernetesObject, Labels } from '../kubernetes/objects.ts';

const FURNISHER = 'everynode';
/** Kubernetes' own annotation: what the cluster brings is added again to an object that says `true`. */
export const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

/** An object without a namespace that every cluster has, as it is made: without the uid and the time of its creation. */
export interface ClusterFurnishing {
  /** Plural, e.g. `clusterroles`. */
  readonly resource: string;
  readonly object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly labels?: Labels; readonly annotations?: Labels };
    readonly [field: string]: unknown;
  };
}

const existingOf = (decision: Decision, { resource, object }: ClusterFurnishing): KubernetesObject | undefined =>
  objectsOf(decision.state, resource).get(keyOf(undefined, object.metadata.name));

/** Creates what every cluster has and this one has not, or has no longer. */
export const furnishCluster = (decision: Decision, furnishings: readonly ClusterFurnishing[]): void => {
  for (const furnishing of furnishings) {
    if (existingOf(decision, furnishing) !== undefined) continue;
    const { resource, object } = furnishing;
    const metadata = { ...object.metadata, uid: decision.random.uid(), creationTimestamp: toRfc3339(decision.now) };
    decision.emit({ type: 'object.created.v1', resource, object: { ...object, metadata }, by: FURNISHER });
  }
};

/** The lists of an object with the entries that they lack; undefined when they lack none. */
const completed = (existing: KubernetesObject, wanted: ClusterFurnishing['object']): Readonly<Record<string, unknown>> | undefined => {
  const changes = Object.entries(wanted).flatMap(([field, entries]) => {
    if (!Array.isArray(entries)) return [];
    const present = Array.isArray(existing[field]) ? (existing[field] as readonly unknown[]) : [];
    const missing = (entries as readonly unknown[]).filter((entry) => !present.some((own) => isSameJson(own, entry)));
    return missing.length === 0 ? [] : [[field, [...present, ...missing]] as const];
  });
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
};

/**
 * Gives furnished objects what they lack of their lists (rules, subjects), as Kubernetes does when an API server starts: what somebody took
 * away comes back, what somebody added stays. An object that does not say `autoupdate` is somebody's own and is left alone.
 */
export const updateFurnishings = (decision: Decision, furnishings: readonly ClusterFurnishing[]): void => {
  for (const furnishing of furnishings) {
    const existing = existingOf(decision, furnishing);
    if (existing?.metadata.annotations?.[AUTOUPDATE] !== 'true' || existing.metadata.deletionTimestamp !== undefined) continue;
    const changes = completed(existing, furnishing.object);
    if (changes === undefined) continue;
    decision.emit({ type: 'object.updated.v1', resource: furnishing.resource, object: { ...existing, ...changes }, by: FURNISHER });
  }
};
