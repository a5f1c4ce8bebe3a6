import { readFileSync } from 'node:fs';
import Table from 'cli-table3';

export interface StepResult {
  readonly step: string;
  readonly nodes: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Records that the step added to the log. */
  readonly records: number;
  /** Events in those records. */
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly processes: readonly { readonly name: string; readonly cpuSeconds: number; readonly peakMiB: number }[];
}

export interface BenchResult {
  readonly stack: string;
  readonly nodes: number;
  readonly steps: readonly StepResult[];
  /** One change of one node: time until the API has answered, and CPU time of the leader. */
  readonly change: { readonly milliseconds: number; readonly leaderCpuMilliseconds: number };
  readonly latency: { readonly p50Ms: number; readonly p99Ms: number };
}

/** What the Kubernetes rival's benchmark writes. */
export interface RivalResult {
  readonly stack: string;
  readonly mode: string;
  readonly nodes: number;
  readonly steps: readonly { readonly step: string; readonly seconds: number }[];
}

/** Reads a rival's JSON. Throws with the file's name when it is not of the expected shape. */
export const readRival = (file: string): RivalResult => {
  const rival = JSON.parse(readFileSync(file, 'utf8')) as Partial<RivalResult>;
  if (!Array.isArray(rival.steps) || typeof rival.nodes !== 'number') throw new Error(`${file}: expected { stack, mode, nodes, steps: [{ step, seconds }] }`);
  return { stack: rival.stack ?? 'rival', mode: rival.mode ?? '', nodes: rival.nodes, steps: rival.steps };
};

const plain = { chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }, style: { head: [], border: [] } };

/** Steps of all runs with CPU seconds and peak memory of each kind of process. */
export const stepTable = (results: readonly BenchResult[]): string => {
  const table = new Table({ ...plain, head: ['nodes', 'step', 'seconds', 'nodes/s', 'records', 'events', 'events/s', 'CPU s', 'peak MiB'], colAligns: ['right', 'left', 'right', 'right', 'right', 'right', 'right', 'left', 'left'] });
  for (const { nodes, steps } of results) {
    for (const { step, seconds, perSecond, records, events, eventsPerSecond, processes } of steps) {
      const list = (show: (process: StepResult['processes'][number]) => string): string => processes.map((process) => `${process.name} ${show(process)}`).join('\n');
      table.push([nodes, step, seconds.toFixed(2), perSecond, records, events, eventsPerSecond, list((p) => p.cpuSeconds.toFixed(2)), list((p) => String(p.peakMiB))]);
    }
  }
  const latencies = results.map(
    ({ nodes, latency, change }) =>
      `${nodes} nodes: event to command p50 ${latency.p50Ms.toFixed(1)} ms, p99 ${latency.p99Ms.toFixed(1)} ms; one node changed: ${change.milliseconds.toFixed(2)} ms, ${change.leaderCpuMilliseconds.toFixed(2)} ms of the leader's CPU`,
  );
  return `${table.toString()}\n${latencies.join('\n')}`;
};

/** Each step beside the rival's, as a ratio; runs with another number of nodes are named, because then it is no comparison. */
export const ratioTable = (results: readonly BenchResult[], rival: RivalResult): string => {
  const own = results.find((result) => result.nodes === rival.nodes);
  if (own === undefined) return `${rival.stack}: has ${rival.nodes} nodes, and there is no run of ours with as many`;
  const table = new Table({ ...plain, head: [`${rival.nodes} nodes`, 'everynode s', `${rival.stack} ${rival.mode} s`, 'ratio'], colAligns: ['left', 'right', 'right', 'right'] });
  for (const { step, seconds } of rival.steps) {
    const mine = own.steps.find((candidate) => candidate.step === step);
    if (mine !== undefined) table.push([step, mine.seconds.toFixed(2), seconds.toFixed(2), `${(seconds / mine.seconds).toFixed(1)}×`]);
  }
  return table.toString();
};
