// Times the API of a real fleet under load: lists of all Pods, and watches of all Pods while a DaemonSet is rolled out and others write:
//   npm run bench:api -- [--nodes 5000] [--daemonsets 2] [--watchers 1000] [--writes 200] [--shape whole|metadata] [--clients 2] [--out FILE.json]
// The first DaemonSet is rolled out; Pods of the last one are written. Pods are instant. The leader has the lease time of Kubernetes' controllers, because a machine
// that the watchers keep busy may not run it for as long as the own, shorter one allows. Ends with 1 only when a watcher missed something or saw it out of order.
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { wholeNumberValue } from '@everynode/nest-kit';
import { Fleet, parseCommandLine, usageOf, type ProcessUsage } from '@everynode/testkit';
import { Command, Option } from 'commander';
import { apiTables, type ApiBenchResult, type ListResult, type RolloutResult, type WatchResult } from './api-report.ts';
import { TABLE, timeList } from './watch-load/list-timing.ts';
import { SteadyWrites } from './watch-load/steady-writes.ts';
import type { GroupProgress } from './watch-load/watcher-group.ts';
import { serveWatchers, WatcherProcess, WATCHER_ROLE } from './watch-load/watcher-process.ts';
import type { WatchTarget } from './watch-load/watcher.ts';

const DAEMONSETS = '/apis/apps/v1/namespaces/default/daemonsets';
const PODS = '/api/v1/pods';
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const LEASE_TTL = '15s';
const WRITTEN_PODS = 50;
const STEP_MS = 1_800_000;
const PROGRESS_MS = 5_000;

interface Settings {
  readonly nodes: number;
  readonly daemonsets: number;
  readonly watchers: number;
  readonly writes: number;
  readonly shape: 'whole' | 'metadata';
  readonly clients: number;
  readonly out?: string;
}

const readSettings = (): Settings =>
  parseCommandLine(
    new Command('npm run bench:api --')
      .description('times lists and watches of all Pods while a DaemonSet is rolled out and others write')
      .option('--nodes <count>', 'nodes of the fleet', wholeNumberValue(2, 1_000_000), 5_000)
      .option('--daemonsets <count>', 'DaemonSets on every node; the first is rolled out, Pods of the last are written', wholeNumberValue(1, 100), 2)
      .option('--watchers <count>', 'watches of all Pods', wholeNumberValue(1, 100_000), 1_000)
      .option('--writes <count>', 'writes of Pods per second', wholeNumberValue(0, 100_000), 200)
      .addOption(new Option('--shape <shape>', 'what the watchers ask for').choices(['whole', 'metadata']).default('whole'))
      .option('--clients <count>', 'processes that hold the watches', wholeNumberValue(1, 64), 2)
      .option('--out <file>', 'write the results as JSON'),
  ).opts<Settings>();

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const nameOf = (index: number): string => `d${index}`;

const daemonSet = (name: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name },
  spec: {
    selector: { matchLabels: { name } },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
    template: { metadata: { labels: { name } }, spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'img:1' }] } },
  },
});

const isReady = (fleet: Fleet, name: string, nodes: number) => async (): Promise<boolean> => {
  const { metadata, status } = await fleet.api<{ metadata: { generation: number }; status?: { observedGeneration?: number; numberReady: number; updatedNumberScheduled?: number } }>('GET', `${DAEMONSETS}/${name}`);
  return status?.observedGeneration === metadata.generation && status.numberReady === nodes && status.updatedNumberScheduled === nodes;
};

const prepare = async (fleet: Fleet, { nodes, daemonsets: daemonSets }: Settings): Promise<void> => {
  const half = Math.ceil(nodes / 2);
  fleet.addAgent({ name: 'agent-0', nodes: half, prefix: 'n', startIndex: 1 });
  fleet.addAgent({ name: 'agent-1', nodes: nodes - half, prefix: 'n', startIndex: half + 1 });
  for (let index = 0; index < daemonSets; index += 1) await fleet.api('POST', DAEMONSETS, daemonSet(nameOf(index)));
  for (let index = 0; index < daemonSets; index += 1) await fleet.until(`${nameOf(index)} is Ready on ${nodes} nodes`, isReady(fleet, nameOf(index), nodes), STEP_MS, 500);
};

