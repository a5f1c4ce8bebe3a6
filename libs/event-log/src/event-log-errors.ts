/** The log cannot be reached now; the same call may succeed later. */
export class EventLogUnavailable extends Error {
  override readonly name = 'EventLogUnavailable';
  readonly code = 'EVENT_LOG_UNAVAILABLE';
}

/** The log is not the one that was read before: it went backwards, lost records or was made again. Whoever sees it stops deciding. */
export class EventLogBroken extends Error {
  override readonly name = 'EventLogBroken';
  readonly code = 'EVENT_LOG_BROKEN';
}

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

/** True for an `EventLogUnavailable`, by its code, so that copies of this module in two bundles agree. */
export const isEventLogUnavailable = (error: unknown): error is EventLogUnavailable =>
  hasCode(error, 'EVENT_LOG_UNAVAILABLE');

/** True for an `EventLogBroken`, by its code. */
export const isEventLogBroken = (error: unknown): error is EventLogBroken => hasCode(error, 'EVENT_LOG_BROKEN');
