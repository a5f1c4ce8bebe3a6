import { describe, expect, it } from 'vitest';
import { valueAt } from '../json/json-value.ts';
import type { KubernetesObject } from './object.ts';
import { prepareCreate } from './prepare-create.ts';
import { preparePatch } from './prepare-patch.ts';
import { prepareUpdate } from './prepare-update.ts';
import type { PreparedWrite, ResourceRef, WriteContext } from './write-context.ts';

const CONTEXT: WriteContext = {
  now: '2026-01-02T03:04:05Z',
  uid: 'uid-1',
  nameSuffix: 'abcde',
  user: 'me',
  fieldManager: 'kubectl',
  fieldValidation: 'Strict',
  force: false,
};
const REF: ResourceRef = {
  group: 'apps',
  version: 'v1',
  resource: 'daemonsets',
  namespace: 'acc',
  name: 'ssa',
  subresource: undefined,
};
const LATER = { now: '2026-01-02T04:00:00Z' };

const configuration = (
  containers: object[],
  more: { labels?: object; spec?: object; podSpec?: object } = {},
): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'ssa', namespace: 'acc', ...(more.labels === undefined ? {} : { labels: more.labels }) },
  spec: {
    selector: { matchLabels: { app: 'ssa' } },
    template: { metadata: { labels: { app: 'ssa' } }, spec: { containers, ...more.podSpec } },
    ...more.spec,
  },
});

const C = { name: 'c', image: 'nginx:1.25' };

const prepared = (write: PreparedWrite): Extract<PreparedWrite, { outcome: 'prepared' }> => {
  if (write.outcome === 'rejected') throw new Error(write.status.message);
  return write;
};
const refused = (write: PreparedWrite): Extract<PreparedWrite, { outcome: 'rejected' }>['status'] => {
  if (write.outcome === 'prepared') throw new Error('prepared');
  return write.status;
};
const apply = (
  existing: KubernetesObject | undefined,
  body: unknown,
  context: Partial<WriteContext> = {},
): PreparedWrite => preparePatch(REF, existing, { type: 'apply', body }, { ...CONTEXT, ...context });

let version = 1;
const stored = (write: PreparedWrite): KubernetesObject => {
  const { object } = prepared(write);
  version += 1;
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
};
const applied = (): KubernetesObject => stored(apply(undefined, configuration([C])));

const managers = (object: KubernetesObject): string[] =>
  (object.metadata.managedFields ?? []).map(
    (entry) => `${String(valueAt(entry, 'manager'))} ${String(valueAt(entry, 'operation'))}`,
  );
const fieldsV1 = (object: KubernetesObject, manager: string): unknown =>
  valueAt(
    (object.metadata.managedFields ?? []).find((entry) => valueAt(entry, 'manager') === manager),
    'fieldsV1',
  );
const containersOf = (object: KubernetesObject): unknown => valueAt(object, 'spec', 'template', 'spec', 'containers');

