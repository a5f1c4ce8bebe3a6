import { LIMITS } from '../kernel/limits.ts';
import type { Milliseconds } from '../kernel/time.ts';
import { isCritical, REFUSED_IN_SHUTDOWN, TERMINATED } from '../node/shutdown.ts';
import {
  newHostedPod,
  nodeChange,
  occupiesNode,
  podChange,
  podStateChange,
  type HostedNode,
  type HostedPod,
} from './hosted-node.ts';
import type { CommandRefusal, KubeletCounters } from './kubelet-messages.ts';
import type { NodeCommands, RunPod, TerminatePod } from './node-commands.ts';
import { bury } from './node-record.ts';
import type { Outbox } from './outbox.ts';
import type { ReportQueue } from './report-queue.ts';

const GRACE_SECONDS_DEFAULT = 30;
/** Status of a Pod that was active for too long. */
const OVERDUE = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' } as const;

/** What carrying out commands touches besides the node. */
export interface Hands {
  readonly outbox: Outbox;
  readonly reports: ReportQueue;
  readonly counters: KubeletCounters;
  readonly now: Milliseconds;
}

const refusalOf = (node: HostedNode, set: NodeCommands): CommandRefusal | undefined => {
  if (set.nodeUid !== node.uid) return 'foreign-node-uid';
  if (set.epoch < node.observedEpoch || set.sequence < node.observedSequence) return 'stale';
  if (set.run.length + set.terminate.length > LIMITS.podsPerNodeMax) return 'too-many-pods';
  const uids = new Set([...set.run, ...set.terminate].map((pod) => pod.uid));
  return uids.size === set.run.length + set.terminate.length ? undefined : 'contradiction';
};

/** Asks the runtime to end the Pod. `graceSeconds` counts from now and can only shorten what a stopping Pod still has. */
export const stopPod = (node: HostedNode, pod: HostedPod, graceSeconds: number, hands: Hands): void => {
  const killAt = hands.now + graceSeconds * 1_000;
  if (pod.stage === 'stopping' && pod.killAt !== null && pod.killAt <= killAt) return;
  if (pod.stage !== 'stopping') hands.counters.podsStopped += 1;
  pod.stage = 'stopping';
  pod.killAt = killAt;
  hands.outbox.changes.push(podStateChange(node, pod));
  hands.outbox.requests.push({ type: 'stop', node: node.description.name, uid: pod.run.uid, graceSeconds });
};

/** Nothing of the Pod is left; it is kept until the controller knows. */
export const podIsGone = (node: HostedNode, pod: HostedPod, hands: Hands): void => {
  pod.stage = 'gone';
  pod.killAt = null;
  if (pod.endedBy !== undefined) {
    const why = pod.endedBy === 'deadline' ? OVERDUE : TERMINATED;
    pod.report = { ...(pod.report ?? { containers: [] }), phase: 'Failed', ready: false, ...why };
  }
  hands.outbox.changes.push(podStateChange(node, pod));
  hands.reports.podChanged(node, pod, hands.now);
};

export const forgetPod = (node: HostedNode, pod: HostedPod, hands: Hands): void => {
  node.pods.delete(pod.run.uid);
  bury(node.buried, pod.run.uid);
  hands.reports.forget(node, pod);
  hands.outbox.changes.push({ type: 'pod-forgotten', node: node.description.name, uid: pod.run.uid });
};

/** Ends a Pod that is not in the set, with the grace period that it asks for itself. */
export const endUnwanted = (node: HostedNode, pod: HostedPod, hands: Hands): void => {
  if (pod.stage === 'waiting') forgetPod(node, pod, hands);
  else if (pod.stage === 'started')
    stopPod(node, pod, pod.run.spec.terminationGracePeriodSeconds ?? GRACE_SECONDS_DEFAULT, hands);
};

/** Whether containers of the Pod may be started beside what its owner has on the node already. */
const hasRoom = (node: HostedNode, pod: RunPod): boolean => {
  if (pod.owner === '') return true;
  const max = pod.surge ? 2 : 1;
  let count = 0;
  for (const other of node.pods.values()) if (other.run.owner === pod.owner && occupiesNode(other)) count += 1;
  return count < max;
};

/** A node that shuts down takes in critical Pods only, for as long as it ends none of them. */
const isRefused = ({ shutdown }: HostedNode, { run }: HostedPod, now: Milliseconds): boolean =>
  shutdown !== undefined && (!isCritical(run.spec) || now >= shutdown.criticalAt);

