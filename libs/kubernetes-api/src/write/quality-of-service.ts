import { listAt, stringMapAt } from '../json/json-value.ts';
import { isSameQuantity } from '../quantity/quantity.ts';

const COMPUTE_RESOURCES = ['cpu', 'memory'] as const;

/** `status.qosClass` of a pod: how its containers' requests and limits rank it when a node runs short. */
export const qualityOfService = (spec: unknown): 'BestEffort' | 'Burstable' | 'Guaranteed' => {
  const containers = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')];
  let isGuaranteed = true;
  let hasAny = false;
  for (const container of containers) {
    const limits = stringMapAt(container, 'resources', 'limits');
    const requests = stringMapAt(container, 'resources', 'requests');
    for (const resource of COMPUTE_RESOURCES) {
      const limit = limits[resource];
      const request = requests[resource];
      hasAny ||= limit !== undefined || request !== undefined;
      isGuaranteed &&= limit !== undefined && (request === undefined || isSameQuantity(limit, request));
    }
  }
  if (!hasAny) return 'BestEffort';
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
};
