import type { ControllerRevision, DaemonSet, Pod } from '@everynode/core';
import { currentHash, nodeOfPod, revisionsOfDaemonSet, type Manifest, type Scenario } from '@everynode/simulator';

export interface DaemonSetShape {
  readonly name?: string;
  readonly image?: string;
  readonly maxUnavailable?: number | string;
  readonly maxSurge?: number | string;
  readonly strategy?: object;
  readonly minReadySeconds?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: object;
  /** Fields of the Pod spec. */
  readonly pod?: object;
  /** Fields of the container. */
  readonly container?: object;
}

export const STRICT = { 'everynode.dev/rollout-policy': 'strict' } as const;
export const EXISTS_ALL = [{ operator: 'Exists' }] as const;

/** The DaemonSet that most reports are about: one container, RollingUpdate with maxUnavailable 1. */
export const aDaemonSet = (shape: DaemonSetShape = {}): Manifest => {
  const { name = 'd', image = 'v1', maxUnavailable = 1, maxSurge = 0 } = shape;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, ...(shape.annotations === undefined ? {} : { annotations: shape.annotations }) },
    spec: {
      selector: { matchLabels: { app: name } },
      updateStrategy: shape.strategy ?? { type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge } },
      ...(shape.minReadySeconds === undefined ? {} : { minReadySeconds: shape.minReadySeconds }),
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image, ...shape.container }], ...shape.pod } },
      ...shape.spec,
    },
  };
};

export const imageOf = (pod: Pod | undefined): string => pod?.spec.containers[0]?.image ?? '';

/** Node → image of the Pod that lives there (several joined with +). */
export const images = (scenario: Scenario, daemonSet = 'd'): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {};
  for (const pod of scenario.pods(daemonSet)) {
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    const node = nodeOfPod(pod);
    found[node] = found[node] === undefined ? imageOf(pod) : `${found[node]}+${imageOf(pod)}`;
  }
  return found;
};

export const nodesWith = (scenario: Scenario, image: string, daemonSet = 'd'): readonly string[] =>
  Object.entries(images(scenario, daemonSet))
    .filter(([, found]) => found === image)
    .map(([node]) => node);

/** `kubectl rollout status` waits until this holds: what its DaemonSet viewer asks of the object. */
export const isRolledOut = ({ metadata, status, spec }: DaemonSet): boolean => {
  if (spec.updateStrategy?.type !== 'RollingUpdate' || (metadata.generation ?? 0) > (status?.observedGeneration ?? 0)) return false;
  const desired = status?.desiredNumberScheduled ?? 0;
  return (status?.updatedNumberScheduled ?? 0) >= desired && (status?.numberAvailable ?? 0) >= desired;
};

export const revisions = (scenario: Scenario, daemonSet = 'd'): readonly ControllerRevision[] => revisionsOfDaemonSet(scenario.log.state, scenario.daemonSet(daemonSet));

export const hashNow = (scenario: Scenario, daemonSet = 'd'): string | undefined => currentHash(scenario.log.state, scenario.daemonSet(daemonSet));

/** `kubectl rollout undo`: the data of a revision as a strategic merge patch. */
export const undo = (scenario: Scenario, revision: number, daemonSet = 'd'): void => {
  const found = revisions(scenario, daemonSet).find((candidate) => candidate.revision === revision);
  if (found === undefined) throw new Error(`unable to find specified revision ${revision} in history`);
  scenario.patch(daemonSet, found.data);
};

/** Creations of a DaemonSet's Pods, by node, since a position in the log. */
export const creations = (scenario: Scenario, from = 0, daemonSet = 'd'): readonly { readonly node: string; readonly at: number }[] => {
  const owner = scenario.daemonSet(daemonSet).metadata.uid;
  return scenario.log.ofType('pod.created.v1', from).flatMap(({ event, at }) => (event.owner === owner ? [{ node: event.node, at }] : []));
};

export const condition = (scenario: Scenario, type: string, daemonSet = 'd'): NonNullable<NonNullable<DaemonSet['status']>['conditions']>[number] | undefined =>
  scenario.daemonSet(daemonSet).status?.conditions?.find((candidate) => candidate.type === type);
