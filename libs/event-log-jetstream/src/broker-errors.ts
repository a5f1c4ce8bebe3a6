/** No broker could be reached within the time given, or it refused us; `cause` is the last failure. */
export class BrokerUnreachable extends Error {
  override readonly name = 'BrokerUnreachable';
  readonly code = 'BROKER_UNREACHABLE';
}

/** The broker cannot do, or does not do, what everynode relies on; the message says what was found, what is needed and how to get it. */
export class BrokerUnsuitable extends Error {
  override readonly name = 'BrokerUnsuitable';
  readonly code = 'BROKER_UNSUITABLE';
}

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

/** True for a `BrokerUnreachable`, by its code. */
export const isBrokerUnreachable = (error: unknown): error is BrokerUnreachable => hasCode(error, 'BROKER_UNREACHABLE');

/** True for a `BrokerUnsuitable`, by its code. */
export const isBrokerUnsuitable = (error: unknown): error is BrokerUnsuitable => hasCode(error, 'BROKER_UNSUITABLE');

/** The message of whatever was thrown. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Nobody was there to take a request: it was not carried out. */
export const hasNoResponders = (error: unknown): boolean => reasonOf(error).includes('no responders');
