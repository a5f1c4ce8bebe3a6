import type { FleetEvent, FleetEventType, RequestAudit } from '@everynode/core';
import { conditionWords, nodeWords, podReportWords, specWords, taintsWords } from './object-words.ts';
import { CAUSE_WORDS } from './cause-words.ts';
import { shortSpan } from '../terminal/age.ts';

type SentenceOf<T extends FleetEventType> = (event: Extract<FleetEvent, { readonly type: T }>) => string;

const by = (who: string): string => (who === '' ? '' : `, by ${who}`);

const ROLLOUT_WORDS = { waiting: 'the rollout waits', rolling: 'the rollout goes on', done: 'the rollout is done' } as const;

const ofResource = (resource: string): string => resource.replace(/ies$/, 'y').replace(/s$/, '');

/** `patch by jane with kubectl`, `create of eviction by ada, in the name of jane`. */
const auditWords = ({ verb, subresource, user, impersonatedBy, agent }: RequestAudit): string => {
  const what = subresource === undefined ? verb : `${verb} of ${subresource}`;
  const who = impersonatedBy === undefined ? user : `${impersonatedBy} in the name of ${user}`;
  const program = agent?.split('/')[0] ?? '';
  return `${what} by ${who}${program === '' ? '' : ` with ${program}`}`;
};

/** One sentence for every type of event; the compiler sees to it that none is missing. */
const SENTENCES: { readonly [T in FleetEventType]: SentenceOf<T> } = {
  'epoch.started.v1': (event) => `${event.holder} leads from here on, in epoch ${event.epoch}`,
  'object.created.v1': (event) => `${ofResource(event.resource)} created${by(event.by)}`,
  'object.updated.v1': (event) => `${ofResource(event.resource)} changed${by(event.by)}`,
  'object.deleted.v1': (event) => `${ofResource(event.resource)} deleted${by(event.by)}`,
  'object.deletion-requested.v1': (event) =>
    `${ofResource(event.resource)} is to be deleted${event.finalizers.length === 0 ? '' : ` once ${event.finalizers.join(', ')} let go of it`}${by(event.by)}`,
  'object.metadata-changed.v1': (event) => `${Object.keys(event.metadata).join(' and ')} changed${by(event.by)}`,
  'node.registered.v1': (event) => `registered by ${event.agent}, session ${event.session}`,
  'node.updated.v1': (event) => `changed: ${nodeWords(event.node)}${by(event.by)}`,
  'node.became-ready.v1': () => 'is Ready',
  'node.became-not-ready.v1': (event) => `is not Ready: ${conditionWords(event.conditions)}`,
  'node.lost.v1': (event) =>
    `is lost: ${event.lastHeartbeatAt === null ? 'it never sent a heartbeat' : `no heartbeat since ${new Date(event.lastHeartbeatAt).toISOString()}`}`,
  'node.condition-changed.v1': (event) => `condition: ${conditionWords(event.conditions)}`,
  'node.taints-changed.v1': (event) => `${taintsWords(event.taints)}${by(event.by)}`,
  'daemonset.created.v1': (event) => `created: ${specWords(event.daemonSet)}${by(event.by)}`,
  'daemonset.template-changed.v1': (event) =>
    `template changed, generation ${event.daemonSet.metadata.generation ?? '?'}: ${specWords(event.daemonSet)}${by(event.by)}`,
  'daemonset.spec-changed.v1': (event) =>
    `spec changed, generation ${event.daemonSet.metadata.generation ?? '?'}: ${specWords(event.daemonSet)}${by(event.by)}`,
  'daemonset.metadata-changed.v1': (event) => `labels or annotations changed${by(event.by)}`,
  'daemonset.status-changed.v1': ({ status }) =>
    `desired ${status.desiredNumberScheduled}, current ${status.currentNumberScheduled}, ready ${status.numberReady}, up to date ${status.updatedNumberScheduled ?? 0}, available ${status.numberAvailable ?? 0}` +
    (status.numberMisscheduled > 0 ? `, misscheduled ${status.numberMisscheduled}` : ''),
  'daemonset.rollout-progressed.v1': ({ revision, available, stage }) =>
    `${ROLLOUT_WORDS[stage]}: ${available} ${available === 1 ? 'node has' : 'nodes have'} an available Pod of revision ${revision}`,
  'controllerrevision.created.v1': (event) => `revision ${event.revision.revision} created${by(event.by)}`,
  'controllerrevision.updated.v1': (event) => `is revision ${event.revision.revision} now${by(event.by)}`,
  'pod.created.v1': (event) => `created for ${event.node}, from revision ${event.revision}`,
  'pod.applied.v1': (event) => `created${by(event.by)}`,
  'pod.updated.v1': (event) => `changed${by(event.by)}`,
  'pod.bound.v1': (event) => `bound to ${event.node}`,
  'pod.reported.v1': (event) => podReportWords(event.report),
  'pod.status-changed.v1': (event) => `status set to ${event.status.phase ?? 'no phase'}${by(event.by)}`,
  'pod.condition-changed.v1': (event) => `condition: ${conditionWords([event.condition])}`,
  'pod.deletion-requested.v1': (event) =>
    `is to stop within ${event.graceSeconds} s: ${CAUSE_WORDS[event.cause]}${by(event.by)}`,
  'pod.deleted.v1': (event) => `is gone: ${CAUSE_WORDS[event.cause]}${by(event.by)}`,
  'pod.eviction-scheduled.v1': (event) =>
    `will be evicted in ${shortSpan(event.dueAt - event.startedAt)}: a NoExecute taint is tolerated for that long only`,
  'pod.eviction-cancelled.v1': () => 'will not be evicted after all',
  'pod.failure-counted.v1': (event) =>
    `a failed Pod was deleted here; the next failure waits ${shortSpan(event.delayMs)}`,
  'pod.deletion-counted.v1': (event) =>
    `a Pod was deleted here as soon as it was made; the next such deletion waits ${shortSpan(event.delayMs)}`,
  'pod.failures-over.v1': () => 'Pods do not fail here any more',
  'event.recorded.v1': (event) => `${event.reason}: ${event.message} (${event.involved.kind} ${event.involved.name})`,
  'request.answered.v1': ({ code, audit }) => (audit === undefined ? `write answered with ${code}` : `${auditWords(audit)}, answered with ${code}`),
};

/** What happened, in words, without the name of the object it happened to. A type of a newer version is named as it is. */
export const eventSentence = (event: FleetEvent): string => {
  const sentence = SENTENCES[event.type] as ((event: FleetEvent) => string) | undefined;
  return sentence === undefined ? event.type : sentence(event);
};
