import { describe, expect, it } from 'vitest';
import { valueAt } from '../json/json-value.ts';
import type { KubernetesObject } from './object.ts';
import { prepareCreate } from './prepare-create.ts';
import { preparePatch } from './prepare-patch.ts';
import type { Patch } from './prepare-patch.ts';
import { prepareUpdate } from './prepare-update.ts';
import type { PreparedWrite, ResourceRef, WriteContext } from './write-context.ts';

const CONTEXT: WriteContext = {
  now: '2026-01-02T03:04:05Z',
  uid: '11111111-2222-3333-4444-555555555555',
  nameSuffix: 'abcde',
  user: 'system:admin',
  fieldManager: 'kubectl',
  fieldValidation: 'Strict',
  force: false,
};

const DAEMONSETS: ResourceRef = {
  group: 'apps',
  version: 'v1',
  resource: 'daemonsets',
  namespace: 'acc',
  name: undefined,
  subresource: undefined,
};
const WEB = { ...DAEMONSETS, name: 'web' };
const WEB_STATUS = { ...WEB, subresource: 'status' };

const manifest = (spec: object = {}, metadata: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'web', ...metadata },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'nginx:1.25', ports: [{ containerPort: 80 }] }] },
    },
    ...spec,
  },
});

const prepared = (write: PreparedWrite): Extract<PreparedWrite, { outcome: 'prepared' }> => {
  if (write.outcome === 'rejected') throw new Error(write.status.message);
  return write;
};

const status = (write: PreparedWrite): Extract<PreparedWrite, { outcome: 'rejected' }>['status'] => {
  if (write.outcome === 'prepared') throw new Error('prepared');
  return write.status;
};

const stored = (): KubernetesObject => {
  const { object } = prepared(prepareCreate(DAEMONSETS, manifest(), CONTEXT));
  return { ...object, metadata: { ...object.metadata, resourceVersion: '7' } };
};

const patchWeb = (type: Patch['type'], body: unknown, context: Partial<WriteContext> = {}): PreparedWrite =>
  preparePatch(WEB, stored(), { type, body }, { ...CONTEXT, ...context });

