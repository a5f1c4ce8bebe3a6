import { nodesOf } from '@everynode/core';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { publicServers } from '@everynode/event-log-jetstream';
import { isCertificateFolderError, openAuthority } from '@everynode/certificates';
import type { ApiAccess } from '../api-access/api-access.ts';
import { ADMINISTRATOR, CERTIFICATE_DAYS, issueAccess } from '../api-access/issue-access.ts';
import { DEFAULT_DATA_DIR } from '../connection/connection-options.ts';
import { EXIT } from '../exit-codes.ts';
import { kubeconfigText } from '../kubeconfig/kubeconfig-text.ts';
import { CommandFailed } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { takeDataFolder, type DataFolder } from './data-folder.ts';
import { findBroker, WITHOUT_BROKER, type BrokerChoice } from './find-broker.ts';
import type { FleetHost } from './fleet-host.ts';
import { listenForInterruption, type Interruption } from './interruption.ts';
import { ApiClient } from './manifests/api-client.ts';
import { applyManifests, planManifests, type ManifestPlan } from './manifests/apply-manifests.ts';
import { readManifests } from './manifests/read-manifests.ts';
import { hadNodesBefore } from './nodes-before.ts';
import type { UpOptions } from './up-options.ts';
import { FleetWatch } from './view/fleet-watch.ts';
import { LiveView } from './view/live-view.ts';

/** What the first Pod does not need is started when it runs, or after this time. */
const REST_AFTER_MS = 1500;
const LINGER_MS = 300;

const secondsSinceStart = (): string => ((Date.now() - performance.timeOrigin) / 1000).toFixed(1);

const startHost = async (
  choice: BrokerChoice,
  options: UpOptions,
  folder: DataFolder,
  say: (line: string) => void,
): Promise<FleetHost> => {
  if (choice.kind === 'none') {
    for (const line of [...choice.why, ...WITHOUT_BROKER]) say(line);
    const { InProcessFleet } = await import('./in-process-fleet.ts');
    return InProcessFleet.start({ options, folder, onNews: say });
  }
  const { ProcessFleet } = await import('./process-fleet.ts');
  return ProcessFleet.start({
    options,
    folder,
    binary: choice.kind === 'binary' ? choice.path : undefined,
    onNews: say,
  });
};

interface UpParts {
  readonly options: UpOptions;
  readonly folder: DataFolder;
  readonly host: FleetHost;
  readonly plan: ManifestPlan;
  readonly view: LiveView;
  readonly interruption: Interruption;
}

const readyText = ({ options, folder, host }: UpParts, kubeconfig: string): string => {
  const where = [
    `API ${host.api}`,
    ...(host.nats === undefined ? [] : [`broker ${publicServers(host.nats)}`]),
    `logs in ${folder.logs}`,
  ].join(', ');
  const data = options.data === DEFAULT_DATA_DIR ? '' : ` --data ${options.data}`;
  const commands = [
    `export KUBECONFIG=${kubeconfig}`,
    'kubectl get nodes,daemonsets,pods -o wide',
    `npx everynode events --follow${data}`,
    `npx everynode doctor${data}`,
  ];
  return `\nthe fleet is up after ${secondsSinceStart()} s: ${options.nodes} nodes, ${where}\n\n${commands.map((command) => `  ${command}\n`).join('')}`;
};

/** Makes the authority, which the processes read when they start. */
const prepareAuthority = async ({ insecure }: UpOptions, folder: DataFolder): Promise<void> => {
  if (insecure) return;
  try {
    await openAuthority(folder.tls);
  } catch (error) {
    throw isCertificateFolderError(error) ? new CommandFailed(error.message) : error;
  }
};

const accessTo = async ({ options, folder, host }: UpParts): Promise<ApiAccess> =>
  options.insecure ? { url: host.api } : issueAccess(host.api, folder.tls, ADMINISTRATOR, CERTIFICATE_DAYS);

/** Its owner alone may read it: there is a key in it. */
const writeKubeconfig = ({ dir }: DataFolder, access: ApiAccess): string => {
  const file = join(dir, 'kubeconfig');
  // One that is there keeps its mode when it is written again.
  rmSync(file, { force: true });
  writeFileSync(file, kubeconfigText(access), { mode: 0o600 });
  return file;
};