describe('server-side apply', () => {
  it('creates the object and owns what the configuration says, not what defaults add', () => {
    const object = applied();
    expect(object.metadata).toMatchObject({ name: 'ssa', namespace: 'acc', uid: 'uid-1', generation: 1 });
    expect(object.metadata.managedFields).toEqual([
      {
        manager: 'kubectl',
        operation: 'Apply',
        apiVersion: 'apps/v1',
        time: CONTEXT.now,
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:spec': {
            'f:selector': {},
            'f:template': {
              'f:metadata': { 'f:labels': { 'f:app': {} } },
              'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
            },
          },
        },
      },
    ]);
  });

  it('changes nothing when applied again, not even the time', () => {
    const object = applied();
    const again = prepared(apply(object, configuration([C]), LATER));
    expect(again).toMatchObject({ changed: false });
    expect(again.object).toBe(object);
  });

  it('reports a field that another manager owns with another value', () => {
    const status = refused(apply(applied(), configuration([{ ...C, image: 'nginx:1.26' }]), { fieldManager: 'other' }));
    expect(status).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "kubectl": .spec.template.spec.containers[name="c"].image',
      details: {
        causes: [
          {
            reason: 'FieldManagerConflict',
            message: 'conflict with "kubectl"',
            field: '.spec.template.spec.containers[name="c"].image',
          },
        ],
      },
    });
  });

  it('names an updating manager with its version and time', () => {
    const image = { spec: { template: { spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] } } } };
    const updated = stored(
      preparePatch(
        REF,
        applied(),
        { type: 'strategic', body: image },
        { ...CONTEXT, ...LATER, fieldManager: 'kubectl-set' },
      ),
    );
    expect(refused(apply(updated, configuration([C]))).message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl-set" using apps/v1: .spec.template.spec.containers[name="c"].image',
    );
  });

  it('takes the field over when forced', () => {
    const object = stored(
      apply(applied(), configuration([{ ...C, image: 'nginx:1.26' }]), { fieldManager: 'other', force: true }),
    );
    expect(containersOf(object)).toMatchObject([{ image: 'nginx:1.26' }]);
    expect(managers(object)).toEqual(['kubectl Apply', 'other Apply']);
    expect(JSON.stringify(fieldsV1(object, 'kubectl'))).not.toContain('f:image');
    expect(JSON.stringify(fieldsV1(object, 'other'))).toContain('f:image');
    expect(object.metadata.generation).toBe(2);
  });

  it('shares fields of equal value without conflict', () => {
    const object = stored(apply(applied(), configuration([C]), { fieldManager: 'other' }));
    expect(managers(object)).toEqual(['kubectl Apply', 'other Apply']);
    expect(object.metadata.generation).toBe(1);
  });

  it('removes what it owned alone and no longer says', () => {
    const first = stored(
      apply(
        undefined,
        configuration(
          [
            {
              ...C,
              env: [
                { name: 'A', value: '1' },
                { name: 'B', value: '2' },
              ],
            },
          ],
          { labels: { x: '1', y: '2' } },
        ),
      ),
    );
    const second = stored(
      apply(first, configuration([{ ...C, env: [{ name: 'B', value: '2' }] }], { labels: { y: '2' } })),
    );
    expect(containersOf(second)).toMatchObject([{ env: [{ name: 'B', value: '2' }] }]);
    expect(second.metadata.labels).toEqual({ y: '2' });
    const third = stored(apply(second, configuration([C])));
    expect(containersOf(third)).not.toMatchObject([{ env: expect.anything() }]);
    expect(third.metadata.labels).toBeUndefined();
  });

  it('keeps what another manager owns, too, also inside a list element', () => {
    const shared = stored(
      apply(
        applied(),
        { ...configuration([{ name: 'c', env: [{ name: 'A', value: '1' }] }]) },
        { fieldManager: 'other' },
      ),
    );
    const twice = configuration([C, { name: 'd', image: 'x' }]);
    const two = stored(apply(shared, twice));
    const sidecar = { spec: { template: { spec: { containers: [{ name: 'd', workingDir: '/w' }] } } } };
    const touched = stored(
      preparePatch(REF, two, { type: 'strategic', body: sidecar }, { ...CONTEXT, fieldManager: 'editor' }),
    );
    const without = refused(apply(touched, configuration([C])));
    // The element stays for its other owner, but has lost its image, which validation does not accept.
    expect(without.message).toContain('image: Required value');
    const removed = stored(apply(two, configuration([C])));
    expect(containersOf(removed)).toMatchObject([{ name: 'c', env: [{ name: 'A', value: '1' }] }]);
    expect(containersOf(removed)).toHaveLength(1);
  });

  it('merges ports by number and protocol, which is TCP when nobody says', () => {
    const ports = (list: object[]): object => configuration([{ ...C, ports: list }]);
    const first = stored(apply(undefined, ports([{ containerPort: 53 }, { containerPort: 53, protocol: 'UDP' }])));
    expect(containersOf(first)).toMatchObject([
      {
        ports: [
          { containerPort: 53, protocol: 'TCP' },
          { containerPort: 53, protocol: 'UDP' },
        ],
      },
    ]);
    expect(JSON.stringify(fieldsV1(first, 'kubectl'))).toContain(
      String.raw`k:{\"containerPort\":53,\"protocol\":\"TCP\"}`,
    );
    expect(
      prepared(apply(first, ports([{ containerPort: 53 }, { containerPort: 53, protocol: 'UDP' }]), LATER)).changed,
    ).toBe(false);
    const second = stored(apply(first, ports([{ containerPort: 53, protocol: 'UDP' }])));
    expect(containersOf(second)).toMatchObject([{ ports: [{ containerPort: 53, protocol: 'UDP' }] }]);
  });

  it('takes lists without keys as a whole', () => {
    const tolerating = (key: string): object =>
      configuration([C], { podSpec: { tolerations: [{ key, operator: 'Exists' }] } });
    const first = stored(apply(undefined, tolerating('a')));
    const second = stored(apply(first, tolerating('b')));
    expect(valueAt(second, 'spec', 'template', 'spec', 'tolerations')).toEqual([{ key: 'b', operator: 'Exists' }]);
    expect(refused(apply(first, tolerating('b'), { fieldManager: 'other' })).message).toContain(
      '.spec.template.spec.tolerations',
    );
  });

  it('compares quantities by value', () => {
    const limited = (cpu: string): object => configuration([{ ...C, resources: { limits: { cpu } } }]);
    const first = stored(apply(undefined, limited('1000m')));
    expect(prepared(apply(first, limited('1'), { fieldManager: 'other' })).changed).toBe(true);
    expect(prepared(apply(first, limited('1'), LATER)).changed).toBe(false);
  });

  it('protects what was written before the first apply', () => {
    const created = stored(
      prepareCreate({ ...REF, name: undefined }, configuration([C]), { ...CONTEXT, fieldManager: 'kubectl-create' }),
    );
    expect(refused(apply(created, configuration([{ ...C, image: 'x' }]))).message).toContain(
      'conflict with "kubectl-create" using apps/v1',
    );
    const unowned = { ...created, metadata: { ...created.metadata, managedFields: [] } };
    expect(refused(apply(unowned, configuration([{ ...C, image: 'x' }]))).message).toContain(
      'conflict with "before-first-apply" using apps/v1',
    );
  });

  it('ignores status on the main endpoint and owns it on its own', () => {
    const withStatus = { ...configuration([C]), status: { numberReady: 4 } };
    expect(prepared(apply(applied(), withStatus)).changed).toBe(false);
    const write = preparePatch(
      { ...REF, subresource: 'status' },
      applied(),
      { type: 'apply', body: { apiVersion: 'apps/v1', kind: 'DaemonSet', status: { observedGeneration: 1 } } },
      { ...CONTEXT, fieldManager: 'controller' },
    );
    const object = stored(write);
    expect(object).toMatchObject({ status: { observedGeneration: 1 }, spec: applied()['spec'] });
    expect(object.metadata.managedFields?.find((entry) => valueAt(entry, 'manager') === 'controller')).toMatchObject({
      subresource: 'status',
    });
  });

  it.each<[string, unknown, Partial<WriteContext>, number, string]>([
    [
      'no manager',
      configuration([C]),
      { fieldManager: '' },
      422,
      'fieldManager: Required value: is required for apply patch',
    ],
    ['another kind', { ...configuration([C]), kind: 'Pod' }, {}, 400, 'the configuration must be of apps/v1 DaemonSet'],
    ['no kind', { metadata: { name: 'ssa' } }, {}, 400, 'not of no version no kind'],
    [
      'managed fields',
      { ...configuration([C]), metadata: { name: 'ssa', managedFields: [{}] } },
      {},
      400,
      'metadata.managedFields must be nil',
    ],
    ['another name', { ...configuration([C]), metadata: { name: 'x' } }, {}, 400, 'does not match the name on the URL'],
    [
      'unknown fields',
      configuration([C], { spec: { bogus: 1 } }),
      {},
      400,
      'strict decoding error: unknown field "spec.bogus"',
    ],
    ['text', 'x', {}, 400, 'the configuration must be an object'],
    [
      'a stale version',
      { ...configuration([C]), metadata: { name: 'ssa', resourceVersion: '0x' } },
      {},
      409,
      'the object has been modified',
    ],
  ])('refuses %s', (_, body, context, code, message) => {
    const status = refused(apply(applied(), body, context));
    expect(status.code).toBe(code);
    expect(status.message).toContain(message);
  });

  it('owns of a status only what it says, and leaves the rest as it is', () => {
    const counts = { currentNumberScheduled: 3, desiredNumberScheduled: 3, numberMisscheduled: 0, numberReady: 3 };
    const ref = { ...REF, subresource: 'status' };
    const reported = stored(preparePatch(ref, applied(), { type: 'merge', body: { status: counts } }, { ...CONTEXT, fieldManager: 'controller' }));
    const body = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'ssa' }, status: { numberReady: 1 } };
    const after = stored(preparePatch(ref, reported, { type: 'apply', body }, { ...CONTEXT, fieldManager: 'me', force: true }));
    expect(valueAt(after, 'status')).toEqual({ ...counts, numberReady: 1 });
    expect(fieldsV1(after, 'me')).toEqual({ 'f:status': { 'f:numberReady': {} } });
  });

  it('does not create an object that is meant to have a uid', () => {
    const body = { ...configuration([C]), metadata: { name: 'ssa', uid: 'u' } };
    expect(refused(apply(undefined, body)).message).toContain(
      'uid mismatch: the provided object specified uid u, and no existing object was found',
    );
  });
});