describe('prepareCreate', () => {
  it('fills metadata, defaults and an empty status of a DaemonSet', () => {
    const { object, changed, warnings } = prepared(prepareCreate(DAEMONSETS, manifest(), CONTEXT));
    expect(changed).toBe(true);
    expect(warnings).toEqual([]);
    expect(object).toEqual({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: {
        name: 'web',
        namespace: 'acc',
        uid: CONTEXT.uid,
        creationTimestamp: CONTEXT.now,
        generation: 1,
        annotations: { 'deprecated.daemonset.template.generation': '1' },
        managedFields: [expect.objectContaining({ manager: 'kubectl', operation: 'Update', apiVersion: 'apps/v1' })],
      },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        revisionHistoryLimit: 10,
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [
              {
                name: 'c',
                image: 'nginx:1.25',
                imagePullPolicy: 'IfNotPresent',
                ports: [{ containerPort: 80, protocol: 'TCP' }],
                resources: {},
                terminationMessagePath: '/dev/termination-log',
                terminationMessagePolicy: 'File',
              },
            ],
            dnsPolicy: 'ClusterFirst',
            restartPolicy: 'Always',
            schedulerName: 'default-scheduler',
            securityContext: {},
            terminationGracePeriodSeconds: 30,
          },
        },
      },
      status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
    });
  });

  it('ignores status, generation and deletion marks that the client sends', () => {
    const body = {
      ...manifest({}, { generation: 9, deletionTimestamp: '2020-01-01T00:00:00Z' }),
      status: { numberReady: 5 },
    };
    const { object } = prepared(prepareCreate(DAEMONSETS, body, CONTEXT));
    expect(object.metadata.generation).toBe(1);
    expect(object.metadata.deletionTimestamp).toBeUndefined();
    expect(object['status']).toMatchObject({ numberReady: 0 });
  });

  it('generates a name', () => {
    const body = manifest({}, { name: undefined, generateName: 'web-' });
    expect(prepared(prepareCreate(DAEMONSETS, body, CONTEXT)).object.metadata.name).toBe('web-abcde');
  });

  it('keeps a template generation above one and refuses one that is no number', () => {
    const annotated = (value: string): object =>
      manifest({}, { annotations: { 'deprecated.daemonset.template.generation': value } });
    const { object } = prepared(prepareCreate(DAEMONSETS, annotated('5'), CONTEXT));
    expect(object.metadata.annotations).toEqual({ 'deprecated.daemonset.template.generation': '5' });
    expect(status(prepareCreate(DAEMONSETS, annotated('x'), CONTEXT))).toMatchObject({
      code: 400,
      message:
        'DaemonSet in version "v1" cannot be handled as a DaemonSet: strconv.ParseInt: parsing "x": invalid syntax',
    });
  });

  it('refuses unknown fields when strict, warns about them when asked to, and drops them in any case', () => {
    const body = manifest({ bogus: 1, x: {} });
    expect(status(prepareCreate(DAEMONSETS, body, CONTEXT))).toMatchObject({
      code: 400,
      reason: 'BadRequest',
      message:
        'DaemonSet in version "v1" cannot be handled as a DaemonSet: strict decoding error: unknown field "spec.bogus", unknown field "spec.x"',
    });
    const warned = prepared(prepareCreate(DAEMONSETS, body, { ...CONTEXT, fieldValidation: 'Warn' }));
    expect(warned.warnings).toEqual(['unknown field "spec.bogus"', 'unknown field "spec.x"']);
    expect(warned.object['spec']).not.toHaveProperty('bogus');
    expect(prepared(prepareCreate(DAEMONSETS, body, { ...CONTEXT, fieldValidation: 'Ignore' })).warnings).toEqual([]);
  });

  it.each([
    [
      'a text instead of a number',
      manifest({ minReadySeconds: 'x' }),
      'json: cannot unmarshal string into Go struct field DaemonSetSpec.spec.minReadySeconds of type int32',
    ],
    [
      'a list instead of an object',
      manifest({ selector: [] }),
      'json: cannot unmarshal array into Go struct field DaemonSetSpec.spec.selector of type v1.LabelSelector',
    ],
    ['another kind', { ...manifest(), kind: 'Pod' }, 'cannot be handled as a DaemonSet'],
    [
      'another group',
      { ...manifest(), apiVersion: 'v1' },
      'no kind "DaemonSet" is registered for version "v1"',
    ],
    ['no object', 'web', 'must be of type DaemonSet'],
    [
      'another namespace',
      manifest({}, { namespace: 'other' }),
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'a resourceVersion',
      manifest({}, { resourceVersion: '1' }),
      'resourceVersion should not be set on objects to be created',
    ],
  ])('refuses %s', (_, body, message) => {
    const refused = status(prepareCreate(DAEMONSETS, body, CONTEXT));
    expect(refused).toMatchObject({ code: 400, reason: 'BadRequest' });
    expect(refused.message).toContain(message);
  });

  it('refuses a prototype key by name', () => {
    const body: unknown = JSON.parse('{"metadata":{"name":"web","labels":{"__proto__":"x"}}}');
    expect(status(prepareCreate(DAEMONSETS, body, CONTEXT)).message).toContain('metadata.labels.__proto__');
  });

  it('keeps labels that are named like inherited properties', () => {
    const { object } = prepared(prepareCreate(DAEMONSETS, manifest({}, { labels: { constructor: 'x' } }), CONTEXT));
    expect(Object.hasOwn(object.metadata.labels ?? {}, 'constructor')).toBe(true);
  });

  it('makes a new pod pending and computes its quality of service', () => {
    const pods = { ...DAEMONSETS, group: '', resource: 'pods' };
    const body = {
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'i', resources: { limits: { cpu: '1000m', memory: '1Gi' } } }] },
    };
    const { object } = prepared(prepareCreate(pods, body, CONTEXT));
    expect(object['status']).toEqual({ phase: 'Pending', qosClass: 'Guaranteed' });
    expect(object['spec']).toMatchObject({ priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
    expect(object).toMatchObject({
      spec: {
        enableServiceLinks: true,
        containers: [{ imagePullPolicy: 'Always', resources: { limits: { cpu: '1' }, requests: { cpu: '1' } } }],
      },
    });
  });

  it('keeps the priority of a pod whose new version says none', () => {
    const pods = { ...DAEMONSETS, group: '', resource: 'pods' };
    const body = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const { object: existing } = prepared(prepareCreate(pods, body, CONTEXT));
    const again = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'other' }] } };
    const { object } = prepared(prepareUpdate({ ...pods, name: 'p' }, existing, again, CONTEXT));
    expect(object['spec']).toMatchObject({ priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
  });

  it('lets a pod outlast a short outage of its node, unless it says otherwise', () => {
    const pods = { ...DAEMONSETS, group: '', resource: 'pods' };
    const tolerationsOf = (tolerations: object[]): unknown => {
      const body = { metadata: { name: 'p' }, spec: { tolerations, containers: [{ name: 'c', image: 'i' }] } };
      return valueAt(prepared(prepareCreate(pods, body, CONTEXT)).object, 'spec', 'tolerations');
    };
    const added = (key: string): object => ({
      key: `node.kubernetes.io/${key}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    });
    expect(tolerationsOf([])).toEqual([added('not-ready'), added('unreachable')]);
    const own = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' };
    expect(tolerationsOf([own])).toEqual([own, added('unreachable')]);
    expect(tolerationsOf([{ operator: 'Exists' }])).toEqual([{ operator: 'Exists' }]);
  });

  it('warns about what is rarely meant in a template, on create and when the template changes', () => {
    const containers = [
      {
        name: 'c',
        image: 'i:1',
        env: [{ name: 'A' }, { name: 'A', value: 'x' }],
        ports: [{ containerPort: 1 }, { containerPort: 1 }],
        resources: { limits: { memory: '100m' } },
      },
    ];
    const template = {
      metadata: { labels: { app: 'web' } },
      spec: { containers, nodeSelector: { 'beta.kubernetes.io/os': 'linux' } },
    };
    const created = prepared(prepareCreate(DAEMONSETS, manifest({ template }), CONTEXT));
    const path = 'spec.template.spec.containers[0]';
    expect(created.warnings).toEqual([
      'spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
      `${path}.env[1]: hides previous definition of "A", which may be dropped when using apply`,
      `${path}.ports[1]: duplicate port definition with ${path}.ports[0]`,
      `${path}.resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer`,
    ]);
    expect(
      prepared(prepareUpdate(WEB, created.object, manifest({ template, minReadySeconds: 1 }), CONTEXT)).warnings,
    ).toEqual([]);
  });

  it('gives a namespace its finalizer, label and phase, also when spec and status come empty', () => {
    const namespaces = { ...DAEMONSETS, group: '', resource: 'namespaces', namespace: undefined };
    const { object } = prepared(
      prepareCreate(namespaces, { metadata: { name: 'acc' }, spec: {}, status: {} }, CONTEXT),
    );
    expect(object).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'acc' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  });

  it('answers 404 for a resource that is not served', () => {
    expect(status(prepareCreate({ ...DAEMONSETS, resource: 'pods' }, {}, CONTEXT)).code).toBe(404);
  });
});

describe('prepareUpdate', () => {
  it('finds a re-apply of the same manifest unchanged', () => {
    const write = prepared(
      prepareUpdate(
        WEB,
        stored(),
        manifest({
          minReadySeconds: 0,
          template: {
            metadata: { labels: { app: 'web' }, creationTimestamp: null },
            spec: {
              hostNetwork: false,
              volumes: [],
              containers: [
                { image: 'nginx:1.25', name: 'c', env: null, ports: [{ protocol: 'TCP', containerPort: 80 }] },
              ],
            },
          },
        }),
        CONTEXT,
      ),
    );
    // The annotation is the server's, so its absence in the body is no change.
    expect(write).toMatchObject({ changed: false });
    expect(write.object).toEqual(stored());
  });

  it('counts a template change in both generations', () => {
    const spec = {
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1.26' }] } },
    };
    const { object, changed } = prepared(prepareUpdate(WEB, stored(), manifest(spec), CONTEXT));
    expect(changed).toBe(true);
    expect(object.metadata).toMatchObject({
      generation: 2,
      resourceVersion: '7',
      annotations: { 'deprecated.daemonset.template.generation': '2' },
    });
  });

  it('counts another change of spec in generation only, and a change of labels in none', () => {
    const limited = prepared(prepareUpdate(WEB, stored(), manifest({ revisionHistoryLimit: 3 }), CONTEXT)).object;
    expect(limited.metadata).toMatchObject({
      generation: 2,
      annotations: { 'deprecated.daemonset.template.generation': '1' },
    });
    const labelled = prepared(prepareUpdate(WEB, stored(), manifest({}, { labels: { a: 'b' } }), CONTEXT)).object;
    expect(labelled.metadata.generation).toBe(1);
    expect(labelled.metadata.labels).toEqual({ a: 'b' });
  });

  it.each([
    ['merge', { metadata: { uid: 'other' } }],
    ['strategic', { metadata: { uid: 'other' } }],
    ['json', [{ op: 'replace', path: '/metadata/uid', value: 'other' }]],
    ['apply', { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'web', uid: 'other' } }],
  ] as const)('refuses a %s patch of the uid as a change of what is immutable', (type, body) => {
    const refusal = status(patchWeb(type, body));
    expect(refusal.code).toBe(422);
    expect(refusal.message).toBe('DaemonSet.apps "web" is invalid: metadata.uid: Invalid value: "other": field is immutable');
  });

  it('refuses a stale resourceVersion and another uid, and accepts none', () => {
    const stale = status(prepareUpdate(WEB, stored(), manifest({}, { resourceVersion: '6' }), CONTEXT));
    expect(stale).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on daemonsets.apps "web": the object has been modified; please apply your changes to the latest version and try again',
      details: { name: 'web', group: 'apps', kind: 'daemonsets' },
    });
    expect(status(prepareUpdate(WEB, stored(), manifest({}, { uid: 'other' }), CONTEXT)).message).toContain(
      'Precondition failed: UID in precondition: other',
    );
    expect(prepared(prepareUpdate(WEB, stored(), manifest({}, { resourceVersion: '7' }), CONTEXT)).changed).toBe(false);
  });

  it('refuses another name and an immutable selector', () => {
    expect(status(prepareUpdate(WEB, stored(), manifest({}, { name: 'x' }), CONTEXT)).message).toBe(
      'the name of the object (x) does not match the name on the URL (web)',
    );
    const spec = {
      selector: { matchLabels: { app: 'b' } },
      template: { metadata: { labels: { app: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    };
    expect(status(prepareUpdate(WEB, stored(), manifest(spec), CONTEXT))).toMatchObject({
      code: 422,
      message:
        'DaemonSet.apps "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable',
    });
  });

  it('writes only status through the status subresource', () => {
    const body = { ...manifest({ revisionHistoryLimit: 1 }), status: { numberReady: 2, observedGeneration: 1 } };
    const { object } = prepared(prepareUpdate(WEB_STATUS, stored(), body, CONTEXT));
    expect(object).toMatchObject({
      spec: { revisionHistoryLimit: 10 },
      status: { numberReady: 2, desiredNumberScheduled: 0 },
    });
    expect(object.metadata.generation).toBe(1);
    expect(prepared(prepareUpdate(WEB_STATUS, stored(), { ...body, spec: null }, CONTEXT)).object['spec']).toEqual(
      stored()['spec'],
    );
    expect(prepared(prepareUpdate(WEB, stored(), { ...manifest(), status: { numberReady: 2 } }, CONTEXT)).changed).toBe(
      false,
    );
  });

  it('keeps the deletion mark and refuses new finalizers once an object is being deleted', () => {
    const existing = {
      ...stored(),
      metadata: { ...stored().metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a.io/x'] },
    };
    const { object } = prepared(prepareUpdate(WEB, existing, manifest(), CONTEXT));
    expect(object.metadata.deletionTimestamp).toBe('2026-01-01T00:00:00Z');
    expect(object.metadata.finalizers).toBeUndefined();
    expect(status(prepareUpdate(WEB, existing, manifest({}, { finalizers: ['b.io/y'] }), CONTEXT)).message).toContain(
      'no new finalizers can be added if the object is being deleted, found new finalizers []string{"b.io/y"}',
    );
  });
});

describe('namespaces', () => {
  const namespaces = { ...DAEMONSETS, group: '', resource: 'namespaces', namespace: undefined };
  const acc = { ...namespaces, name: 'acc' };
  const existing = (): KubernetesObject =>
    prepared(prepareCreate(namespaces, { metadata: { name: 'acc' } }, CONTEXT)).object;

  it('lose their finalizers only through the finalize subresource', () => {
    const body = { metadata: { name: 'acc' }, spec: {} };
    expect(prepared(prepareUpdate(acc, existing(), body, CONTEXT)).object['spec']).toEqual({
      finalizers: ['kubernetes'],
    });
    const finalized = prepared(prepareUpdate({ ...acc, subresource: 'finalize' }, existing(), body, CONTEXT)).object;
    expect(finalized['spec']).toEqual({});
    expect(finalized['status']).toEqual({ phase: 'Active' });
  });

  it('change their phase only through the status subresource, and end only when they are deleted', () => {
    const part = { ...acc, subresource: 'status' };
    const body = { metadata: { name: 'acc' }, status: { phase: 'Terminating' } };
    expect(prepared(prepareUpdate(acc, existing(), body, CONTEXT)).object['status']).toEqual({ phase: 'Active' });
    expect(status(prepareUpdate(part, existing(), body, CONTEXT)).message).toBe(
      "Namespace \"acc\" is invalid: status.Phase: Invalid value: \"Terminating\": may only be 'Active' if `deletionTimestamp` is empty",
    );
    const { metadata, ...rest } = existing();
    const deleted = { ...rest, metadata: { ...metadata, deletionTimestamp: CONTEXT.now } };
    expect(prepared(prepareUpdate(part, deleted, body, CONTEXT)).object['status']).toEqual({ phase: 'Terminating' });
  });
});

describe('preparePatch', () => {
  it('applies a merge patch', () => {
    expect(prepared(patchWeb('merge', { metadata: { labels: { tier: 'edge' } } })).object.metadata.labels).toEqual({
      tier: 'edge',
    });
  });

  it('applies a strategic patch by container name', () => {
    const { object } = prepared(
      patchWeb('strategic', { spec: { template: { spec: { containers: [{ name: 'c', image: 'nginx:1.26' }] } } } }),
    );
    expect(object).toMatchObject({
      spec: {
        template: { spec: { containers: [{ name: 'c', image: 'nginx:1.26', ports: [{ containerPort: 80 }] }] } },
      },
    });
    expect(object.metadata.generation).toBe(2);
  });

  it('applies a JSON patch and reports one that does not fit', () => {
    expect(
      prepared(
        patchWeb(
          'json',
          [
            { op: 'replace', path: '/spec/minReadySeconds', value: 3 },
            { op: 'add', path: '/metadata/labels', value: { a: 'b' } },
          ].slice(1),
        ),
      ).changed,
    ).toBe(true);
    expect(status(patchWeb('json', [{ op: 'remove', path: '/metadata/labels/tier' }]))).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: 'the server rejected our request due to an error in our request',
    });
  });

  it('finds a patch that changes nothing unchanged', () => {
    expect(prepared(patchWeb('merge', { spec: { revisionHistoryLimit: 10 } })).changed).toBe(false);
  });

  it('treats a resourceVersion in the patch as a condition', () => {
    expect(status(patchWeb('strategic', { metadata: { resourceVersion: '6', labels: { a: 'b' } } })).code).toBe(409);
    expect(prepared(patchWeb('strategic', { metadata: { resourceVersion: '7', labels: { a: 'b' } } })).changed).toBe(
      true,
    );
  });

  it('blames the patch for unknown fields and wrong types', () => {
    expect(status(patchWeb('merge', { spec: { bogus: 1 } })).message).toBe(
      ' "" is invalid: patch: Invalid value: "{\\"spec\\":{\\"bogus\\":1}}": strict decoding error: unknown field "spec.bogus"',
    );
    expect(status(patchWeb('merge', { spec: { minReadySeconds: 'x' } })).code).toBe(422);
  });

  it('answers 404 for an absent object', () => {
    expect(status(preparePatch(WEB, undefined, { type: 'merge', body: {} }, CONTEXT)).message).toBe(
      'daemonsets.apps "web" not found',
    );
  });
});

describe('finalizers of a namespace', () => {
  const NAMESPACE: ResourceRef = { group: '', version: 'v1', resource: 'namespaces', namespace: undefined, name: 'n', subresource: 'finalize' };
  const namespace = (...finalizers: readonly string[]): object => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' }, spec: { finalizers } });

  it('are names that say whose they are', () => {
    const { object } = prepared(prepareCreate({ ...NAMESPACE, name: undefined, subresource: undefined }, namespace(), CONTEXT));
    const existing = { ...object, metadata: { ...object.metadata, resourceVersion: '7' } };
    expect(valueAt(prepared(prepareUpdate(NAMESPACE, existing, namespace('kubernetes', 'example.com/x'), CONTEXT)).object, 'spec', 'finalizers')).toEqual(['kubernetes', 'example.com/x']);
    expect(status(prepareUpdate(NAMESPACE, existing, namespace('nodomain'), CONTEXT)).message).toBe(
      'Namespace "n" is invalid: spec.finalizers: Invalid value: "nodomain": name is neither a standard finalizer name nor is it fully qualified',
    );
  });
});
