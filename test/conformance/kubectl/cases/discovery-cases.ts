import type { KubectlCase } from './kubectl-case.ts';

/** What the server is and serves; and a namespace with what every namespace has. */
export const DISCOVERY_CASES: readonly KubectlCase[] = [
  { shows: 'the version of the server', command: 'version', expect: /Server Version.*v1\.\d+/ },
  { shows: 'the group versions', command: 'api-versions', expect: /apps\/v1[\s\S]*coordination\.k8s\.io\/v1[\s\S]*^v1$/m },
  { shows: 'the resources with their short names', command: 'api-resources', expect: /daemonsets\s+ds\s+apps\/v1\s+true\s+DaemonSet/ },
  { shows: 'where the server is', command: 'cluster-info', expect: /control plane.*is running at/i },
  { shows: 'that the server is ready', command: 'get --raw /readyz', expect: /^ok$/ },
  { shows: 'the documentation of a field', command: 'explain ds.spec.updateStrategy', expect: /RollingUpdate/ },
  { shows: 'the whole schema of a kind', command: 'explain pods --recursive', expect: /containers/ },
  { shows: 'a new namespace', command: 'create ns acc', expect: /namespace\/acc created/ },
  { shows: 'that a new namespace is active', command: 'get ns acc -o jsonpath={.status.phase}', expect: /^Active$/ },
  { shows: 'a new ConfigMap', command: 'create configmap cm -n acc --from-literal=a=b', expect: /configmap\/cm created/ },
  { shows: 'ConfigMaps, the one of every namespace among them', command: 'get cm -n acc', expect: /cm\s+1[\s\S]*kube-root-ca\.crt/ },
  { shows: 'the ServiceAccount of every namespace', command: 'get sa -n acc', expect: /default/ },
];