describe('owners of plain writes', () => {
  it('gives every changed field to the writer and leaves the rest', () => {
    const created = stored(
      prepareCreate({ ...REF, name: undefined }, configuration([C]), { ...CONTEXT, fieldManager: 'kubectl-create' }),
    );
    const updated = stored(
      prepareUpdate(REF, created, configuration([{ ...C, image: 'x:1' }], { labels: { a: 'b' } }), {
        ...CONTEXT,
        ...LATER,
        fieldManager: 'kubectl-replace',
      }),
    );
    expect(managers(updated)).toEqual(['kubectl-create Update', 'kubectl-replace Update']);
    expect(JSON.stringify(fieldsV1(updated, 'kubectl-create'))).not.toContain('f:image"');
    expect(JSON.stringify(fieldsV1(updated, 'kubectl-create'))).toContain('f:imagePullPolicy');
    expect(fieldsV1(updated, 'kubectl-replace')).toMatchObject({ 'f:metadata': { 'f:labels': { 'f:a': {} } } });
  });

  it('honours owners that the client sets and forgets all on a list with one empty entry', () => {
    const object = applied();
    const [entry] = object.metadata.managedFields ?? [];
    const renamed = { metadata: { managedFields: [{ ...(entry as object), manager: 'renamed' }] } };
    expect(managers(stored(preparePatch(REF, object, { type: 'merge', body: renamed }, CONTEXT)))).toEqual([
      'renamed Apply',
    ]);
    const reset = stored(
      preparePatch(REF, object, { type: 'merge', body: { metadata: { managedFields: [{}] } } }, CONTEXT),
    );
    expect(reset.metadata.managedFields).toBeUndefined();
    expect(
      prepared(preparePatch(REF, object, { type: 'merge', body: { metadata: { managedFields: [] } } }, CONTEXT))
        .changed,
    ).toBe(false);
  });

  it('keeps the number of updating managers bounded', () => {
    let object = applied();
    for (let index = 0; index < 15; index += 1) {
      const context = { ...CONTEXT, fieldManager: `m${index}`, now: `2026-01-02T05:00:${String(index + 10)}Z` };
      object = stored(
        preparePatch(REF, object, { type: 'merge', body: { metadata: { labels: { [`l${index}`]: 'x' } } } }, context),
      );
    }
    const updating = managers(object).filter((manager) => manager.endsWith('Update'));
    expect(updating.length).toBeLessThanOrEqual(10);
    expect(updating).toContain('ancient-changes Update');
    expect(updating).toContain('m14 Update');
  });
});

