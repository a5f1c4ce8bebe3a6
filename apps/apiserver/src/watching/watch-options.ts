import { forbidden, isFlagSet, notSupported, type FieldError } from '@everynode/kubernetes-api';
import { invalidOptions, resourceVersionOf, wholeNumber } from '../reading/list-options.ts';

/**
 * Where a watch starts. `objects`: with an ADDED for every object there is in the newest state, or in one not older than a record; `state`: with what follows such
 * a state; `record`: with what follows that record.
 */
export type WatchFrom =
  | { readonly start: 'objects' | 'state'; readonly notBefore: 'latest' | number }
  | { readonly start: 'record'; readonly sequence: number };

export interface WatchOptions {
  readonly from: WatchFrom;
  /** Send a bookmark that ends the initial events. */
  readonly marksInitialEvents: boolean;
  readonly bookmarks: boolean;
  readonly timeoutMs: number;
}

const MINUTE_MS = 60_000;
/** Watches end by themselves after half an hour to an hour, spread out so that not all clients come back at once. */
const DEFAULT_TIMEOUT_MS = 30 * MINUTE_MS;
/** What is longer a timer takes for nothing. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

const NOT_OLDER = 'NotOlderThan';

const checkMatch = (query: URLSearchParams): void => {
  const match = query.get('resourceVersionMatch') ?? '';
  const isAsked = query.has('sendInitialEvents');
  const errors: FieldError[] = [];
  const refuse = (reason: string): void => void errors.push(forbidden('resourceVersionMatch', reason));
  if (isAsked && match !== NOT_OLDER) refuse(`sendInitialEvents requires setting resourceVersionMatch to ${NOT_OLDER}`);
  if (match !== '') {
    if (!isAsked) refuse('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
    if (match !== NOT_OLDER) errors.push(notSupported('resourceVersionMatch', match, [NOT_OLDER]));
  }
  if ((query.get('continue') ?? '') !== '') refuse('resourceVersionMatch is forbidden when continue is provided');
  if (errors.length > 0) throw invalidOptions(...errors);
};

/** Without a word about initial events, they are sent where there is nothing that the watch could continue behind. */
const fromOf = (query: URLSearchParams): WatchFrom => {
  const asked = resourceVersionOf(query);
  const continues = asked !== undefined && asked > 0;
  const sendsObjects = query.has('sendInitialEvents') ? isFlagSet(query, 'sendInitialEvents') : !continues;
  if (sendsObjects) return { start: 'objects', notBefore: asked ?? 'latest' };
  return continues ? { start: 'record', sequence: asked } : { start: 'state', notBefore: asked ?? 'latest' };
};

/** Reads the options of a watch; `spread` is a random number from 0 up to 1. Throws a StatusError (400 or 422). */
export const parseWatchOptions = (query: URLSearchParams, spread: number): WatchOptions => {
  checkMatch(query);
  const from = fromOf(query);
  const seconds = wholeNumber(query, 'timeoutSeconds');
  const bookmarks = isFlagSet(query, 'allowWatchBookmarks');
  return {
    from,
    marksInitialEvents: from.start === 'objects' && bookmarks,
    bookmarks,
    timeoutMs: Math.min(TIMEOUT_MAX_MS, seconds === undefined || seconds <= 0 ? DEFAULT_TIMEOUT_MS * (1 + spread) : seconds * 1_000),
  };
};
