import { describe, expect, it } from 'vitest';
import { valueAt } from '../json/json-value.ts';
import type { KubernetesObject } from './object.ts';
import { prepareCreate } from './prepare-create.ts';
import { preparePatch } from './prepare-patch.ts';
import type { Patch } from './prepare-patch.ts';
import { prepareUpdate } from './prepare-update.ts';
import type { PreparedWrite, ResourceRef } from './write-context.ts';
import { CONTEXT, POD, PODS, pod, prepared, refusal, stored } from './testing/pod-writes.ts';

const PART: ResourceRef = { ...POD, subresource: 'ephemeralcontainers' };
const DEBUGGER = { name: 'd', image: 'busybox', stdin: true, tty: true, targetContainerName: 'c' };

const add = (existing: KubernetesObject, containers: readonly object[], type: Patch['type'] = 'strategic', more: object = {}): PreparedWrite =>
  preparePatch(PART, existing, { type, body: { spec: { ephemeralContainers: containers }, ...more } }, CONTEXT);

describe('pods/ephemeralcontainers', () => {
  it('adds a container with its defaults, and counts it as a change of the spec', () => {
    const after = prepared(add(stored(), [DEBUGGER]));
    expect(valueAt(after, 'spec', 'ephemeralContainers')).toEqual([
      { ...DEBUGGER, imagePullPolicy: 'Always', terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', resources: {} },
    ]);
    expect(after.metadata.generation).toBe(2);
    expect(after['status']).toEqual(stored()['status']);
  });

  it('changes nothing when the same container is sent again', () => {
    const after = prepared(add(stored(), [DEBUGGER]));
    const again = add(after, [DEBUGGER]);
    expect(again).toMatchObject({ outcome: 'prepared', changed: false });
  });

  it('takes a JSON patch, an apply patch and a PUT of the Pod with one more', () => {
    const first = prepared(add(stored(), [DEBUGGER]));
    const byJson = preparePatch(PART, first, { type: 'json', body: [{ op: 'add', path: '/spec/ephemeralContainers/-', value: { name: 'e', image: 'x' } }] }, CONTEXT);
    const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { ephemeralContainers: [{ name: 'e', image: 'x' }] } };
    const byApply = preparePatch(PART, first, { type: 'apply', body }, CONTEXT);
    const byPut = prepareUpdate(PART, first, { ...first, spec: { ephemeralContainers: [DEBUGGER, { name: 'e', image: 'x' }] } }, CONTEXT);
    for (const write of [byJson, byApply, byPut]) {
      const names = (valueAt(prepared(write), 'spec', 'ephemeralContainers') as readonly { readonly name: string }[]).map(({ name }) => name);
      expect(names.toSorted()).toEqual(['d', 'e']);
      expect(valueAt(prepared(write), 'spec', 'containers')).toEqual(valueAt(first, 'spec', 'containers'));
    }
  });

  it('leaves the rest of the Pod as it is', () => {
    const body = { metadata: { labels: { new: 'label' } }, spec: { containers: [{ name: 'c', image: 'other' }], ephemeralContainers: [DEBUGGER] }, status: { phase: 'Failed' } };
    const before = stored();
    const after = prepared(preparePatch(PART, before, { type: 'strategic', body }, CONTEXT));
    expect(after.metadata.labels).toEqual({ a: 'b' });
    expect(valueAt(after, 'spec', 'containers')).toEqual(valueAt(before, 'spec', 'containers'));
    expect(after['status']).toEqual(before['status']);
  });

  it('says through which endpoint the fields were set', () => {
    const managers = prepared(add(stored(), [DEBUGGER])).metadata.managedFields as readonly object[];
    expect(managers).toContainEqual(expect.objectContaining({ manager: 'kubectl', subresource: 'ephemeralcontainers' }));
  });

  const forbiddenFields = ['ports', 'resources', 'resizePolicy', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'];

  it('refuses what a container that nobody watches over cannot have', () => {
    const probe = { tcpSocket: { port: 80 } };
    const container = {
      name: 'e',
      image: 'x',
      ports: [{ containerPort: 80 }],
      livenessProbe: probe,
      readinessProbe: probe,
      startupProbe: probe,
      lifecycle: { preStop: { exec: { command: ['x'] } } },
      resources: { limits: { cpu: '1' } },
      resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
    };
    const errors = forbiddenFields.map((field) => `spec.ephemeralContainers[0].${field}: Forbidden: cannot be set for an Ephemeral Container`);
    expect(refusal(add(stored(), [container]))).toBe(`422 Pod "p" is invalid: [${errors.join(', ')}]`);
  });

  it.each([
    [{ name: 'e', image: 'x', targetContainerName: 'nope' }, 'spec.ephemeralContainers[0].targetContainerName: Not found: "nope"'],
    [{ name: 'c', image: 'x' }, 'spec.ephemeralContainers[0].name: Duplicate value: "c"'],
    [{ name: 'e' }, 'spec.ephemeralContainers[0].image: Required value'],
    [
      { name: 'e', image: 'x', volumeMounts: [{ name: 'v', mountPath: '/x', subPath: 'a' }] },
      '[spec.ephemeralContainers[0].volumeMounts[0].name: Not found: "v", spec.ephemeralContainers[0].volumeMounts[0].subPath: Forbidden: cannot be set for an Ephemeral Container]',
    ],
  ])('refuses %j', (container, message) => {
    expect(refusal(add(stored(), [container]))).toBe(`422 Pod "p" is invalid: ${message}`);
  });

  it('refuses to change or to remove one that is there', () => {
    const first = prepared(add(stored(), [DEBUGGER]));
    expect(refusal(add(first, [{ name: 'd', image: 'other' }]))).toBe(
      '422 Pod "p" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "d" may not be changed\n',
    );
    expect(refusal(add(first, [{ name: 'e', image: 'x' }], 'merge'))).toBe(
      '422 Pod "p" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "d" may not be removed\n',
    );
  });

  it('is the only way: neither a new Pod nor a patch of a Pod may have them', () => {
    expect(refusal(prepareCreate(PODS, pod({ ephemeralContainers: [DEBUGGER] }), CONTEXT))).toContain('spec.ephemeralContainers: Forbidden: cannot be set on create');
    const body = { spec: { ephemeralContainers: [DEBUGGER] } };
    expect(refusal(preparePatch(POD, stored(), { type: 'strategic', body }, CONTEXT))).toContain('spec: Forbidden: pod updates may not change fields other than');
  });

  it('lets a Pod that has one be labelled as before', () => {
    const first = prepared(add(stored(), [DEBUGGER]));
    const labelled = prepared(preparePatch(POD, first, { type: 'merge', body: { metadata: { labels: { x: 'y' } } } }, CONTEXT));
    expect(valueAt(labelled, 'spec', 'ephemeralContainers')).toEqual(valueAt(first, 'spec', 'ephemeralContainers'));
  });
});