describe('undo of a template that somebody applies', () => {
  const first = configuration([{ ...C, env: [{ name: 'X', value: '1' }] }]);
  const second = configuration([{ ...C, image: 'nginx:1.26', args: ['--fast'] }]);
  const undo = (existing: KubernetesObject, to: KubernetesObject): KubernetesObject => {
    const template = { ...(valueAt(to, 'spec', 'template') as object), $patch: 'replace' };
    const context = { ...CONTEXT, now: '2026-01-02T06:00:00Z', fieldManager: 'kubectl-rollout' };
    return stored(preparePatch(REF, existing, { type: 'strategic', body: { spec: { template } } }, context));
  };
  const one = stored(apply(undefined, first));
  const two = stored(apply(one, second, LATER));

  it('leaves what comes back to whoever applies, so that their next configuration is the template', () => {
    const undone = undo(two, one);
    expect(containersOf(undone)).toEqual(containersOf(one));
    expect(managers(undone)).toEqual(['kubectl Apply']);
    expect(fieldsV1(undone, 'kubectl')).toEqual(fieldsV1(one, 'kubectl'));
    expect(containersOf(stored(apply(undone, second)))).toEqual(containersOf(two));
  });

  it('takes what others changed in between back without a conflict later', () => {
    const image = { spec: { template: { spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] } } } };
    const context = { ...CONTEXT, ...LATER, fieldManager: 'kubectl-set' };
    const set = stored(preparePatch(REF, two, { type: 'strategic', body: image }, context));
    expect(managers(set)).toContain('kubectl-set Update');
    const undone = undo(set, one);
    expect(JSON.stringify(fieldsV1(set, 'kubectl-set'))).toContain('f:image');
    expect(JSON.stringify(fieldsV1(undone, 'kubectl-set'))).not.toContain('f:spec');
    expect(containersOf(stored(apply(undone, second)))).toEqual(containersOf(two));
  });

  it('shares a field that comes back with every applier that owns it', () => {
    const both = stored(apply(two, second, { ...LATER, fieldManager: 'other' }));
    const undone = undo(both, one);
    expect(managers(undone)).toEqual(['other Apply', 'kubectl Apply'].toSorted());
    expect(JSON.stringify(fieldsV1(undone, 'kubectl'))).toContain('f:image');
    expect(JSON.stringify(fieldsV1(undone, 'other'))).toContain('f:image');
  });

  it('makes whoever undoes the owner where nobody applies, and where more than the template is patched', () => {
    const created = stored(prepareCreate({ ...REF, name: undefined }, first, { ...CONTEXT, fieldManager: 'kubectl-create' }));
    const context = { ...CONTEXT, ...LATER, fieldManager: 'kubectl-set' };
    const image = { spec: { template: { spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] } } } };
    const set = stored(preparePatch(REF, created, { type: 'strategic', body: image }, context));
    expect(managers(undo(set, created))).toContain('kubectl-rollout Update');
    const template = { ...(valueAt(one, 'spec', 'template') as object), $patch: 'replace' };
    const more = { metadata: { labels: { a: 'b' } }, spec: { template } };
    const patched = stored(preparePatch(REF, two, { type: 'strategic', body: more }, { ...CONTEXT, fieldManager: 'other' }));
    expect(managers(patched)).toContain('other Update');
  });
});

