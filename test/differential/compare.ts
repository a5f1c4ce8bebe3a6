import { ownConditionsOf, withoutOwnConditions } from './deliberate.ts';
import type { History } from './history.ts';
import type { Outcome } from './play.ts';

/** Something that two fleets show differently after the same step of the same history. */
export interface Difference {
  readonly history: string;
  readonly step: string;
  /** What differs: `Pods on node-3`, `status of web`, `revisions`, `answers`, … */
  readonly what: string;
  readonly own: string;
  readonly other: string;
}

const ABSENT = '-';

const nodeOf = (podLine: string): string => podLine.slice(0, podLine.indexOf(' '));

const withoutNode = (podLine: string): string => podLine.slice(podLine.indexOf(' ') + 1);

const counted = (lines: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts].map(([line, count]) => `${count} × ${line}`).toSorted().join(', ');
};

const podRows = (lines: readonly string[], takesAnyNodes: boolean): Map<string, string> => {
  if (takesAnyNodes) {
    // Which nodes come first is not compared, but how many Pods of which kind they have together.
    const byNode = Map.groupBy(lines, nodeOf);
    return new Map([['Pods', counted([...byNode.values()].map((pods) => pods.map(withoutNode).toSorted().join(' + ')))]]);
  }
  return new Map([...Map.groupBy(lines, nodeOf)].map(([node, pods]) => [`Pods on ${node}`, pods.map(withoutNode).toSorted().join(' + ')]));
};

interface DaemonSetPart {
  readonly name: string;
  readonly status: object;
}

const inOrder = (object: unknown): string =>
  JSON.stringify(object, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))) : (value ?? undefined),
  );

/** What is compared of one step, row by row. Events are not: who said what how often is compared with recordings. */
const rowsOf = ({ codes, picture }: Outcome, takesAnyNodes: boolean): Map<string, string> => {
  const rows = podRows(picture.pods, takesAnyNodes);
  rows.set('answers', codes.join(' '));
  for (const daemonSet of picture.daemonSets as readonly DaemonSetPart[]) {
    const { name, status, ...rest } = withoutOwnConditions(daemonSet);
    const conditions = ownConditionsOf(daemonSet);
    if (conditions.length > 0) rows.set(`everynode's conditions of ${name}`, conditions.join(' '));
    rows.set(`status of ${name}`, inOrder(status));
    rows.set(`metadata of ${name}`, inOrder(rest));
  }
  for (const [index, revision] of picture.revisions.entries()) rows.set(`revision ${index + 1} of ${picture.revisions.length}`, inOrder(revision));
  if (!takesAnyNodes) rows.set('a whole Pod', inOrder(picture.podOnNode1));
  return rows;
};

/** Everything in which two fleets differ after the steps of one history. */
export const differencesIn = (history: History, own: readonly Outcome[], other: readonly Outcome[]): readonly Difference[] => {
  const differences: Difference[] = [];
  for (const [index, { name: step }] of history.steps.entries()) {
    const [left, right] = [own[index], other[index]].map((outcome) => (outcome === undefined ? new Map<string, string>() : rowsOf(outcome, history.takesAnyNodes ?? false)));
    for (const what of new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])) {
      const [ownText, otherText] = [left?.get(what) ?? ABSENT, right?.get(what) ?? ABSENT];
      if (ownText !== otherText) differences.push({ history: history.name, step, what, own: ownText, other: otherText });
    }
  }
  return differences;
};

/** The differences as a table: history and step, what, and each side below it. */
export const tableOf = (differences: readonly Difference[]): string =>
  differences.map(({ history, step, what, own, other }) => `${history} / ${step}: ${what}\n    everynode                ${own}\n    kube-controller-manager  ${other}`).join('\n');
