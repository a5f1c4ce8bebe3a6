import type { Difference } from './compare.ts';
import type { Outcome } from './play.ts';

/** Steps at which everynode is ahead of Kubernetes: it counts a node as soon as it is tainted, Kubernetes only when something else makes it look (DS-83). */
const STATUS_AHEAD: ReadonlySet<string> = new Set(['no-schedule-taint/tainted', 'taint-that-one-of-two-tolerates/tainted', 'taints-replaced/two taints']);

/** Events that one of the two has more of, on purpose or by a race inside Kubernetes. Each is a paragraph of docs/explanation/differences-from-kubernetes.md. */
const EVENTS: readonly { readonly histories?: ReadonlySet<string>; readonly pattern: RegExp }[] = [
  { pattern: / FailingOnNode: / },
  { pattern: / DeletedOnNode: / },
  { pattern: / TaintManagerEviction: Cancelling deletion of Pod / },
  { histories: new Set(['no-execute-taint', 'no-execute-in-a-rollout', 'taints-replaced', 'whole-fleet-tainted', 'toleration-added']), pattern: / SuccessfulDelete: / },
];

/** Both controllers say as many events about a DaemonSet at once. When it is used up, the order in which Pods came and went decides which events are left out. */
const EVENTS_AT_ONCE = 25;
const OF_PODS = /^daemonset-controller DaemonSet Normal Successful(?:Create|Delete): /;

/** Events of Pods that came and went, by kind, or all of one kind together where some are left out. */
const withoutChanceAtTheLimit = (events: readonly (readonly [string, number])[]): readonly (readonly [string, number])[] => {
  const ofPods = events.filter(([line]) => OF_PODS.test(line));
  const total = ofPods.reduce((sum, [, count]) => sum + count, 0);
  return total < EVENTS_AT_ONCE ? events : [...events.filter(([line]) => !OF_PODS.test(line)), ['Pods came and went', total]];
};

/** Conditions that Kubernetes' DaemonSets do not have. */
const OWN_CONDITIONS: ReadonlySet<string> = new Set(['Progressing', 'RolloutStalled', 'RolloutSkipsNodes', 'UnknownRolloutPolicy']);

interface DaemonSetPart {
  readonly status?: { readonly conditions?: readonly { readonly type: string }[] };
}

/** A time that nobody set is null in Kubernetes' JSON and absent in everynode's: the same to every client. */
const withoutNulls = (object: object): unknown => JSON.parse(JSON.stringify(object, (_key, value: unknown) => value ?? undefined));

/** Types of the conditions that only everynode writes. */
export const ownConditionsOf = ({ status }: DaemonSetPart): readonly string[] => (status?.conditions ?? []).map(({ type }) => type).filter((type) => OWN_CONDITIONS.has(type));

export const withoutOwnConditions = <T extends DaemonSetPart>(daemonSet: T): T => {
  const { status } = daemonSet;
  if (status?.conditions === undefined) return daemonSet;
  const conditions = status.conditions.filter(({ type }) => !OWN_CONDITIONS.has(type));
  return { ...daemonSet, status: { ...status, conditions: conditions.length === 0 ? undefined : conditions } };
};

/** An outcome without what differs deliberately; recording and replay both go through it, so that everything else is compared. */
export const comparable = (history: string, { picture, ...outcome }: Outcome): unknown => {
  const events = Object.entries(picture.events).filter(([line]) => !EVENTS.some((entry) => (entry.histories?.has(history) ?? true) && entry.pattern.test(line)));
  const seen = picture.daemonSets.map(withoutOwnConditions);
  const daemonSets = STATUS_AHEAD.has(`${history}/${outcome.step}`) ? seen.map((daemonSet) => ({ ...daemonSet, status: 'ahead' })) : seen;
  return { ...outcome, picture: { ...picture, daemonSets: daemonSets.map(withoutNulls), events: Object.fromEntries(withoutChanceAtTheLimit(events)) } };
};

/** A way in which everynode's controller is not kube-controller-manager's, chosen and written down. */
export interface Choice {
  /** Heading in docs/explanation/differences-from-kubernetes.md. */
  readonly heading: string;
  readonly covers: (difference: Difference) => boolean;
}

/** What two fleets may differ in when one has everynode's DaemonSet controller and the other kube-controller-manager's. Everything else is a mistake. */
export const CHOICES: readonly Choice[] = [
  { heading: 'Conditions and events of its own', covers: ({ what, other }) => what.startsWith("everynode's conditions of ") && other === '-' },
  { heading: 'R43 Somebody who deletes each new Pod', covers: ({ history, step }) => history === 'pods-deleted-again-and-again' && step !== 'created' && step !== 'left alone' },
  { heading: 'R23 A Pod that ends where a surge is allowed', covers: ({ history, step }) => history === 'pod-that-ends-slowly-where-a-surge-is-allowed' && step === 'deleted' },
  { heading: 'R65 A node that shuts down', covers: ({ history, step }) => history === 'node-that-shuts-down' && step === 'shut down' },
  { heading: 'R06 A node that fails every Pod', covers: ({ history, step }) => history === 'node-that-shuts-down' && step === 'second image' },
  { heading: 'Status of tainted nodes', covers: ({ history, step, what }) => STATUS_AHEAD.has(`${history}/${step}`) && what.startsWith('status of ') },
];
