/** Sets of Kubernetes' end-to-end specs, by regular expressions over their names. */
export const SPEC_SETS = {
  daemonset: '\\[sig-apps\\] Daemon set|ControllerRevision',
  wide: [
    'Watchers',
    'Table transformation',
    'request timeout',
    'Namespaces \\[',
    '\\[sig-instrumentation\\] Events',
    '\\[sig-api-machinery\\] Discovery',
    'AggregatedDiscovery',
    'server version',
    'Node Lifecycle',
    'NoExecuteTaintManager',
    'kubectl version',
    'kubectl api-versions',
  ].join('|'),
};

/** What needs a cloud, an hour or resources that nobody defines here. */
export const SKIPPED = 'Slow|Disruptive|Feature|Flaky|services are removed|CRDs|Custom resource';