const timeLists = async (fleet: Fleet): Promise<readonly ListResult[]> => {
  const results: ListResult[] = [];
  for (const [shape, accept, limitMs] of [['JSON', 'application/json', 150], ['Table', TABLE, 100]] as const) {
    for (const [state, query] of [['any (resourceVersion=0)', '?resourceVersion=0'], ['latest', '']] as const) {
      for (const gzip of [false, true]) {
        const timing = await timeList(`${fleet.apiUrl}${PODS}${query}`, { accept, gzip, rounds: 11 });
        results.push({ shape, state, gzip, limitMs, ...timing });
      }
    }
  }
  return results;
};

const usages = (fleet: Fleet, clients: readonly WatcherProcess[]): ReadonlyMap<string, ProcessUsage> =>
  new Map([
    ['nats-server', usageOf(fleet.broker.pid ?? 0)],
    ...fleet.processes.map((process) => [process.name, usageOf(process.pid)] as const),
    ...clients.map((client, index) => [`watch clients ${index}`, usageOf(client.pid)] as const),
  ]);

const sum = (progresses: readonly GroupProgress[], of: (progress: GroupProgress) => number): number => progresses.reduce((total, progress) => total + of(progress), 0);

/** Watches that are open in processes of their own. */
class WatchClients {
  readonly processes: readonly WatcherProcess[];
  private readonly counts: readonly number[];

  constructor(program: string, watchers: number, clients: number) {
    const share = Math.ceil(watchers / clients);
    this.counts = Array.from({ length: clients }, (_, index) => Math.min(share, watchers - index * share)).filter((count) => count > 0);
    this.processes = this.counts.map(() => new WatcherProcess(program));
  }

  async open(target: WatchTarget, version: number): Promise<void> {
    await Promise.all(this.processes.map((process, index) => process.ask('open', target, version, this.counts[index] ?? 0)));
  }

  progress(): Promise<readonly GroupProgress[]> {
    return Promise.all(this.processes.map((process) => process.ask('progress')));
  }

  /** Waits until the last watcher has seen `version`; faults end the wait. */
  async untilSeen(version: number, startedAt: number): Promise<readonly GroupProgress[]> {
    let saidAt = 0;
    for (;;) {
      const progresses = await this.progress();
      const behind = Math.min(...progresses.map((progress) => progress.behind));
      const isFaulty = progresses.some(({ faults }) => faults.length > 0);
      if (behind >= version || isFaulty || performance.now() - startedAt > STEP_MS) return progresses;
      if (performance.now() - saidAt > PROGRESS_MS) {
        saidAt = performance.now();
        say(`  ${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s: the last watcher is at ${behind} of ${version}, ${(sum(progresses, (p) => p.bytes) / 1e9).toFixed(1)} GB delivered`);
      }
      await sleep(200);
    }
  }

  /** Everything that was missed, reordered or seen otherwise by some. */
  async faults(version: number): Promise<{ readonly faults: readonly string[]; readonly events: number }> {
    const verdicts = await Promise.all(this.processes.map((process) => process.ask('verdict', version)));
    const faults = verdicts.flatMap((verdict) => verdict.faults);
    if (new Set(verdicts.map(({ hash }) => hash)).size > 1) faults.push('the processes of the watchers have seen different sequences of events');
    return { faults, events: verdicts[0]?.events ?? 0 };
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((process) => process.stop()));
  }
}

interface PodName {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels?: Readonly<Record<string, string>> };
}

/** Pods that are written beside the rollout: of a DaemonSet that is not rolled out, if there is one. */
const writtenPods = async (fleet: Fleet, daemonSets: number): Promise<readonly string[]> => {
  const owner = nameOf(daemonSets - 1);
  const { items } = await fleet.api<{ items: readonly PodName[] }>('GET', `${PODS}?labelSelector=name%3D${owner}`);
  return items.slice(0, WRITTEN_PODS).map(({ metadata }) => `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`);
};

/** The resourceVersion of a record that changed one Pod alone, so that a watch which starts behind it does not get it again. */
const changeOnePod = async (fleet: Fleet, daemonSets: number, annotation: string): Promise<number> => {
  const [path = ''] = await writtenPods(fleet, daemonSets);
  const { metadata } = await fleet.api<{ metadata: { resourceVersion: string } }>('PATCH', path, { metadata: { annotations: { [annotation]: 'yes' } } }, 'application/merge-patch+json');
  return Number(metadata.resourceVersion);
};

