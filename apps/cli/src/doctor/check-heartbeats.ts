import { heartbeatIntervalOf, heartbeatMistake, nodeNamed, type FleetState } from '@everynode/core';
import { ok, warn, type Finding } from './finding.ts';
import type { Presence } from './presence.ts';

/** The longest interval of each agent that hosts nodes and tells one. */
const intervalsByAgent = (state: FleetState): ReadonlyMap<string, number> => {
  const intervals = new Map<string, number>();
  for (const [name, { agent }] of state.sessions) {
    const node = nodeNamed(state, name);
    const interval = node === undefined ? undefined : heartbeatIntervalOf(node);
    if (interval !== undefined) intervals.set(agent, Math.max(interval, intervals.get(agent) ?? 0));
  }
  return intervals;
};

/** Whether the heartbeats of the agents go with the grace periods of the controllers; nothing where neither tells. */
export const heartbeatFindings = (state: FleetState, controllers: readonly Presence[]): readonly Finding[] => {
  const graces = controllers.flatMap(({ gracePeriodMs }) => gracePeriodMs ?? []);
  const intervals = intervalsByAgent(state);
  if (graces.length === 0 || intervals.size === 0) return [];
  // Any of the controllers may lead.
  const grace = Math.min(...graces);
  const slow = [...intervals].flatMap(([agent, interval]) => {
    const mistake = heartbeatMistake(grace, interval);
    return mistake === undefined ? [] : [{ agent, mistake }];
  });
  const [first] = slow;
  if (first === undefined) return [ok('heartbeats', `every ${Math.max(...intervals.values()) / 1000} s or more often, for a grace period of ${grace / 1000} s`)];
  const others = slow.length === 1 ? '' : `, and so are ${slow.length - 1} more agents`;
  return [warn('heartbeats', `${first.agent}: ${first.mistake}${others}`, 'start controllers with a longer --grace-period, or agents with a shorter --heartbeat-interval')];
};
