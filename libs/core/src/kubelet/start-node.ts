import { leaveShutdown, newHostedPod, nodeChange, podChange, type HostedNode, type HostedPod } from './hosted-node.ts';
import type { StartedNode } from './kubelet-messages.ts';
import type { NodeRecord, PodRecord } from './node-record.ts';
import type { RunningPod } from './runtime.ts';
import { podIsGone, type Hands } from './take-commands.ts';

const hostedNode = (started: StartedNode): HostedNode => ({
  description: started.description,
  uid: started.record?.uid ?? null,
  bootId: started.bootId,
  session: undefined,
  ready: true,
  shutdown: undefined,
  observedEpoch: started.record?.observedEpoch ?? 0,
  observedSequence: started.record?.observedSequence ?? 0,
  pods: new Map(),
  buried: [...(started.record?.buried ?? [])],
  held: undefined,
  registrationsRefused: 0,
  unreportedPods: new Set(),
  isObservedUnreported: false,
  taints: new Map(),
});

const hostedPod = ({ run, stage, killAt, report, isOverdue }: PodRecord): HostedPod => ({
  ...newHostedPod(run, stage),
  killAt,
  report,
  endedBy: isOverdue === true ? 'deadline' : undefined,
});

/** A Pod of which only the runtime knows: it stays until a set of commands says whether it is wanted. */
const strangerPod = (running: RunningPod): HostedPod => {
  const { namespace, name, uid, owner, report } = running;
  return {
    ...newHostedPod(
      { namespace, name, uid, owner, surge: false, labels: {}, annotations: {}, spec: { containers: [] } },
      'started',
    ),
    report,
  };
};

/** Containers of the Pod are lost: a wanted Pod is started again, one that was being stopped is gone. */
export const loseContainers = (node: HostedNode, pod: HostedPod, hands: Hands): void => {
  if (pod.stage === 'stopping') podIsGone(node, pod, hands);
  else if (pod.stage === 'started') {
    hands.counters.podsStarted += 1;
    const before = pod.report === null ? {} : { before: pod.report };
    hands.outbox.requests.push({ type: 'start', node: node.description.name, pod: pod.run, ...before });
  }
};

const resumePod = (node: HostedNode, pod: HostedPod, running: RunningPod | undefined, hands: Hands): void => {
  if (pod.stage !== 'started' && pod.stage !== 'stopping') return;
  if (running === undefined) {
    loseContainers(node, pod, hands);
    return;
  }
  pod.report = running.report;
  if (pod.stage !== 'stopping') return;
  // The request may have been lost with the process; what is left of the grace period goes on.
  const graceSeconds = Math.max(0, ((pod.killAt ?? hands.now) - hands.now) / 1_000);
  hands.outbox.requests.push({ type: 'stop', node: node.description.name, uid: pod.run.uid, graceSeconds });
};

const resume = (node: HostedNode, record: NodeRecord, started: StartedNode, hands: Hands): void => {
  const running = new Map(started.running.map((pod) => [pod.uid, pod]));
  for (const podRecord of record.pods) {
    const pod = hostedPod(podRecord);
    node.pods.set(pod.run.uid, pod);
    resumePod(node, pod, running.get(pod.run.uid), hands);
  }
};

/** A node as it is when its agent process starts: with what the store and the runtime have of it. */
export const startNode = (started: StartedNode, hands: Hands): HostedNode => {
  const node = hostedNode(started);
  const { record } = started;
  if (record === undefined || record.bootId !== started.bootId) hands.outbox.changes.push(nodeChange(node));
  if (record !== undefined) resume(node, record, started, hands);
  for (const running of started.running) {
    if (node.pods.has(running.uid)) continue;
    const pod = strangerPod(running);
    node.pods.set(running.uid, pod);
    hands.outbox.changes.push(podChange(node, pod));
  }
  return node;
};

/** The node has booted anew: the containers are lost, the Pods are not. */
export const rebootNode = (node: HostedNode, bootId: string, hands: Hands): void => {
  node.bootId = bootId;
  if (node.shutdown !== undefined) leaveShutdown(node);
  hands.outbox.changes.push(nodeChange(node));
  for (const pod of node.pods.values()) loseContainers(node, pod, hands);
};

/** The controller knows the node under another uid: what ran for the old one is ended, and commands for the new one start from zero. */
export const takeIdentity = (node: HostedNode, uid: string, endUnwanted: (pod: HostedPod) => void): void => {
  node.uid = uid;
  node.observedEpoch = 0;
  node.observedSequence = 0;
  for (const pod of node.pods.values()) endUnwanted(pod);
};
