import protobuf from 'protobufjs/light.js';
import { describe, expect, it } from 'vitest';
import { contentHash } from './content-hash.ts';
import gnosticJson from './gnostic-messages.json' with { type: 'json' };
import { openApiV2Protobuf } from './gnostic.ts';
import { openApiV2 } from './open-api-v2.ts';
import { describedGroupVersions, openApiPath, openApiV3Document, openApiV3Index } from './open-api-v3.ts';
import type { OpenApiDocument, OpenApiOperation } from './open-api-types.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

function document(path: string): OpenApiDocument {
  return JSON.parse(openApiV3Document(path)?.body ?? 'null') as OpenApiDocument;
}

function referencesIn(value: unknown): string[] {
  return [...JSON.stringify(value).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference ?? '');
}

const paths = describedGroupVersions().map(({ group, version }) => openApiPath(group, version));
const operations = (): OpenApiOperation[] =>
  paths.flatMap((path) =>
    Object.values(document(path).paths).flatMap((item) => METHODS.flatMap((method) => item[method] ?? [])),
  );

describe('OpenAPI v3 index', () => {
  it('names every group-version that has objects with the hash of its document', () => {
    const index = openApiV3Index().paths;
    expect(Object.keys(index)).toEqual(paths);
    expect(index['api/v1']?.serverRelativeURL).toBe(`/openapi/v3/api/v1?hash=${openApiV3Document('api/v1')?.hash}`);
    expect(openApiV3Document('apis/batch/v1')).toBeUndefined();
  });
});

describe('OpenAPI v3 documents', () => {
  it('offer fieldValidation on the patch of every patchable kind, by which kubectl leaves validation to the server', () => {
    const patches = operations().filter((operation) => operation['x-kubernetes-action'] === 'patch');
    expect(patches.length).toBeGreaterThan(10);
    for (const patch of patches) {
      expect(patch.parameters.map(({ name }) => name)).toEqual(['dryRun', 'fieldManager', 'fieldValidation', 'force']);
      expect(Object.keys(patch.requestBody?.content ?? {})).toEqual([
        'application/apply-patch+yaml',
        'application/json-patch+json',
        'application/merge-patch+json',
        'application/strategic-merge-patch+json',
      ]);
    }
    expect(patches.map((patch) => patch['x-kubernetes-group-version-kind'])).toContainEqual({
      group: 'apps',
      version: 'v1',
      kind: 'DaemonSet',
    });
  });

  it('describe the paths of a resource', () => {
    const all = document('apis/apps/v1').paths;
    const methods = (path: string): string[] => Object.keys(all[path] ?? {}).filter((key) => key !== 'parameters');
    expect(methods('/apis/apps/v1/daemonsets')).toEqual(['get']);
    expect(methods('/apis/apps/v1/namespaces/{namespace}/daemonsets')).toEqual(['get', 'post', 'delete']);
    expect(methods('/apis/apps/v1/namespaces/{namespace}/daemonsets/{name}')).toEqual([
      'get',
      'put',
      'patch',
      'delete',
    ]);
    expect(methods('/apis/apps/v1/namespaces/{namespace}/daemonsets/{name}/status')).toEqual(['get', 'put', 'patch']);
    expect(Object.keys(document('api/v1').paths)).toContain('/api/v1/namespaces/{namespace}/pods/{name}/eviction');
    expect(Object.keys(document('api/v1').paths)).not.toContain('/api/v1/namespaces/{namespace}/pods/{name}/exec');
  });

  it('carry the merge annotations that apply reads', () => {
    const { schemas } = document('apis/apps/v1').components;
    expect(schemas['io.k8s.api.core.v1.PodSpec']?.properties?.['containers']).toMatchObject({
      type: 'array',
      items: { $ref: '#/components/schemas/io.k8s.api.core.v1.Container' },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    });
    expect(schemas['io.k8s.api.core.v1.PodSpec']?.properties?.['tolerations']).toMatchObject({
      'x-kubernetes-list-type': 'atomic',
    });
    expect(schemas['io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector']).toMatchObject({
      'x-kubernetes-map-type': 'atomic',
    });
    expect(schemas['io.k8s.api.apps.v1.DaemonSet']).toMatchObject({
      'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'DaemonSet' }],
    });
  });

  it('resolve every reference they hold and hold nothing that they do not reach', () => {
    for (const path of paths) {
      const { components } = document(path);
      const names = new Set(Object.keys(components.schemas).map((name) => `#/components/schemas/${name}`));
      const referred = new Set(referencesIn(document(path)));
      expect(
        [...referred].filter((name) => !names.has(name)),
        path,
      ).toEqual([]);
      expect([...names].filter((name) => !referred.has(name) && !/(Status|List|DeleteOptions)$/.test(name))).toEqual(
        [],
      );
    }
  });

  it('name every operation once', () => {
    const ids = operations().map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(
      expect.arrayContaining([
        'listAppsV1DaemonSetForAllNamespaces',
        'patchAppsV1NamespacedDaemonSet',
        'deleteAppsV1CollectionNamespacedDaemonSet',
        'readCoreV1NamespacedPodStatus',
        'createCoordinationV1NamespacedLease',
      ]),
    );
  });
});

