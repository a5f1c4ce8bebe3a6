import { compareText } from '../kernel/compare-text.ts';
import type { Condition, KubernetesObject } from '../kubernetes/objects.ts';

/** What of a namespace that is being deleted is still there; each text is one part of a condition's message. */
export interface Remains {
  readonly resources: readonly string[];
  readonly finalizers: readonly string[];
}

/** Counts what is left, in the words of Kubernetes' conditions. */
export const remainsOf = (left: Iterable<readonly [resource: string, objects: readonly KubernetesObject[]]>): Remains => {
  const resources: string[] = [];
  const holders = new Map<string, number>();
  for (const [resource, objects] of left) {
    const [group] = (objects[0]?.apiVersion ?? '').split('/');
    resources.push(`${resource}.${objects[0]?.apiVersion.includes('/') === true ? group : ''} has ${objects.length} resource instances`);
    for (const { metadata } of objects) for (const finalizer of metadata.finalizers ?? []) holders.set(finalizer, (holders.get(finalizer) ?? 0) + 1);
  }
  return {
    resources: resources.sort(compareText),
    finalizers: [...holders].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`).sort(compareText),
  };
};

type Verdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

const no = (type: string, reason: string, message: string): Verdict => ({ type, status: 'False', reason, message });

/** Everything is known and deleted at once here, so that the first three never tell of a failure. */
const verdictsOn = ({ resources, finalizers }: Remains): readonly Verdict[] => [
  no('NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'),
  no('NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'),
  no('NamespaceDeletionContentFailure', 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'),
  resources.length === 0
    ? no('NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed')
    : { type: 'NamespaceContentRemaining', status: 'True', reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${resources.join(', ')}` },
  finalizers.length === 0
    ? no('NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished')
    : { type: 'NamespaceFinalizersRemaining', status: 'True', reason: 'SomeFinalizersRemain', message: `Some content in the namespace has finalizers remaining: ${finalizers.join(', ')}` },
];

const isSaid = (condition: Condition, { status, reason, message }: Verdict): boolean =>
  condition.status === status && condition.reason === reason && condition.message === message;

/** The conditions of a namespace that is being deleted; undefined when they say already what remains. `now`: RFC 3339. */
export const deletionConditions = (before: readonly Condition[], remains: Remains, now: string): readonly Condition[] | undefined => {
  const verdicts = verdictsOn(remains);
  const present = new Map(before.map((condition) => [condition.type, condition]));
  const isCurrent = verdicts.every((verdict) => {
    const condition = present.get(verdict.type);
    return condition !== undefined && isSaid(condition, verdict);
  });
  if (isCurrent) return undefined;
  const types = new Set(verdicts.map(({ type }) => type));
  const told = verdicts.map(({ type, status, reason, message }): Condition => {
    const old = present.get(type);
    const lastTransitionTime = old?.status === status ? (old.lastTransitionTime ?? now) : now;
    return { type, status, lastTransitionTime, ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) };
  });
  return [...before.filter(({ type }) => !types.has(type)), ...told];
};
