import type { Outcome } from './play.ts';

/** Steps at which everynode is ahead of Kubernetes: it counts a node as soon as it is tainted, Kubernetes only when something else makes it look (DS-83). */
const STATUS_AHEAD: ReadonlySet<string> = new Set(['no-schedule-taint/tainted']);

/** Events that one of the two has more of, on purpose or by a race inside Kubernetes. Each is a paragraph of docs/explanation/differences-from-kubernetes.md. */
const EVENTS: readonly { readonly history?: string; readonly pattern: RegExp }[] = [
  { pattern: / FailingOnNode: / },
  { pattern: / TaintManagerEviction: Cancelling deletion of Pod / },
  { history: 'no-execute-taint', pattern: / SuccessfulDelete: / },
];

/** A time that nobody set is null in Kubernetes' JSON and absent in everynode's: the same to every client. */
const withoutNulls = (object: object): unknown => JSON.parse(JSON.stringify(object, (_key, value: unknown) => value ?? undefined));

/** An outcome without what differs deliberately; recording and replay both go through it, so that everything else is compared. */
export const comparable = (history: string, { picture, ...outcome }: Outcome): unknown => {
  const events = Object.entries(picture.events).filter(([line]) => !EVENTS.some((entry) => (entry.history ?? history) === history && entry.pattern.test(line)));
  const daemonSets = STATUS_AHEAD.has(`${history}/${outcome.step}`) ? picture.daemonSets.map((daemonSet) => ({ ...daemonSet, status: 'ahead' })) : picture.daemonSets;
  return { ...outcome, picture: { ...picture, daemonSets: daemonSets.map(withoutNulls), events: Object.fromEntries(events) } };
};
