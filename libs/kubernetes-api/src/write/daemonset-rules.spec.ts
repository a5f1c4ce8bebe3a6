// The rules of the DaemonSet and ControllerRevision API objects, one test a rule, through the pipeline that every write takes.
import { describe, expect, it } from 'vitest';
import { findResource } from '../resources/find-resource.ts';
import { schemaOfField, schemaOfKind } from '../schema/schema.ts';
import type { KubernetesObject } from './object.ts';
import { prepareCreate } from './prepare-create.ts';
import { preparePatch } from './prepare-patch.ts';
import { prepareUpdate } from './prepare-update.ts';
import type { PreparedWrite, ResourceRef, WriteContext } from './write-context.ts';

const CONTEXT: WriteContext = {
  now: '2026-01-02T03:04:05Z',
  uid: '11111111-2222-3333-4444-555555555555',
  nameSuffix: 'abcde',
  user: 'system:admin',
  fieldManager: 'test',
  fieldValidation: 'Strict',
  force: false,
};
const DAEMONSETS: ResourceRef = {
  group: 'apps',
  version: 'v1',
  resource: 'daemonsets',
  namespace: 'default',
  name: undefined,
  subresource: undefined,
};
const WEB = { ...DAEMONSETS, name: 'web' };
const STATUS = { ...WEB, subresource: 'status' };
const REVISIONS: ResourceRef = { ...DAEMONSETS, resource: 'controllerrevisions' };
const REVISION = { ...REVISIONS, name: 'web-1' };

interface Manifest {
  readonly metadata?: object;
  readonly spec?: object;
  readonly template?: object;
  readonly podSpec?: object;
}

const manifest = ({ metadata = {}, spec = {}, template = {}, podSpec = {} }: Manifest = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'web', ...metadata },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'nginx:1.25' }], ...podSpec },
      ...template,
    },
    ...spec,
  },
});

const accepted = (write: PreparedWrite): KubernetesObject => {
  if (write.outcome === 'rejected') throw new Error(write.status.message);
  return { ...write.object, metadata: { resourceVersion: '7', ...write.object.metadata } };
};

/** `field: message` of each cause of a 422, or the message of any other refusal. */
const causes = (write: PreparedWrite): readonly string[] => {
  if (write.outcome === 'prepared') return [];
  const { status } = write;
  return status.code === 422
    ? (status.details?.causes ?? []).map(({ field, message }) => `${field ?? ''}: ${message}`)
    : [`${status.code} ${status.message ?? ''}`];
};

const create = (parts: Manifest = {}): PreparedWrite => prepareCreate(DAEMONSETS, manifest(parts), CONTEXT);
const stored = (parts: Manifest = {}): KubernetesObject => accepted(create(parts));
const specOf = (object: KubernetesObject): Readonly<Record<string, unknown>> =>
  object['spec'] as Readonly<Record<string, unknown>>;
const update = (existing: KubernetesObject, body: unknown): PreparedWrite =>
  prepareUpdate(WEB, existing, body, CONTEXT);
const rolling = (rollingUpdate: unknown): Manifest => ({
  spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate } },
});
const statusWrite = (existing: KubernetesObject, status: object): PreparedWrite =>
  prepareUpdate(STATUS, existing, { ...existing, status }, CONTEXT);

const COUNTERS = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };

describe('the object', () => {
  it('DS-1 is daemonsets of apps/v1, namespaced, short ds, in category all, with the subresource status and no scale', () => {
    const row = findResource('apps', 'v1', 'daemonsets');
    expect(row).toMatchObject({
      kind: 'DaemonSet',
      singular: 'daemonset',
      namespaced: true,
      shortNames: ['ds'],
      categories: ['all'],
    });
    expect(row?.subresources.map(({ name, verbs }) => [name, [...verbs].toSorted()])).toEqual([
      ['status', ['get', 'patch', 'update']],
    ]);
  });

  it('DS-2 has the five fields of the spec, and minReadySeconds is left out when it is 0', () => {
    const spec = schemaOfField(schemaOfKind('apps', 'v1', 'DaemonSet') ?? {}, 'spec');
    expect(Object.keys(spec?.properties ?? {}).toSorted()).toEqual([
      'minReadySeconds',
      'revisionHistoryLimit',
      'selector',
      'template',
      'updateStrategy',
    ]);
    expect(stored({ spec: { minReadySeconds: 0 } })['spec']).not.toHaveProperty('minReadySeconds');
  });

  it('DS-5 is a RollingUpdate by default', () => {
    expect(specOf(stored())['updateStrategy']).toMatchObject({ type: 'RollingUpdate' });
  });

  it('DS-6 gets maxUnavailable 1 and maxSurge 0, so that maxSurge alone is refused', () => {
    expect(specOf(stored())['updateStrategy']).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    });
    expect(causes(create(rolling({ maxSurge: 1 })))).toEqual([
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
    ]);
  });

  it('DS-10 keeps the template with its defaults, so that applying it again with them written out changes nothing', () => {
    const container = { name: 'c', image: 'busybox', ports: [{ containerPort: 80 }] };
    const first = specOf(stored({ podSpec: { containers: [container] } }))['template'];
    expect(first).toMatchObject({
      spec: {
        dnsPolicy: 'ClusterFirst',
        restartPolicy: 'Always',
        schedulerName: 'default-scheduler',
        securityContext: {},
        terminationGracePeriodSeconds: 30,
        containers: [
          {
            imagePullPolicy: 'Always',
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
            ports: [{ containerPort: 80, protocol: 'TCP' }],
          },
        ],
      },
    });
    expect(JSON.stringify(specOf(stored({ template: first as object }))['template'])).toBe(JSON.stringify(first));
  });

  it('DS-7 has no rollingUpdate when it is OnDelete', () => {
    expect(specOf(stored({ spec: { updateStrategy: { type: 'OnDelete' } } }))['updateStrategy']).toEqual({
      type: 'OnDelete',
    });
  });

  it('DS-9 does not copy labels of the template to the DaemonSet', () => {
    expect(stored().metadata.labels).toBeUndefined();
  });
});