/** Leaders that there have been; on a machine that is too busy the lease of one may run out. */
const epochOf = async (fleet: Fleet): Promise<number> => {
  const texts = await Promise.all(fleet.controllerHealthUrls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
  return Math.max(...texts.map((text) => Number(/^everynode_controller_epoch(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? Number.NaN)));
};

/** Rolls out, without watchers when `clients` has none open, and times it. */
const rollOut = async (fleet: Fleet, settings: Settings, image: string): Promise<RolloutResult> => {
  const writes = new SteadyWrites(fleet.apiUrl, await writtenPods(fleet, settings.daemonsets), settings.writes);
  const epoch = await epochOf(fleet);
  const startedAt = performance.now();
  await fleet.api('PATCH', `${DAEMONSETS}/${nameOf(0)}`, { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } }, 'application/strategic-merge-patch+json');
  await fleet.until('the rollout is done', isReady(fleet, nameOf(0), settings.nodes), STEP_MS, 250);
  const seconds = (performance.now() - startedAt) / 1_000;
  await writes.stop();
  return { seconds, takeovers: (await epochOf(fleet)) - epoch, written: writes.accepted, failedWrites: writes.failed, writeMedianMs: writes.quantileMs(0.5), writeP99Ms: writes.quantileMs(0.99) };
};

const watchRollout = async (fleet: Fleet, settings: Settings, program: string): Promise<WatchResult> => {
  say('rollout without watchers');
  const alone = await rollOut(fleet, settings, 'img:2');
  const { port, hostname } = new URL(fleet.apiUrl);
  const target: WatchTarget = { host: hostname, port: Number(port), path: PODS, accept: settings.shape === 'whole' ? 'application/json' : METADATA };
  const clients = new WatchClients(program, settings.watchers, settings.clients);
  try {
    await clients.open(target, await changeOnePod(fleet, settings.daemonsets, 'first'));
    say(`rollout with ${settings.watchers} watchers (${settings.shape})`);
    const before = usages(fleet, clients.processes);
    const startedAt = performance.now();
    const rolled = await rollOut(fleet, settings, 'img:3');
    say(`  rolled out in ${rolled.seconds.toFixed(1)} s`);
    const lastVersion = await changeOnePod(fleet, settings.daemonsets, 'last');
    const rolledAt = performance.now();
    const progresses = await clients.untilSeen(lastVersion, startedAt);
    const seconds = (performance.now() - startedAt) / 1_000;
    const after = usages(fleet, clients.processes);
    const { faults, events } = await clients.faults(lastVersion);
    return {
      shape: settings.shape,
      watchers: settings.watchers,
      events,
      alone,
      rolled,
      seconds,
      lastSeenSeconds: (performance.now() - rolledAt) / 1_000,
      gigabytes: sum(progresses, (p) => p.bytes) / 1e9,
      delivered: sum(progresses, (p) => p.delivered),
      closed: sum(progresses, (p) => p.closed),
      resumed: sum(progresses, (p) => p.resumed),
      refused: sum(progresses, (p) => p.refused),
      repeated: sum(progresses, (p) => p.repeated),
      faults,
      processes: [...after].map(([name, usage]) => ({ name, cpuSeconds: usage.cpuSeconds - (before.get(name)?.cpuSeconds ?? 0), peakMiB: usage.peakMiB })),
    };
  } finally {
    await clients.stop();
  }
};

const run = async (settings: Settings, program: string): Promise<ApiBenchResult> => {
  const fleet = await Fleet.start({ agents: [], controllers: 2, profile: 'instant', controllerArgs: ['--lease-ttl', LEASE_TTL] });
  try {
    const loadAtStart = loadavg();
    say(`${settings.nodes} nodes, ${settings.daemonsets} DaemonSets; load ${loadAtStart.map((load) => load.toFixed(1)).join(' ')}`);
    await prepare(fleet, settings);
    say('lists');
    const lists = await timeLists(fleet);
    const watch = await watchRollout(fleet, settings, program);
    return { nodes: settings.nodes, daemonSets: settings.daemonsets, writes: settings.writes, load: { start: loadAtStart, end: loadavg() }, lists, watch };
  } finally {
    await fleet.stop();
  }
};

const main = async (program: string): Promise<void> => {
  const settings = readSettings();
  const result = await run(settings, program);
  say(`\n${apiTables(result)}`);
  if (settings.out !== undefined) writeFileSync(settings.out, `${JSON.stringify(result, null, 1)}\n`);
  process.exit(result.watch.faults.length === 0 ? 0 : 1);
};

const [, program = '', role] = process.argv;
if (role === WATCHER_ROLE) serveWatchers();
else await main(program);
