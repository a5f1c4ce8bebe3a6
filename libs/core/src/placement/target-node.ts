import type { Pod } from '../kubernetes/objects.ts';

/**
 * The node that a Pod is bound to or, before it is bound, meant for: the single value of the first `metadata.name In [...]` field requirement
 * of its required node affinity (DS-123).
 */
export const targetNodeOf = (pod: Pod): string | undefined => {
  const { nodeName } = pod.spec;
  if (nodeName !== undefined && nodeName !== '') return nodeName;
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const term of terms) {
    for (const field of term.matchFields ?? []) {
      if (field.key !== 'metadata.name' || field.operator !== 'In') continue;
      return field.values?.length === 1 ? field.values[0] : undefined;
    }
  }
  return undefined;
};