describe('validation', () => {
  it('DS-14 wants a DNS-1123 subdomain as name, and well-formed labels and annotations', () => {
    expect(causes(create({ metadata: { name: '' } }))[0]).toMatch(
      /^metadata\.name: Required value: name or generateName is required/,
    );
    expect(causes(create({ metadata: { name: 'Web_1' } }))[0]).toMatch(
      /^metadata\.name: Invalid value: "Web_1": a lowercase RFC 1123 subdomain/,
    );
    expect(causes(create({ metadata: { name: 'a'.repeat(254) } }))[0]).toMatch(/must be no more than 253/);
    expect(causes(create({ metadata: { labels: { '-bad': 'x' } } }))[0]).toMatch(/^metadata\.labels: Invalid value/);
    expect(causes(create({ metadata: { annotations: { '-bad': 'x' } } }))[0]).toMatch(
      /^metadata\.annotations: Invalid value/,
    );
  });

  it.each([
    [{ matchLabels: { '-k': 'v' } }, /^spec\.selector\.matchLabels: Invalid value/],
    [
      { matchExpressions: [{ key: '-k', operator: 'Exists' }] },
      /^spec\.selector\.matchExpressions\[0\]\.key: Invalid value/,
    ],
    [
      { matchExpressions: [{ key: 'k', operator: 'In' }] },
      /^spec\.selector\.matchExpressions\[0\]\.values: Required value: must be specified when `operator` is 'In' or 'NotIn'/,
    ],
    [
      { matchExpressions: [{ key: 'k', operator: 'Exists', values: ['v'] }] },
      /^spec\.selector\.matchExpressions\[0\]\.values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'/,
    ],
    [
      { matchExpressions: [{ key: 'k', operator: 'Near', values: ['v'] }] },
      /^spec\.selector\.matchExpressions\[0\]\.operator: Invalid value: "Near": not a valid selector operator/,
    ],
  ])('DS-15 names the place of a mistake in the selector %j', (selector, expected) => {
    expect(causes(create({ spec: { selector } })).join('\n')).toMatch(expected);
  });

  it('DS-16 wants the selector to match the labels of the template', () => {
    expect(causes(create({ spec: { selector: { matchLabels: { app: 'other' } } } }))).toEqual([
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ]);
  });

  it('DS-17 reports a missing selector as one that does not match the labels', () => {
    expect(causes(create({ spec: { selector: null } }))).toEqual([
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ]);
  });

  it('DS-19 reports only the mistake in a selector that cannot be read, although it matches no labels either', () => {
    const selector = { matchLabels: { app: 'other' }, matchExpressions: [{ key: 'k', operator: 'Near' }] };
    expect(causes(create({ spec: { selector } }))).toEqual([
      'spec.selector.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator',
    ]);
  });

  it('DS-18 refuses an empty selector', () => {
    expect(causes(create({ spec: { selector: {} } }))).toContain(
      'spec.selector: Invalid value: {}: empty selector is invalid for daemonset',
    );
  });

  it('DS-20 validates the template as a Pod', () => {
    expect(causes(create({ podSpec: { containers: [] } }))).toEqual(['spec.template.spec.containers: Required value']);
    expect(causes(create({ template: { metadata: { labels: { app: 'web', '-bad': 'x' } } } })).join('\n')).toMatch(
      /spec\.template\.labels: Invalid value/,
    );
  });

  it('DS-21 refuses ephemeral containers in the template', () => {
    expect(causes(create({ podSpec: { ephemeralContainers: [{ name: 'e', image: 'i' }] } }))).toContain(
      'spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template',
    );
  });

  it.each(['OnFailure', 'Never'])('DS-22 refuses restartPolicy %s', (restartPolicy) => {
    expect(causes(create({ podSpec: { restartPolicy } }))).toContain(
      `spec.template.spec.restartPolicy: Unsupported value: "${restartPolicy}": supported values: "Always"`,
    );
  });

  it('DS-23 refuses activeDeadlineSeconds', () => {
    expect(causes(create({ podSpec: { activeDeadlineSeconds: 5 } }))).toContain(
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported',
    );
  });

  it('DS-24 takes a disk of a cloud that is not read-only', () => {
    const volumes = [{ name: 'disk', gcePersistentDisk: { pdName: 'd', readOnly: false } }];
    expect(causes(create({ podSpec: { volumes } }))).toEqual([]);
  });

  it('DS-25 refuses negative minReadySeconds and revisionHistoryLimit, and takes a limit of 0', () => {
    expect(causes(create({ spec: { minReadySeconds: -1 } }))).toEqual([
      'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
    ]);
    expect(causes(create({ spec: { revisionHistoryLimit: -1 } }))).toEqual([
      'spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
    ]);
    expect(specOf(stored({ spec: { revisionHistoryLimit: 0 } }))['revisionHistoryLimit']).toBe(0);
  });

  it('DS-26 refuses an unknown type at the strategy, with the supported ones in order', () => {
    const [cause] = causes(create({ spec: { updateStrategy: { type: 'Random' } } }));
    expect(cause).toMatch(
      /^spec\.updateStrategy: Unsupported value: .*: supported values: "RollingUpdate", "OnDelete"$/,
    );
  });

  it('DS-27 fills in a missing rollingUpdate before it could be missed', () => {
    expect(causes(create({ spec: { updateStrategy: { type: 'RollingUpdate' } } }))).toEqual([]);
  });

  it('DS-28 refuses negative numbers of nodes and has no upper bound', () => {
    expect(causes(create(rolling({ maxUnavailable: -1 })))).toContain(
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: -1: must be greater than or equal to 0',
    );
    expect(causes(create(rolling({ maxUnavailable: 100_000 })))).toEqual([]);
  });

  it.each(['10', 'ten%', '1.5%'])('DS-29 refuses %j as a percentage', (maxUnavailable) => {
    expect(causes(create(rolling({ maxUnavailable }))).join('\n')).toContain(
      `spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "${maxUnavailable}": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`,
    );
  });

  it('DS-30 refuses more than 100 percent', () => {
    expect(causes(create(rolling({ maxUnavailable: '101%' })))).toContain(
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
    );
  });

  it.each([
    [
      { maxUnavailable: 0, maxSurge: 0 },
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
    ],
    [
      { maxUnavailable: '0%', maxSurge: '0%' },
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
    ],
    [
      { maxUnavailable: '1%', maxSurge: '1%' },
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: "1%": may not be set when maxUnavailable is non-zero',
    ],
  ])('DS-31 wants exactly one of the two to be more than zero, not %j', (rollingUpdate, expected) => {
    expect(causes(create(rolling(rollingUpdate)))).toEqual([expected]);
    expect(causes(create(rolling({ maxUnavailable: 0, maxSurge: '100%' })))).toEqual([]);
  });

  it('DS-32 keeps the metadata that must not change', () => {
    const existing = stored();
    expect(causes(update(existing, { ...existing, metadata: { ...existing.metadata, uid: 'another' } }))[0]).toMatch(
      /^409 .*UID in precondition: another/,
    );
    expect(
      causes(
        update(existing, {
          ...existing,
          metadata: { ...existing.metadata, creationTimestamp: '2020-01-01T00:00:00Z' },
        }),
      ),
    ).toEqual([]);
  });

  it('DS-33 does not let the selector change; nil and empty are the same', () => {
    const existing = stored();
    const changed = {
      ...existing,
      spec: { ...(existing['spec'] as object), selector: { matchLabels: { app: 'web', tier: 'x' } } },
    };
    expect(causes(update(existing, changed)).join('\n')).toContain(
      'spec.selector: Invalid value: {"matchLabels":{"app":"web","tier":"x"}}: field is immutable',
    );
    const same = {
      ...existing,
      spec: { ...(existing['spec'] as object), selector: { matchLabels: { app: 'web' }, matchExpressions: [] } },
    };
    expect(causes(update(existing, same))).toEqual([]);
  });

  it('DS-34 tolerates an invalid label value in the selector that was there before', () => {
    const existing = stored();
    const selector = {
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['not a label value!'] }],
    };
    const old = { ...existing, spec: { ...(existing['spec'] as object), selector } };
    expect(causes(create({ spec: { selector } })).join('\n')).toMatch(/^spec\.selector/);
    expect(causes(update(old, { ...old, spec: { ...old.spec, minReadySeconds: 3 } }))).toEqual([]);
  });

  it('DS-36 refuses negative counters in the status', () => {
    for (const field of [
      ...Object.keys(COUNTERS),
      'observedGeneration',
      'updatedNumberScheduled',
      'numberAvailable',
      'numberUnavailable',
      'collisionCount',
    ]) {
      expect(causes(statusWrite(stored(), { ...COUNTERS, [field]: -1 }))).toContain(
        `status.${field}: Invalid value: -1: must be greater than or equal to 0`,
      );
    }
  });

  it('DS-37 does not let collisionCount decrease or vanish, while observedGeneration may decrease', () => {
    const existing = { ...stored(), status: { ...COUNTERS, collisionCount: 2, observedGeneration: 5 } };
    expect(causes(statusWrite(existing, { ...COUNTERS, collisionCount: 1 }))).toEqual([
      'status.collisionCount: Invalid value: 1: cannot be decremented',
    ]);
    expect(causes(statusWrite(existing, COUNTERS))).toEqual([
      'status.collisionCount: Invalid value: 0: cannot be decremented',
    ]);
    expect(causes(statusWrite(existing, { ...COUNTERS, collisionCount: 2, observedGeneration: 1 }))).toEqual([]);
  });

  it('DS-38 does not compare the counters with each other', () => {
    expect(causes(statusWrite(stored(), { ...COUNTERS, numberReady: 9 }))).toEqual([]);
  });

  const fields = (matchFields: readonly object[]): Manifest => ({
    podSpec: {
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } },
      },
    },
  });

  it('DS-12 knows one field of a node to select by, its name', () => {
    expect(causes(create(fields([{ key: 'metadata.name', operator: 'In', values: ['n1'] }])))).toEqual([]);
    expect(causes(create(fields([{ key: 'metadata.uid', operator: 'In', values: ['n1'] }]))).join('\n')).toMatch(
      /matchFields\[0\]\.key: Invalid value: "metadata\.uid": not a valid field selector key/,
    );
  });

  it('DS-39 wants In or NotIn with one value for a field, and one value for Gt and Lt', () => {
    expect(causes(create(fields([{ key: 'metadata.name', operator: 'In', values: ['a', 'b'] }]))).join('\n')).toMatch(
      /matchFields\[0\]\.values: Required value: must be only one value when `operator` is 'In' or 'NotIn' for node field selector/,
    );
    expect(causes(create(fields([{ key: 'metadata.name', operator: 'Exists' }]))).join('\n')).toMatch(
      /matchFields\[0\]\.operator: Invalid value: "Exists": not a valid selector operator/,
    );
    const greater = {
      podSpec: {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'k', operator: 'Gt', values: ['1', '2'] }] }],
            },
          },
        },
      },
    };
    expect(causes(create(greater)).join('\n')).toMatch(
      /matchExpressions\[0\]\.values: Required value: must be specified single value when `operator` is 'Lt' or 'Gt'/,
    );
  });
});

