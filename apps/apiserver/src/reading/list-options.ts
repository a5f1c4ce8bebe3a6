import { badRequestStatus, forbidden, invalid, invalidStatus, isFlagSet, notSupported, type FieldError } from '@everynode/kubernetes-api';
import { StatusError } from '../http/answer.ts';
import { readContinueToken, type ContinueToken } from './continue-token.ts';

/** What a list asks of the state that it shows. */
export interface ListOptions {
  /** Objects on one page; undefined for all. */
  readonly limit: number | undefined;
  readonly continueFrom: ContinueToken | undefined;
  /** `latest`: the newest state; `any`: whatever is at hand; a number with `exact`: that very state; without: that state or a newer one. */
  readonly at: 'latest' | 'any' | { readonly sequence: number; readonly exact: boolean };
}

const LIST_OPTIONS = { group: 'meta.k8s.io', kind: 'ListOptions' };

/** A 422 of the query's own options. */
export const invalidOptions = (...errors: readonly FieldError[]): StatusError => new StatusError(invalidStatus(LIST_OPTIONS, '', errors));

/** A whole number of the query. Throws a StatusError (400) for anything else. */
export const wholeNumber = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const value = Number(text);
  if (!/^\d{1,15}$/.test(text)) throw new StatusError(badRequestStatus(`${name}: ${JSON.stringify(text)} is not a whole number`));
  return value;
};

/** The resourceVersion of the query; undefined when there is none. Throws a StatusError (422). */
export const resourceVersionOf = (query: URLSearchParams): number | undefined => {
  const text = query.get('resourceVersion');
  if (text === null || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text)) throw invalidOptions(invalid('resourceVersion', text, `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`));
  return Number(text);
};

const checkMatch = (match: string, sequence: number | undefined, token: string): void => {
  if (match === '') return;
  const errors: FieldError[] = [];
  const refuse = (reason: string): void => void errors.push(forbidden('resourceVersionMatch', reason));
  if (sequence === undefined) refuse('resourceVersionMatch is forbidden unless resourceVersion is provided');
  if (token !== '') refuse('resourceVersionMatch is forbidden when continue is provided');
  if (match !== 'Exact' && match !== 'NotOlderThan') errors.push(notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
  if (match === 'Exact' && sequence === 0) refuse('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  if (errors.length > 0) throw invalidOptions(...errors);
};

/** Reads the options of a list. Throws a StatusError (400 or 422). */
export const parseListOptions = (query: URLSearchParams): ListOptions => {
  const sequence = resourceVersionOf(query);
  const match = query.get('resourceVersionMatch') ?? '';
  const token = query.get('continue') ?? '';
  if (query.has('sendInitialEvents') && !isFlagSet(query, 'watch')) throw invalidOptions(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  checkMatch(match, sequence, token);
  if (token !== '' && sequence !== undefined && sequence !== 0) {
    throw new StatusError(badRequestStatus('specifying resource version is not allowed when using continue'));
  }
  const limit = wholeNumber(query, 'limit') ?? 0;
  if (token !== '') return { limit: limit === 0 ? undefined : limit, continueFrom: readContinueToken(token), at: 'latest' };
  // With resourceVersion "0" any state will do and the whole list is at hand, so it is given whole, as by Kubernetes' watch cache.
  if (sequence === 0) return { limit: undefined, continueFrom: undefined, at: 'any' };
  const isPaged = limit > 0;
  // Without a word about it, the first page of a state is that very state, as it was before there were words.
  const exact = match === 'Exact' || (match === '' && isPaged);
  return { limit: isPaged ? limit : undefined, continueFrom: undefined, at: sequence === undefined ? 'latest' : { sequence, exact } };
};
