export type {
  AttachRequest,
  ExecRequest,
  LogRequest,
  PortForwardRequest,
  SessionRequest,
  SessionTarget,
  TerminalStreams,
} from '@everynode/node-runtime';
export type {
  NodeSession,
  NodeSessions,
  OpenOutcome,
  SessionChannel,
  SessionEnd,
  SessionEvent,
} from './node-sessions.port.ts';
export { SESSION_CHANNELS } from './node-sessions.port.ts';
export type { NodeSessionsOptions } from './bus-node-sessions.ts';
export { BusNodeSessions } from './bus-node-sessions.ts';
export type { HostedSessionEnd } from './hosted-session.ts';
export type { HostedSessionInfo, SessionHostObserver, SessionHostOptions, SessionHostPorts } from './session-host.ts';
export { SessionHost } from './session-host.ts';
export type { UsageFeedOptions } from './usage-feed.ts';
export { UsageFeed } from './usage-feed.ts';
