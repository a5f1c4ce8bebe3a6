import { resourceText, type Access, type ResourceAccess } from './access.ts';
import { NODE_ROLE } from './cluster-roles.ts';
import { ruleAllows } from './policy-rule.ts';
import type { UserInfo } from './user-info.ts';

const NODES_GROUP = 'system:nodes';
const NODE_USER = 'system:node:';
const LEASE_NAMESPACE = 'kube-node-lease';

/** What of the fleet decides what is a node's own. */
export interface NodeBelongings {
  /** Name of the node that a Pod is on; undefined when there is no such Pod, or on no node yet. */
  nodeOfPod(namespace: string, name: string): string | undefined;
  /** Whether a Pod of the node names this object: a `configmaps`, `secrets` or `serviceaccounts`. */
  isUsedOnNode(node: string, resource: string, namespace: string, name: string): boolean;
}

/** Name of the node that a user is; undefined for others. */
export const nodeOfUser = ({ username, groups }: UserInfo): string | undefined =>
  username.startsWith(NODE_USER) && username.length > NODE_USER.length && groups.includes(NODES_GROUP) ? username.slice(NODE_USER.length) : undefined;

type Check = (access: ResourceAccess, node: string, belongings: NodeBelongings) => boolean;

const isOwnPod: Check = ({ namespace, name }, node, belongings) => name !== '' && belongings.nodeOfPod(namespace, name) === node;

const podReads: Check = (access, node, belongings) => (access.verb === 'get' ? isOwnPod(access, node, belongings) : access.fields.get('spec.nodeName') === node);

const isUsed: Check = ({ resource, namespace, name }, node, belongings) => name !== '' && belongings.isUsedOnNode(node, resource, namespace, name);

const isOwnName: Check = ({ name }, node) => name === node;

/** A lease is created without a name in the path; one of another name is renewed by nobody and hurts nobody. */
const isOwnLease: Check = ({ namespace, name, verb }, node) => namespace === LEASE_NAMESPACE && (name === node || (name === '' && verb === 'create'));

const ALWAYS: Check = () => true;

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['pods', (access, node, belongings) => (access.verb === 'delete' ? isOwnPod : podReads)(access, node, belongings)],
  ['pods/status', isOwnPod],
  ['pods/eviction', isOwnPod],
  ['nodes', isOwnName],
  ['nodes/status', isOwnName],
  ['configmaps', isUsed],
  ['secrets', isUsed],
  ['serviceaccounts/token', isUsed],
  ['leases', isOwnLease],
  ['services', ALWAYS],
  ['events', ALWAYS],
]);

/**
 * Whether an access is one that a node is in need of: of its own Node, lease and Pods, and of what those Pods name. A kubelet lists Pods by `spec.nodeName`, and
 * may not list others'.
 */
export const nodeAllows = (node: string, access: Access, belongings: NodeBelongings): boolean => {
  if (access.type === 'path' || !NODE_ROLE.some((rule) => ruleAllows(rule, access))) return false;
  const check = CHECKS.get(resourceText(access));
  return check !== undefined && check(access, node, belongings);
};

/** Whether a Pod names an object: in its volumes, environment or pull secrets, or as its service account. */
export const podUses = (pod: unknown, resource: string, name: string): boolean => {
  const { spec } = pod as { readonly spec?: PodReferences };
  if (spec === undefined) return false;
  if (resource === 'serviceaccounts') return (spec.serviceAccountName ?? 'default') === name;
  return namesIn(spec, resource).includes(name);
};

interface Named {
  readonly name?: string;
}

interface PodReferences {
  readonly serviceAccountName?: string;
  readonly imagePullSecrets?: readonly Named[];
  readonly volumes?: readonly {
    readonly configMap?: Named;
    readonly secret?: { readonly secretName?: string };
    readonly projected?: { readonly sources?: readonly { readonly configMap?: Named; readonly secret?: Named }[] };
  }[];
  readonly containers?: readonly ContainerReferences[];
  readonly initContainers?: readonly ContainerReferences[];
}

interface ContainerReferences {
  readonly env?: readonly { readonly valueFrom?: { readonly configMapKeyRef?: Named; readonly secretKeyRef?: Named } }[];
  readonly envFrom?: readonly { readonly configMapRef?: Named; readonly secretRef?: Named }[];
}

const namesIn = ({ volumes = [], containers = [], initContainers = [], imagePullSecrets = [] }: PodReferences, resource: string): readonly (string | undefined)[] => {
  const isSecret = resource === 'secrets';
  const ofVolumes = volumes.flatMap(({ configMap, secret, projected }) => [
    isSecret ? secret?.secretName : configMap?.name,
    ...(projected?.sources ?? []).map((source) => (isSecret ? source.secret : source.configMap)?.name),
  ]);
  const ofContainers = [...containers, ...initContainers].flatMap(({ env = [], envFrom = [] }) => [
    ...env.map(({ valueFrom }) => (isSecret ? valueFrom?.secretKeyRef : valueFrom?.configMapKeyRef)?.name),
    ...envFrom.map((source) => (isSecret ? source.secretRef : source.configMapRef)?.name),
  ]);
  return [...ofVolumes, ...ofContainers, ...(isSecret ? imagePullSecrets.map(({ name }) => name) : [])];
};
