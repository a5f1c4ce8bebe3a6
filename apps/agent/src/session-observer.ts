import type { HostedSessionEnd, HostedSessionInfo, SessionHostObserver } from '@everynode/node-streams';
import type { Logger } from 'pino';
import type { AgentMetrics } from './agent-metrics.ts';

const aboutOf = ({ node, target, request }: HostedSessionInfo): object => ({
  node,
  pod: `${target.namespace}/${target.name}`,
  container: target.container,
  session: request.type,
});

const textOf = (end: HostedSessionEnd): string => {
  switch (end.type) {
    case 'exited':
      return `session ended with exit code ${end.exitCode}`;
    case 'closed':
      return 'session left by its client';
    case 'failed':
    case 'lost':
      return `session ${end.type}: ${end.message}`;
  }
};

/** Puts sessions into the log and the metrics of the agent; never what travels in them. */
export const observeSessions = (logger: Logger, metrics: AgentMetrics): SessionHostObserver => ({
  opened: (info) => {
    metrics.sessionsOpened.inc({ type: info.request.type });
    logger.debug(aboutOf(info), 'session opened');
  },
  refused: (node, { code, reason, message }) => {
    metrics.sessionsRefused.inc({ reason });
    logger.debug({ node, code, reason }, `session refused: ${message}`);
  },
  ended: (info, end) => {
    metrics.sessionsEnded.inc({ end: end.type });
    logger[end.type === 'lost' ? 'info' : 'debug'](aboutOf(info), textOf(end));
  },
});
