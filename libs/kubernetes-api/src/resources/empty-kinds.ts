/** A kind that clients expect to find and that has no objects here. */
export interface EmptyKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
}

const kinds = (
  group: string,
  version: string,
  rows: readonly (readonly [plural: string, kind: string, scope: 'namespaced' | 'cluster', shortNames?: string])[],
): readonly EmptyKind[] =>
  rows.map(([plural, kind, scope, shortNames = '']) => ({
    group,
    version,
    plural,
    kind,
    namespaced: scope === 'namespaced',
    shortNames: shortNames.split(' ').filter((name) => name !== ''),
  }));

/**
 * Kinds that every cluster has and on which nothing here would act: no controller, no network, no storage. Dashboards and
 * Kubernetes' own specs look for them, so they can be listed and watched, but not written: an object that is accepted and
 * then ignored would be a lie.
 */
export const EMPTY_KINDS: readonly EmptyKind[] = [
  ...kinds('', 'v1', [
    ['endpoints', 'Endpoints', 'namespaced', 'ep'],
    ['limitranges', 'LimitRange', 'namespaced', 'limits'],
    ['persistentvolumeclaims', 'PersistentVolumeClaim', 'namespaced', 'pvc'],
    ['persistentvolumes', 'PersistentVolume', 'cluster', 'pv'],
    ['replicationcontrollers', 'ReplicationController', 'namespaced', 'rc'],
  ]),
  ...kinds('apps', 'v1', [
    ['deployments', 'Deployment', 'namespaced', 'deploy'],
    ['replicasets', 'ReplicaSet', 'namespaced', 'rs'],
    ['statefulsets', 'StatefulSet', 'namespaced', 'sts'],
  ]),
  ...kinds('admissionregistration.k8s.io', 'v1', [
    ['mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', 'cluster'],
    ['validatingadmissionpolicies', 'ValidatingAdmissionPolicy', 'cluster'],
    ['validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', 'cluster'],
    ['validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', 'cluster'],
  ]),
  ...kinds('apiextensions.k8s.io', 'v1', [
    ['customresourcedefinitions', 'CustomResourceDefinition', 'cluster', 'crd crds'],
  ]),
  ...kinds('apiregistration.k8s.io', 'v1', [['apiservices', 'APIService', 'cluster']]),
  ...kinds('autoscaling', 'v2', [['horizontalpodautoscalers', 'HorizontalPodAutoscaler', 'namespaced', 'hpa']]),
  ...kinds('autoscaling', 'v1', [['horizontalpodautoscalers', 'HorizontalPodAutoscaler', 'namespaced', 'hpa']]),
  ...kinds('batch', 'v1', [
    ['cronjobs', 'CronJob', 'namespaced', 'cj'],
    ['jobs', 'Job', 'namespaced'],
  ]),
  ...kinds('certificates.k8s.io', 'v1', [
    ['certificatesigningrequests', 'CertificateSigningRequest', 'cluster', 'csr'],
  ]),
  ...kinds('discovery.k8s.io', 'v1', [['endpointslices', 'EndpointSlice', 'namespaced']]),
  ...kinds('networking.k8s.io', 'v1', [
    ['ingressclasses', 'IngressClass', 'cluster'],
    ['ingresses', 'Ingress', 'namespaced', 'ing'],
    ['ipaddresses', 'IPAddress', 'cluster', 'ip'],
    ['networkpolicies', 'NetworkPolicy', 'namespaced', 'netpol'],
    ['servicecidrs', 'ServiceCIDR', 'cluster'],
  ]),
  ...kinds('node.k8s.io', 'v1', [['runtimeclasses', 'RuntimeClass', 'cluster']]),
  ...kinds('policy', 'v1', [['poddisruptionbudgets', 'PodDisruptionBudget', 'namespaced', 'pdb']]),
  ...kinds('scheduling.k8s.io', 'v1', [['priorityclasses', 'PriorityClass', 'cluster', 'pc']]),
  ...kinds('storage.k8s.io', 'v1', [
    ['csidrivers', 'CSIDriver', 'cluster'],
    ['csinodes', 'CSINode', 'cluster'],
    ['csistoragecapacities', 'CSIStorageCapacity', 'namespaced'],
    ['storageclasses', 'StorageClass', 'cluster', 'sc'],
    ['volumeattachments', 'VolumeAttachment', 'cluster'],
    ['volumeattributesclasses', 'VolumeAttributesClass', 'cluster', 'vac'],
  ]),
];
