import { nodesOf, type FleetState } from '@everynode/core';
import type { DeadLetter } from '@everynode/event-log';
import { ok, warn, type Finding } from './finding.ts';
import type { Heard } from './presence.ts';

const NAMES_SHOWN = 5;
const SKEW_MAX_MS = 2000;

const names = (all: readonly string[]): string =>
  `${all.slice(0, NAMES_SHOWN).join(', ')}${all.length > NAMES_SHOWN ? ` and ${all.length - NAMES_SHOWN} more` : ''}`;

const isReady = (node: {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}): boolean => node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

export const nodeFinding = (state: FleetState): Finding => {
  const nodes = [...nodesOf(state).values()];
  const notReady = nodes.filter((node) => !isReady(node)).map(({ metadata }) => metadata.name);
  if (nodes.length === 0)
    return warn('nodes', 'no node is registered', 'start an agent: "everynode agent --nats URL --nodes 5"');
  return notReady.length === 0
    ? ok('nodes', `${nodes.length} nodes, all Ready`)
    : warn(
        'nodes',
        `${notReady.length} of ${nodes.length} nodes are not Ready: ${names(notReady)}`,
        'see "everynode events --object node/NAME", and whether the agents run',
      );
};

/** Agents that host nodes, by name. */
export const hostingAgents = (state: FleetState): readonly string[] =>
  [...new Set([...state.sessions.values()].map(({ agent }) => agent))].sort();

/** Agents that host nodes but send no heartbeats. */
export const agentFinding = (state: FleetState, heard: Heard): Finding => {
  const hosting = hostingAgents(state);
  const silent = hosting.filter((agent) => !heard.agents.includes(agent));
  if (hosting.length === 0) return ok('agents', 'no agent hosts a node');
  return silent.length === 0
    ? ok('agents', `${hosting.length} agents, all send heartbeats`)
    : warn(
        'agents',
        `no heartbeat from ${names(silent)} while listening`,
        'see whether it runs, and its log; its nodes are lost after the grace period',
      );
};

/** Refused messages that wait, by where they came from. */
export const deadLetterFindings = (letters: readonly DeadLetter[]): readonly Finding[] => {
  const [newest] = letters;
  if (newest === undefined) return [ok('dead letters', 'no message was refused')];
  const fromAgents = letters.filter(({ source }) => source !== 'api-write' && source !== 'event').length;
  return [
    warn(
      'dead letters',
      `${letters.length} refused messages wait${fromAgents === 0 ? '' : `, ${fromAgents} of them from agents`}; the newest of ${newest.at}: ${newest.reason}`,
      'look at them with "everynode deadletter list", send them again with "everynode deadletter redrive"',
    ),
  ];
};

/** How far this machine's clock is from the leader's, by the time of a record that was just made. */
export const skewFinding = (recordAt: number, now: number): Finding => {
  const ahead = recordAt - now;
  return ahead > SKEW_MAX_MS
    ? warn(
        'clock',
        `the newest record is from ${(ahead / 1000).toFixed(1)} s in this machine's future`,
        'keep the clocks together with NTP: times of events, back-offs and evictions follow the leader’s clock',
      )
    : ok('clock', 'no record is from the future');
};
