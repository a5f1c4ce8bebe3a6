import { describe, expect, it } from 'vitest';
import { fieldErrorMessage } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { validatePodTemplate } from './pod-template.ts';
import { validateNode, validateNodeStatus, validateNodeUpdate } from './node.ts';
import {
  validateConfigMap,
  validateConfigMapUpdate,
  validateControllerRevision,
  validateControllerRevisionUpdate,
  validateEvent,
  validateLease,
  validateSecret,
  validateSecretUpdate,
} from './small-kinds.ts';

const messages = (errors: readonly FieldError[]): string[] => errors.map(fieldErrorMessage);

describe('Node', () => {
  const ranges = (...podCIDRs: string[]): string[] => messages(validateNode({ spec: { podCIDRs } }));
  const noRange = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

  it.each(['10.0.0.0/24', '010.0.0.0/24', '10.0.0.5/24', '0.0.0.0/0', 'fd00::/64', '::ffff:10.0.0.0/120'])('takes the range %s for its Pods', (range) => {
    expect(ranges(range)).toEqual([]);
  });

  it.each(['abc', '10.0.0.0', '10.0.0.0/33', '10.0.0/24', '10.0.0.256/24', 'fd00::/129', 'fd00:::/64', '10.0.0.0/24/8', '10.0.0.0/-1', ''])('refuses the range %j', (range) => {
    expect(ranges(range)).toEqual([`spec.podCIDRs[0]: Invalid value: ${JSON.stringify(range)}: ${noRange}`]);
  });

  it('has one range for each address family at most', () => {
    expect(ranges('10.0.0.0/24', 'fd00::/64')).toEqual([]);
    const tooMany = 'may specify no more than one CIDR for each IP family';
    expect(ranges('10.0.0.0/24', '10.1.0.0/24')).toEqual([`spec.podCIDRs: Invalid value: ["10.0.0.0/24","10.1.0.0/24"]: ${tooMany}`]);
    expect(ranges('10.0.0.0/24', 'fd00::/64', 'fd01::/64')[0]).toContain(tooMany);
    expect(ranges('10.0.0.0/24', 'x')).toEqual([
      `spec.podCIDRs[1]: Invalid value: "x": ${noRange}`,
      `spec.podCIDRs: Invalid value: ["10.0.0.0/24","x"]: ${tooMany}`,
    ]);
  });

  it('has valid taints, unique by key and effect', () => {
    const taints = (...list: object[]): string[] => messages(validateNode({ spec: { taints: list } }));
    expect(taints({ key: 'a', effect: 'NoSchedule' }, { key: 'a', effect: 'NoExecute', value: 'v' })).toEqual([]);
    expect(taints({ key: 'a', effect: 'NoSchedule' }, { key: 'a', effect: 'NoSchedule', value: 'v' })).toEqual([
      'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"v","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
    ]);
    expect(taints({ key: 'a' })).toEqual(['metadata.taints[0].effect: Required value']);
    expect(taints({ key: 'a', effect: 'x' })).toEqual([
      'metadata.taints[0].effect: Unsupported value: "x": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    ]);
    expect(taints({ key: 'a b', effect: 'NoSchedule' })[0]).toContain('metadata.taints[0].key: Invalid value: "a b"');
    expect(taints({ key: 'a', value: '-', effect: 'NoSchedule' })[0]).toContain(
      'metadata.taints[0].value: Invalid value: "-"',
    );
  });

  it('keeps its provider and its address ranges', () => {
    const node = (spec: object): object => ({ spec });
    expect(messages(validateNodeUpdate(node({ providerID: 'b' }), node({ providerID: 'a' })))[0]).toContain(
      'spec.providerID: Forbidden',
    );
    expect(messages(validateNodeUpdate(node({}), node({ podCIDRs: ['10.0.0.0/24'] })))[0]).toContain(
      'spec.podCIDRs: Forbidden',
    );
    expect(validateNodeUpdate(node({ providerID: 'a' }), node({}))).toEqual([]);
  });

  it('reports amounts that are not negative and each condition once', () => {
    const status = { capacity: { cpu: '-1' }, conditions: [{ type: 'Ready' }, { type: 'Ready' }] };
    expect(messages(validateNodeStatus({ status }))).toEqual([
      'status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0',
      'status.conditions[1]: Duplicate value: "Ready"',
    ]);
    expect(validateNodeStatus({})).toEqual([]);
  });
});

describe('PodTemplate', () => {
  it('has a template of which a Pod could be made', () => {
    const spec = { restartPolicy: 'Never', dnsPolicy: 'Default', terminationGracePeriodSeconds: 1 };
    const container = { name: 'c', image: 'i', imagePullPolicy: 'Always', terminationMessagePolicy: 'File' };
    const template = (labels: object, containers: readonly object[]): object => ({
      template: { metadata: { labels }, spec: { ...spec, containers } },
    });
    expect(messages(validatePodTemplate(template({ app: 'web' }, [container])))).toEqual([]);
    expect(messages(validatePodTemplate(template({ app: 'a b' }, [])))).toEqual([
      expect.stringContaining('template.labels: Invalid value: "a b"') as string,
      'template.spec.containers: Required value',
    ]);
  });
});

describe('ControllerRevision', () => {
  it('needs data and a revision that is not negative', () => {
    expect(validateControllerRevision({ data: {}, revision: 0 })).toEqual([]);
    expect(messages(validateControllerRevision({ revision: 1 }))).toEqual(['data: Required value: data is mandatory']);
    expect(messages(validateControllerRevision({ data: {}, revision: -1 }))).toEqual([
      'revision: Invalid value: -1: must be greater than or equal to 0',
    ]);
  });

  it('keeps its data and may change its number', () => {
    const old = { data: { a: 1 }, revision: 0 };
    expect(validateControllerRevisionUpdate({ data: { a: 1 }, revision: 1 }, old)).toEqual([]);
    expect(messages(validateControllerRevisionUpdate({ data: { a: 2 }, revision: 0 }, old))).toEqual([
      'data: Invalid value: {"a":2}: field is immutable',
    ]);
  });
});

describe('ConfigMap and Secret', () => {
  it('have keys that can be file names', () => {
    expect(validateConfigMap({ data: { 'a.b_C-1': 'x' }, binaryData: { z: 'AA==' } })).toEqual([]);
    for (const key of ['a b', '..', '.', '..a', 'x'.repeat(254)]) {
      expect(messages(validateConfigMap({ data: { [key]: 'x' } }))[0], key).toContain(`data[${key}]: Invalid value`);
    }
    expect(messages(validateConfigMap({ data: { a: '' }, binaryData: { a: '' } }))).toEqual([
      'data[a]: Invalid value: "a": duplicate of key present in binaryData',
    ]);
  });

  it('hold at most a mebibyte', () => {
    expect(validateConfigMap({ data: { a: 'x'.repeat(1_048_576) } })).toEqual([]);
    expect(messages(validateConfigMap({ data: { a: 'x'.repeat(1_048_577) } }))[0]).toContain(
      'Too long: may not be more than 1048576 bytes',
    );
    expect(messages(validateSecret({ type: 'Opaque', data: { a: 'AAAA'.repeat(349_526) } }))[0]).toContain(
      'data: Too long',
    );
  });

  it('stay as they are once immutable', () => {
    const old = { data: { a: '1' }, immutable: true };
    expect(validateConfigMapUpdate(old, old)).toEqual([]);
    expect(messages(validateConfigMapUpdate({ data: { a: '2' } }, old))).toEqual([
      'immutable: Forbidden: field is immutable when `immutable` is set',
      'data: Forbidden: field is immutable when `immutable` is set',
    ]);
    expect(messages(validateSecretUpdate({ type: 'a' }, { type: 'b' }))).toEqual([
      'type: Invalid value: "a": field is immutable',
    ]);
  });

  it('demands the keys of a well-known secret type', () => {
    expect(messages(validateSecret({ type: 'kubernetes.io/tls', data: { 'tls.crt': '' } }))).toEqual([
      'data[tls.key]: Required value',
    ]);
  });
});

describe('Lease and Event', () => {
  it('refuses durations and counts that make no sense', () => {
    expect(messages(validateLease({ spec: { leaseDurationSeconds: 0, leaseTransitions: -1 } }))).toEqual([
      'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
      'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
    ]);
    expect(validateLease({})).toEqual([]);
  });

  it('keeps an event beside its object', () => {
    const event = (namespace: string, about: string): string[] =>
      messages(validateEvent({ metadata: { namespace }, involvedObject: { namespace: about } }));
    expect(event('a', 'a')).toEqual([]);
    expect(event('default', '')).toEqual([]);
    expect(event('a', 'b')).toEqual(['involvedObject.namespace: Invalid value: "b": does not match event.namespace']);
  });
});
