import type { RunningFleet } from '../connection/running-fleet.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

const REFUSED = /^everynode_agent_commands_refused_total\{reason="([^"]+)"\} (\d+)$/gm;

/** Command sets and Pods in them that an agent refused, by reason, as its metrics tell. */
export const refusalsIn = (metrics: string): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const [, reason = '', count = '0'] of metrics.matchAll(REFUSED))
    if (Number(count) > 0) counts[reason] = Number(count);
  return counts;
};

/** What agents refused since they were started. A few of an older epoch are what fencing is for. */
export const refusalFinding = (byAgent: Readonly<Record<string, Readonly<Record<string, number>>>>): Finding => {
  const refusing = Object.entries(byAgent).filter(([, counts]) => Object.keys(counts).length > 0);
  if (refusing.length === 0) return ok('refusals', 'no agent refused a command');
  const words = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([reason, count]) => `${count} × ${reason}`)
      .join(', ');
  const detail = refusing.map(([agent, counts]) => `${agent} refused ${words(counts)}`).join('; ');
  return warn(
    'refusals',
    detail,
    'a few are what a change of leader leaves; if they grow, see whether two fleets use the same node names',
  );
};

const metricsOf = async (url: string): Promise<string | undefined> => {
  try {
    const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(3000) });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
};

/** Asks all agents of the fleet that `up` runs. */
export const checkRefusals = async ({ health }: RunningFleet): Promise<readonly Finding[]> => {
  const agents = Object.entries(health).filter(([name]) => name.startsWith('agent-'));
  const answers = await Promise.all(agents.map(async ([name, url]) => ({ name, metrics: await metricsOf(url) })));
  const silent = answers.filter(({ metrics }) => metrics === undefined).map(({ name }) => name);
  const byAgent = Object.fromEntries(answers.map(({ name, metrics = '' }) => [name, refusalsIn(metrics)]));
  return [
    ...(silent.length === 0
      ? []
      : [fail('agents', `no answer on the health ports of ${silent.join(', ')}`, 'see logs/agent-*.log')]),
    refusalFinding(byAgent),
  ];
};
