import type { KubectlCase } from './kubectl-case.ts';

/** Reading Nodes. */
export const NODE_CASES: readonly KubectlCase[] = [
  { shows: 'nodes with their roles', command: 'get nodes', expect: /node-1\s+Ready\s+control-plane/ },
  { shows: 'nodes in wide columns', command: 'get nodes -o wide', expect: /INTERNAL-IP[\s\S]*CONTAINER-RUNTIME[\s\S]*node-1/ },
  { shows: 'a node as YAML', command: 'get node node-1 -o yaml', expect: /kind: Node[\s\S]*nodeInfo:/ },
  { shows: 'columns of my own', command: 'get nodes -o custom-columns=N:.metadata.name,OS:.status.nodeInfo.osImage', expect: /node-3\s+\S+/ },
  { shows: 'the node with a label', command: 'get nodes -l kubernetes.io/hostname=node-2 -o name', expect: /^node\/node-2$/m },
  { shows: 'the nodes without a label', command: "get nodes -l '!node-role.kubernetes.io/control-plane' -o name", expect: /^node\/node-2\nnode\/node-3\n$/ },
  { shows: 'a node with its lease and its Pods', command: 'describe node node-2', expect: /Lease:[\s\S]*HolderIdentity:\s+node-2[\s\S]*Non-terminated Pods/ },
  { shows: 'that there is no such node', command: 'get node nope', expect: /Error from server \(NotFound\): nodes "nope" not found/, exitCode: 1 },
];

/** Changing Nodes, while Pods run on them. */
export const NODE_CHANGE_CASES: readonly KubectlCase[] = [
  { shows: 'a taint', command: 'taint nodes node-3 k=v:NoExecute', expect: /tainted/ },
  { shows: 'a taint taken away', command: 'taint nodes node-3 k-', expect: /untainted/ },
  { shows: 'a label of a node', command: 'label node node-3 disk=ssd --overwrite', expect: /labeled/ },
  { shows: 'a cordoned node', command: 'cordon node-3', expect: /cordoned/ },
  { shows: 'that a cordoned node takes no Pods', command: 'get node node-3', expect: /SchedulingDisabled/ },
  { shows: 'a drained node', command: 'drain node-2 --ignore-daemonsets --force', expect: /evicting pod acc\/solo[\s\S]*node\/node-2 (drained|evicted)/ },
  { shows: 'a node given back after a drain', command: 'uncordon node-2', expect: /uncordoned/ },
  { shows: 'a node given back after a cordon', command: 'uncordon node-3', expect: /uncordoned/ },
];
