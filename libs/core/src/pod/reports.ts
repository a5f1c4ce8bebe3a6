import type { Decision } from '../controller/decision.ts';
import type { ControllerInput, NodeReport, PodStatusReport } from '../controller/input.ts';
import type { ContainerReport, PodReport } from '../event/fleet-event.ts';
import { keyOf, nodeNamed, podsOf, type FleetState } from '../fleet/state.ts';
import { LIMITS } from '../kernel/limits.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { takeTaintChanges } from '../node/agent-taints.ts';
import { isOfSession, noteShutdown } from '../node/heartbeats.ts';
import { contactOf, noteHeard, noteObserved, type NodeContact, type NodeLiveness } from '../node/liveness.ts';
import { isTerminal, keyOfPod, removePod } from './delete-pod.ts';
import { isNews } from './report-news.ts';

const KILLED_EXIT_CODE = 137;

const isOver = (report: PodReport): boolean => report.phase === 'Succeeded' || report.phase === 'Failed';

const located = (container: ContainerReport): ContainerReport =>
  container.state === 'terminated'
    ? { ...container, ready: false }
    : {
        name: container.name,
        state: 'terminated',
        ready: false,
        restartCount: container.restartCount,
        exitCode: KILLED_EXIT_CODE,
        reason: 'ContainerStatusUnknown',
        message: 'The container could not be located when the pod was terminated',
      };

/** The last state of a Pod of which nothing is left: over, whatever it was before. */
const lastReport = (report: PodReport): PodReport => {
  if (isOver(report)) return report;
  const { podIP: _podIP, ...rest } = report;
  return {
    ...rest,
    phase: 'Failed',
    ready: false,
    reason: report.reason ?? 'ContainerStatusUnknown',
    message: report.message ?? 'Nothing of the Pod was found on its node',
    containers: report.containers.map(located),
    ...(report.ephemeralContainers === undefined ? {} : { ephemeralContainers: report.ephemeralContainers.map(located) }),
  };
};

/**
 * Nothing of the Pod is left on its node. If it was to go, it goes. If it was not, it has vanished with the node's disk or was stopped by
 * somebody else: it counts as failed, so that its owner replaces it.
 */
const takeGone = (decision: Decision, pod: Pod, report: PodReport, node: string): void => {
  const isDeleting = pod.metadata.deletionTimestamp !== undefined;
  const isHeld = (pod.metadata.finalizers ?? []).length > 0;
  if (!isTerminal(pod) && (!isDeleting || isHeld)) decision.emit({ type: 'pod.reported.v1', ...keyOfPod(pod), report: lastReport(report) });
  if (isDeleting) removePod(decision, pod, { cause: 'stopped', by: node });
};

/** The Pod that a report is about, if the log has it and has it on this node. Any other is left to the agent, which stops what its commands do not name. */
const findReported = (state: FleetState, node: string, report: PodStatusReport): Pod | undefined => {
  const pod = podsOf(state).get(keyOf(report.namespace, report.name));
  return pod?.metadata.uid === report.uid && pod.spec.nodeName === node ? pod : undefined;
};

const takePodReport = (decision: Decision, contact: NodeContact, node: string, entry: PodStatusReport): void => {
  const newest = contact.revisions.get(entry.uid);
  if (newest !== undefined && entry.revision <= newest) return;
  const pod = findReported(decision.state, node, entry);
  if (pod === undefined) {
    contact.revisions.delete(entry.uid);
    return;
  }
  contact.revisions.set(entry.uid, entry.revision);
  if (entry.gone) takeGone(decision, pod, entry.report, node);
  // A Pod that is over does not come back to life.
  else if ((!isTerminal(pod) || isOver(entry.report)) && isNews(pod, entry.report)) decision.emit({ type: 'pod.reported.v1', ...keyOfPod(pod), report: entry.report });
};

/** Revisions of Pods that are gone are of no use; they are dropped before they can pile up. */
const boundRevisions = (state: FleetState, contact: NodeContact, node: string): void => {
  if (contact.revisions.size <= 2 * LIMITS.podsPerNodeMax) return;
  const present = new Set([...(state.indexes.podsByNode.get(node)?.values() ?? [])].map((pod) => pod.metadata.uid));
  for (const uid of contact.revisions.keys()) if (!present.has(uid)) contact.revisions.delete(uid);
};

const takeNodeReport = (decision: Decision, liveness: NodeLiveness, agent: string, report: NodeReport): void => {
  const { name, session } = report;
  // Being heard of at all keeps a node alive (DS-267); only a heartbeat brings a lost one back.
  if (liveness.heardAt.has(name)) noteHeard(liveness, name, decision.now);
  noteObserved(liveness, name, { epoch: report.observedEpoch, sequence: report.observedSequence });
  const contact = contactOf(liveness, name, session);
  const node = nodeNamed(decision.state, name);
  if (report.shuttingDown === true && node !== undefined) noteShutdown(decision, node);
  for (const entry of report.pods) takePodReport(decision, contact, name, entry);
  boundRevisions(decision.state, contact, name);
  takeTaintChanges(decision, agent, name, report.taints);
};

/**
 * Takes what nodes report of their Pods and taints; only what is news becomes an event. Returns the nodes that have to register again, because
 * this agent does not host them (any more) or the controller does not know them.
 */
export const takeNodeReports = (
  decision: Decision,
  liveness: NodeLiveness,
  input: Extract<ControllerInput, { type: 'ReportNodes' }>,
): readonly string[] => {
  const refused: string[] = [];
  for (const report of input.nodes) {
    if (nodeNamed(decision.state, report.name) === undefined || !isOfSession(decision, input.agent, report)) refused.push(report.name);
    else takeNodeReport(decision, liveness, input.agent, report);
  }
  return refused;
};
