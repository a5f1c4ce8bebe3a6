/** Sets of Kubernetes' end-to-end specs, by regular expressions over their names. */
export const SPEC_SETS = {
  daemonset: '\\[sig-apps\\] Daemon set|ControllerRevision',
  wide: [
    'Watchers',
    'Table transformation',
    'request timeout',
    'Namespaces \\[',
    'OrderedNamespaceDeletion',
    '\\[sig-instrumentation\\] Events',
    '\\[sig-api-machinery\\] Discovery',
    'AggregatedDiscovery',
    'server version',
    'Node Lifecycle',
    'NoExecuteTaintManager',
    'kubectl version',
    'kubectl api-versions',
  ].join('|'),
  kinds: [
    'PodTemplates should',
    'Pods Set QOS',
    '\\[sig-node\\] Pods should (allow activeDeadlineSeconds|be updated|delete a collection|get a host IP|patch a pod status|be submitted)',
    'ConfigMap should (fail to create ConfigMap with empty|run through)',
    'Secrets should (fail to create|patch a secret)',
    'Lease lease API',
    'ServiceAccounts should (guarantee|run through|update|create a serviceAccountToken)',
    'SubjectReview should',
    'API chunking should return chunks',
    'Garbage collector should not be blocked by',
    'two untainted nodes',
    'Kubectl (cluster-info should check if Kub|server-side dry-run|replace|run pod)',
  ].join('|'),
};

/** What needs a cloud, an hour or resources that nobody defines here. */
export const SKIPPED = 'Slow|Disruptive|Feature|Flaky|services are removed|CRDs|Custom resource';
