import { daemonSetsOf, type DaemonSet, type FleetState } from '@everynode/core';

/** The counters of a DaemonSet, as kubectl shows them. */
export interface DaemonSetRow {
  readonly namespace: string;
  readonly name: string;
  readonly desired: number;
  readonly current: number;
  readonly ready: number;
  readonly upToDate: number;
  readonly available: number;
  readonly generation: number;
}

const daemonSetRow = ({ metadata, status }: DaemonSet): DaemonSetRow => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  desired: status?.desiredNumberScheduled ?? 0,
  current: status?.currentNumberScheduled ?? 0,
  ready: status?.numberReady ?? 0,
  upToDate: status?.updatedNumberScheduled ?? 0,
  available: status?.numberAvailable ?? 0,
  generation: metadata.generation ?? 0,
});

export const daemonSetRows = (state: FleetState): readonly DaemonSetRow[] =>
  [...daemonSetsOf(state).values()].map(daemonSetRow);

export const DAEMON_SET_HEADER = [
  'NAMESPACE',
  'DAEMONSET',
  'DESIRED',
  'CURRENT',
  'READY',
  'UP-TO-DATE',
  'AVAILABLE',
] as const;

export const daemonSetCells = (row: DaemonSetRow): readonly string[] => [
  row.namespace,
  row.name,
  ...[row.desired, row.current, row.ready, row.upToDate, row.available].map(String),
];
