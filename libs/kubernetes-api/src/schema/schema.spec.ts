import { describe, expect, it } from 'vitest';
import {
  listTypeOf,
  mergeKeyOf,
  resolveSchema,
  schemaDefinition,
  schemaOfField,
  schemaOfItems,
  schemaOfKind,
  servedKinds,
} from './schema.ts';
import type { SchemaNode } from './schema-node.ts';

function schemaAt(kind: [string, string, string], path: string): SchemaNode {
  let node = schemaOfKind(...kind);
  for (const step of path.split('.')) {
    if (node === undefined) throw new Error(`no schema before ${step}`);
    node = step === '[]' ? schemaOfItems(node) : schemaOfField(node, step);
  }
  if (node === undefined) throw new Error(`no schema at ${path}`);
  return node;
}

const DAEMONSET: [string, string, string] = ['apps', 'v1', 'DaemonSet'];

describe('schema data', () => {
  it('describes every served kind', () => {
    for (const { group, version, kind } of servedKinds()) {
      expect(schemaOfKind(group, version, kind)?.type, kind).toBe('object');
    }
    expect(servedKinds().length).toBeGreaterThan(30);
  });

  it('resolves every reference it holds', () => {
    const seen = new Set<string>();
    const visit = (node: SchemaNode): void => {
      if (node.ref !== undefined) {
        if (seen.has(node.ref)) return;
        seen.add(node.ref);
        visit(resolveSchema(node));
        return;
      }
      for (const child of Object.values(node.properties ?? {})) visit(child);
      if (node.items !== undefined) visit(node.items);
      if (node.additionalProperties !== undefined) visit(node.additionalProperties);
    };
    for (const { group, version, kind } of servedKinds()) visit(schemaOfKind(group, version, kind) ?? {});
    expect(seen.size).toBeGreaterThan(150);
  });

  it('does not know kinds that are not served, nor names inherited from Object', () => {
    expect(schemaOfKind('apps', 'v1', 'Deployment')).toBeUndefined();
    expect(schemaOfKind('', 'v1', 'toString')).toBeUndefined();
    expect(schemaDefinition('constructor')).toBeUndefined();
    expect(schemaOfField(schemaAt(DAEMONSET, 'spec'), 'constructor')).toBeUndefined();
  });

  it('keeps types, formats and required fields', () => {
    expect(schemaAt(DAEMONSET, 'spec')).toMatchObject({ required: ['selector', 'template'] });
    expect(schemaAt(DAEMONSET, 'spec.minReadySeconds')).toMatchObject({ type: 'integer', format: 'int32' });
    expect(schemaAt(DAEMONSET, 'spec.updateStrategy.rollingUpdate.maxSurge')).toMatchObject({ intOrString: true });
    expect(schemaAt(['', 'v1', 'Secret'], 'data.any')).toMatchObject({ type: 'string', format: 'byte' });
    expect(schemaAt(['', 'v1', 'Node'], 'status.capacity.cpu')).toMatchObject({ format: 'quantity' });
    expect(schemaAt(['coordination.k8s.io', 'v1', 'Lease'], 'spec.renewTime')).toMatchObject({
      format: 'date-time-micro',
    });
    expect(schemaAt(['apps', 'v1', 'ControllerRevision'], 'data')).toMatchObject({ preserveUnknown: true });
  });
});

describe('mergeKeyOf', () => {
  it('names the field that identifies a list element', () => {
    expect(mergeKeyOf(schemaAt(DAEMONSET, 'spec.template.spec.containers'))).toEqual({ mergeKey: 'name' });
    expect(mergeKeyOf(schemaAt(DAEMONSET, 'spec.template.spec.volumes'))).toEqual({ mergeKey: 'name' });
    expect(mergeKeyOf(schemaAt(DAEMONSET, 'spec.template.spec.containers.[].ports'))).toEqual({
      mergeKey: 'containerPort',
    });
  });

  it('calls a keyless merge list a set and leaves the others to be replaced', () => {
    expect(mergeKeyOf(schemaAt(DAEMONSET, 'metadata.finalizers'))).toBe('set');
    expect(mergeKeyOf(schemaAt(DAEMONSET, 'spec.template.spec.tolerations'))).toBeUndefined();
  });
});

describe('listTypeOf', () => {
  it('gives all key fields of a map list', () => {
    expect(listTypeOf(schemaAt(DAEMONSET, 'spec.template.spec.topologySpreadConstraints'))).toEqual({
      type: 'map',
      keys: ['topologyKey', 'whenUnsatisfiable'],
    });
  });

  it('treats lists without annotation as atomic', () => {
    expect(listTypeOf(schemaAt(DAEMONSET, 'spec.template.spec.tolerations'))).toEqual({ type: 'atomic' });
    expect(listTypeOf(schemaAt(DAEMONSET, 'metadata.finalizers'))).toEqual({ type: 'set' });
  });
});
