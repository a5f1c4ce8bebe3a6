import type { Container, Pod, PodSpec } from '../kubernetes/objects.ts';

/** The classes that every Kubernetes cluster has. Others are not served here, so a Pod that names one has no number. */
const PRIORITIES: ReadonlyMap<string, number> = new Map([
  ['', 0],
  ['system-cluster-critical', 2_000_000_000],
  ['system-node-critical', 2_000_001_000],
]);

type Amounts = Readonly<Record<string, string>>;

const amountsOf = (container: Container, field: 'limits' | 'requests'): Amounts => (container['resources'] as Partial<Record<string, Amounts>> | undefined)?.[field] ?? {};

/** What is limited and not requested is requested as much as it is limited. */
const withRequests = (container: Container): Container => {
  const limits = amountsOf(container, 'limits');
  if (Object.keys(limits).length === 0) return container;
  const requests = { ...limits, ...amountsOf(container, 'requests') };
  return { ...container, resources: { ...(container['resources'] as object), requests } };
};

interface Port {
  readonly containerPort?: number;
  readonly hostPort?: number;
}

/** In the host's network a port of a container is one of the host. */
const withHostPorts = (container: Container): Container => {
  const ports = container['ports'] as readonly Port[] | undefined;
  return ports === undefined ? container : { ...container, ports: ports.map((port) => ({ ...port, hostPort: port.hostPort ?? port.containerPort })) };
};

/** A template's spec with what an API server and admission add when a Pod is made of it. */
export const specOfPod = (template: PodSpec): PodSpec => {
  const complete = (container: Container): Container => (template.hostNetwork === true ? withHostPorts(withRequests(container)) : withRequests(container));
  const priority = PRIORITIES.get((template['priorityClassName'] as string | undefined) ?? '');
  return {
    ...template,
    ...(template.initContainers === undefined ? {} : { initContainers: template.initContainers.map(complete) }),
    containers: template.containers.map(complete),
    enableServiceLinks: template['enableServiceLinks'] ?? true,
    ...(priority === undefined ? {} : { priority: template['priority'] ?? priority }),
    preemptionPolicy: template['preemptionPolicy'] ?? 'PreemptLowerPriority',
  };
};

export type QualityOfService = 'BestEffort' | 'Burstable' | 'Guaranteed';

const COMPUTE_RESOURCES = ['cpu', 'memory'] as const;

/** How a Pod ranks when its node runs short. Amounts are compared as texts, which is right for stored specs: their quantities are canonical. */
export const qualityOf = (spec: PodSpec): QualityOfService => {
  let isGuaranteed = true;
  let asksForAny = false;
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    const limits = amountsOf(container, 'limits');
    const requests = amountsOf(container, 'requests');
    for (const resource of COMPUTE_RESOURCES) {
      const [limit, request] = [limits[resource], requests[resource]];
      asksForAny ||= limit !== undefined || request !== undefined;
      isGuaranteed &&= limit !== undefined && (request === undefined || request === limit);
    }
  }
  if (!asksForAny) return 'BestEffort';
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
};

/** The quality of service of a Pod, which stays what it was when the Pod was made. */
export const qualityOfPod = (pod: Pod): unknown => pod.status?.['qosClass'] ?? qualityOf(pod.spec);
