export { decodeToken, encodeToken } from './subject-token.ts';
export type { EventSubject, NamedFamily } from './subjects.ts';
export {
  EPOCH_SUBJECT,
  SESSION_PATTERNS,
  SNAPSHOT_MANIFESTS,
  SUBJECT_PATTERNS,
  SUBJECT_ROOT,
  USAGE_REQUEST_SUBJECT,
  commandSubject,
  deadLetterSubject,
  deliverySubject,
  eventSubject,
  heartbeatSubject,
  labSubject,
  nameInSubject,
  nodeSubject,
  parseEventSubject,
  parseSnapshotManifest,
  presenceSubject,
  registrationSubject,
  reportSubject,
  requestSubject,
  sessionRequestSubject,
  sessionSubjects,
  snapshotSubjects,
  usageSubject,
} from './subjects.ts';
export { AUDITED_AGENT_MAX, AUDITED_GROUPS_MAX, ApiWriteMessage, parseApiWrite } from './api-messages.ts';
export type { Parsed } from './api-messages.ts';
export { describeValidationErrors } from './validation-errors.ts';
export type { AgentMessageKind, ParsedAgentMessage } from './agent-messages.ts';
export { HeartbeatsMessage, parseAgentMessage, RegisterNodesMessage, ReportNodesMessage, writeAgentMessage } from './agent-messages.ts';
export type { AgentAnswer } from './agent-answers.ts';
export { parseAgentAnswer } from './agent-answers.ts';
export { NodeCommandsMessage } from './node-commands-message.ts';
export { NodeCommandsReader } from './node-commands-reader.ts';
export type { LabFault, NodeRequestAnswer } from './node-requests.ts';
export { parseLabFault, parseNodeTaints } from './node-requests.ts';
export type { FrameChannel, NumberedFrame, SessionFrame } from './session-frames.ts';
export { decodeFrame, encodeFrame, FRAME_COST, FRAME_DATA_MAX } from './session-frames.ts';
export type { OpenSession, OpenSessionAnswer } from './session-messages.ts';
export { parseOpenSession, parseOpenSessionAnswer, SESSION_WINDOW, writeOpenSession } from './session-messages.ts';
export type { AgentUsage } from './usage-messages.ts';
export { parseAgentUsage, writeAgentUsage } from './usage-messages.ts';
