import { listAt, numberAt, stringAt, valueAt } from '../json/json-value.ts';

const SURGE = 'spec.updateStrategy.rollingUpdate.maxSurge';
const POD = 'spec.template.spec';
const IGNORED_LIMITS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

const hasSurge = (daemonSet: unknown): boolean => {
  const surge = valueAt(daemonSet, 'spec', 'updateStrategy', 'rollingUpdate', 'maxSurge');
  return surge !== undefined && surge !== 0 && surge !== '0%';
};

/** Two Pods of one node cannot have the same port of the node, so a surge would wait for ever. On the host's network every port is one of the node. */
const contendedPorts = (daemonSet: unknown): string[] => {
  if (!hasSurge(daemonSet)) return [];
  const isOnHost = valueAt(daemonSet, 'spec', 'template', 'spec', 'hostNetwork') === true;
  return listAt(daemonSet, 'spec', 'template', 'spec', 'containers').flatMap((container, index) =>
    listAt(container, 'ports').flatMap((port, position) =>
      !isOnHost && (numberAt(port, 'hostPort') ?? 0) === 0
        ? []
        : [`${POD}.containers[${index}].ports[${position}].hostPort: the old and the new Pod of a node cannot both have it, so a rollout with ${SURGE} may never end`],
    ),
  );
};

/** Pods of DaemonSets tolerate these taints without end, whatever the template says. */
const ignoredTolerationSeconds = (daemonSet: unknown): string[] =>
  listAt(daemonSet, 'spec', 'template', 'spec', 'tolerations').flatMap((toleration, index) => {
    const key = stringAt(toleration, 'key');
    const isIgnored =
      numberAt(toleration, 'tolerationSeconds') !== undefined && IGNORED_LIMITS.includes(key) && stringAt(toleration, 'operator') === 'Exists' && stringAt(toleration, 'effect') === 'NoExecute';
    return isIgnored ? [`${POD}.tolerations[${index}].tolerationSeconds: is ignored: Pods of DaemonSets tolerate ${key} without end`] : [];
  });

const POLICY = 'everynode.dev/rollout-policy';
const POLICIES = ['kubernetes', 'strict'];

/** A policy that is not known is not refused, as no annotation is, but rolls as Kubernetes does. */
const unknownPolicy = (daemonSet: unknown): string[] => {
  const policy = stringAt(daemonSet, 'metadata', 'annotations', POLICY);
  const isSaid = valueAt(daemonSet, 'metadata', 'annotations', POLICY) !== undefined;
  return !isSaid || POLICIES.includes(policy) ? [] : [`metadata.annotations[${POLICY}]: ${JSON.stringify(policy)} is not known, so rollouts go as with "kubernetes"`];
};

const allOf = (daemonSet: unknown): string[] => [...contendedPorts(daemonSet), ...ignoredTolerationSeconds(daemonSet), ...unknownPolicy(daemonSet)];

/** What is valid in a DaemonSet but does not do what its author may expect; only what a write brings in. */
export const daemonSetWarnings = (daemonSet: unknown, existing: unknown): readonly string[] => {
  const known = existing === undefined ? [] : allOf(existing);
  return allOf(daemonSet).filter((warning) => !known.includes(warning));
};
