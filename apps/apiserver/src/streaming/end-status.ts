import { exitStatus, streamFailureStatus, type StreamStatus } from '@everynode/kubernetes-api';
import type { SessionEnd } from '@everynode/node-streams';

/** The end of a session as the error channel tells it. */
export const endStatus = (end: SessionEnd): StreamStatus => {
  if (end.type === 'exited') return exitStatus(end.exitCode);
  return streamFailureStatus(end.type === 'failed' ? end.reason : 'InternalError', end.message);
};