/** Follows the log, starts the rest in time, applies the manifests; resolves when the fleet can be used. */
const bringUp = async (parts: UpParts): Promise<FleetWatch> => {
  const { options, folder, host, plan, view, interruption } = parts;
  const access = await accessTo(parts);
  const kubeconfig = writeKubeconfig(folder, access);
  let isRestStarted = false;
  const startRest = (): void => {
    if (isRestStarted || !interruption.isWanted()) return;
    isRestStarted = true;
    host
      .startRest()
      .catch((error: unknown) =>
        view.say(`not everything could be started: ${error instanceof Error ? error.message : String(error)}`),
      );
  };
  setTimeout(startRest, REST_AFTER_MS).unref();
  const watch = await FleetWatch.start(await host.openLog(), {
    onEvents: (events) => view.onEvents(events),
    onFirstPodRunning: () => {
      view.say(`first Pod Running after ${secondsSinceStart()} s`);
      startRest();
    },
    onBroken: (detail) => view.say(`the log is broken: ${detail}`),
  });
  if (hadNodesBefore(nodesOf(watch.state).values(), performance.timeOrigin)) view.say(`goes on from record ${watch.state.sequence} of ${folder.dir}`);
  const api = new ApiClient(access);
  await api.untilReady(interruption.isWanted);
  folder.announce({
    nats: host.nats,
    natsCreds: host.natsCreds,
    natsCa: options.natsCa === undefined ? undefined : resolve(options.natsCa),
    memory: host.memory,
    monitor: host.monitor,
    api: host.api,
    kubeconfig,
    health: host.health,
  });
  for (const line of await applyManifests(api, plan, interruption.isWanted)) view.say(line);
  view.say(readyText(parts, kubeconfig));
  view.show(watch.state);
  return watch;
};

const footerOf = (host: () => FleetHost | undefined): readonly string[] => {
  const parts = host()?.parts() ?? [];
  const waiting = parts.filter(({ state }) => state === 'waiting').map(({ name }) => name);
  const restarted = parts
    .filter(({ restarts }) => restarts > 0)
    .map(({ name, restarts }) => `${name} restarted ${restarts}×`);
  return [
    [
      `${parts.length - waiting.length} of ${parts.length} processes run`,
      ...(waiting.length > 0 ? [`waiting: ${waiting.join(', ')}`] : []),
      ...restarted,
      'Ctrl-C stops everything',
    ].join(' · '),
  ];
};

const stopHost = async (host: FleetHost, view: LiveView, interruption: Interruption): Promise<void> => {
  view.say('stopping everything; Ctrl-C again stops it at once');
  const killed = interruption.second.then(() => host.kill());
  await Promise.race([host.stop(), killed]);
};

const runHost = async (
  choice: BrokerChoice,
  parts: Omit<UpParts, 'host' | 'view'>,
  terminal: Terminal,
): Promise<number> => {
  const { options, folder, interruption } = parts;
  let host: FleetHost | undefined;
  let watch: FleetWatch | undefined;
  const view = new LiveView(terminal, () => footerOf(() => host));
  try {
    host = await startHost(choice, options, folder, (line) => view.say(line));
    const up = bringUp({ ...parts, host, view }).then((started) => (watch = started));
    await Promise.race([up, interruption.first]);
    await interruption.first;
    return EXIT.ok;
  } catch (error) {
    if (!interruption.isWanted()) return EXIT.ok;
    throw error instanceof CommandFailed ? new CommandFailed(`${error.message}\nlogs are in ${folder.logs}`) : error;
  } finally {
    view.close();
    void watch?.close();
    if (host !== undefined) await stopHost(host, view, interruption);
  }
};

/** Runs a fleet until it is told to stop; gives the exit code. */
export const runUp = async (options: UpOptions, terminal: Terminal): Promise<number> => {
  const folder = takeDataFolder(options.data);
  const interruption = listenForInterruption();
  try {
    const files = options.manifest.map(readManifests);
    const choice = await findBroker(options, (line) => terminal.out(`${line}\n`));
    await prepareAuthority(options, folder);
    const plan = planManifests(files.flat(), choice.kind === 'none' ? undefined : folder.dir);
    return await runHost(choice, { options, folder, plan, interruption }, terminal);
  } finally {
    folder.release();
    interruption.ignore();
    // Whatever is still on its way, such as a request to a server that is gone, does not hold the process.
    setTimeout(() => process.exit(), LINGER_MS).unref();
  }
};
