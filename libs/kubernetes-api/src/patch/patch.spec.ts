import { describe, expect, it } from 'vitest';
import { schemaOfKind } from '../schema/schema.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import type { Patched } from './patch-error.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

const schemaOf = (group: string, kind: string): SchemaNode => {
  const schema = schemaOfKind(group, 'v1', kind);
  if (schema === undefined) throw new Error(`no schema of ${kind}`);
  return schema;
};
const DAEMONSET = schemaOf('apps', 'DaemonSet');
const POD = schemaOf('', 'Pod');
const NODE = schemaOf('', 'Node');

const valueOf = (patched: Patched): unknown => {
  if (patched.outcome === 'failed') throw new Error(patched.error.message);
  return patched.value;
};
const errorOf = (patched: Patched): { readonly reason: string; readonly message: string } => {
  if (patched.outcome === 'patched') throw new Error('patched');
  return patched.error;
};
const strategic = (target: unknown, patch: unknown, schema: SchemaNode = DAEMONSET): unknown =>
  valueOf(applyStrategicMergePatch(target, patch, schema));
const podSpec = (spec: object): object => ({ spec });
const template = (spec: object): object => ({ spec: { template: { spec } } });

describe('merge patch', () => {
  // The examples of RFC 7396, appendix A, that start from an object patch.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j gives %j', (target, patch, result) => {
    expect(valueOf(applyMergePatch(target, patch))).toEqual(result);
  });

  it('refuses what is no object and prototype keys', () => {
    expect(errorOf(applyMergePatch({}, []))).toMatchObject({ reason: 'malformed' });
    expect(errorOf(applyMergePatch({}, JSON.parse('{"a":{"__proto__":{"x":1}}}'))).message).toContain('a.__proto__');
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });

  it('does not mistake inherited names for fields', () => {
    expect(valueOf(applyMergePatch({}, { constructor: { a: 1 } }))).toEqual({ constructor: { a: 1 } });
  });
});

describe('JSON patch', () => {
  it('applies operations in order without touching the target', () => {
    const target = { a: { b: [1, 2] } };
    const operations = [
      { op: 'test', path: '/a/b/0', value: 1 },
      { op: 'add', path: '/a/b/-', value: 3 },
      { op: 'remove', path: '/a/b/0' },
      { op: 'add', path: '/labels', value: {} },
      { op: 'add', path: '/labels/example.com~1x', value: 'y' },
      { op: 'move', from: '/a', path: '/c' },
    ];
    expect(valueOf(applyJsonPatch(target, operations))).toEqual({ c: { b: [2, 3] }, labels: { 'example.com/x': 'y' } });
    expect(target).toEqual({ a: { b: [1, 2] } });
  });

  it.each([
    [[{ op: 'test', path: '/a', value: 2 }]],
    [[{ op: 'remove', path: '/missing' }]],
    [[{ op: 'replace', path: '/missing/deep', value: 1 }]],
    [[{ op: 'leap', path: '/a' }]],
  ])('fails %j as unprocessable', (operations) => {
    expect(errorOf(applyJsonPatch({ a: 1 }, operations)).reason).toBe('unprocessable');
  });

  it('refuses what is no patch, prototypes, and too many operations', () => {
    expect(errorOf(applyJsonPatch({}, { op: 'add' })).reason).toBe('malformed');
    expect(errorOf(applyJsonPatch({}, [{ op: 'add', path: '/__proto__/x', value: 1 }])).reason).toBe('malformed');
    const many = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a', value: 1 }));
    expect(errorOf(applyJsonPatch({ a: 1 }, many))).toEqual({
      reason: 'tooLarge',
      message: 'The allowed maximum operations in a JSON patch is 10000, got 10001',
    });
  });
});

