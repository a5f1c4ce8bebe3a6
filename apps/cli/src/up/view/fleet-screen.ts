import type { FleetState, Pod } from '@everynode/core';
import { DAEMON_SET_HEADER, daemonSetCells, daemonSetRows } from '../../fleet/daemon-set-rows.ts';
import { nodeRows, podRow, type NodeRow, type PodRow } from '../../fleet/node-rows.ts';
import { table } from '../../terminal/table.ts';
import type { Colours } from '../../terminal/terminal.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

const DAEMON_SETS_MAX = 5;
/** Rows that are never nodes: headings, the summary and a line for the cursor. */
const FIXED_ROWS = 7;
const NODES_MIN = 3;

interface NodeWithPods {
  readonly node: NodeRow;
  readonly pods: readonly PodRow[];
}

const isTroubled = ({ node, pods }: NodeWithPods): boolean => node.status !== 'Ready' || pods.some((pod) => !pod.ready);

const withPods = (state: FleetState, node: NodeRow): NodeWithPods => ({
  node,
  pods: [...(state.indexes.podsByNode.get(node.name)?.values() ?? [])].map((pod: Pod) => podRow(pod)),
});

const statusColour = (status: string, colours: Colours): string => {
  if (status === 'Ready' || status === 'Running') return colours.green(status);
  if (/NotReady|Unknown|Fail|Err|BackOff/.test(status)) return colours.red(status);
  return colours.yellow(status);
};

const nodeCells = ({ node, pods }: NodeWithPods, colours: Colours): readonly string[] => {
  const names = pods.map(
    ({ name, status, restarts }) =>
      `${name} ${statusColour(status, colours)}${restarts > 0 ? ` (${restarts} restarts)` : ''}`,
  );
  return [
    node.name,
    statusColour(node.status, colours),
    node.agent,
    names.join(', ') || colours.dim('-'),
    node.taints.join(' '),
  ];
};

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/**
 * The fleet in at most `rows - 1` lines: DaemonSets with their counters, then nodes with their Pods, the ones with trouble first when not all have room.
 * Each line ends with a newline and may be longer than the screen is wide; whoever draws it cuts it.
 */
export const fleetScreen = (state: FleetState, size: ScreenSize, colours: Colours): readonly string[] => {
  const sets = daemonSetRows(state);
  const shownSets = sets.slice(0, DAEMON_SETS_MAX);
  const room = Math.max(size.rows - FIXED_ROWS - shownSets.length, NODES_MIN);
  const all = nodeRows(state).map((node) => withPods(state, node));
  const troubled = all.filter(isTroubled);
  const shown = all.length <= room ? all : [...troubled, ...all.filter((row) => !isTroubled(row))].slice(0, room);
  const ready = all.filter(({ node }) => node.status.startsWith('Ready')).length;
  const running = all.reduce((sum, { pods }) => sum + pods.filter(({ status }) => status === 'Running').length, 0);
  const pods = all.reduce((sum, row) => sum + row.pods.length, 0);
  const hidden = all.length - shown.length;
  const hiddenTrouble = troubled.filter((row) => !shown.includes(row)).length;
  const summary = `${plural(all.length, 'node')}, ${ready} Ready; ${plural(pods, 'Pod')}, ${running} Running; record ${state.sequence}, epoch ${state.epoch}`;
  return [
    ...(shownSets.length === 0 ? ['no DaemonSet yet'] : lines(table(DAEMON_SET_HEADER, shownSets.map(daemonSetCells)))),
    ...(sets.length > shownSets.length ? [`… and ${sets.length - shownSets.length} more`] : []),
    '',
    ...lines(
      table(
        ['NODE', 'STATUS', 'AGENT', 'PODS', 'TAINTS'],
        shown.map((row) => nodeCells(row, colours)),
      ),
    ),
    ...(hidden > 0 ? [colours.dim(`… and ${plural(hidden, 'more node')}, ${hiddenTrouble} of them with trouble`)] : []),
    colours.dim(summary),
  ];
};

const lines = (text: string): readonly string[] => text.trimEnd().split('\n');
