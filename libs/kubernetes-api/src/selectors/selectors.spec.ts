import { describe, expect, it } from 'vitest';
import { RESOURCES } from '../resources/resource-table.ts';
import { fieldErrorMessage } from '../status/field-error.ts';
import { matchesFieldSelector, parseFieldSelector } from './field-selector.ts';
import { dnsLabelMistakes, dnsSubdomainMistakes, labelValueMistakes, qualifiedNameMistakes } from './label-names.ts';
import { matchesRequirements } from './label-requirement.ts';
import {
  formatLabelSelector,
  isEmptyLabelSelector,
  matchesLabelSelector,
  validateLabelSelector,
} from './label-selector-object.ts';
import { formatLabelRequirements, parseLabelSelector } from './label-selector-text.ts';

const matches = (text: string, labels: Record<string, string>): boolean => {
  const parsed = parseLabelSelector(text);
  if (parsed.outcome === 'malformed') throw new Error(parsed.message);
  return matchesRequirements(parsed.requirements, labels);
};

describe('label selectors in text form', () => {
  const labels = { app: 'web', tier: 'edge', size: '5', empty: '' };

  it.each([
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app = web , tier=edge', true],
    ['app=db', false],
    ['app!=db', true],
    ['app!=web', false],
    ['missing!=x', true],
    ['app in (db,web)', true],
    ['app in (db)', false],
    ['app notin (db)', true],
    ['missing notin (db)', true],
    ['app notin (web)', false],
    ['app', true],
    ['missing', false],
    ['!missing', true],
    ['!app', false],
    ['size>4', true],
    ['size>5', false],
    ['size<6', true],
    ['app>4', false],
    ['empty=', true],
    ['empty in ()', true],
    ['constructor', false],
    ['!node-role.kubernetes.io/control-plane', true],
    ['in in (x)', false],
  ])('%j gives %s', (text, expected) => {
    expect(matches(text, labels)).toBe(expected);
  });

  it.each([
    ['a=b,', "found '', expected: identifier after ','"],
    ['a=b,,c', "found ',', expected: identifier after ','"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['a in x', "unable to parse requirement: found 'x' expected: '('"],
    ['a in (x', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    [',', "found ',', expected: !, identifier, or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['/a=b', 'unable to parse requirement: <nil>: Invalid value: "/a": prefix part must be non-empty'],
    ['a>x', "for 'Gt', 'Lt' operators, the value must be an integer"],
    ['-a=b', 'name part must consist of alphanumeric characters'],
    ['a=-b', 'a valid label must be an empty string or consist of'],
  ])('refuses %j', (text, message) => {
    const parsed = parseLabelSelector(text);
    expect(parsed.outcome).toBe('malformed');
    expect(parsed.outcome === 'malformed' ? parsed.message : '').toContain(message);
  });

  it('is printed sorted by key', () => {
    const parsed = parseLabelSelector('z,b in (y,x),!c,a!=1,d>3');
    expect(parsed.outcome === 'parsed' ? formatLabelRequirements(parsed.requirements) : '').toBe(
      'a!=1,b in (x,y),!c,d>3,z',
    );
  });
});

describe('label selectors in object form', () => {
  const selector = {
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['edge', 'core'] },
      { key: 'old', operator: 'DoesNotExist' },
    ],
  };

  it('select when everything holds', () => {
    expect(matchesLabelSelector(selector, { app: 'web', tier: 'core' })).toBe(true);
    expect(matchesLabelSelector(selector, { app: 'web', tier: 'core', old: '' })).toBe(false);
    expect(matchesLabelSelector(selector, { app: 'web' })).toBe(false);
  });

  it('select nothing when absent and everything when empty', () => {
    expect(matchesLabelSelector(undefined, { a: 'b' })).toBe(false);
    expect(matchesLabelSelector({}, { a: 'b' })).toBe(true);
    expect(isEmptyLabelSelector({})).toBe(true);
    expect(isEmptyLabelSelector(undefined)).toBe(false);
  });

  it('are printed like the text form', () => {
    expect(formatLabelSelector(selector)).toBe('app=web,!old,tier in (core,edge)');
    expect(formatLabelSelector({})).toBe('<none>');
    expect(formatLabelSelector(undefined)).toBe('<none>');
  });

  it('report each mistake at its path', () => {
    const errors = validateLabelSelector(
      {
        matchLabels: { '-a': 'x', b: '-' },
        matchExpressions: [
          { key: 'a', operator: 'In' },
          { key: 'a', operator: 'Exists', values: ['x'] },
          { key: 'a', operator: 'Near' },
          { key: '', operator: 'NotIn', values: ['ok', '-'] },
        ],
      },
      's',
    );
    expect(errors.map(({ type, field }) => `${type} ${field}`)).toEqual([
      'FieldValueInvalid s.matchLabels',
      'FieldValueInvalid s.matchLabels',
      'FieldValueRequired s.matchExpressions[0].values',
      'FieldValueForbidden s.matchExpressions[1].values',
      'FieldValueInvalid s.matchExpressions[2].operator',
      'FieldValueInvalid s.matchExpressions[3].key',
      'FieldValueInvalid s.matchExpressions[3].key',
      'FieldValueInvalid s.matchExpressions[3].values[1]',
    ]);
    expect(errors.map(fieldErrorMessage)[2]).toBe(
      "s.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    );
  });
});

describe('names', () => {
  it.each([
    [dnsLabelMistakes, 'a-1', 0],
    [dnsLabelMistakes, 'a.b', 1],
    [dnsLabelMistakes, 'A', 1],
    [dnsLabelMistakes, 'a'.repeat(64), 1],
    [dnsSubdomainMistakes, 'a.b-c.d', 0],
    [dnsSubdomainMistakes, 'a..b', 1],
    [dnsSubdomainMistakes, 'a'.repeat(254), 1],
    [qualifiedNameMistakes, 'example.com/Name_1', 0],
    [qualifiedNameMistakes, '/x', 1],
    [qualifiedNameMistakes, 'a/b/c', 1],
    [qualifiedNameMistakes, 'Ex/x', 1],
    [labelValueMistakes, '', 0],
    [labelValueMistakes, 'a b', 1],
    [labelValueMistakes, 'é'.repeat(40), 2],
  ])('%o of %j are %i', (mistakesOf, name, count) => {
    expect(mistakesOf(name)).toHaveLength(count);
  });

  it('are refused in the words of Kubernetes', () => {
    expect(dnsSubdomainMistakes('A')).toEqual([
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ]);
    expect(dnsLabelMistakes('A')).toEqual([
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ]);
  });
});

const selects = (resource: string, text: string, object: object, group = ''): boolean => {
  const parsed = parseFieldSelector(group, resource, text);
  if (parsed.outcome === 'malformed') throw new Error(parsed.message);
  return matchesFieldSelector(group, resource, parsed.requirements, object);
};

describe('field selectors', () => {
  const pod = { metadata: { name: 'p', namespace: 'n' }, spec: { nodeName: 'node-1' }, status: { phase: 'Running' } };

  it.each([
    ['pods', 'spec.nodeName=node-1', pod, true],
    ['pods', 'spec.nodeName==node-1,status.phase!=Failed,status.phase!=Succeeded', pod, true],
    ['pods', 'spec.nodeName!=node-1', pod, false],
    ['pods', 'spec.nodeName=', {}, true],
    ['pods', 'spec.hostNetwork=false', pod, true],
    ['pods', 'metadata.name=p,metadata.namespace=n', pod, true],
    ['nodes', 'spec.unschedulable=false', {}, true],
    ['nodes', 'spec.unschedulable=true', { spec: { unschedulable: true } }, true],
    ['nodes', 'spec.unschedulable=false', { spec: { unschedulable: true } }, false],
    ['namespaces', 'status.phase=Active', { status: { phase: 'Active' } }, true],
    ['secrets', 'type=Opaque', { type: 'Opaque' }, true],
    [
      'events',
      'involvedObject.name=node-2,involvedObject.namespace=,involvedObject.kind=Node',
      { involvedObject: { kind: 'Node', name: 'node-2' } },
      true,
    ],
    ['events', 'source=x', { source: { component: 'x' } }, true],
    ['configmaps', '', {}, true],
    ['services', 'spec.type=ClusterIP', { spec: { type: 'ClusterIP' } }, true],
    ['services', 'spec.clusterIP!=None', { spec: { clusterIP: 'None' } }, false],
  ])('%s with %j', (resource, text, object, expected) => {
    expect(selects(resource, text, object)).toBe(expected);
  });

  it('refuse fields that the resource does not offer, and text that is no selector', () => {
    expect(parseFieldSelector('', 'pods', 'foo=bar')).toEqual({
      outcome: 'malformed',
      message: 'field label not supported: foo',
    });
    expect(parseFieldSelector('apps', 'daemonsets', 'spec.nodeName=x')).toEqual({
      outcome: 'malformed',
      message: '"spec.nodeName" is not a known field selector: only "metadata.name", "metadata.namespace"',
    });
    expect(parseFieldSelector('', 'pods', 'metadata.name=a\\')).toEqual({ outcome: 'malformed', message: 'invalid field selector: invalid escape sequence: \\' });
    expect(parseFieldSelector('', 'pods', 'metadata.name=a=b')).toEqual({ outcome: 'malformed', message: 'invalid field selector: unescaped character in value: 61' });
    expect(parseFieldSelector('', 'pods', 'metadata.name in (a)')).toEqual({
      outcome: 'malformed',
      message: "invalid selector: 'metadata.name in (a)'; can't understand 'metadata.name in (a)'",
    });
    expect(parseFieldSelector('', 'pods', 'status.phase')).toMatchObject({ outcome: 'malformed' });
  });

  it('are content with everything where they say nothing', () => {
    expect(parseFieldSelector('', 'pods', '=,')).toEqual({ outcome: 'parsed', requirements: [] });
  });

  it('understand escaped commas', () => {
    expect(selects('secrets', 'type=a\\,b', { type: 'a,b' })).toBe(true);
  });

  it('offer every field that the resource table names', () => {
    let offered = 0;
    for (const { group, plural, fieldSelectors } of RESOURCES) {
      for (const field of fieldSelectors) {
        expect(parseFieldSelector(group, plural, `${field}=x`), `${plural} ${field}`).toMatchObject({
          outcome: 'parsed',
        });
        offered += 1;
      }
    }
    expect(offered).toBeGreaterThan(20);
  });
});