describe('strategic merge patch', () => {
  it('merges containers and their environment by name, the patched element first', () => {
    const live = template({ containers: [{ name: 'c', image: 'nginx:1.25', env: [{ name: 'A', value: '1' }] }] });
    const patch = template({ containers: [{ name: 'c', env: [{ name: 'B', value: '2' }] }] });
    expect(strategic(live, patch)).toEqual(
      template({
        containers: [
          {
            name: 'c',
            image: 'nginx:1.25',
            env: [
              { name: 'B', value: '2' },
              { name: 'A', value: '1' },
            ],
          },
        ],
      }),
    );
  });

  it('applies the patch of kubectl set image', () => {
    const live = template({
      containers: [
        { name: 'a', image: 'x' },
        { name: 'c', image: 'nginx:1.26', ports: [{ containerPort: 80 }] },
      ],
    });
    const patch = template({
      '$setElementOrder/containers': [{ name: 'a' }, { name: 'c' }],
      containers: [{ image: 'nginx:1.27', name: 'c' }],
    });
    expect(strategic(live, patch)).toEqual(
      template({
        containers: [
          { name: 'a', image: 'x' },
          { name: 'c', image: 'nginx:1.27', ports: [{ containerPort: 80 }] },
        ],
      }),
    );
  });

  it('applies the patch of kubectl rollout undo: replaces the template as a whole', () => {
    const live = {
      metadata: { name: 'web' },
      ...template({ containers: [{ name: 'c', image: 'b' }], nodeSelector: { a: 'b' } }),
    };
    const old = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'a' }] } };
    const result = strategic(live, { spec: { template: { ...old, $patch: 'replace' } } });
    expect(result).toEqual({ metadata: { name: 'web' }, spec: { template: old } });
  });

  it('applies the patches of kubectl taint, cordon and rollout restart', () => {
    const node = { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }], unschedulable: true } };
    const taints = [{ effect: 'NoExecute', key: 'k', value: 'v' }];
    expect(strategic(node, { spec: { taints } }, NODE)).toEqual({ spec: { taints, unschedulable: true } });
    expect(strategic(node, { spec: { taints: null, unschedulable: null } }, NODE)).toEqual({ spec: {} });
    const restart = {
      spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } } },
    };
    expect(strategic({ spec: { template: { metadata: { labels: { a: 'b' } } } } }, restart)).toEqual({
      spec: {
        template: { metadata: { labels: { a: 'b' }, annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } },
      },
    });
  });

  it('merges conditions by type, as status patches of agents and tests send them', () => {
    const live = {
      status: {
        conditions: [
          { type: 'Ready', status: 'True' },
          { type: 'Other', status: 'False' },
        ],
      },
    };
    const patch = {
      status: { '$setElementOrder/conditions': [{ type: 'Ready' }], conditions: [{ type: 'Ready', status: 'False' }] },
    };
    expect(strategic(live, patch, NODE)).toEqual({
      status: {
        conditions: [
          { type: 'Ready', status: 'False' },
          { type: 'Other', status: 'False' },
        ],
      },
    });
  });

  it('deletes elements and whole objects', () => {
    const live = podSpec({ containers: [{ name: 'a' }, { name: 'b' }], securityContext: { runAsUser: 1 } });
    expect(strategic(live, podSpec({ containers: [{ name: 'a', $patch: 'delete' }] }), POD)).toMatchObject(
      podSpec({ containers: [{ name: 'b' }] }),
    );
    expect(strategic(live, podSpec({ securityContext: { $patch: 'delete' } }), POD)).toMatchObject(
      podSpec({ securityContext: {} }),
    );
    expect(strategic(live, podSpec({ securityContext: null }), POD)).toEqual(
      podSpec({ containers: [{ name: 'a' }, { name: 'b' }] }),
    );
  });

  it('replaces a keyed list when told to', () => {
    const live = podSpec({ containers: [{ name: 'a', image: 'x' }, { name: 'b' }] });
    expect(strategic(live, podSpec({ containers: [{ $patch: 'replace' }, { name: 'a' }] }), POD)).toEqual(
      podSpec({ containers: [{ name: 'a' }] }),
    );
  });

  it('unites sets and takes values out of them', () => {
    const live = { metadata: { finalizers: ['a/x', 'b/y'] } };
    expect(strategic(live, { metadata: { finalizers: ['b/y', 'c/z'] } }, POD)).toEqual({
      metadata: { finalizers: ['a/x', 'b/y', 'c/z'] },
    });
    expect(strategic(live, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a/x'] } }, POD)).toEqual({
      metadata: { finalizers: ['b/y'] },
    });
    expect(
      strategic(live, { metadata: { '$setElementOrder/finalizers': ['c/z', 'b/y'], finalizers: ['c/z'] } }, POD),
    ).toEqual({ metadata: { finalizers: ['c/z', 'a/x', 'b/y'] } });
  });

  it('replaces atomic lists', () => {
    const live = podSpec({ containers: [{ name: 'a', args: ['1', '2'] }], tolerations: [{ key: 'a' }] });
    const result = strategic(
      live,
      podSpec({ containers: [{ name: 'a', args: ['3'] }], tolerations: [{ key: 'b' }] }),
      POD,
    );
    expect(result).toEqual(podSpec({ containers: [{ name: 'a', args: ['3'] }], tolerations: [{ key: 'b' }] }));
  });

  it('keeps only the named keys of a union, so a volume changes its source', () => {
    const live = podSpec({
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'w', emptyDir: {} },
      ],
    });
    const patch = podSpec({ volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/x' } }] });
    expect(strategic(live, patch, POD)).toEqual(
      podSpec({
        volumes: [
          { name: 'v', hostPath: { path: '/x' } },
          { name: 'w', emptyDir: {} },
        ],
      }),
    );
  });

  it('leaves no directive behind in parts that are new', () => {
    const patch = podSpec({
      '$setElementOrder/containers': [{ name: 'a' }],
      containers: [
        {
          name: 'a',
          '$setElementOrder/env': [{ name: 'E' }],
          env: [{ name: 'E' }, { name: 'F', $patch: 'delete' }],
          resources: { limits: null },
        },
      ],
    });
    expect(strategic({}, patch, POD)).toEqual(
      podSpec({ containers: [{ name: 'a', env: [{ name: 'E' }], resources: {} }] }),
    );
  });

  it('puts elements that the order does not name before the next live neighbour', () => {
    const live = podSpec({ containers: [{ name: 'a' }, { name: 'sidecar' }, { name: 'b' }] });
    const patch = podSpec({
      '$setElementOrder/containers': [{ name: 'new' }, { name: 'a' }, { name: 'b' }],
      containers: [{ name: 'new' }],
    });
    expect(strategic(live, patch, POD)).toEqual(
      podSpec({ containers: [{ name: 'new' }, { name: 'a' }, { name: 'sidecar' }, { name: 'b' }] }),
    );
  });

  it.each([
    [podSpec({ containers: [{ image: 'x' }] }), 'map: {"image":"x"} does not contain declared merge key: name'],
    [podSpec({ securityContext: { $patch: 'explode' } }), 'unknown patch type found: "explode"'],
    [podSpec({ volumes: [{ name: 'v', $retainKeys: ['name'], hostPath: {} }] }), 'invalid patch format of retainKeys'],
    [
      podSpec({ '$setElementOrder/containers': [{ name: 'b' }], containers: [{ name: 'a' }] }),
      "doesn't match $setElementOrder/containers list",
    ],
    [podSpec({ '$setElementOrder/containers': 'x' }), 'expected a []interface {}, but received a string'],
    [podSpec({ '$setElementOrder/containers': null }), 'expected a []interface {}, but received a %!s(<nil>)'],
    [podSpec({ '$setElementOrder/containers': [{ name: 'a' }, 'b'] }), 'expected a map[string]interface {}, but received a string'],
    [podSpec({ '$setElementOrder/containers': [{ image: 'a' }] }), 'map: {"image":"a"} does not contain declared merge key: name'],
    [podSpec({ '$setElementOrder/bogus': [{ name: 'a' }] }), 'unable to find the field "bogus" of $setElementOrder/bogus'],
    [JSON.parse('{"metadata":{"labels":{"__proto__":"x"}}}'), 'metadata.labels.__proto__'],
    [[], 'must be a JSON object'],
  ])('refuses %j', (patch, message) => {
    const error = errorOf(applyStrategicMergePatch(podSpec({}), patch, POD));
    expect(error.reason).toBe('malformed');
    expect(error.message).toContain(message);
  });

  it('refuses an order for what is no list in the object', () => {
    const patch = podSpec({ '$setElementOrder/nodeName': [{ name: 'x' }] });
    expect(errorOf(applyStrategicMergePatch(podSpec({ nodeName: 'n' }), patch, POD)).message).toBe('expected a []interface {}, but received a string');
  });

  it('takes an order that names elements which are not there', () => {
    const patch = podSpec({ '$setElementOrder/containers': [{ name: 'b' }, { name: 'gone' }, { name: 'a' }] });
    const live = podSpec({ containers: [{ name: 'a' }, { name: 'b' }] });
    const result = applyStrategicMergePatch(live, patch, POD);
    expect(result).toEqual({ outcome: 'patched', value: podSpec({ containers: [{ name: 'b' }, { name: 'a' }] }) });
  });
});

describe('a JSON patch that grows', () => {
  it('is refused when copies of copies add up to more than a request may hold', () => {
    const doubling = Array.from({ length: 40 }, (_, index) => ({ op: 'copy', from: '/metadata', path: `/metadata/l${index}` }));
    const result = applyJsonPatch({ metadata: { a: 'x'.repeat(1_000) } }, doubling);
    expect(result).toMatchObject({ outcome: 'failed', error: { reason: 'tooLarge' } });
    expect(applyJsonPatch({ metadata: { a: 'x' } }, doubling.slice(0, 3)).outcome).toBe('patched');
  });

  it('is refused when it nests deeper than anybody can read', () => {
    const nesting = Array.from({ length: 12 }, () => ({ op: 'copy', from: '/a', path: '/a/a' }));
    const deep = Array.from({ length: 1_100 }).reduce<object>((inner) => ({ a: inner }), {});
    expect(applyJsonPatch({ a: {} }, nesting).outcome).toBe('patched');
    expect(applyJsonPatch({ a: deep }, [{ op: 'copy', from: '/a', path: '/b' }])).toMatchObject({ outcome: 'failed', error: { reason: 'tooLarge' } });
  });
});
