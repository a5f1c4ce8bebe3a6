import type { Pod } from '../kubernetes/objects.ts';

/**
 * The node that a Pod is bound to or, before it is bound, meant for: the single value of the first `metadata.name In [...]` field requirement
 * of its required node affinity (DS-123).
 */
export const targetNodeOf = (pod: Pod): string | undefined => {
  const { nodeName } = pod.spec;
  if (nodeName !== undefined && nodeName !== '') return nodeName;
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const named = terms?.flatMap((term) => term.matchFields ?? []).find((field) => field.key === 'metadata.name' && field.operator === 'In');
  return named?.values?.length === 1 ? named.values[0] : undefined;
};
