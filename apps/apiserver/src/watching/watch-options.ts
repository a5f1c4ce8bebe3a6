import { forbidden, notSupported, required } from '@everynode/kubernetes-api';
import { isSet } from '../http/api-request.ts';
import { invalidOptions, resourceVersionOf, wholeNumber } from '../reading/list-options.ts';

export interface WatchOptions {
  /** Where to start: `state` begins with an ADDED for every object there is (of the newest state, or of one not older than `notBefore`), a number continues behind it. */
  readonly from: { readonly state: 'any'; readonly notBefore: 'latest' | number } | { readonly state: 'known'; readonly sequence: number };
  /** Send a bookmark that ends the initial events. */
  readonly marksInitialEvents: boolean;
  readonly bookmarks: boolean;
  readonly timeoutMs: number;
}

const MINUTE_MS = 60_000;
/** Watches end by themselves after half an hour to an hour, spread out so that not all clients come back at once. */
const DEFAULT_TIMEOUT_MS = 30 * MINUTE_MS;

const checkInitialEvents = (query: URLSearchParams): void => {
  const match = query.get('resourceVersionMatch') ?? '';
  if (!query.has('sendInitialEvents')) {
    if (match !== '') throw invalidOptions(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
    return;
  }
  if (match === '') throw invalidOptions(required('resourceVersionMatch', 'resourceVersionMatch is required when sendInitialEvents is provided'));
  if (match !== 'NotOlderThan') throw invalidOptions(notSupported('resourceVersionMatch', match, ['NotOlderThan']));
};

/** Reads the options of a watch; `spread` is a random number from 0 up to 1. Throws a StatusError (400 or 422). */
export const parseWatchOptions = (query: URLSearchParams, spread: number): WatchOptions => {
  checkInitialEvents(query);
  const asked = resourceVersionOf(query);
  const sequence = asked ?? 0;
  const wantsInitialEvents = isSet(query, 'sendInitialEvents');
  const isFromState = wantsInitialEvents || (sequence === 0 && !query.has('sendInitialEvents'));
  const seconds = wholeNumber(query, 'timeoutSeconds');
  const bookmarks = isSet(query, 'allowWatchBookmarks');
  return {
    from: isFromState ? { state: 'any', notBefore: asked ?? 'latest' } : { state: 'known', sequence },
    marksInitialEvents: wantsInitialEvents && bookmarks,
    bookmarks,
    timeoutMs: seconds === undefined || seconds === 0 ? DEFAULT_TIMEOUT_MS * (1 + spread) : seconds * 1_000,
  };
};