describe('the REST strategy', () => {
  const GENERATION = 'deprecated.daemonset.template.generation';
  const withImage = (existing: KubernetesObject, image: string): PreparedWrite =>
    preparePatch(
      WEB,
      existing,
      { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } } },
      CONTEXT,
    );

  it('DS-41 shows the template generation as an annotation, and takes only a number there', () => {
    expect(stored().metadata.annotations).toMatchObject({ [GENERATION]: '1' });
    expect(accepted(withImage(stored(), 'nginx:2')).metadata.annotations).toMatchObject({ [GENERATION]: '2' });
    expect(causes(create({ metadata: { annotations: { [GENERATION]: 'x' } } }))[0]).toMatch(/^400 /);
  });

  it('DS-42 ignores the status and the template generation of an update', () => {
    const existing = { ...stored(), status: { ...COUNTERS, numberReady: 3 } };
    const body = {
      ...existing,
      metadata: { ...existing.metadata, annotations: { [GENERATION]: '77' } },
      status: { ...COUNTERS, numberReady: 9 },
    };
    const after = accepted(update(existing, body));
    expect(after['status']).toMatchObject({ numberReady: 3 });
    expect(after.metadata.annotations).toMatchObject({ [GENERATION]: '1' });
  });

  it('DS-50 lets an apply on the main resource own no status, and one on the status no spec', () => {
    const apply = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'web' },
      spec: { minReadySeconds: 5 },
      status: { ...COUNTERS, numberReady: 9 },
    };
    const main = accepted(preparePatch(WEB, stored(), { type: 'apply', body: apply }, CONTEXT));
    expect(JSON.stringify(main.metadata.managedFields)).not.toContain('f:numberReady');
    const status = accepted(preparePatch(STATUS, stored(), { type: 'apply', body: apply }, CONTEXT));
    expect(JSON.stringify(status.metadata.managedFields)).not.toContain('f:minReadySeconds');
    expect(specOf(status)['minReadySeconds']).toBeUndefined();
  });

  it('DS-51 warns about the template only when the template changes', () => {
    const odd = { ...stored({ podSpec: { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } } }) };
    const renamed = prepareUpdate(WEB, odd, { ...odd, metadata: { ...odd.metadata, labels: { a: 'b' } } }, CONTEXT);
    const changed = withImage(odd, 'nginx:2');
    const warnings = (write: PreparedWrite): number => (write.outcome === 'prepared' ? write.warnings.length : -1);
    expect(warnings(renamed)).toBe(0);
    expect(warnings(changed)).toBeGreaterThan(0);
  });
});

