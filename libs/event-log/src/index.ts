export type {
  AppendOutcome,
  AppendRequest,
  EventLog,
  FollowEnd,
  Follower,
  LogRecord,
  LogStatus,
  Sequence,
  Snapshot,
} from './event-log.port.ts';
export type {
  BusMessage,
  CommandStore,
  DeadLetter,
  DeadLetterQueue,
  Lease,
  MessageBus,
  RequestOutcome,
  Subscription,
} from './message-bus.port.ts';
export { EventLogBroken, EventLogUnavailable, isEventLogBroken, isEventLogUnavailable } from './event-log-errors.ts';
export { InMemoryCommandStore } from './in-memory/in-memory-command-store.ts';
export { InMemoryDeadLetterQueue } from './in-memory/in-memory-dead-letter-queue.ts';
export { InMemoryEventLog } from './in-memory/in-memory-event-log.ts';
export { InMemoryLease } from './in-memory/in-memory-lease.ts';
export type { InMemoryLogLimits } from './in-memory/in-memory-log-store.ts';
export { InMemoryLogStore } from './in-memory/in-memory-log-store.ts';
export { InMemoryMessageBus, InMemoryMessageHub } from './in-memory/in-memory-message-bus.ts';
