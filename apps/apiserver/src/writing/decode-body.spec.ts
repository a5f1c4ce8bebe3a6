import { describe, expect, it } from 'vitest';
import { StatusError } from '../http/answer.ts';
import { decodeBody, JSON_BODY, YAML_BODY } from './decode-body.ts';
import { parseDeleteOptions } from './write-options.ts';

const decode = (type: string, text: string): unknown => decodeBody(type, new TextEncoder().encode(text));

const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof StatusError) return `${error.status.code} ${error.status.message}`;
    throw error;
  }
  return 'accepted';
};

describe('bodies that are attacks', () => {
  it.each([
    ['JSON nested without end', JSON_BODY, `${'['.repeat(50_000)}${']'.repeat(50_000)}`, /400 .*nested deeper/],
    ['brackets nested without end', YAML_BODY, '['.repeat(900_000), /400 .*nested deeper/],
    ['dashes nested without end', YAML_BODY, '- '.repeat(100_000), /400 .*nested deeper/],
    ['a list that holds itself', YAML_BODY, 'a: &a [*a]', /400 error converting YAML/],
    ['aliases of aliases', YAML_BODY, 'a: &a [x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]', /400 error converting YAML/],
    ['YAML without end', YAML_BODY, 'a: b\n'.repeat(300_000), /413 /],
    ['many mistakes', YAML_BODY, '[]'.repeat(20_000), /400 error converting YAML to JSON: yaml: line 1: /],
    ['a key given twice', YAML_BODY, 'a: 1\nb: {c: 1, c: 2}', /400 .*key "c" already set in map/],
    ['a key that is a map', YAML_BODY, '? {a: 1}\n: b', /400 .*unsupported map key/],
    ['a key given twice in JSON that comes as YAML', YAML_BODY, '{"a": 1, "a": 2}', /400 .*key "a" already set in map/],
  ])('refuses %s', (_name, type, text, message) => {
    expect(refusal(() => decode(type, text))).toMatch(message);
  });

  it('reads what is deep and large, but not too much so', () => {
    expect(decode(JSON_BODY, `${'['.repeat(900)}${']'.repeat(900)}`)).toBeInstanceOf(Array);
    expect(decode(YAML_BODY, `[${'x,'.repeat(1_000)}x]`)).toHaveLength(1_001);
    expect(decode(YAML_BODY, '{"mode": 10, "text": "a: b"}')).toEqual({ mode: 10, text: 'a: b' });
    expect(decode(YAML_BODY, '{mode: 0644}')).toEqual({ mode: 420 });
  });
});

describe('options of a deletion', () => {
  it.each([
    [{ preconditions: { uid: 1 } }, /400 preconditions\.uid: 1 is not a string/],
    [{ preconditions: 'x' }, /400 preconditions: "x" is not an object/],
    [{ dryRun: 'All' }, /400 dryRun: "All" is not a list of strings/],
    [[], /400 DeleteOptions: \[\] is not an object/],
    [{ kind: 'Pod', apiVersion: 'v1' }, /400 no kind "Pod" is registered for version "v1" that options/],
    [{ gracePeriodSeconds: {} }, /400 gracePeriodSeconds: \{\} is not a whole number/],
  ])('are refused when they cannot be read: %j', (body, message) => {
    expect(refusal(() => parseDeleteOptions(new URLSearchParams(), body))).toMatch(message);
  });

  it('are taken from the body first', () => {
    const options = parseDeleteOptions(new URLSearchParams({ gracePeriodSeconds: '7' }), { preconditions: { uid: 'u', resourceVersion: null }, gracePeriodSeconds: 3 });
    expect(options).toEqual({ dryRun: false, gracePeriodSeconds: 3, preconditionUid: 'u' });
  });
});
