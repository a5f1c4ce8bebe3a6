// Times the main job on real processes, in the steps and the order of the Kubernetes rival's benchmark, so that the two can be put side by side:
//   npm run bench -- [--nodes 100,1000,5000] [--rival FILE.json …] [--out FILE.json]
// Pods are instant (profile `instant`), as they are in the rival's stack. Polls every 100 ms, as the rival's benchmark does.
import { writeFileSync } from 'node:fs';
import { wholeNumberValue } from '@everynode/nest-kit';
import { Fleet, parseCommandLine, usageOf, type FleetProcess } from '@everynode/testkit';
import { Command } from 'commander';
import { ratioTable, readRival, stepTable, type BenchResult, type StepResult } from './report.ts';

const POLL_MS = 100;
const DAEMONSETS = '/apis/apps/v1/namespaces/default/daemonsets';

interface Options {
  readonly nodes: readonly number[];
  readonly rival: readonly string[];
  readonly out?: string;
  readonly keep: boolean;
}

const nodeCount = wholeNumberValue(2, 1_000_000);

const options = parseCommandLine(
  new Command('npm run bench --')
    .description('times joining, applying, rolling out and deleting on fleets of real processes')
    .option('--nodes <counts>', 'sizes of the fleets, with commas between them', (text) => text.split(',').map(nodeCount), [100, 1_000, 5_000])
    .option('--rival <file...>', "results of a rival's benchmark to put beside ours", [])
    .option('--out <file>', 'write the results as JSON')
    .option('--keep', 'keep the logs of the processes', false),
).opts<Options>();

interface Probe {
  readonly pid: () => number;
  readonly name: string;
}

const probesOf = (fleet: Fleet): readonly Probe[] => [
  { name: 'nats-server', pid: () => fleet.broker.pid ?? 0 },
  ...fleet.processes.map((process: FleetProcess) => ({ name: process.name, pid: () => process.pid })),
];

const lastSequence = async (fleet: Fleet): Promise<number> => {
  const list = await fleet.api<{ metadata: { resourceVersion: string } }>('GET', '/api/v1/namespaces');
  return Number(list.metadata.resourceVersion);
};

/** Events that the controllers have appended so far. */
const eventsWritten = async (fleet: Fleet): Promise<number> => {
  let sum = 0;
  for (const url of fleet.controllerHealthUrls) sum += Number(/^everynode_controller_events_total (\d+)/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1] ?? 0);
  return sum;
};

const step = async (fleet: Fleet, name: string, nodes: number, act: () => Promise<unknown>, done: () => Promise<boolean>): Promise<StepResult> => {
  const eventsBefore = await eventsWritten(fleet);
  const before = new Map(probesOf(fleet).map((probe) => [probe.name, usageOf(probe.pid())]));
  const firstSequence = await lastSequence(fleet).catch(() => 0);
  const startedAt = performance.now();
  await act();
  await fleet.until(name, done, 120_000, POLL_MS);
  const seconds = (performance.now() - startedAt) / 1000;
  const processes = probesOf(fleet).map((probe) => {
    const usage = usageOf(probe.pid());
    return { name: probe.name, cpuSeconds: usage.cpuSeconds - (before.get(probe.name)?.cpuSeconds ?? 0), peakMiB: usage.peakMiB };
  });
  const events = (await eventsWritten(fleet)) - eventsBefore;
  const records = (await lastSequence(fleet)) - firstSequence;
  const result = { step: name, nodes, seconds, perSecond: Math.round(nodes / seconds), records, events, eventsPerSecond: Math.round(events / seconds), processes };
  process.stdout.write(`  ${name.padEnd(34)} ${seconds.toFixed(2).padStart(8)} s\n`);
  return result;
};

const daemonSet = (image: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'a' },
  spec: {
    selector: { matchLabels: { name: 'a' } },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
    template: { metadata: { labels: { name: 'a' } }, spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image }] } },
  },
});

interface DaemonSetView {
  readonly metadata: { readonly generation: number };
  readonly status?: { readonly observedGeneration?: number; readonly numberReady: number; readonly updatedNumberScheduled?: number };
}

const isReady = (fleet: Fleet, nodes: number) => async (): Promise<boolean> => {
  const { metadata, status } = await fleet.api<DaemonSetView>('GET', `${DAEMONSETS}/a`);
  return status?.observedGeneration === metadata.generation && status.numberReady === nodes && status.updatedNumberScheduled === nodes;
};

