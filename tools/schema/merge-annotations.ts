/** What `x-kubernetes-*` says about merging one field or one type. */
export interface MergeAnnotation {
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
  readonly listType?: 'map' | 'set' | 'atomic';
  readonly listMapKeys?: readonly string[];
  readonly mapType?: 'atomic';
}

const mergeBy = (patchMergeKey: string, listMapKeys: readonly string[] = [patchMergeKey]): MergeAnnotation => ({
  patchStrategy: 'merge',
  patchMergeKey,
  listType: 'map',
  listMapKeys,
});
const mergeByRetainingKeys = (patchMergeKey: string): MergeAnnotation => ({
  ...mergeBy(patchMergeKey),
  patchStrategy: 'merge,retainKeys',
});
const MERGE_SET: MergeAnnotation = { patchStrategy: 'merge', listType: 'set' };

const CONTAINER_FIELDS: Readonly<Record<string, MergeAnnotation>> = {
  env: mergeBy('name'),
  ports: mergeBy('containerPort', ['containerPort', 'protocol']),
  volumeDevices: mergeBy('devicePath'),
  volumeMounts: mergeBy('mountPath'),
};

/**
 * Merge rules by kind and field. The client library drops these annotations, so they are written down here. Lists that
 * are not named are atomic for server-side apply and are replaced by strategic merge patch, as in Kubernetes.
 */
export const FIELD_ANNOTATIONS: Readonly<Record<string, Readonly<Record<string, MergeAnnotation>>>> = {
  Container: CONTAINER_FIELDS,
  EphemeralContainer: CONTAINER_FIELDS,
  ContainerStatus: {
    volumeMounts: mergeBy('mountPath'),
    allocatedResourcesStatus: mergeBy('name'),
  },
  NamespaceStatus: { conditions: mergeBy('type') },
  NodeSpec: { podCIDRs: MERGE_SET },
  NodeStatus: { addresses: mergeBy('type'), conditions: mergeBy('type') },
  PodSpec: {
    containers: mergeBy('name'),
    ephemeralContainers: mergeBy('name'),
    hostAliases: mergeBy('ip'),
    imagePullSecrets: mergeBy('name'),
    initContainers: mergeBy('name'),
    nodeSelector: { mapType: 'atomic' },
    resourceClaims: mergeByRetainingKeys('name'),
    schedulingGates: mergeBy('name'),
    topologySpreadConstraints: mergeBy('topologyKey', ['topologyKey', 'whenUnsatisfiable']),
    volumes: mergeByRetainingKeys('name'),
  },
  PodStatus: {
    conditions: mergeBy('type'),
    hostIPs: { patchStrategy: 'merge', patchMergeKey: 'ip', listType: 'atomic' },
    podIPs: mergeBy('ip'),
    resourceClaimStatuses: mergeByRetainingKeys('name'),
  },
  ResourceRequirements: { claims: { listType: 'map', listMapKeys: ['name'] } },
  ServiceAccount: { secrets: mergeBy('name') },
  ServiceSpec: { ports: mergeBy('port', ['port', 'protocol']), selector: { mapType: 'atomic' } },
  ServiceStatus: { conditions: mergeBy('type') },
  ObjectMeta: { finalizers: MERGE_SET, ownerReferences: mergeBy('uid') },
  DaemonSetStatus: { conditions: mergeBy('type') },
};

/** Types that server-side apply owns as a whole. */
export const ATOMIC_TYPES: ReadonlySet<string> = new Set([
  'ConfigMapKeySelector',
  'LocalObjectReference',
  'NodeSelector',
  'NodeSelectorTerm',
  'ObjectFieldSelector',
  'ObjectReference',
  'ResourceFieldSelector',
  'SecretKeySelector',
  'SecretReference',
  'ScopeSelector',
  'TypedLocalObjectReference',
  'LabelSelector',
  'OwnerReference',
  'RoleRef',
  'Subject',
]);

/** Fields whose values are quantities; the client library types them as plain strings. */
export const QUANTITY_FIELDS: ReadonlySet<string> = new Set([
  'ContainerStatus.allocatedResources',
  'EmptyDirVolumeSource.sizeLimit',
  'NodeStatus.allocatable',
  'NodeStatus.capacity',
  'PodSpec.overhead',
  'PodStatus.allocatedResources',
  'ResourceFieldSelector.divisor',
  'ResourceRequirements.limits',
  'ResourceRequirements.requests',
  'ResourceQuotaSpec.hard',
  'ResourceQuotaStatus.hard',
  'ResourceQuotaStatus.used',
  'VolumeResourceRequirements.limits',
  'VolumeResourceRequirements.requests',
]);
