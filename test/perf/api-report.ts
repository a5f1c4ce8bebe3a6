import Table from 'cli-table3';
import type { ListTiming } from './watch-load/list-timing.ts';

export interface ListResult extends ListTiming {
  readonly shape: 'JSON' | 'Table';
  readonly state: string;
  readonly gzip: boolean;
  readonly limitMs: number;
}

/** A rollout with writes beside it. */
export interface RolloutResult {
  readonly seconds: number;
  /** Leaders that took over meanwhile. */
  readonly takeovers: number;
  readonly written: number;
  readonly failedWrites: number;
  readonly writeMedianMs: number;
  readonly writeP99Ms: number;
}

export interface WatchResult {
  readonly shape: 'whole' | 'metadata';
  readonly watchers: number;
  /** Events that each watcher saw. */
  readonly events: number;
  /** The same without watchers. */
  readonly alone: RolloutResult;
  readonly rolled: RolloutResult;
  /** From the start of the rollout until the last watcher had seen the last change. */
  readonly seconds: number;
  /** From the last change until the last watcher had seen it. */
  readonly lastSeenSeconds: number;
  readonly gigabytes: number;
  /** Events that all watchers together have seen. */
  readonly delivered: number;
  readonly closed: number;
  readonly resumed: number;
  readonly refused: number;
  readonly repeated: number;
  readonly faults: readonly string[];
  readonly processes: readonly { readonly name: string; readonly cpuSeconds: number; readonly peakMiB: number }[];
}

export interface ApiBenchResult {
  readonly nodes: number;
  readonly daemonSets: number;
  readonly writes: number;
  /** Load averages of the machine. */
  readonly load: { readonly start: readonly number[]; readonly end: readonly number[] };
  readonly lists: readonly ListResult[];
  readonly watch: WatchResult;
}

const plain = { chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }, style: { head: [], border: [] } };

const listTable = (lists: readonly ListResult[]): string => {
  const table = new Table({ ...plain, head: ['list of all Pods', 'state', 'gzip', 'Pods', 'MiB', 'best ms', 'median ms', 'limit ms', ''], colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'right', 'left'] });
  for (const { shape, state, gzip, items, mebibytes, bestMs, medianMs, limitMs } of lists) {
    table.push([shape, state, gzip ? 'yes' : 'no', items, mebibytes.toFixed(1), bestMs.toFixed(0), medianMs.toFixed(0), limitMs, medianMs <= limitMs ? 'kept' : 'NOT KEPT']);
  }
  return table.toString();
};

const rate = (count: number, seconds: number): string => (count / seconds).toFixed(0);

const rolloutRows = (how: string, { seconds, takeovers, written, failedWrites, writeMedianMs, writeP99Ms }: RolloutResult, writes: number): string[][] => [
  [`rollout ${how}, s`, seconds.toFixed(1), ''],
  ['  leaders that took over', String(takeovers), ''],
  ['  writes/s beside it', rate(written, seconds), String(writes)],
  ['  writes that failed', String(failedWrites), '0'],
  ['  median and 99th percentile of a write, ms', `${writeMedianMs.toFixed(0)}, ${writeP99Ms.toFixed(0)}`, ''],
];

const watchTable = (watch: WatchResult, writes: number): string => {
  const table = new Table({ ...plain, head: [`${watch.watchers} watchers of all Pods (${watch.shape})`, 'measured', 'limit'], colAligns: ['left', 'right', 'right'] });
  table.push(
    ['watchers that missed or reordered something', String(watch.faults.length), '0'],
    ['events seen by each watcher', String(watch.events), ''],
    ...rolloutRows('without watchers', watch.alone, writes),
    ...rolloutRows('with watchers', watch.rolled, writes),
    ['until the last watcher saw the last change, s', watch.lastSeenSeconds.toFixed(1), ''],
    ['all of it, s', watch.seconds.toFixed(1), ''],
    ['GB delivered', watch.gigabytes.toFixed(2), ''],
    ['MB/s delivered', rate(watch.gigabytes * 1_000, watch.seconds), ''],
    ['events/s delivered', rate(watch.delivered, watch.seconds), ''],
    ['watches closed as too slow', String(watch.closed), ''],
    ['resumed', String(watch.resumed), ''],
    ['events repeated after a resume', String(watch.repeated), ''],
    ['asked to come back later', String(watch.refused), ''],
  );
  return table.toString();
};

const processTable = ({ processes }: WatchResult): string => {
  const table = new Table({ ...plain, head: ['process', 'CPU s', 'peak MiB'], colAligns: ['left', 'right', 'right'] });
  for (const { name, cpuSeconds, peakMiB } of processes) table.push([name, cpuSeconds.toFixed(1), peakMiB]);
  return table.toString();
};

const loadText = (load: readonly number[]): string => load.map((value) => value.toFixed(1)).join(' ');

/** All figures, with their limits beside them, and what was wrong. */
export const apiTables = ({ lists, watch, writes, load }: ApiBenchResult): string =>
  [
    listTable(lists),
    watchTable(watch, writes),
    processTable(watch),
    `load of the machine: ${loadText(load.start)} at the start, ${loadText(load.end)} at the end`,
    ...watch.faults.map((fault) => `MISSED OR REORDERED: ${fault}`),
  ].join('\n\n');
