import type { ApiWrite, WriteAnswer } from '../controller/input.ts';
import type { KubernetesObject, Labels } from '../kubernetes/objects.ts';
import { qualified, refuse, type Writing } from './writing.ts';

const NODES_GROUP = 'system:nodes';
const NODE_USER = 'system:node:';

/** What kubelets may say of their nodes under Kubernetes' own names. */
const KUBELET_LABELS: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
]);
const KUBELET_PREFIXES = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const KUBERNETES_PREFIXES = ['kubernetes.io', 'k8s.io'];
const RESTRICTION_PREFIX = 'node-restriction.kubernetes.io';

const isWithin = (key: string, domains: readonly string[]): boolean => {
  const [prefix = '', name] = key.split('/');
  return name !== undefined && domains.some((domain) => prefix === domain || prefix.endsWith(`.${domain}`));
};

const isForbidden = (key: string): boolean => {
  if (isWithin(key, [RESTRICTION_PREFIX])) return true;
  return isWithin(key, KUBERNETES_PREFIXES) && !KUBELET_LABELS.has(key) && !isWithin(key, KUBELET_PREFIXES);
};

const changedLabels = (before: Labels = {}, after: Labels = {}): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => before[key] !== after[key]).toSorted();

const nodeOf = ({ user, groups = [] }: ApiWrite): string | undefined =>
  user.startsWith(NODE_USER) && groups.includes(NODES_GROUP) ? user.slice(NODE_USER.length) : undefined;

/** A node may not label itself or its Pods so that workloads come to it that are meant for others (403); upstream's admission NodeRestriction. */
export const refuseByNode = (writing: Writing, before: KubernetesObject, after: KubernetesObject): WriteAnswer | undefined => {
  const { write, table, preparation } = writing;
  const node = nodeOf(write);
  if (node === undefined) return undefined;
  const changed = changedLabels(before.metadata.labels, after.metadata.labels);
  const forbid = (cause: string): WriteAnswer => refuse(preparation.status.forbidden(qualified(writing), before.metadata.name, cause));
  if (table === 'pods' && changed.length > 0) return forbid(`node ${JSON.stringify(node)} cannot update labels through pod status`);
  const forbidden = table === 'nodes' ? changed.filter(isForbidden) : [];
  return forbidden.length === 0 ? undefined : forbid(`is not allowed to modify labels: ${forbidden.join(', ')}`);
};
