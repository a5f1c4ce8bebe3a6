import { badRequestStatus, forbidden, invalidStatus, notSupported, type FieldError } from '@everynode/kubernetes-api';
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

/** A whole number of the query, below zero too. Throws a StatusError (400) for anything else. */
export const wholeNumber = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^[+-]?\d{1,15}$/.test(text)) throw new StatusError(badRequestStatus(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`));
  return Number(text);
};

/** The resourceVersion of the query; undefined when there is none. Throws a StatusError (400), whose message starts with `prefix`. */
export const resourceVersionOf = (query: URLSearchParams, prefix = ''): number | undefined => {
  const text = query.get('resourceVersion');
  if (text === null || text === '') return undefined;
  const quoted = JSON.stringify(text);
  if (!/^\d{1,15}$/.test(text)) throw new StatusError(badRequestStatus(`${prefix}resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`));
  return Number(text);
};

/** What is wrong with resourceVersionMatch and sendInitialEvents, all of it together. */
const matchErrors = (query: URLSearchParams): readonly FieldError[] => {
  const match = query.get('resourceVersionMatch') ?? '';
  const version = query.get('resourceVersion') ?? '';
  const refused = (reason: string): FieldError => forbidden('resourceVersionMatch', reason);
  const errors: FieldError[] = [];
  if (match !== '') {
    if (version === '') errors.push(refused('resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if ((query.get('continue') ?? '') !== '') errors.push(refused('resourceVersionMatch is forbidden when continue is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan') errors.push(notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && version === '0') errors.push(refused('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  return query.has('sendInitialEvents') ? [...errors, forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list')] : errors;
};

/** Reads the options of a list. Throws a StatusError (400 or 422). */
export const parseListOptions = (query: URLSearchParams): ListOptions => {
  const limit = Math.max(0, wholeNumber(query, 'limit') ?? 0);
  wholeNumber(query, 'timeoutSeconds');
  const errors = matchErrors(query);
  if (errors.length > 0) throw invalidOptions(...errors);
  const sequence = resourceVersionOf(query, 'invalid resource version: ');
  const match = query.get('resourceVersionMatch') ?? '';
  const token = query.get('continue') ?? '';
  if (token !== '' && sequence !== undefined && sequence !== 0) {
    throw new StatusError(badRequestStatus('specifying resource version is not allowed when using continue'));
  }
  if (token !== '') return { limit: limit === 0 ? undefined : limit, continueFrom: readContinueToken(token), at: 'latest' };
  // With resourceVersion "0" any state will do and the whole list is at hand, so it is given whole, as by Kubernetes' watch cache.
  if (sequence === 0) return { limit: undefined, continueFrom: undefined, at: 'any' };
  const isPaged = limit > 0;
  // Without a word about it, the first page of a state is that very state, as it was before there were words.
  const exact = match === 'Exact' || (match === '' && isPaged);
  return { limit: isPaged ? limit : undefined, continueFrom: undefined, at: sequence === undefined ? 'latest' : { sequence, exact } };
};
