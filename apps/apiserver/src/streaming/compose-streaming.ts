import type { NodeSessions } from '@everynode/node-streams';
import type { ReadSource } from '../reading/read-source.ts';
import { OpenSessions } from './open-sessions.ts';
import { PodLog } from './pod-log.ts';
import { PodSessions } from './pod-sessions.ts';

export interface StreamingParts {
  readonly present: ReadSource;
  readonly sessions: NodeSessions;
  /** Sessions with containers that may be open at once. */
  readonly sessionsMax: number;
}

/** The parts of an API server that lead into containers. */
export interface Streaming {
  readonly log: PodLog;
  readonly open: OpenSessions;
}

export const composeStreaming = ({ present, sessions, sessionsMax }: StreamingParts): Streaming => {
  const open = new OpenSessions(sessionsMax);
  const pods = new PodSessions(present, sessions);
  return { log: new PodLog(pods, open, present.clock), open };
};
