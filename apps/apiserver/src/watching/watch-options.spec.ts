import { describe, expect, it } from 'vitest';
import { StatusError } from '../http/answer.ts';
import { parseWatchOptions, type WatchOptions } from './watch-options.ts';

const parse = (query: string): WatchOptions => parseWatchOptions(new URLSearchParams(query), 0);
const refusalOf = (query: string): string => {
  try {
    parse(query);
    return 'taken';
  } catch (error) {
    return error instanceof StatusError ? `${error.status.code} ${error.message}` : String(error);
  }
};

const WITH = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
const WITHOUT = 'sendInitialEvents=false&resourceVersionMatch=NotOlderThan';

describe('where a watch starts', () => {
  it.each([
    ['', { start: 'objects', notBefore: 'latest' }],
    ['resourceVersion=', { start: 'objects', notBefore: 'latest' }],
    ['resourceVersion=0', { start: 'objects', notBefore: 0 }],
    ['resourceVersion=7', { start: 'record', sequence: 7 }],
    [WITH, { start: 'objects', notBefore: 'latest' }],
    [`${WITH}&resourceVersion=0`, { start: 'objects', notBefore: 0 }],
    [`${WITH}&resourceVersion=7`, { start: 'objects', notBefore: 7 }],
    ['sendInitialEvents&resourceVersionMatch=NotOlderThan&resourceVersion=7', { start: 'objects', notBefore: 7 }],
    [WITHOUT, { start: 'state', notBefore: 'latest' }],
    [`${WITHOUT}&resourceVersion=0`, { start: 'state', notBefore: 0 }],
    [`${WITHOUT}&resourceVersion=7`, { start: 'record', sequence: 7 }],
  ])('of the query "%s" is that of Kubernetes', (query, from) => {
    expect(parse(query).from).toEqual(from);
  });

  it.each([
    ['', false],
    ['allowWatchBookmarks=true', true],
    ['allowWatchBookmarks=true&resourceVersion=7', false],
    [WITH, false],
    [`${WITH}&allowWatchBookmarks=1`, true],
    [`${WITHOUT}&allowWatchBookmarks=true`, false],
  ])('is marked behind the initial events of "%s": %s', (query, marks) => {
    expect(parse(query).marksInitialEvents).toBe(marks);
  });
});

describe('options of a watch that contradict each other', () => {
  const prefix = '422 ListOptions.meta.k8s.io "" is invalid: ';

  it.each([
    ['sendInitialEvents=true', 'resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
    ['sendInitialEvents=false&resourceVersion=7', 'resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
    ['resourceVersionMatch=NotOlderThan&resourceVersion=7', 'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'],
    [`${WITH}&continue=x`, 'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided'],
    [
      'sendInitialEvents=true&resourceVersionMatch=Exact',
      '[resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan, resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan"]',
    ],
  ])('are refused as by Kubernetes: %s', (query, message) => {
    expect(refusalOf(query)).toBe(`${prefix}${message}`);
  });
});

describe('the time of a watch', () => {
  it.each([
    ['timeoutSeconds=5', 5_000],
    ['timeoutSeconds=0', 1_800_000],
    ['', 1_800_000],
    // A timer that is set to more fires at once.
    ['timeoutSeconds=3000000', 2 ** 31 - 1],
  ])('of "%s" is %d ms', (query, timeoutMs) => {
    expect(parse(query).timeoutMs).toBe(timeoutMs);
  });
});
