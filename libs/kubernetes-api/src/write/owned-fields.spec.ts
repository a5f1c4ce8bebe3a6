// The owners are those that kube-apiserver 1.34 wrote for the same requests.
import { describe, expect, it } from 'vitest';
import { valueAt } from '../json/json-value.ts';
import { prepareCreate } from './prepare-create.ts';
import { preparePatch } from './prepare-patch.ts';
import { prepareUpdate } from './prepare-update.ts';
import { CONTEXT, POD, PODS, pod, prepared, refusal, stored } from './testing/pod-writes.ts';
import type { ResourceRef } from './write-context.ts';

const fieldsOf = (object: unknown, entry = 0): unknown => valueAt((valueAt(object, 'metadata', 'managedFields') as unknown[])[entry], 'fieldsV1');

const refOf = (group: string, resource: string, namespace?: string): ResourceRef => ({ group, version: 'v1', resource, namespace, name: undefined, subresource: undefined });

const CONTAINER = {
  '.': {},
  'f:image': {},
  'f:imagePullPolicy': {},
  'f:name': {},
  'f:resources': {},
  'f:terminationMessagePath': {},
  'f:terminationMessagePolicy': {},
};

describe('who writes first', () => {
  it('owns the maps and lists that the object would not have otherwise, and nothing that the server puts in', () => {
    expect(fieldsOf(prepared(prepareCreate(PODS, pod(), CONTEXT)))).toEqual({
      'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
      'f:spec': {
        'f:containers': { 'k:{"name":"c"}': CONTAINER },
        'f:dnsPolicy': {},
        'f:enableServiceLinks': {},
        'f:restartPolicy': {},
        'f:schedulerName': {},
        'f:securityContext': {},
        'f:terminationGracePeriodSeconds': {},
      },
    });
  });

  it('owns the template generation of a DaemonSet, and its strategy piece by piece', () => {
    const body = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'web' },
      spec: { selector: { matchLabels: { app: 'a' } }, template: { metadata: { labels: { app: 'a' } }, spec: { nodeSelector: { a: 'b' }, containers: [{ name: 'c', image: 'x' }] } } },
    };
    expect(fieldsOf(prepared(prepareCreate(refOf('apps', 'daemonsets', 'acc'), body, CONTEXT)))).toEqual({
      'f:metadata': { 'f:annotations': { '.': {}, 'f:deprecated.daemonset.template.generation': {} } },
      'f:spec': {
        'f:revisionHistoryLimit': {},
        'f:selector': {},
        'f:template': {
          'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
          'f:spec': {
            'f:containers': { 'k:{"name":"c"}': CONTAINER },
            'f:dnsPolicy': {},
            'f:nodeSelector': {},
            'f:restartPolicy': {},
            'f:schedulerName': {},
            'f:securityContext': {},
            'f:terminationGracePeriodSeconds': {},
          },
        },
        'f:updateStrategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {}, 'f:maxUnavailable': {} }, 'f:type': {} },
      },
    });
  });

  it('does not own the finalizer of a namespace', () => {
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } };
    expect(fieldsOf(prepared(prepareCreate(refOf('', 'namespaces'), body, CONTEXT)))).toEqual({
      'f:metadata': { 'f:labels': { '.': {}, 'f:kubernetes.io/metadata.name': {} } },
    });
  });
});

describe('who writes later', () => {
  const later = { ...CONTEXT, fieldManager: 'other' };
  const merge = (body: object): unknown => prepared(preparePatch(POD, stored(), { type: 'merge', body }, later));

  it('owns a map that it begins, but not one that it adds to', () => {
    expect(fieldsOf(merge({ metadata: { annotations: { x: 'y' } } }), 1)).toEqual({ 'f:metadata': { 'f:annotations': { '.': {}, 'f:x': {} } } });
    expect(fieldsOf(merge({ metadata: { labels: { x: 'y' } } }), 1)).toEqual({ 'f:metadata': { 'f:labels': { 'f:x': {} } } });
  });

  it('owns a reference to an owner as a whole', () => {
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'u' }];
    expect(fieldsOf(merge({ metadata: { ownerReferences } }), 1)).toEqual({ 'f:metadata': { 'f:ownerReferences': { '.': {}, 'k:{"uid":"u"}': {} } } });
  });

  it('leaves nothing of a map that it takes away', () => {
    expect(JSON.stringify(fieldsOf(merge({ metadata: { labels: null } })))).not.toContain('f:labels');
  });
});

describe('metadata of an update', () => {
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' }, spec: { holderIdentity: 'me', leaseDurationSeconds: 10 } };
  const LEASES = refOf('coordination.k8s.io', 'leases', 'acc');

  it('has to name the version of a lease', () => {
    const object = prepared(prepareCreate(LEASES, lease, CONTEXT));
    const existing = { ...object, metadata: { ...object.metadata, resourceVersion: '7' } };
    expect(refusal(prepareUpdate({ ...LEASES, name: 'l' }, existing, lease, CONTEXT))).toBe(
      '422 leases.coordination.k8s.io "l" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    );
    const known = { ...lease, metadata: { name: 'l', resourceVersion: '7' } };
    expect(prepareUpdate({ ...LEASES, name: 'l' }, existing, known, CONTEXT).outcome).toBe('prepared');
  });

  it('has to name the object', () => {
    expect(refusal(prepareUpdate(POD, stored(), { ...pod(), metadata: {} }, CONTEXT))).toBe(
      '400 the name of the object (p based on URL) was undeterminable: name must be provided',
    );
  });

  it('has no namespace where the kind has none', () => {
    const body = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', namespace: 'x' } };
    expect(prepared(prepareCreate(refOf('', 'nodes'), body, CONTEXT)).metadata).not.toHaveProperty('namespace');
  });
});

describe('a body of another kind', () => {
  it.each([
    [{ kind: 'Gadget', apiVersion: 'v1' }, '400 Gadget in version "v1" cannot be handled as a Pod: no kind "Gadget" is registered for version "v1" in scheme "pkg/runtime/scheme.go:110"'],
    [{ kind: 'Pod', apiVersion: 'nope/v2' }, '400 Pod in version "v2" cannot be handled as a Pod: no kind "Pod" is registered for version "nope/v2" in scheme "pkg/runtime/scheme.go:110"'],
    [{ kind: 'ConfigMap', apiVersion: 'v1' }, '400 ConfigMap in version "v1" cannot be handled as a Pod: converting (v1.ConfigMap) to (core.Pod): unknown conversion'],
  ])('%j is refused', (type, message) => {
    expect(refusal(prepareCreate(PODS, { ...pod(), ...type }, CONTEXT))).toBe(message);
  });

  it('of nothing is an object without anything in it', () => {
    expect(refusal(prepareCreate(PODS, null, CONTEXT))).toContain('metadata.name: Required value: name or generateName is required');
  });
});