const refusePod = (node: HostedNode, pod: HostedPod, hands: Hands): void => {
  pod.stage = 'gone';
  pod.report = { phase: 'Failed', ready: false, ...REFUSED_IN_SHUTDOWN, containers: [] };
  hands.outbox.changes.push(podChange(node, pod));
  hands.reports.podChanged(node, pod, hands.now);
};

/** Starts the waiting Pods for which there is room. At most one Pod of an owner runs on a node, two with surge. */
export const startWaiting = (node: HostedNode, hands: Hands): void => {
  for (const pod of node.pods.values()) {
    if (pod.stage !== 'waiting') continue;
    if (isRefused(node, pod, hands.now)) {
      refusePod(node, pod, hands);
      continue;
    }
    if (!hasRoom(node, pod.run)) continue;
    pod.stage = 'started';
    hands.counters.podsStarted += 1;
    hands.outbox.changes.push(podChange(node, pod));
    hands.outbox.requests.push({ type: 'start', node: node.description.name, pod: pod.run });
  }
};

/** People who look into a Pod add containers to it while it runs. */
const hasMoreEphemeral = (now: RunPod, before: RunPod): boolean =>
  (now.spec.ephemeralContainers?.length ?? 0) > (before.spec.ephemeralContainers?.length ?? 0);

/** Gives back the Pod if the node did not know it. */
const wantRun = (node: HostedNode, run: RunPod, hands: Hands): HostedPod | undefined => {
  const present = node.pods.get(run.uid);
  if (present === undefined && !node.buried.includes(run.uid)) {
    const pod = newHostedPod(run, 'waiting');
    node.pods.set(run.uid, pod);
    return pod;
  }
  if (present === undefined || present.stage === 'stopping' || present.stage === 'gone') {
    hands.counters.refusals['pod-was-stopped'] += 1;
    return undefined;
  }
  const before = present.run;
  present.run = run;
  const isSame =
    before.surge === run.surge &&
    before.spec === run.spec &&
    before.annotations === run.annotations &&
    before.labels === run.labels;
  if (!isSame) hands.outbox.changes.push(podChange(node, present));
  if (present.stage === 'started' && hasMoreEphemeral(run, before))
    hands.outbox.requests.push({ type: 'extend', node: node.description.name, pod: run });
  return undefined;
};

const wantTerminated = (node: HostedNode, command: TerminatePod, hands: Hands): void => {
  const present = node.pods.get(command.uid);
  if (present === undefined) {
    const { namespace, name, uid } = command;
    const pod = newHostedPod(
      { namespace, name, uid, owner: '', surge: false, labels: {}, annotations: {}, spec: { containers: [] } },
      'gone',
    );
    node.pods.set(uid, pod);
    hands.outbox.changes.push(podChange(node, pod));
    hands.reports.podChanged(node, pod, hands.now);
  } else if (present.stage === 'waiting') podIsGone(node, present, hands);
  else if (present.stage !== 'gone') stopPod(node, present, command.graceSeconds, hands);
};

/** Takes up a set of commands, or refuses it and counts why. The set is the whole of what shall run: everything else is ended. */
export const takeCommands = (node: HostedNode, set: NodeCommands, hands: Hands): void => {
  const refusal = refusalOf(node, set);
  if (refusal !== undefined) {
    hands.counters.refusals[refusal] += 1;
    // The sender may not know what the node has observed.
    if (refusal === 'stale') hands.reports.observedChanged(node, hands.now);
    return;
  }
  const isRepeated = set.epoch === node.observedEpoch && set.sequence === node.observedSequence;
  if (isRepeated) hands.counters.setsRepeated += 1;
  else {
    hands.counters.setsAccepted += 1;
    node.observedEpoch = set.epoch;
    node.observedSequence = set.sequence;
    hands.outbox.changes.push(nodeChange(node));
  }
  hands.reports.observedChanged(node, hands.now);
  const wanted = new Set<string>();
  const fresh: HostedPod[] = [];
  for (const command of set.terminate) {
    wanted.add(command.uid);
    wantTerminated(node, command, hands);
  }
  for (const run of set.run) {
    wanted.add(run.uid);
    const pod = wantRun(node, run, hands);
    if (pod !== undefined) fresh.push(pod);
  }
  for (const pod of node.pods.values()) if (!wanted.has(pod.run.uid)) endUnwanted(node, pod, hands);
  startWaiting(node, hands);
  for (const pod of fresh) if (pod.stage === 'waiting') hands.outbox.changes.push(podChange(node, pod));
};
