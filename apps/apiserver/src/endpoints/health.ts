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

/** `ok`, or 503 with the reason. `isConnected`: whether the broker is reachable, without which what is shown may be old. */
export const readiness = (follower: FleetFollower, isConnected: boolean): Answer => {
  const reason = unreadyReason(follower) ?? (isConnected ? undefined : 'the broker is not connected');
  return reason === undefined ? textAnswer('ok') : textAnswer(`not ready: ${reason}\n`, 503);
};