const countOfReadyNodes = async (fleet: Fleet): Promise<number> => {
  const list = await fleet.api<{ items: { status?: { conditions?: { type: string; status: string }[] } }[] }>('GET', '/api/v1/nodes');
  return list.items.filter((node) => node.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True')).length;
};

/** Quantiles of the leader's own measure, from its metrics. */
const eventToCommand = async (fleet: Fleet): Promise<{ readonly p50Ms: number; readonly p99Ms: number }> => {
  for (const url of fleet.controllerHealthUrls) {
    const text = await (await fetch(`${url}/metrics`)).text();
    if (!/everynode_controller_role\{role="leader"[^}]*\} 1/.test(text)) continue;
    const quantile = (q: string): number => Number(new RegExp(`everynode_controller_event_to_command_seconds\\{quantile="${q}"\\} (\\S+)`).exec(text)?.[1] ?? Number.NaN) * 1000;
    return { p50Ms: quantile('0.5'), p99Ms: quantile('0.99') };
  }
  return { p50Ms: Number.NaN, p99Ms: Number.NaN };
};

const CHANGES = 300;

/** Changes a label of one node again and again: what one change costs, whatever the size of the fleet. */
const changeOneNode = async (fleet: Fleet, node: string): Promise<BenchResult['change']> => {
  const cpuOf = (): readonly number[] => fleet.controllers.map((controller) => usageOf(controller.pid).cpuSeconds);
  const change = (index: number): Promise<unknown> => fleet.api('PATCH', `/api/v1/nodes/${node}`, { metadata: { labels: { round: String(index) } } }, 'application/merge-patch+json');
  for (let index = 0; index < CHANGES; index += 1) await change(index);
  const cpuBefore = cpuOf();
  const startedAt = performance.now();
  for (let index = 0; index < CHANGES; index += 1) await change(CHANGES + index);
  const milliseconds = (performance.now() - startedAt) / CHANGES;
  // The leader works more than those that only fold.
  const leaderCpu = Math.max(...cpuOf().map((seconds, index) => seconds - (cpuBefore[index] ?? 0)));
  return { milliseconds, leaderCpuMilliseconds: (leaderCpu * 1000) / CHANGES };
};

const run = async (nodes: number): Promise<BenchResult> => {
  process.stdout.write(`${nodes} nodes\n`);
  const fleet = await Fleet.start({ agents: [], controllers: 2, profile: 'instant' });
  // A standby may still be starting when the API server is ready; its counters are read before the first step.
  for (const url of fleet.controllerHealthUrls) await fleet.until(`${url} answers`, async () => (await fetch(`${url}/metrics`)).ok);
  const half = Math.ceil(nodes / 2);
  const prefix = 'n';
  try {
    const steps: StepResult[] = [];
    const join = async (): Promise<void> => {
      fleet.addAgent({ name: 'agent-0', nodes: half, prefix, startIndex: 1 });
      fleet.addAgent({ name: 'agent-1', nodes: nodes - half, prefix, startIndex: half + 1 });
    };
    steps.push(await step(fleet, 'nodes created and Ready', nodes, join, async () => (await countOfReadyNodes(fleet)) === nodes));
    steps.push(await step(fleet, 'apply to all Ready', nodes, () => fleet.api('POST', DAEMONSETS, daemonSet('img:1')), isReady(fleet, nodes)));
    const patch = { spec: { template: { spec: { containers: [{ name: 'c', image: 'img:2' }] } } } };
    const update = (): Promise<unknown> => fleet.api('PATCH', `${DAEMONSETS}/a`, patch, 'application/strategic-merge-patch+json');
    steps.push(await step(fleet, 'rolling update, maxUnavailable 10%', nodes, update, isReady(fleet, nodes)));
    const change = await changeOneNode(fleet, `${prefix}1`);
    const add = async (): Promise<void> => {
      fleet.addAgent({ name: 'agent-2', nodes: 1, prefix, startIndex: nodes + 1 });
    };
    steps.push(await step(fleet, 'one node added', 1, add, isReady(fleet, nodes + 1)));
    const remove = (): Promise<unknown> => fleet.api('DELETE', `${DAEMONSETS}/a`, { propagationPolicy: 'Foreground' });
    const isGone = async (): Promise<boolean> => (await fetch(`${fleet.apiUrl}${DAEMONSETS}/a`)).status === 404;
    steps.push(await step(fleet, 'delete, foreground', nodes, remove, isGone));
    return { stack: 'everynode', nodes, steps, change, latency: await eventToCommand(fleet) };
  } finally {
    await fleet.stop(options.keep);
  }
};

const results: BenchResult[] = [];
for (const nodes of options.nodes) results.push(await run(nodes));
process.stdout.write(`\n${stepTable(results)}\n`);
for (const file of options.rival) process.stdout.write(`\n${ratioTable(results, readRival(file))}\n`);
if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify(results, null, 1)}\n`);
process.exit(0);
