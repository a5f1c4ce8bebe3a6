import { isTerminal } from '../daemonset/pod-facts.ts';
import { controllerOf } from '../fleet/object-table.ts';
import { nodeNamed, type FleetState } from '../fleet/state.ts';
import type { NodeCommands, RunPod, TerminatePod } from '../kubelet/node-commands.ts';
import type { DaemonSet, Pod } from '../kubernetes/objects.ts';

const GRACE_SECONDS_DEFAULT = 30;

const allowsSurge = (state: FleetState, owner: string | undefined): boolean => {
  const key = owner === undefined ? undefined : state.indexes.daemonSetByUid.get(owner);
  const daemonSet = key === undefined ? undefined : (state.objects.get('daemonsets')?.get(key) as DaemonSet | undefined);
  const surge = daemonSet?.spec.updateStrategy?.rollingUpdate?.maxSurge;
  return daemonSet?.spec.updateStrategy?.type === 'RollingUpdate' && surge !== undefined && surge !== 0 && surge !== '0%';
};

const runOf = (state: FleetState, pod: Pod): RunPod => {
  const owner = controllerOf(pod)?.uid;
  // The agent has no use for what only decides where the Pod goes, and the same spec for all Pods of a revision is cheap to write.
  const { nodeName: _node, affinity: _affinity, tolerations: _tolerations, ...spec } = pod.spec;
  return {
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    uid: pod.metadata.uid,
    owner: owner ?? '',
    surge: allowsSurge(state, owner),
    labels: pod.metadata.labels ?? {},
    annotations: pod.metadata.annotations ?? {},
    spec,
  };
};

const terminateOf = (pod: Pod): TerminatePod => ({
  namespace: pod.metadata.namespace ?? '',
  name: pod.metadata.name,
  uid: pod.metadata.uid,
  graceSeconds: pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? GRACE_SECONDS_DEFAULT,
});

/**
 * The commands in force for a node: run what is bound to it and neither deleted nor over, terminate what is being deleted.
 * What is in neither list is stopped by the agent. Undefined for a node that is not there.
 */
export const commandsInForce = (state: FleetState, node: string): NodeCommands | undefined => {
  const object = nodeNamed(state, node);
  if (object === undefined) return undefined;
  const run: RunPod[] = [];
  const terminate: TerminatePod[] = [];
  for (const pod of state.indexes.podsByNode.get(node)?.values() ?? []) {
    if (pod.spec.nodeName !== node) continue;
    if (pod.metadata.deletionTimestamp !== undefined) terminate.push(terminateOf(pod));
    else if (!isTerminal(pod)) run.push(runOf(state, pod));
  }
  return { node, nodeUid: object.metadata.uid, epoch: state.epoch, sequence: state.sequence, run, terminate };
};
