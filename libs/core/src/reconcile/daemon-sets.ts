import type { Decision } from '../controller/decision.ts';
import { daemonSetsOf, type FleetState, type Key } from '../fleet/state.ts';
import { compareText } from '../kernel/compare-text.ts';
import { syncDaemonSet, type DaemonSetMark } from '../daemonset/sync-daemon-set.ts';

interface Mark {
  isWhole: boolean;
  readonly nodes: Set<string>;
}

const takeMarks = (state: FleetState): Map<Key, Mark> => {
  const { dirty } = state;
  const marks = new Map<Key, Mark>();
  const markOf = (key: Key): Mark => {
    let mark = marks.get(key);
    if (mark === undefined) {
      mark = { isWhole: false, nodes: new Set() };
      marks.set(key, mark);
    }
    return mark;
  };
  for (const key of dirty.daemonSets) markOf(key).isWhole = true;
  // A mark without nodes asks for the status only.
  for (const [key, nodes] of dirty.daemonSetNodes) {
    const mark = markOf(key);
    for (const node of nodes) mark.nodes.add(node);
  }
  for (const key of daemonSetsOf(state).keys()) for (const node of dirty.nodes) markOf(key).nodes.add(node);
  dirty.daemonSets.clear();
  dirty.daemonSetNodes.clear();
  return marks;
};

/**
 * Looks at every DaemonSet and node that is marked, in the order of names, and emits what has to happen. Takes the marks of DaemonSets; those of
 * nodes are shared with other reconcilers and stay. What has to be looked at once more, because a Pod went at once, is marked again.
 */
export const reconcileDaemonSets = (decision: Decision): void => {
  const marks: [Key, DaemonSetMark][] = [...takeMarks(decision.state)];
  for (const [key, mark] of marks.sort(([left], [right]) => compareText(left, right))) syncDaemonSet({ decision, key, explain: undefined }, mark);
};

/** Takes the marks of DaemonSets and does nothing about them: they are another controller's. */
export const leaveDaemonSets = ({ dirty, rollups }: FleetState): void => {
  dirty.daemonSets.clear();
  dirty.daemonSetNodes.clear();
  rollups.clear();
};
