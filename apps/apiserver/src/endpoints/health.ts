import type { FleetFollower } from '../fleet/fleet-follower.ts';
import { textAnswer, type Answer } from '../http/answer.ts';

/** Why reads cannot be answered at the moment; undefined when they can. */
export const unreadyReason = (follower: FleetFollower): string | undefined => {
  const { phase } = follower;
  if (phase.phase === 'broken') return `the event log cannot be trusted: ${phase.reason}`;
  if (phase.phase === 'stopped') return 'the API server is stopping';
  if (phase.phase === 'starting') return 'the event log has not been reached yet';
  if (!follower.isReady) return `the event log is being read: ${follower.state.sequence} of ${follower.target ?? 0} records`;
  return undefined;
};

interface Check {
  readonly name: string;
  /** Why it failed; undefined when it is well. */
  readonly failure: string | undefined;
}

/** The list of checks as kube-apiserver prints it to those who ask for `?verbose`, with the reason of what failed. */
const verbose = (endpoint: string, checks: readonly Check[]): Answer => {
  const isWell = checks.every(({ failure }) => failure === undefined);
  const lines = checks.map(({ name, failure }) => (failure === undefined ? `[+]${name} ok` : `[-]${name} failed: ${failure}`));
  return textAnswer(`${[...lines, `${endpoint} check ${isWell ? 'passed' : 'failed'}`].join('\n')}\n`, isWell ? 200 : 503);
};

/** A process that answers is alive. */
export const liveness = (endpoint: 'livez' | 'healthz', isVerbose: boolean): Answer => (isVerbose ? verbose(endpoint, [{ name: 'ping', failure: undefined }]) : textAnswer('ok'));

/** `ok`, or 503 with the reason. `isConnected`: whether the broker is reachable, without which what is shown may be old. */
export const readiness = (follower: FleetFollower, isConnected: boolean, isVerbose: boolean): Answer => {
  const checks: readonly Check[] = [
    { name: 'ping', failure: undefined },
    { name: 'event-log', failure: unreadyReason(follower) },
    { name: 'broker', failure: isConnected ? undefined : 'the broker is not connected' },
  ];
  if (isVerbose) return verbose('readyz', checks);
  const failed = checks.find(({ failure }) => failure !== undefined);
  return failed === undefined ? textAnswer('ok') : textAnswer(`not ready: ${failed.failure ?? ''}\n`, 503);
};