describe('a configuration that names something twice', () => {
  const place = 'failed to create typed patch object (acc/ssa; apps/v1, Kind=DaemonSet)';
  const template = '.spec.template.spec.containers';

  it.each([
    ['containers', configuration([C, C]), `${template}: duplicate entries for key [name="c"]`],
    ['variables', configuration([{ ...C, env: [{ name: 'X', value: '1' }, { name: 'X', value: '2' }] }]), `${template}[name="c"].env: duplicate entries for key [name="X"]`],
    [
      'ports, one of which says what the other means',
      configuration([{ ...C, ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }] }]),
      `${template}[name="c"].ports: duplicate entries for key [containerPort=80,protocol="TCP"]`,
    ],
  ])('is refused for %s, whether the object is there or not', (_what, body, message) => {
    for (const existing of [undefined, prepared(preparePatch(REF, undefined, { type: 'apply', body: configuration([C]) }, CONTEXT)).object]) {
      const refusal = refused(preparePatch(REF, existing, { type: 'apply', body }, CONTEXT));
      expect(refusal.code).toBe(400);
      expect(refusal.message).toBe(`${place}: ${message}`);
    }
  });

  it('is refused for values of a set', () => {
    const body = { ...configuration([C]), metadata: { name: 'ssa', namespace: 'acc', finalizers: ['a.b/c', 'a.b/c'] } };
    expect(refused(preparePatch(REF, undefined, { type: 'apply', body }, CONTEXT)).message).toBe(
      `${place}: .metadata.finalizers: duplicate entries for key [="a.b/c"]`,
    );
  });

  it('is taken where a list is one value as a whole', () => {
    const tolerations = [{ operator: 'Exists' }, { operator: 'Exists' }];
    const body = configuration([C], { podSpec: { tolerations } });
    expect(prepared(preparePatch(REF, undefined, { type: 'apply', body }, CONTEXT)).changed).toBe(true);
  });
});

describe('the order of a keyed list', () => {
  const container = (name: string): object => ({ name, image: `${name}:1` });
  const names = (object: KubernetesObject): unknown[] =>
    (containersOf(object) as readonly object[]).map((item) => valueAt(item, 'name'));
  const OTHER = { ...LATER, fieldManager: 'other' };

  it.each([
    ['a b', 'c', 'a b c'],
    ['a b', 'c a', 'c a b'],
    ['a b c', 'c a', 'b c a'],
    ['a b', 'b c a', 'b c a'],
    ['a b c', 'a x c', 'a b x c'],
  ])('%s, to which another manager applies %s, is %s', (live, applied_, result) => {
    const list = (text: string): object[] => text.split(' ').map(container);
    const first = stored(apply(undefined, configuration(list(live))));
    expect(names(stored(apply(first, configuration(list(applied_)), OTHER)))).toEqual(result.split(' '));
  });
});
