import { objectsOf, toRfc3339, type FleetState } from '@everynode/core';
import type { LogReader } from '../connection/fleet-access.ts';
import type { ConnectionOptions } from '../connection/connection-options.ts';
import { withFleet } from '../connection/open-fleet.ts';
import { DAEMON_SET_HEADER, daemonSetCells, daemonSetRows } from '../fleet/daemon-set-rows.ts';
import { nodeRows, podRows } from '../fleet/node-rows.ts';
import { foldUpTo, lastUpTo, type Position } from '@everynode/read-models';
import { toJson } from '../terminal/output-format.ts';
import { table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface ReplayOptions extends ConnectionOptions {
  readonly until?: Position;
  readonly output: string;
}

const RESOURCES = ['nodes', 'daemonsets', 'controllerrevisions', 'pods'] as const;

const documentOf = (state: FleetState): object => ({
  sequence: state.sequence,
  epoch: state.epoch,
  time: toRfc3339(state.at),
  ...Object.fromEntries(RESOURCES.map((resource) => [resource, [...objectsOf(state, resource).values()]])),
});

const section = (title: string, header: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0 ? `\nno ${title}\n` : `\n${table(header, rows)}`;

/** The fleet in three tables under a line that says which moment it is. */
const fleetTables = (state: FleetState): string => {
  // The record that begins an epoch tells no time.
  const time = state.at === 0 ? '' : ` ${new Date(state.at).toISOString()},`;
  const moment =
    state.sequence === 0
      ? 'nothing had happened yet'
      : `the fleet after record ${state.sequence},${time} epoch ${state.epoch}`;
  const nodes = nodeRows(state).map(({ name, status, agent, pods, taints }) => [
    name,
    status,
    agent,
    String(pods),
    taints.join(' '),
  ]);
  const pods = podRows(state).map(({ namespace, name, node, status, ready, restarts }) => [
    namespace,
    name,
    node,
    status,
    ready ? 'yes' : 'no',
    String(restarts),
  ]);
  return [
    `${moment}\n`,
    section('nodes', ['NODE', 'STATUS', 'AGENT', 'PODS', 'TAINTS'], nodes),
    section('DaemonSets', DAEMON_SET_HEADER, daemonSetRows(state).map(daemonSetCells)),
    section('Pods', ['NAMESPACE', 'POD', 'NODE', 'STATUS', 'READY', 'RESTARTS'], pods),
  ].join('');
};

/** The fleet at a moment of the log, in the format asked for. */
export const replayText = async (log: LogReader, options: Pick<ReplayOptions, 'until' | 'output'>): Promise<string> => {
  const { lastSequence } = await log.status();
  const upTo = Math.min(options.until === undefined ? lastSequence : await lastUpTo(log, options.until), lastSequence);
  const state = await foldUpTo(log, { upTo });
  if (options.output === 'json') return toJson(documentOf(state));
  if (options.output === 'yaml') {
    const { stringify } = await import('yaml');
    return stringify(documentOf(state), { aliasDuplicateObjects: false });
  }
  return fleetTables(state);
};

export const printReplay = async (options: ReplayOptions, terminal: Terminal): Promise<void> => {
  await withFleet(options, async ({ log }) => terminal.out(await replayText(log, options)));
};
