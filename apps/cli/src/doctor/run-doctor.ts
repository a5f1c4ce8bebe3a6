import type { FleetState } from '@everynode/core';
import { publicServers, type Broker, type BrokerAccess } from '@everynode/event-log-jetstream';
import type { ConnectionOptions } from '../connection/connection-options.ts';
import type { FleetAccess } from '../connection/fleet-access.ts';
import { connectOperator, placeOf } from '../connection/open-fleet.ts';
import { runningFleet } from '../connection/running-fleet.ts';
import { memoryAccess } from '../memory-door/memory-client.ts';
import { foldUpTo } from '@everynode/read-models';
import { reasonOf } from '../terminal/command-failed.ts';
import { toJson } from '../terminal/output-format.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { brokerFinding, checkDurability, checkStreams } from './check-broker.ts';
import { checkCertificates } from './check-certificates.ts';
import { agentFinding, deadLetterFindings, hostingAgents, nodeFinding, skewFinding } from './check-fleet-state.ts';
import { checkApi, checkFleet, checkNode, checkPorts, checkSpace } from './check-machine.ts';
import { heartbeatFindings } from './check-heartbeats.ts';
import { checkRefusals } from './check-refusals.ts';
import { fail, findingsText, ok, warn, type Finding } from './finding.ts';
import { controllerFindings, listen } from './presence.ts';

export interface DoctorOptions extends ConnectionOptions {
  readonly monitor?: string;
  readonly output: string;
}

/** Long enough for every controller to have said something, and for agents to have sent a heartbeat at the usual interval of ten seconds. */
const LISTEN_MS = 2200;
const LISTEN_MORE_MS = 9000;
const DEAD_LETTERS_MAX = 10_000;

const logFindings = async ({
  log,
}: FleetAccess): Promise<{
  readonly findings: readonly Finding[];
  readonly state: FleetState;
  readonly lastSequence: number;
}> => {
  const { incarnation, firstSequence, lastSequence } = await log.status();
  const state = await foldUpTo(log, { upTo: lastSequence });
  const whole = firstSequence <= 1;
  const finding = whole
    ? ok('log', `${lastSequence} records, whole from the first, made ${incarnation}`)
    : fail(
        'log',
        `records before ${firstSequence} are missing`,
        'the stream of events must keep everything; restore it from a copy',
      );
  return { findings: [finding, skewFinding(state.at, Date.now())], state, lastSequence };
};

/** What can be seen of a fleet through any kind of access. */
const fleetFindings = async (access: FleetAccess): Promise<readonly Finding[]> => {
  let hosting: readonly string[] = [];
  const heard = listen(access.bus, LISTEN_MS, {
    moreMs: LISTEN_MORE_MS,
    isEnough: ({ agents }) => hosting.every((agent) => agents.includes(agent)),
  });
  const { findings, state, lastSequence } = await logFindings(access);
  hosting = hostingAgents(state);
  const { controllers, agents } = await heard;
  return [
    ...findings,
    ...controllerFindings(controllers, lastSequence),
    nodeFinding(state),
    agentFinding(state, { controllers, agents }),
    ...heartbeatFindings(state, controllers),
    ...deadLetterFindings(await access.deadLetters.list(DEAD_LETTERS_MAX)),
  ];
};

const overBroker = async ({ url, access }: { readonly url: string; readonly access: BrokerAccess }, monitor: string | undefined): Promise<readonly Finding[]> => {
  let broker: Broker | undefined;
  try {
    broker = await connectOperator(access, 'everynode doctor', 3000);
    return [
      brokerFinding(broker, url),
      await checkStreams(access),
      ...(await fleetFindings(broker)),
      await checkDurability(monitor),
    ];
  } catch (error) {
    return [
      fail('broker', `${url}: ${reasonOf(error)}`, 'start a fleet with "everynode up", or name its broker with --nats'),
    ];
  } finally {
    await broker?.close();
  }
};

const inMemory = async (url: string): Promise<readonly Finding[]> => [
  warn(
    'broker',
    'there is none: the log is in the memory of "everynode up" and ends with it',
    'let "everynode up" start a broker: it says at its start what it tried',
  ),
  ...(await fleetFindings(memoryAccess(url))),
];

/** Looks at everything; gives all findings, the machine's first. */
const examine = async (options: DoctorOptions): Promise<readonly Finding[]> => {
  const fleet = runningFleet(options.data);
  const place = placeOf(options);
  const isOwn = fleet !== undefined && (fleet.memory ?? publicServers(fleet.nats ?? '')) === place.url;
  return [
    checkNode(process.versions.node),
    checkSpace(options.data),
    checkFleet(options.data),
    ...(fleet === undefined ? [await checkPorts()] : []),
    ...(isOwn ? [await checkApi(fleet), ...checkCertificates(options.data, fleet), ...(await checkRefusals(fleet))] : []),
    ...(place.kind === 'memory'
      ? await inMemory(place.url)
      : await overBroker(place, options.monitor ?? (isOwn ? fleet.monitor : undefined))),
  ];
};

/** True when nothing failed. */
export const runDoctor = async (options: DoctorOptions, terminal: Terminal): Promise<boolean> => {
  const findings = await examine(options);
  terminal.out(options.output === 'json' ? toJson(findings) : findingsText(findings, terminal.colours));
  return findings.every(({ verdict }) => verdict !== 'fail');
};
