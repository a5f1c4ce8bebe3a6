export { decodeToken, encodeToken } from './subject-token.ts';
export type { EventSubject, NamedFamily } from './subjects.ts';
export {
  EPOCH_SUBJECT,
  SNAPSHOT_MANIFESTS,
  SUBJECT_PATTERNS,
  SUBJECT_ROOT,
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
  snapshotSubjects,
} from './subjects.ts';
export { ApiWriteMessage, parseApiWrite } from './api-messages.ts';
export type { Parsed } from './api-messages.ts';
export { describeValidationErrors } from './validation-errors.ts';
export type { AgentMessageKind, ParsedAgentMessage } from './agent-messages.ts';
export { HeartbeatsMessage, parseAgentMessage, RegisterNodesMessage, ReportNodesMessage, writeAgentMessage } from './agent-messages.ts';
export type { AgentAnswer } from './controller-messages.ts';
export { NodeCommandsMessage, NodeCommandsReader, parseAgentAnswer } from './controller-messages.ts';
export type { LabFault, NodeRequestAnswer } from './node-requests.ts';
export { parseLabFault, parseNodeTaints } from './node-requests.ts';