describe('contentHash', () => {
  it('depends on every character and on nothing else', () => {
    expect(contentHash('')).toBe('811C9DC5050C5D1F');
    expect(contentHash('abc')).toBe(contentHash('abc'));
    expect(new Set(['abc', 'abd', 'acb', 'abc ', 'ab', 'ābc'].map(contentHash)).size).toBe(6);
    expect(contentHash('x'.repeat(1000))).toMatch(/^[0-9A-F]{16}$/);
  });
});

describe('OpenAPI v2', () => {
  const swagger = openApiV2();

  it('resolves every reference and uses nothing that only v3 has', () => {
    const names = new Set(Object.keys(swagger.definitions).map((name) => `#/definitions/${name}`));
    expect(referencesIn(swagger).filter((name) => !names.has(name))).toEqual([]);
    expect(JSON.stringify(swagger)).not.toMatch(/"(allOf|oneOf|requestBody|content)":[[{]/);
    expect(swagger.definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString']).toMatchObject({
      type: 'string',
      format: 'int-or-string',
    });
  });

  it('offers dryRun on patches, by which old clients know that it is safe to ask for', () => {
    const patch = swagger.paths['/apis/apps/v1/namespaces/{namespace}/daemonsets/{name}']?.patch;
    expect(patch?.parameters.map(({ name }) => name)).toEqual([
      'body',
      'dryRun',
      'fieldManager',
      'fieldValidation',
      'force',
    ]);
  });

  it('is encoded as the gnostic message that kubectl up to 1.28 reads', () => {
    const type = protobuf.Root.fromJSON(gnosticJson).lookupType('openapi.v2.Document');
    const bytes = openApiV2Protobuf();
    const decoded = type.toObject(type.decode(bytes), { arrays: true }) as {
      swagger: string;
      definitions: { additional_properties: { name: string; value: Record<string, unknown> }[] };
      paths: { path: { name: string; value: Record<string, unknown> }[] };
    };
    expect(decoded.swagger).toBe('2.0');
    expect(decoded.definitions.additional_properties.map(({ name }) => name)).toEqual(Object.keys(swagger.definitions));
    expect(decoded.paths.path.map(({ name }) => name)).toEqual(Object.keys(swagger.paths));
    const daemonSet = decoded.definitions.additional_properties.find(
      ({ name }) => name === 'io.k8s.api.apps.v1.DaemonSet',
    );
    expect(daemonSet?.value).toMatchObject({
      type: { value: ['object'] },
      vendor_extension: [
        {
          name: 'x-kubernetes-group-version-kind',
          value: { yaml: '[{"group":"apps","version":"v1","kind":"DaemonSet"}]' },
        },
      ],
    });
    expect(bytes.length).toBeLessThan(1_000_000);
  });
});
