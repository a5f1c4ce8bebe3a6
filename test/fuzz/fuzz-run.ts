import { randomFrom } from '@everynode/core';
import { usageOf, type Fleet } from '@everynode/testkit';
import { drawRequest, MUTATIONS } from './mutate.ts';
import type { FuzzRequest } from './request.ts';
import { FuzzClient, type FuzzAnswer } from './send.ts';
import { faultIn } from './verdict.ts';

export interface FuzzOptions {
  readonly seed: string;
  readonly requests: number;
  readonly concurrency: number;
  readonly onProgress?: (line: string) => void;
}

export interface Finding {
  /** Number of the request in the run, or -1 for what was seen after it. */
  readonly index: number;
  readonly fault: string;
  readonly request: string;
}

export interface FuzzRun {
  readonly seed: string;
  readonly requests: number;
  readonly seconds: number;
  /** Answers by status code; `stream` and `broken` for those without an end or without an answer. */
  readonly answers: ReadonlyMap<string, number>;
  /** How often each mutation was part of a request. */
  readonly mutations: ReadonlyMap<string, number>;
  readonly slowestMs: number;
  /** Peak memory by process, MiB. */
  readonly peaks: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
}

const PROGRESS_MS = 5_000;
/** A run with more findings than this stops: something is broken altogether. */
const FINDINGS_MAX = 50;
const MEMORY_MIB_MAX = 1_024;

const requestAt = (seed: string, index: number): FuzzRequest => drawRequest(randomFrom(`${seed}/${index}`));

const describeRequest = ({ method, target, headers, body, mutations }: FuzzRequest): string =>
  `${method} ${target.length > 200 ? `${target.slice(0, 200)}…` : target} ${headers['content-type'] ?? ''} ${body.length} bytes [${mutations.join(' ')}]`;

const keyOf = (answer: FuzzAnswer): string => (answer.outcome === 'answered' ? String(answer.status) : answer.outcome === 'streaming' ? 'stream' : answer.outcome);

const count = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

interface Tally {
  readonly answers: Map<string, number>;
  readonly mutations: Map<string, number>;
  readonly findings: Finding[];
  done: number;
  slowestMs: number;
}

const record = (tally: Tally, index: number, request: FuzzRequest, answer: FuzzAnswer): void => {
  tally.done += 1;
  tally.slowestMs = Math.max(tally.slowestMs, answer.milliseconds);
  count(tally.answers, keyOf(answer));
  for (const mutation of request.mutations) count(tally.mutations, mutation);
  const fault = faultIn(request, answer);
  if (fault !== undefined) tally.findings.push({ index, fault, request: describeRequest(request) });
};

/** What must still hold when all was sent: the processes live and are not swollen, the API works and is not polluted, and the log folds to the live state. */
const examine = async (fleet: Fleet, pids: readonly number[]): Promise<readonly string[]> => {
  const faults: string[] = [];
  const guard = async (what: string, holds: () => Promise<string | undefined>): Promise<void> => {
    try {
      const fault = await holds();
      if (fault !== undefined) faults.push(`${what}: ${fault}`);
    } catch (error) {
      faults.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const [index, process] of fleet.processes.entries()) {
    await guard(process.name, async () => {
      if (!process.isRunning || process.pid !== pids[index]) return 'has ended';
      const { peakMiB } = usageOf(process.pid);
      return peakMiB > MEMORY_MIB_MAX ? `${Math.round(peakMiB)} MiB of memory` : undefined;
    });
  }
  await guard('a new object', async () => {
    await fleet.api('POST', '/api/v1/namespaces', { metadata: { name: 'fuzz-after' } });
    const { data, ...rest } = await fleet.api<{ data: Record<string, string> }>('POST', '/api/v1/namespaces/fuzz-after/configmaps', { metadata: { name: 'after' }, data: { a: '1' } });
    const text = JSON.stringify({ data, ...rest });
    return text.includes('polluted') || Object.keys(data).join() !== 'a' || 'polluted' in {} ? `is polluted: ${text}` : undefined;
  });
  await guard('log verify', async () => {
    await fleet.everynode('log', 'verify');
    return undefined;
  });
  return faults;
};

/** Sends the requests of a seed to a fleet and tells what was wrong. */
export const fuzz = async (fleet: Fleet, { seed, requests, concurrency, onProgress }: FuzzOptions): Promise<FuzzRun> => {
  const client = new FuzzClient(fleet.apiUrl, concurrency);
  const tally: Tally = { answers: new Map(), mutations: new Map(), findings: [], done: 0, slowestMs: 0 };
  const pids = fleet.processes.map(({ pid }) => pid);
  const startedAt = performance.now();
  await fleet.api('POST', '/api/v1/namespaces', { metadata: { name: 'fuzz' } });
  await fleet.api('POST', '/api/v1/namespaces', { metadata: { name: 'fuzz-2' } });
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < requests && tally.findings.length < FINDINGS_MAX) {
      const index = next;
      next += 1;
      const request = requestAt(seed, index);
      record(tally, index, request, await client.send(request));
    }
  };
  const report = (): void => {
    const perSecond = Math.round((tally.done * 1_000) / (performance.now() - startedAt));
    onProgress?.(`${tally.done} of ${requests} requests, ${perSecond}/s, ${tally.findings.length} findings`);
  };
  const progress = setInterval(report, PROGRESS_MS);
  await Promise.all(Array.from({ length: concurrency }, work));
  clearInterval(progress);
  client.close();
  report();
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const fault of await examine(fleet, pids)) tally.findings.push({ index: -1, fault, request: 'afterwards' });
  const peaks = new Map(fleet.processes.filter(({ isRunning }) => isRunning).map((process) => [process.name, usageOf(process.pid).peakMiB]));
  return { seed, requests: tally.done, seconds, answers: tally.answers, mutations: tally.mutations, slowestMs: tally.slowestMs, peaks, findings: tally.findings };
};

/** Mutations that a run did not reach. */
export const unreached = (run: FuzzRun): readonly string[] => MUTATIONS.filter((name) => !run.mutations.has(name));

const counts = (map: ReadonlyMap<string, number>): string =>
  [...map]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key} ×${value}`)
    .join(', ');

/** The run in lines to read. */
export const describeRun = (run: FuzzRun): string =>
  [
    `${run.requests} requests in ${run.seconds.toFixed(1)} s, slowest answer ${Math.round(run.slowestMs)} ms`,
    `answers    ${counts(run.answers)}`,
    `mutations  ${counts(run.mutations)}`,
    `memory     ${[...run.peaks].map(([name, peak]) => `${name} ${Math.round(peak)} MiB`).join(', ')}`,
    ...run.findings.map(({ index, fault, request }) => `FAULT ${index < 0 ? '' : `--seed ${run.seed} --only ${index} `}${request}\n      ${fault}`),
    `${run.findings.length} findings (seed ${run.seed})`,
  ].join('\n');

/** Sends one request of a seed and shows it with its answer. */
export const lookAt = async (fleet: Fleet, seed: string, index: number): Promise<string> => {
  const client = new FuzzClient(fleet.apiUrl, 1);
  const request = requestAt(seed, index);
  const answer = await client.send(request);
  client.close();
  const body = new TextDecoder().decode(request.body.subarray(0, 2_000));
  return [describeRequest(request), JSON.stringify(request.headers), body, '', JSON.stringify(answer).slice(0, 4_000), `verdict: ${faultIn(request, answer) ?? 'fine'}`].join('\n');
};
