export type {
  AttachRequest,
  ExecRequest,
  LogRequest,
  NodeSession,
  NodeSessions,
  OpenOutcome,
  PortForwardRequest,
  SessionChannel,
  SessionEnd,
  SessionEvent,
  SessionRequest,
  SessionTarget,
  TerminalStreams,
} from './node-sessions.port.ts';
export { SESSION_CHANNELS } from './node-sessions.port.ts';
