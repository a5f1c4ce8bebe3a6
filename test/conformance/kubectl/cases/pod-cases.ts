import type { KubectlCase } from './kubectl-case.ts';

/** A Pod of its own and those of the DaemonSet. */
const LIST_CASES: readonly KubectlCase[] = [
  { shows: 'a new Pod', command: 'create -f manifests/pod.yaml -n acc', expect: /pod\/solo created/ },
  { shows: 'the wait for a Pod to be ready', command: 'wait --for=condition=Ready pod/solo -n acc --timeout=10s', expect: /condition met/ },
  { shows: 'the end of the rollout of what was replaced', command: 'rollout status ds/web -n acc --timeout=20s', expect: /successfully rolled out/ },
  { shows: 'the wait for all Pods with a label', command: 'wait --for=condition=Ready pod -l app=web -n acc --timeout=10s', expect: /condition met/ },
  { shows: 'Pods in wide columns', command: 'get pods -n acc -o wide', expect: /NOMINATED NODE[\s\S]*solo\s+1\/1\s+Running/ },
  { shows: 'the Pods of a node', command: 'get pods -A --field-selector spec.nodeName=node-3 -o name', expect: /pod\/web-/ },
  { shows: 'that no Pod has failed', command: 'get pods -n acc --field-selector status.phase=Failed', expect: /No resources found/ },
  { shows: 'Pods in the order of a field', command: 'get pods -n acc --sort-by=.metadata.name --no-headers', expect: /solo[\s\S]*web-/ },
  { shows: 'that Pods cannot be selected by any field', command: 'get pods -n acc --field-selector foo=bar', expect: /field label not supported: foo/, exitCode: 1 },
  { shows: 'Pods in pages of one', command: 'get pods -n acc --chunk-size=1 -o name', expect: /(pod\/.*\n){3,}/ },
  { shows: 'everything in a namespace', command: 'get all -n acc', expect: /daemonset\.apps\/web/ },
  { shows: 'a Pod with its conditions and events', command: 'describe pod solo -n acc', expect: /Conditions:[\s\S]*Events:/ },
];

/** Into the containers of a Pod. */
const CONTAINER_CASES: readonly KubectlCase[] = [
  { shows: 'the log of a Pod', command: 'logs solo -n acc', expect: /\S/ },
  { shows: 'the log of a Pod to its end', command: 'logs -f solo -n acc', expect: /\S/ },
  { shows: 'the last line of the log of a DaemonSet', command: 'logs ds/web -n acc --tail=1', expect: /\S/ },
  { shows: 'the output of a command in a container', command: 'exec solo -n acc -- ls', expect: /\S/ },
  { shows: 'input for a command in a container', command: 'exec -i solo -n acc -- cat', expect: /piped/, input: 'piped\n' },
  { shows: 'the exit code of a command in a container', command: 'exec solo -n acc -- false', expect: /exit code 1|terminated with exit code/, exitCode: 1 },
];

const REST_CASES: readonly KubectlCase[] = [
  { shows: 'the events of a namespace', command: 'get events -n acc', expect: /SuccessfulCreate/ },
  { shows: 'the events of an object', command: 'events --for ds/web -n acc', expect: /SuccessfulCreate/, since: 26 },
  { shows: 'what nodes use', command: 'top nodes', expect: /node-2\s+\d+m/ },
  { shows: 'what Pods use', command: 'top pods -n acc', expect: /solo/ },
  { shows: 'what the caller may do', command: 'auth can-i create ds', expect: /^yes$/m },
  { shows: 'who the caller is', command: 'auth whoami', expect: /system:admin/, since: 28 },
  { shows: 'a new Lease', command: 'apply -f manifests/lease.yaml -n acc', expect: /lease\.coordination\.k8s\.io\/lock created/ },
  { shows: 'who holds a Lease', command: 'get lease -n acc', expect: /lock\s+me/ },
  { shows: 'the Leases of nodes', command: 'get lease -n kube-node-lease', expect: /node-1\s+node-1/ },
];

export const POD_CASES: readonly KubectlCase[] = [...LIST_CASES, ...CONTAINER_CASES, ...REST_CASES];