describe('ControllerRevision', () => {
  const revision = (parts: object = {}): object => ({
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name: 'web-1' },
    data: { b: 1, a: { z: 1, y: 2 } },
    revision: 1,
    ...parts,
  });
  const make = (parts: object = {}): PreparedWrite => prepareCreate(REVISIONS, revision(parts), CONTEXT);

  it('DS-53 keeps data as it is, always shows revision and has no generation', () => {
    const object = accepted(make({ revision: 0 }));
    expect(JSON.stringify(object['data'])).toBe('{"b":1,"a":{"z":1,"y":2}}');
    expect(object['revision']).toBe(0);
    expect(object.metadata.generation).toBeUndefined();
    expect(findResource('apps', 'v1', 'controllerrevisions')?.subresources).toEqual([]);
  });

  it('DS-54 wants data and a revision that is not negative', () => {
    expect(causes(make({ data: undefined }))).toEqual(['data: Required value: data is mandatory']);
    expect(causes(make({ revision: -1 }))).toEqual(['revision: Invalid value: -1: must be greater than or equal to 0']);
  });

  it('DS-55 does not let data change, while revision, labels and owners may', () => {
    const existing = accepted(make());
    expect(causes(prepareUpdate(REVISION, existing, { ...existing, data: { other: true } }, CONTEXT))[0]).toMatch(
      /^data: Invalid value: .*: field is immutable$/,
    );
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'web', uid: 'u' };
    const changed = {
      ...existing,
      revision: 5,
      metadata: { ...existing.metadata, labels: { a: 'b' }, ownerReferences: [owner] },
    };
    expect(accepted(prepareUpdate(REVISION, existing, changed, CONTEXT))).toMatchObject({ revision: 5 });
  });

  it('DS-56 takes an update without resourceVersion', () => {
    const existing = accepted(make());
    const { resourceVersion: _unset, ...metadata } = existing.metadata;
    expect(causes(prepareUpdate(REVISION, existing, { ...existing, metadata, revision: 3 }, CONTEXT))).toEqual([]);
  });
});
